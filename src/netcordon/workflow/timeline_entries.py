"""Everything of a case that has a time, as events of a timeline."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from netcordon.casefile.canonical import instant
from netcordon.casefile.cases import Case
from netcordon.casefile.journal import Entry
from netcordon.casefile.plans import plan_documents
from netcordon.casefile.workspace import Workspace
from netcordon.model.timeline import TimelineEntry, microseconds
from netcordon.tables.engine import Engine

_WORDS = ("title", "text", "reason", "ruling", "person", "what", "why", "chosen_by")
"""Keys of an entry whose text says what it is about."""
_NOT_TOLD = frozenset({"finding.recorded", "incident.recorded", "register.seen"})
"""Kinds of entries that are told by what they hold, or say nothing to people."""
_IMPORTED = """
SELECT epoch_us(time) AS time, time_text, time_kind, message, source, host, account, fields,
       evidence_id, frame
FROM timeline_event ORDER BY time, evidence_id, frame
"""


def of_findings(opened: Workspace, case: Case) -> Iterator[TimelineEntry]:
    """When each finding of the latest run was first and last seen."""
    if not case.runs:
        return
    for found in opened.cases.findings(case.runs[-1]):
        fields: dict[str, object] = {
            "id": found["id"], "detector": found["detector"], "severity": found["severity"],
            "confidence": found["confidence"], "src_ip": _joined(found["src_ips"]),
            "dst_ip": _joined(found["dst_ips"]), "dst_names": list(found["dst_names"]),
            "dst_ports": list(found["dst_ports"]), "username": _joined(found["accounts"]),
            "attack_technique": list(found["techniques"]), "tag": ["netcordon", found["severity"]],
        }  # fmt: skip
        yield from _first_and_last(found, str(found["title"]), "netcordon:finding", fields)


def of_channels(opened: Workspace, case: Case) -> Iterator[TimelineEntry]:
    """When each channel of an incident was first and last used."""
    if not case.runs:
        return
    for incident in opened.cases.incidents(case.runs[-1]):
        for channel in incident["channels"]:
            name = f" ({channel['dst_name']})" if channel.get("dst_name") else ""
            text = (
                f"{channel['purpose']}: {channel['src']} to {channel['dst']}{name}, "
                f"{channel['protocol']} port {channel['port']}"
            )
            fields: dict[str, object] = {
                "id": incident["id"], "severity": incident["severity"], "src_ip": channel["src"],
                "dst_ip": channel["dst"], "tag": ["netcordon", "channel"],
            }  # fmt: skip
            yield from _first_and_last(channel, text, "netcordon:channel", fields)


def _first_and_last(
    told: Mapping[str, Any], message: str, data_type: str, fields: Mapping[str, object]
) -> Iterator[TimelineEntry]:
    times = dict.fromkeys(
        (told[f"{key}_seen_time"], desc)
        for key, desc in (("first", "First Seen"), ("last", "Last Seen"))
        if told.get(f"{key}_seen_time")
    )
    for text, kind in times:
        yield TimelineEntry(
            time=microseconds(instant(str(text))), kind=kind, message=message, data_type=data_type,
            fields=fields,
        )  # fmt: skip


def of_journal(opened: Workspace, case: Case | None) -> Iterator[TimelineEntry]:
    """What people and netcordon did: the journal's entries about a case and its evidence."""
    wanted: set[str] = set()
    if case is not None:
        wanted = {case.id, *(run.id for run in case.runs)}
        wanted |= {id_ for run in case.runs for id_ in run.evidence_ids}
        wanted |= {id_ for run in case.runs for id_ in (*run.finding_ids, *run.incident_ids)}
        wanted |= {str(plan["id"]) for plan in plan_documents(opened.journal, case.id)}
    for entry in opened.journal.entries():
        about = {entry.subject, *_parents(entry)}
        if entry.kind not in _NOT_TOLD and about & wanted:
            yield TimelineEntry(
                time=microseconds(entry.time), kind="Entry Time", message=_told(entry),
                data_type="netcordon:journal",
                fields={
                    "id": f"entry {entry.seq}", "username": entry.author, "hash": entry.hash,
                    "tag": ["netcordon", "journal"],
                },
            )  # fmt: skip


def _parents(entry: Entry) -> Sequence[str]:
    parents = entry.payload.get("parents")
    return tuple(parents) if isinstance(parents, Mapping) else ()


def _told(entry: Entry) -> str:
    said = [
        str(entry.payload[key])
        for key in _WORDS
        if isinstance(entry.payload.get(key), str) and entry.payload[key]
    ]
    kind = entry.kind.replace(".", ": ").replace("_", " ")
    return f"{kind}, {entry.subject}" + (f": {'; '.join(said)}" if said else "")


def imported(engine: Engine) -> Iterator[TimelineEntry]:
    """Events of timelines of others, as they came."""
    for batch in engine.arrow_batches(_IMPORTED):
        for row in batch.to_pylist():
            fields = json.loads(row["fields"]) if row["fields"] else {}
            data_type = fields.pop("data_type", None)
            yield TimelineEntry(
                time=int(row["time"]), kind=str(row["time_kind"]), message=str(row["message"]),
                data_type=str(data_type or row["source"] or "timeline"),
                time_text=row["time_text"] or "", fields=fields,
            )  # fmt: skip


def _joined(values: Sequence[object]) -> str:
    return ", ".join(str(value) for value in values)
