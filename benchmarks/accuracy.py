"""What is found, what is missed, what is falsely alarmed, on labelled recordings.

    python -m benchmarks.accuracy CORPUS [--out DIR] [--group NAME] [--only TEXT]

Every capture is investigated in a fresh workspace, as a user would. A malicious capture is *found*
when a finding of at least medium severity exists, and its *true ends are named* when one such
finding names an attacker or command server of the truth and, where the truth names victims, one of
them. A benign capture is a false alarm when any finding is high or critical. Counts are given, not
percentages, where a group has fewer than 30 captures.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.truth import Labelled, labelled_captures
from netcordon.errors import NetcordonError
from netcordon.model.finding import Finding
from netcordon.model.severity import Severity
from netcordon.settings import InvestigateSettings
from netcordon.workflow.investigate import investigate
from netcordon.workflow.observer import Silent


@dataclass(frozen=True)
class Result:
    """One capture: what netcordon said of it."""

    truth: Labelled
    findings: tuple[Finding, ...]
    failure: str | None
    seconds: float

    @property
    def worst(self) -> Severity | None:
        """The highest severity of any finding."""
        ranks = [f.severity for f in self.findings]
        return max(ranks, key=lambda s: s.rank) if ranks else None

    @property
    def found(self) -> bool:
        """A finding of at least medium severity."""
        return self.worst is not None and self.worst.rank >= Severity.MEDIUM.rank

    @property
    def named(self) -> bool:
        """Such a finding names the true ends."""
        return any(
            _names(f, self.truth) for f in self.findings if f.severity.rank >= Severity.MEDIUM.rank
        )

    @property
    def false_alarm(self) -> bool:
        """A high or critical finding on a benign capture."""
        worst = self.worst
        return (
            self.truth.malicious is False and worst is not None and worst.rank >= Severity.HIGH.rank
        )


def _names(finding: Finding, truth: Labelled) -> bool:
    ends = {*finding.src_ips, *finding.dst_ips}
    names = {n.lower().rstrip(".") for n in finding.dst_names}
    bad = bool(ends & truth.bad_ends) or any(
        n == domain or n.endswith("." + domain) for n in names for domain in truth.bad_names
    )
    hit = bool(ends & truth.hit_ends)
    if truth.bad_ends or truth.bad_names:
        return bad and (hit or not truth.hit_ends)
    return hit


def evaluate(truth: Labelled) -> Result:
    """Investigate one capture in a workspace of its own."""
    folder = Path(tempfile.mkdtemp(prefix="netcordon-accuracy-"))
    begun = time.monotonic()
    try:
        settings = InvestigateSettings(workspace=folder / "case")
        outcome = investigate(
            [str(truth.path)], settings, clock=lambda: datetime(2026, 1, 1, tzinfo=UTC),
            observer=Silent(),
        )  # fmt: skip
        return Result(truth, outcome.document.findings, None, time.monotonic() - begun)
    except NetcordonError as error:
        return Result(truth, (), f"{error.code} {error.what}", time.monotonic() - begun)
    except Exception as error:  # noqa: BLE001 - a crash is a result here, and the worst one
        text = f"crash: {type(error).__name__}: {error}"
        return Result(truth, (), text, time.monotonic() - begun)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def table(results: Sequence[Result]) -> str:
    """The table of groups, then misses, false alarms and failures by name."""
    lines = [
        "| group | malicious | found | ends known | ends named | benign | false alarms "
        "| medium on benign | failed |",
        "|---|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    groups = sorted({r.truth.group for r in results})
    for group in [*groups, "all"]:
        rows = [r for r in results if group in ("all", r.truth.group)]
        bad = [r for r in rows if r.truth.malicious]
        good = [r for r in rows if r.truth.malicious is False]
        known = [r for r in bad if r.truth.knows_ends]
        lines.append(
            f"| {group} | {len(bad)} | {sum(r.found for r in bad)} | {len(known)} "
            f"| {sum(r.named for r in known)} | {len(good)} "
            f"| {sum(r.false_alarm for r in good)} "
            f"| {sum(r.worst is Severity.MEDIUM for r in good)} "
            f"| {sum(r.failure is not None for r in rows)} |"
        )
    lines.append("")
    for heading, chosen in (
        (
            "Missed (no finding of at least medium)",
            [r for r in results if r.truth.malicious and not r.found],
        ),
        (
            "Found, true ends not named",
            [
                r
                for r in results
                if r.truth.malicious and r.found and r.truth.knows_ends and not r.named
            ],
        ),
        ("False alarms", [r for r in results if r.false_alarm]),
        (
            "Medium on benign",
            [r for r in results if r.truth.malicious is False and r.worst is Severity.MEDIUM],
        ),
        ("Failed", [r for r in results if r.failure]),
    ):
        lines += [f"## {heading}: {len(chosen)}", ""]
        lines += [f"- `{r.truth.group}/{r.truth.path.name}`: {_why(r)}" for r in chosen]
        lines.append("")
    return "\n".join(lines)


def _why(result: Result) -> str:
    if result.failure:
        return result.failure
    said = "; ".join(f"{f.severity} {f.detector}: {f.title}" for f in result.findings[:3])
    return f"{result.truth.label or 'unlabelled'}" + (f" ({said})" if said else "")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run, print, write; 1 when a capture failed."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--out", type=Path, default=Path("out/accuracy"))
    parser.add_argument("--group", action="append", help="only these groups")
    parser.add_argument("--only", default="", help="only paths that contain this text")
    options = parser.parse_args(arguments)
    chosen = [
        truth
        for truth in labelled_captures(options.corpus)
        if (not options.group or truth.group in options.group) and options.only in str(truth.path)
    ]
    results = []
    for number, truth in enumerate(chosen, 1):
        results.append(evaluate(truth))
        sys.stderr.write(f"\r{number}/{len(chosen)} {truth.path.name[:60]:60}")
    sys.stderr.write("\n")
    page = table(results)
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "accuracy.md").write_text(page, encoding="utf-8")
    (options.out / "accuracy.json").write_text(
        json.dumps([_record(r, options.corpus) for r in results], indent=1), encoding="utf-8"
    )
    print(page)
    print(f"{sum(r.seconds for r in results):.0f} s in all; page: {options.out / 'accuracy.md'}")
    return 1 if any(r.failure for r in results) else 0


def _record(result: Result, corpus: Path) -> dict[str, object]:
    return {
        "path": str(result.truth.path.relative_to(corpus)),
        "group": result.truth.group,
        "malicious": result.truth.malicious,
        "found": result.found,
        "named": result.named,
        "false_alarm": result.false_alarm,
        "failure": result.failure,
        "findings": [
            [f.detector, str(f.severity), round(f.confidence, 3), f.title] for f in result.findings
        ],
    }


if __name__ == "__main__":
    sys.exit(main())
