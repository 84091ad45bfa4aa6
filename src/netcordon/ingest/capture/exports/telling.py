"""What is told of exporters beside their flows: facts for the verdict on quality."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from netcordon.ingest.capture.exports.collector import Collector
from netcordon.ingest.capture.exports.exporters import Exporter

_MOST_NAMED = 16
_CLOCK_OFF_US = 5_000_000


def export_facts(collector: Collector) -> Mapping[str, object]:
    """Facts of what a collector read; nothing without any exporter."""
    exporters = [e for e in collector.exporters if e.flows or e.datagrams]
    if not exporters:
        return {}
    name = "ipfix" if exporters[0].version == 10 else "netflow"
    return {
        **facts_of(exporters, name),
        f"{name}_templates_redefined": collector.templates.redefined,
        f"{name}_templates_withdrawn": collector.templates.withdrawn,
    }


def facts_of(exporters: Sequence[Exporter], name: str) -> Mapping[str, object]:
    """Sums of all exporters and, of the first few, a line each.

    Args:
        exporters: one or more.
        name: what the names of the facts begin with.
    """
    off = [e for e in exporters if abs(e.clock_off_us or 0) > _CLOCK_OFF_US]
    named = [
        {
            "exporter": e.name,
            "version": e.version,
            "datagrams": e.datagrams,
            "records": e.flows,
            "lost_datagrams": e.lost_datagrams,
            "lost_records": e.lost_records,
            "restarts": max(e.by_record.restarts, e.by_datagram.restarts),
            "sampling_interval": e.sampling or None,
            "active_timeout_s": e.options.active_s,
            "idle_timeout_s": e.options.idle_s,
            "longest_record_s": round(e.longest_us / 1e6, 3),
            "is_one_sided": e.is_one_sided,
            "clock_off_s": None if e.clock_off_us is None else round(e.clock_off_us / 1e6, 3),
            "sets_without_template": e.unread_sets,
        }
        for e in exporters[:_MOST_NAMED]
    ]
    return {
        f"{name}_exporters": len(exporters),
        f"{name}_records": sum(e.flows for e in exporters),
        f"{name}_lost_records": sum(e.lost_records for e in exporters),
        f"{name}_lost_datagrams": sum(e.lost_datagrams for e in exporters),
        f"{name}_sampled_exporters": sum(e.sampling > 1 for e in exporters),
        f"largest_{name}_sampling": max((e.sampling for e in exporters), default=0),
        f"{name}_one_sided_exporters": sum(e.is_one_sided for e in exporters),
        f"{name}_clock_off": len(off),
        f"{name}_by_exporter": named,
    }
