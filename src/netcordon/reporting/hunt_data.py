"""A hunt for other programs: one JSON object, or CSV with a row a place."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

import netcordon
from netcordon.model.hunt import HuntList, HuntResult, Trace, Wanted
from netcordon.model.quantity import rfc3339
from netcordon.reporting.visible import csv_cell

Json = dict[str, object]

COLUMNS = (
    "type", "value", "seen", "table", "column", "way", "whole", "rows", "hosts", "first_seen_time",
    "last_seen_time", "seen_as", "hosts_named", "name", "expired", "caution", "tlp",
)  # fmt: skip


def hunt_json(
    lists: Sequence[HuntList],
    repeated: int,
    result: HuntResult,
    now: datetime,
    not_recorded: str | None,
) -> str:
    """One object whose keys are stable; values are as observed."""
    shown: Json = {
        "version": netcordon.__version__,
        "lists": [
            {"name": one.name, "format": one.format, "sha256": one.sha256, "tlp": one.tlp,
             "pap": one.pap, "indicators": len(one.wanted),
             "left_out": [{"value": o.given, "source": o.source, "why": o.why}
                          for o in one.left_out]}
            for one in lists
        ],
        "repeated": repeated,
        "hits": len(result.traces),
        "seen": [_trace(trace, now) for trace in result.traces],
        "nothing": [_wanted(one, now) for one in result.nothing],
        "searched": [
            {"table": t.table, "rows": t.rows, "first_time": _time(t.first_time),
             "last_time": _time(t.last_time)}
            for t in result.searched
        ],
        "evidence_ids": list(result.evidence_ids),
        "not_visible": list(result.not_visible),
        "archive": asdict(result.archive) if result.archive else None,
        "not_recorded": not_recorded,
        "error": None,
    }  # fmt: skip
    return json.dumps(shown, ensure_ascii=True, allow_nan=False, indent=1) + "\n"


def hunt_csv(lists: Sequence[HuntList], result: HuntResult, now: datetime) -> str:
    """One row an indicator and place; one with ``seen`` no for each that was not seen."""
    marks = " ".join(sorted({m for one in lists for m in (one.tlp, one.pap) if m}))
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for trace in result.traces:
        hosts = " ".join(host.ip for host in trace.hosts)
        for s in trace.sightings:
            cells = (
                trace.wanted.type, trace.wanted.value, "yes", s.table, s.column, s.way,
                "yes" if s.is_exact else "host only", str(s.rows), str(s.hosts),
                rfc3339(s.first_seen_time), rfc3339(s.last_seen_time), s.seen_as, hosts,
                trace.wanted.name, _expired(trace.wanted, now), trace.caution or "", marks,
            )  # fmt: skip
            writer.writerow([csv_cell(cell) for cell in cells])
    for one in result.nothing:
        cells = (
            one.type, one.value, "no", "", "", "", "", "0", "0", "", "", "", "", one.name,
            _expired(one, now), "", marks,
        )  # fmt: skip
        writer.writerow([csv_cell(cell) for cell in cells])
    return out.getvalue()


def _trace(trace: Trace, now: datetime) -> Json:
    return _wanted(trace.wanted, now) | {
        "rows": trace.rows,
        "first_seen_time": rfc3339(trace.first_seen_time),
        "last_seen_time": rfc3339(trace.last_seen_time),
        "caution": trace.caution,
        "places": [
            {"table": s.table, "column": s.column, "way": s.way, "rows": s.rows, "hosts": s.hosts,
             "first_seen_time": rfc3339(s.first_seen_time),
             "last_seen_time": rfc3339(s.last_seen_time), "seen_as": s.seen_as,
             "values": s.values, "is_exact": s.is_exact}
            for s in trace.sightings
        ],
        "host_count": trace.host_count,
        "hosts": [
            {"ip": h.ip, "name": h.name, "user": h.user, "mac": h.mac,
             "is_internal": h.is_internal, "is_resolver": h.is_resolver, "ways": list(h.ways),
             "rows": h.rows, "first_seen_time": rfc3339(h.first_seen_time),
             "last_seen_time": rfc3339(h.last_seen_time)}
            for h in trace.hosts
        ],
        "examples": [
            {"evidence_id": e.evidence_id, "table": e.table, "frame": e.frame,
             "time": rfc3339(e.time)}
            for e in trace.examples
        ],
    }  # fmt: skip


def _wanted(one: Wanted, now: datetime) -> Json:
    return {
        "type": one.type,
        "value": one.value,
        "given": one.given,
        "source": one.source,
        "name": one.name,
        "is_guessed": one.is_guessed,
        "is_observed": one.is_observed,
        "parts": [{"type": part.type.value, "value": part.value} for part in one.parts],
        "valid_until": _time(one.valid_until),
        "is_expired": one.valid_until is not None and one.valid_until <= now,
    }


def _expired(one: Wanted, now: datetime) -> str:
    return "yes" if one.valid_until is not None and one.valid_until <= now else ""


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else rfc3339(moment)
