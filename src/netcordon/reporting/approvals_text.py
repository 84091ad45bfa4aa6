"""What people said of a plan and whether it may be put in force, on a terminal and as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import netcordon
from netcordon.casefile.canonical import plain
from netcordon.model.approval import Grant, Word
from netcordon.model.plan import Plan
from netcordon.model.quantity import rfc3339, time_text
from netcordon.model.statement import Consent, SignOff
from netcordon.reporting.page import Page
from netcordon.reporting.people_text import person_object
from netcordon.reporting.visible import visible


def approvals_text(
    plan: Plan,
    words: Sequence[Word],
    whys: Mapping[str, str],
    gate: Grant | tuple[str, ...],
    *,
    lines: Sequence[str],
    validations: Sequence[SignOff] = (),
    width: int = 100,
) -> str:
    """How a plan stands.

    Args:
        plan: the plan.
        words: on it, in their order.
        whys: id of a word -> why it is no yes.
        gate: of the plan.
        lines: business lines that must agree.
        validations: sign-offs of its remediation process.
        width: of the terminal.
    """
    page = Page(width)
    page.say(
        "Plan", f"{plan.id}  for {visible(plan.case_id)}, made by {visible(plan.author)}",
        f"hash {plan.hash}",
    )  # fmt: skip
    who = ", ".join(visible(line, limit=80) for line in lines) or "any business line (none is hit)"
    page.say("Needs", f"IT and {who}; at least two people, none of them {visible(plan.author)}")
    page.gap()
    if not words:
        page.say("Said", f"nothing yet: netcordon contain approve {plan.id} --as ROLE --key FILE")
    for number, word in enumerate(words):
        _word(page, "Said" if not number else "", word, whys.get(word.id, ""))
    for number, each in enumerate(validations):
        page.say(
            "Validated" if not number else "",
            f"the process, by {visible(each.name, limit=80)}, {time_text(each.time)} UTC, key "
            f"{each.fingerprint[:16]}…",
        )
    page.gap()
    if isinstance(gate, Grant):
        page.say("Gate", f"OPEN until {time_text(gate.expires_time)} UTC")
        page.say("Against rules" if gate.overrides else "", *_shown(gate.overrides))
        page.say("Note" if gate.notes else "", *_shown(gate.notes))
    else:
        page.say("Gate", "CLOSED", *_shown(gate))
    return page.text()


def _shown(texts: Sequence[str]) -> list[str]:
    return [visible(text, limit=400) for text in texts]


def _word(page: Page, label: str, word: Word, why: str) -> None:
    says, name = word.says, visible(word.person.name, limit=80)
    what = "yes" if isinstance(says, Consent) else "NO"
    page.say(label, f"{word.id}  {what}  {name}, {visible(word.seat, limit=100)}")
    if isinstance(says, Consent):
        page.row(f"  {time_text(says.time)} UTC, holds until {time_text(says.expires_time)} UTC")
        if says.note:
            page.row(f"  note: {visible(says.note, limit=200)}")
        if says.override:
            page.row(f"  without a rehearsal that passed: {visible(says.override, limit=200)}")
        page.row("  counts" if not why else f"  does not count: {visible(why, limit=300)}")
    else:
        page.row(f"  {time_text(says.time)} UTC: {visible(says.reason, limit=300)}")
        if word.withdrawn or word.void:
            page.row(f"  does not count: {visible(word.void or word.withdrawn, limit=300)}")


def approvals_json(
    plan: Plan,
    words: Sequence[Word],
    whys: Mapping[str, str],
    gate: Grant | tuple[str, ...],
    *,
    lines: Sequence[str],
    validations: Sequence[SignOff] = (),
    given: Sequence[str] = (),
) -> str:
    """One object whose keys are stable."""
    shown = {
        "version": netcordon.__version__,
        "plan_id": plan.id,
        "plan_hash": plan.hash,
        "case_id": plan.case_id,
        "author": plan.author,
        "lines": list(lines),
        "words": [word_object(word, whys.get(word.id, "")) for word in words],
        "validations": [plain(each) for each in validations],
        "given": list(given),
        "open": isinstance(gate, Grant),
        "reasons": [] if isinstance(gate, Grant) else list(gate),
        "grant": grant_object(gate) if isinstance(gate, Grant) else None,
    }
    return json.dumps(shown, indent=2, ensure_ascii=True) + "\n"


def word_object(word: Word, why: str) -> dict[str, object]:
    """A word with what proves it."""
    return {
        "id": word.id,
        "yes": isinstance(word.says, Consent),
        "person": person_object(word.person),
        "says": plain(word.says),
        "statement": word.signed.statement,
        "signature": word.signed.signature,
        "recorded_time": rfc3339(word.recorded_time),
        "withdrawn": word.withdrawn or None,
        "void": word.void or None,
        "counts": not why,
        "why_not": why or None,
    }


def grant_object(grant: Grant) -> dict[str, object]:
    """What the gate grants."""
    return {
        "expires_time": rfc3339(grant.expires_time),
        "it": grant.it.id,
        "business": [word.id for word in grant.business],
        "names": [word.person.name for word in grant.words],
        "overrides": list(grant.overrides),
        "notes": list(grant.notes),
    }
