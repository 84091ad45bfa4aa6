"""A finding: what a detector says, why, how sure it is, and the rows behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from netcordon.model.severity import Severity


@dataclass(frozen=True, kw_only=True)
class Term:
    """One visible addend of a score.

    Attributes:
        contribution: log-odds added to (or, negative, taken from) the detector's prior.
        value: what was measured, in the unit that its name ends with.
    """

    contribution: float
    value: float | int | str | None


@dataclass(frozen=True, kw_only=True)
class EvidenceRows:
    """Where a finding's rows stand: one table of one piece of evidence.

    Attributes:
        frames: 1-based numbers of frames, or of lines of a text log, ascending; at most 50.
        total: how many rows there are in all.
    """

    evidence_id: str
    table: str
    frames: tuple[int, ...]
    total: int


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One behaviour between named ends, found by one detector.

    Attributes:
        id: ``f-`` and 12 hexadecimal digits derived from detector, ends and first time.
        detector: id of the detector (its file name).
        title: one sentence in plain words.
        confidence: probability 0 to 1 that the behaviour is what the title says.
        terms: name -> term; ``confidence`` is the logistic of the prior plus their sum.
        facts: other measured values that explain it, name (with unit) -> value.
        sql: the query that found it, with ``$name`` parameters.
        parameters: the values of those parameters.
        benign: what harmless thing looks like this.
        look_next: where to look next.
        succeeded: whether the behaviour reached its aim; ``None`` where that cannot be told.
    """

    id: str
    detector: str
    title: str
    severity: Severity
    confidence: float
    src_ips: tuple[str, ...]
    dst_ips: tuple[str, ...]
    dst_names: tuple[str, ...]
    dst_ports: tuple[int, ...]
    protocol: str | None
    accounts: tuple[str, ...]
    techniques: tuple[str, ...]
    first_seen_time: datetime
    last_seen_time: datetime
    terms: Mapping[str, Term]
    facts: Mapping[str, object] = field(default_factory=dict)
    evidence_rows: tuple[EvidenceRows, ...] = ()
    sql: str = ""
    parameters: Mapping[str, object] = field(default_factory=dict)
    benign: str = ""
    look_next: str = ""
    succeeded: bool | None = None
