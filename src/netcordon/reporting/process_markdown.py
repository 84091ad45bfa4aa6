"""A remediation process as Markdown, to be worked by and signed."""

from __future__ import annotations

from collections.abc import Sequence

from netcordon.model.process import Process, Step
from netcordon.model.quantity import time_text
from netcordon.reporting.visible import markdown_code, markdown_text, visible

_LONG = 20_000


def process_markdown(process: Process, sha256: str) -> str:
    """The whole; the same process gives the same bytes."""
    parts = [
        f"# Remediation process of {markdown_text(process.case_id)}",
        f"Plan {markdown_code(process.plan_id)}, SHA-256 {markdown_code(process.plan_hash)}, made "
        f"by {markdown_text(process.author)}, {time_text(process.created_time)} UTC; "
        f"{markdown_text(process.posture)} posture.",
        f"SHA-256 of this process: {markdown_code(sha256)}. Whoever validates it signs this: "
        "`netcordon contain remedy --check process.json --sign KEY --name NAME -o signed.json`.",
        _list("Notes", process.notes),
        *(_step(step) for step in process.steps),
        _list("Stays open", process.still_open or ("nothing",)),
        _list("It is done when", process.done_when),
    ]
    for rules in process.rules:
        parts += [
            f"## Rules of {markdown_text(rules.point)} ({markdown_text(rules.actuator)})",
            "Do:", _listing(rules.do), "Undo:", _listing(rules.undo),
        ]  # fmt: skip
    return "\n\n".join(part for part in parts if part) + "\n"


def _step(step: Step) -> str:
    after = f" After step {', '.join(map(str, step.after))}." if step.after else ""
    agree = f" Needs the word of {', '.join(step.agree)}, beside IT." if step.agree else ""
    hours = f"{step.holds_s // 3600} h" if step.holds_s >= 3600 else f"{step.holds_s // 60} min"
    said = (
        f"Owner: {step.owner or 'not declared'}. Holds {hours}; {step.reversibility}.{after}{agree}"
    )
    return "\n\n".join(
        (
            f"## Step {step.number}: {markdown_text(step.title)}",
            markdown_text(f"{said} ({step.measure_id}, IRM-5 {step.line})", limit=2000),
            _rows("Do", step.do),
            _rows("Undo", step.undo),
            _rows("It worked when", step.success),
        )
    )


def _rows(label: str, texts: Sequence[str]) -> str:
    rows = [f"{n}. {markdown_text(text, limit=2000)}" for n, text in enumerate(texts, 1)]
    return f"**{label}**\n\n" + "\n".join(rows or ["nothing is said"])


def _list(heading: str, texts: Sequence[str]) -> str:
    if not texts:
        return ""
    return f"## {heading}\n\n" + "\n".join(f"- {markdown_text(t, limit=2000)}" for t in texts)


def _listing(text: str) -> str:
    """All of it, as a block that no content can end."""
    return "\n".join(f"    {line}" for line in visible(text, limit=None, lines=True).split("\n"))
