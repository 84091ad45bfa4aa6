"""How the sensor fared: ``capture_loss``, ``stats``, ``reporter``."""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow as pa
import pyarrow.compute as pc

from netcordon.ingest.text.columns import Columns
from netcordon.ingest.text.reading import Facts
from netcordon.ingest.text.rows import Rows, rows
from netcordon.ingest.text.shaping import constant

_STATS = {
    "pkts_proc": "packets", "bytes_recv": "bytes", "pkts_dropped": "packets",
    "pkts_link": "packets", "pkt_lag": "s", "mem": "MiB", "active_tcp_conns": "connections",
}  # fmt: skip


def capture_loss(log: Columns, facts: Facts) -> Iterable[Rows]:
    """Share of acknowledged data that the sensor never saw."""
    lost = log.number("percent_lost")
    worst = pc.max(lost).as_py()
    if worst is not None:
        facts.most("largest_capture_loss_percent", worst)
    for name, unit in (("percent_lost", "percent"), ("gaps", "gaps"), ("acks", "acks")):
        yield _metric(log, name, unit, log.number(name))


def stats(log: Columns, facts: Facts) -> Iterable[Rows]:
    """Counters of the sensor's process."""
    for fact, name in (("sensor_packets", "pkts_proc"), ("sensor_dropped", "pkts_dropped")):
        facts.add(fact, pc.sum(log.whole(name)).as_py() or 0)
    for name, unit in _STATS.items():
        yield _metric(log, name, unit, log.number(name))


def reporter(log: Columns) -> Iterable[Rows]:
    """What the sensor's process complains of."""
    yield rows(
        "device_health",
        log.numbers,
        {
            "time": log.time("ts"),
            "device": constant("zeek", len(log)),
            "metric": log.text("level"),
            "message": log.text("message"),
        },
    )


def _metric(log: Columns, name: str, unit: str, value: pa.Array) -> Rows:
    known = pc.is_valid(value)
    columns = {
        "time": log.time("ts"),
        "device": pc.coalesce(log.text("peer"), "zeek"),
        "metric": constant(name, len(log)),
        "value": value,
        "value_unit": constant(unit, len(log)),
        "interval_s": log.number("ts_delta"),
    }
    kept = {key: pa.array(column).filter(known) for key, column in columns.items()}
    return rows("device_health", log.where(known).numbers, kept)
