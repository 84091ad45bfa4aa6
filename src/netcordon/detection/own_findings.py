"""What the other detectors found, as a table that a detector joins which weighs others' alerts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import product

import pyarrow as pa

from netcordon.model.finding import Finding
from netcordon.model.severity import Severity
from netcordon.tables.engine import Engine

MOST_PAIRS = 1_000
"""Pairs of ends in one finding beyond which it speaks of nobody in particular."""

_SCHEMA = pa.schema(
    [("detector", pa.string()), ("ip", pa.string()), ("other_ip", pa.string()),
     ("first_seen_time", pa.timestamp("us")), ("last_seen_time", pa.timestamp("us"))]
)  # fmt: skip


def add_own_findings(engine: Engine, findings: Sequence[Finding] = ()) -> None:
    """Put ``own_finding`` beside the views: findings of medium severity and up, by their ends.

    Each pair of ends stands twice, either way round; an end alone has no ``other_ip``.
    """
    rows = sorted({row for finding in findings for row in _rows(finding)}, key=repr)
    columns = list(zip(*rows, strict=True)) or [()] * len(_SCHEMA)
    arrays = [pa.array(c, f.type) for c, f in zip(columns, _SCHEMA, strict=True)]
    engine.add_table("own_finding", pa.table(arrays, schema=_SCHEMA))


def _rows(finding: Finding) -> Iterator[tuple[object, ...]]:
    if finding.severity.rank < Severity.MEDIUM.rank:
        return
    ends = (*finding.src_ips, *finding.dst_ips)
    if len(finding.src_ips) * max(len(finding.dst_ips), 1) > MOST_PAIRS:
        return
    times = (_naive(finding.first_seen_time), _naive(finding.last_seen_time))
    for ip in ends:
        yield (finding.detector, ip, None, *times)
    for one, other in product(finding.src_ips, finding.dst_ips):
        yield (finding.detector, one, other, *times)
        yield (finding.detector, other, one, *times)


def _naive(moment: datetime) -> datetime:
    """Times of the tables are UTC and name no zone."""
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
