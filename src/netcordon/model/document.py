"""The one frozen document that every renderer reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from netcordon.model.attribution import Attribution
from netcordon.model.casework import Allowance, CaseRecord, Judgement, SetAside
from netcordon.model.evidence import CaptureQuality, Evidence, Grade
from netcordon.model.finding import Finding
from netcordon.model.handling import TLP
from netcordon.model.incident import Host, Incident, Indicator
from netcordon.model.priority import Priority


@dataclass(frozen=True, kw_only=True)
class Series:
    """A plotted series: x the middle of each bin in UTC seconds since 1970, y in ``unit``."""

    name: str
    unit: str
    x: tuple[float, ...]
    y: tuple[float, ...]


@dataclass(frozen=True, kw_only=True)
class SampleRows:
    """Rows shown under a finding: column names, and values already as text."""

    finding_id: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    display_filter: str


@dataclass(frozen=True, kw_only=True)
class PhaseStatus:
    """What exists of one line of the IRM-5 checklist, honestly."""

    id: str
    phase: str
    line: str
    status: str
    where: str


@dataclass(frozen=True, kw_only=True)
class Check:
    """What one detector looked for in this evidence, so that silence can be judged.

    Attributes:
        detector: its id.
        findings: how many findings it made.
        minimum_sample: in words, below what sample it stays silent.
        skipped: why it could not run on this evidence, ``None`` when it ran.
    """

    detector: str
    title: str
    summary: str
    blind_spots: str
    minimum_sample: str
    techniques: tuple[str, ...] = ()
    findings: int = 0
    skipped: str | None = None


@dataclass(frozen=True, kw_only=True)
class Document:
    """Everything a report shows. Renderers read this and compute nothing.

    Attributes:
        version: of netcordon.
        verdict: what happened, one or two sentences in plain words.
        severity: of the worst incident, or ``None`` when nothing was found.
        home_nets: the organisation's networks, in CIDR notation.
        home_nets_inferred: whether they were inferred from the traffic rather than given.
        traffic: series of bytes over time (out of, into, and within the organisation).
        contacts: finding id -> times of contacts (UTC seconds), for the beacon plot.
        checks: what was looked for, one a detector.
        not_seen: sentences saying what could not be read, seen or judged.
        priorities: in which order to work on the incidents, and why.
        attributions: where each incident comes from.
        set_aside: findings that do not count because somebody allowed or suppressed them.
        allowances: the allow-list as it stood, expired entries included.
        judgements: finding id -> what a person ruled, for findings of this document.
        case: what people did with the case; ``None`` while nobody did anything.
        crisis: what makes the case strategic and what waits for the crisis cell; empty otherwise.
        generated_time: the only value that differs between two runs on the same input.
    """

    version: str
    generated_time: datetime
    tlp: TLP
    verdict: str
    severity: str | None
    home_nets: tuple[str, ...]
    home_nets_inferred: bool
    first_time: datetime | None
    last_time: datetime | None
    evidence: tuple[Evidence, ...]
    capture_quality: tuple[CaptureQuality, ...]
    incidents: tuple[Incident, ...]
    findings: tuple[Finding, ...]
    indicators: tuple[Indicator, ...]
    hosts: tuple[Host, ...]
    not_seen: tuple[str, ...]
    traffic: tuple[Series, ...] = ()
    contacts: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    samples: tuple[SampleRows, ...] = ()
    phases: tuple[PhaseStatus, ...] = ()
    checks: tuple[Check, ...] = ()
    options: Mapping[str, str] = field(default_factory=dict)
    priorities: tuple[Priority, ...] = ()
    attributions: tuple[Attribution, ...] = ()
    set_aside: tuple[SetAside, ...] = ()
    allowances: tuple[Allowance, ...] = ()
    judgements: Mapping[str, Judgement] = field(default_factory=dict)
    case: CaseRecord | None = None
    crisis: tuple[str, ...] = ()
    report_path: str | None = None

    def headline(self) -> tuple[str, str]:
        """The verdict as a few words, and the tone they are said in (see ``model.section``)."""
        if self.severity:
            return self.severity, self.severity
        skipped = bool(self.checks) and all(c.skipped for c in self.checks)
        if skipped or not any(e.records for e in self.evidence):
            return "nothing could be judged", "poor"
        if self.silence_earned():
            return "nothing found", "good"
        return "nothing found, with reservations", "limited"

    def silence_earned(self) -> bool:
        """Whether finding nothing means something: all checks ran, on evidence without defects.

        What somebody set aside was found, so nothing is earned then.
        """
        ran = bool(self.checks) and all(c.skipped is None for c in self.checks)
        ran = ran and not self.set_aside
        seen = bool(self.capture_quality)
        return ran and seen and all(q.grade is Grade.GOOD for q in self.capture_quality)

    def worst_first(self) -> tuple[Incident, ...]:
        """The incidents, the most severe first, then in the order they began."""
        ordered = sorted(self.incidents, key=lambda i: (-i.severity.rank, i.first_seen_time, i.id))
        return tuple(ordered)
