"""What is told of exporters beside their flows: ``device_health``, facts for the verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyarrow as pa

from netcordon.ingest.capture.exports.collector import Collector
from netcordon.ingest.capture.exports.exporters import Exporter
from netcordon.tables.arrow import arrow_schema

_CLOCK_OFF_US = 5_000_000


def health_columns(exporters: Sequence[Exporter]) -> Mapping[str, object]:
    """What each exporter counted, said of itself and lost; one row a metric that is known."""
    rows = [
        (exporter.last_us, exporter.name, metric, float(value), unit, exporter.span_s)
        for exporter in exporters
        for metric, value, unit in _metrics(exporter)
        if value is not None
    ]
    columns: dict[str, object] = {
        name: pa.array([row[at] for row in rows], type_)
        for at, (name, type_) in enumerate(
            (
                ("time", pa.int64()),
                ("device", pa.string()),
                ("metric", pa.string()),
                ("value", pa.float64()),
                ("value_unit", pa.string()),
                ("interval_s", pa.float64()),
            )
        )
    }
    for field in arrow_schema("device_health"):
        columns.setdefault(field.name, pa.nulls(len(rows), field.type))
    return columns


def _metrics(exporter: Exporter) -> tuple[tuple[str, float | None, str | None], ...]:
    clock = exporter.clock_off_us
    return (
        ("export_version", exporter.version, None),
        ("export_datagrams", exporter.datagrams, "datagrams"),
        ("export_records", exporter.flows, "records"),
        ("export_lost_records", exporter.lost_records, "records"),
        ("export_lost_datagrams", exporter.lost_datagrams, "datagrams"),
        ("export_restarts", exporter.restarts, None),
        ("export_sets_without_template", exporter.unread_sets, "sets"),
        ("sampling_interval", exporter.sampling or None, "packets"),
        ("active_timeout", exporter.options.active_s, "s"),
        ("idle_timeout", exporter.options.idle_s, "s"),
        ("longest_record", round(exporter.longest_us / 1e6, 3), "s"),
        ("clock_offset", None if clock is None else round(clock / 1e6, 3), "s"),
    )


def export_facts(collector: Collector, name: str) -> Mapping[str, object]:
    """Facts of what a collector read; nothing without any exporter.

    Args:
        collector: at its end.
        name: what the names of the facts begin with.
    """
    if not collector.exporters:
        return {}
    return {
        **facts_of(collector.exporters, name),
        f"{name}_templates_redefined": collector.templates.redefined,
        f"{name}_templates_withdrawn": collector.templates.withdrawn,
    }


def facts_of(exporters: Sequence[Exporter], name: str) -> Mapping[str, object]:
    """Sums of all exporters, and what is largest among them."""
    off = sum(abs(e.clock_off_us or 0) > _CLOCK_OFF_US for e in exporters)
    return {
        f"{name}_exporters": len(exporters),
        f"{name}_records": sum(e.flows for e in exporters),
        f"{name}_lost_records": sum(e.lost_records for e in exporters),
        f"{name}_lost_datagrams": sum(e.lost_datagrams for e in exporters),
        f"{name}_one_sided_exporters": sum(e.is_one_sided for e in exporters),
        f"{name}_clock_off": off,
        f"largest_{name}_sampling": max((e.sampling for e in exporters), default=0),
        f"largest_{name}_active_timeout_s": max(
            (e.options.active_s or 0 for e in exporters), default=0
        ),
    }
