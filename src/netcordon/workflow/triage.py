"""Triage: rule on findings, set one aside for a while, and count how often detectors are right."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from netcordon.casefile.workspace import Workspace, open_workspace
from netcordon.errors import UsageError
from netcordon.model.casework import Judgement, Ruling
from netcordon.model.score import wilson_upper
from netcordon.workflow.typed import limit_of, said

Clock = Callable[[], datetime]


@dataclass(frozen=True, kw_only=True)
class DetectorRecord:
    """How a detector's findings were ruled on.

    Attributes:
        low: lower end of the 95 % interval of its share of true ones (Wilson 1927).
        high: upper end.
    """

    detector: str
    true: int
    false: int
    benign: int
    low: float
    high: float

    @property
    def ruled(self) -> int:
        """Findings that were ruled on."""
        return self.true + self.false + self.benign


def rule_on(
    workspace: Path, finding_id: str, ruling: Ruling, reason: str, *, clock: Clock
) -> Judgement:
    """Rule on a finding; a later ruling replaces an earlier one and both stay on record.

    Raises:
        UsageError: NC-702 there is no such finding, NC-801 the reason is missing.
    """
    reason = said(reason, "the reason")
    with open_workspace(workspace, create=False, clock=clock, beside=True) as opened:
        detector = str(_finding(opened, finding_id)["detector"])
        opened.triage.judge(finding_id, detector, ruling, reason)
        return opened.triage.judgements()[finding_id]


def suppress(
    workspace: Path, finding_id: str, until: datetime, reason: str, *, clock: Clock
) -> str:
    """Set a finding aside until a time; its title.

    Raises:
        UsageError: NC-702 there is no such finding, NC-801 the reason is missing, NC-809 the time
            is past or more than a year away.
    """
    reason, until = said(reason, "the reason"), limit_of(until, clock())
    with open_workspace(workspace, create=False, clock=clock, beside=True) as opened:
        title = str(_finding(opened, finding_id)["title"])
        opened.triage.suppress(finding_id, until, reason)
        return title


def restore(workspace: Path, finding_id: str, reason: str, *, clock: Clock) -> None:
    """End a suppression before its time.

    Raises:
        UsageError: NC-801 the reason is missing, NC-808 the finding is not suppressed.
    """
    reason = said(reason, "the reason")
    with open_workspace(workspace, create=False, clock=clock, beside=True) as opened:
        if finding_id not in opened.triage.suppressions(clock()):
            raise UsageError(
                "NC-808",
                f"Finding {finding_id!r} is not suppressed.",
                "nobody suppressed it, or its time has passed",
                "netcordon case show lists what is set aside",
            )
        opened.triage.restore(finding_id, reason)


def statistics(workspace: Path) -> tuple[DetectorRecord, ...]:
    """What people ruled, by detector, the most ruled on first."""
    with open_workspace(workspace, create=False, clock=_never, readonly=True) as opened:
        ruled = opened.triage.judgements()
        known = opened.cases.known_findings()
        return records([each for id_, each in ruled.items() if known is None or id_ in known])


def records(judgements: list[Judgement]) -> tuple[DetectorRecord, ...]:
    """Rulings counted by detector, the most ruled on first."""
    counts: dict[str, dict[Ruling, int]] = {}
    for judgement in judgements:
        of = counts.setdefault(judgement.detector, dict.fromkeys(Ruling, 0))
        of[judgement.ruling] += 1
    found = []
    for detector, of in counts.items():
        true, ruled = of[Ruling.TRUE], sum(of.values())
        found.append(
            DetectorRecord(
                detector=detector,
                true=true,
                false=of[Ruling.FALSE],
                benign=of[Ruling.BENIGN],
                low=1.0 - wilson_upper(ruled - true, ruled),
                high=wilson_upper(true, ruled),
            )
        )
    return tuple(sorted(found, key=lambda r: (-r.ruled, r.detector)))


def _finding(opened: Workspace, finding_id: str) -> dict[str, object]:
    found = opened.cases.finding(finding_id)
    if found is None:
        raise UsageError(
            "NC-702",
            f"There is no finding {finding_id!r}.",
            "no run of this workspace recorded it",
            "netcordon case show lists them",
        )
    return dict(found)


def _never() -> datetime:
    raise AssertionError("reading stamps nothing")
