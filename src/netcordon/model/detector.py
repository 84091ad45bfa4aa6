"""What a detector declares. The file of a detector holds one of these and its SQL."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from netcordon.model.finding import Term
from netcordon.model.severity import Severity

Row = Mapping[str, object]
"""One row of a detector's query, column name -> Python value."""


@dataclass(frozen=True, kw_only=True)
class Together:
    """How findings that matter little by themselves are told as one.

    Attributes:
        key: findings of one detector with the same key become one when all are below medium.
        title: makes the one sentence from all sources and all places (names, or addresses).
        apart: what else tells the one finding from others with the same ends and first time.
    """

    key: tuple[str, ...]
    title: Callable[[tuple[str, ...], tuple[str, ...]], str]
    apart: str = ""


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """What a detector makes of one row of its query.

    Attributes:
        title: one sentence in plain words, with addresses and numbers.
        severity: how urgent it is.
        terms: the visible addends (log-odds); their sum with the prior gives the confidence.
        techniques: ATT&CK techniques of this very finding; empty means the detector's own, ``None``
            that there is none.
        facts: further measured values to show.
        succeeded: whether the behaviour reached its aim, ``None`` where unknown.
        together: with which others it is told as one; ``None`` for never.
    """

    title: str
    severity: Severity
    terms: Mapping[str, Term]
    techniques: tuple[str, ...] | None = ()
    facts: Mapping[str, object] = field(default_factory=dict)
    succeeded: bool | None = None
    together: Together | None = None


@dataclass(frozen=True, kw_only=True)
class Detector:
    """One behaviour and how it is found.

    The query runs over the tables' views with ``$name`` parameters bound from ``params`` (a frozen
    dataclass whose fields carry unit and reason as docstrings). Every row it returns is a
    candidate and must have the columns

    ``src_ips``, ``dst_ips``, ``dst_names`` (``VARCHAR[]``, or words that read as text),
    ``dst_ports`` (``INTEGER[]``), ``protocol`` (``VARCHAR``), ``first_seen_time``,
    ``last_seen_time`` (``TIMESTAMP``) and ``evidence`` (``STRUCT(evidence_id VARCHAR, "table"
    VARCHAR, frame BIGINT)[]``, ordered), and may have ``accounts`` (``VARCHAR[]``) and ``apart``
    (``VARCHAR``, what else tells its findings apart); all others are its own measurements, handed
    to ``judge``. The query must order its rows and its aggregates, and use no aggregate whose
    result depends on the order of rows (``first``, ``any_value``, float ``sum`` over unordered
    input).

    Attributes:
        title: name of the behaviour.
        summary: what it finds, in one or two sentences.
        blind_spots: what it cannot see.
        benign: harmless things that look like it.
        look_next: where to look next.
        reads: tables the query reads.
        techniques: ATT&CK technique ids.
        partition_by: key that the query's groups stay within, for running it beyond one machine.
        params: instance of the detector's frozen parameter dataclass.
        minimum_sample: in words, below what sample it stays silent.
        prior: log-odds that a candidate is what the title says before any term is added.
        sql: one DuckDB ``SELECT``.
        judge: turns one row into a judgement, or ``None`` for "not this".
        refine: optional vectorised step over all candidate rows before they are judged.
        weighs_findings: it runs after the others, and may read their findings from the table
            ``own_finding`` (``detection.own_findings``).
    """

    title: str
    summary: str
    blind_spots: str
    benign: str
    look_next: str
    reads: tuple[str, ...]
    techniques: tuple[str, ...]
    partition_by: str
    params: object
    minimum_sample: str
    prior: float
    sql: str
    judge: Callable[[Row], Judgement | None]
    refine: Callable[[Sequence[Row]], Sequence[Row]] | None = None
    weighs_findings: bool = False
