"""The card of technical characteristics: lines I15a to I15f of the sheet, with evidence."""

from __future__ import annotations

from collections.abc import Mapping, Set
from datetime import datetime

from netcordon.model.document import Document
from netcordon.model.incident import CARD_KEYS, CardEntry, Incident
from netcordon.model.quantity import name_text, time_text
from netcordon.model.section import Block, Code, Group, Line, Section, Strong, Table, Tag, Text

_QUESTIONS = {
    "source_ips": "Source addresses",
    "ports": "Ports",
    "ttl": "Time to live",
    "ip_id": "IP identification",
    "protocols": "Protocols",
    "targets": "Targets",
    "exploits": "Exploits",
    "remote_accounts": "Remote accounts",
}
_MOST_VALUES, _MOST_FRAMES, _MOST_INCIDENTS, _MOST_OPEN = 12, 6, 20, 3


def write(document: Document) -> list[Block]:
    """A table for each incident."""
    if not document.incidents:
        return []
    incidents = document.worst_first()
    logs = {e.id for e in document.evidence if e.facts.get("is_log")}
    return [
        Group(
            heading=(Tag(i.severity.value, i.severity.value), " ", i.title),
            blocks=(_card(i, logs),),
            folded=place >= _MOST_OPEN,
        )
        for place, i in enumerate(incidents[:_MOST_INCIDENTS])
    ]


def _card(incident: Incident, logs: Set[str]) -> Block:
    rows: list[tuple[Line, ...]] = []
    for key in CARD_KEYS:
        rows += _entry(_QUESTIONS.get(key, key), incident.card.get(key), logs)
    if not rows:
        return Text("Not assessed.")
    columns = ("Characteristic", "Value", "What else is known", "Evidence")
    return Table(caption="", columns=columns, rows=tuple(rows))


def _entry(question: str, entry: CardEntry | None, logs: Set[str]) -> list[tuple[Line, ...]]:
    if entry is None or not entry.values:
        reason = (entry.not_assessed if entry else None) or "no reason given"
        return [(Strong(question), (Tag("not assessed"), " ", reason), "", "")]
    rows: list[tuple[Line, ...]] = []
    for value in entry.values[:_MOST_VALUES]:
        name: Line = "" if rows else Strong(question)
        rows.append((name, Code(_text(value.get("value"))), _else(value), _where(value, logs)))
    left = len(entry.values) - _MOST_VALUES
    if left > 0:
        rows.append(("", f"and {left:,} more in report.json", "", ""))
    return rows


def _text(value: object) -> str:
    if isinstance(value, list | tuple | set | frozenset):
        items = [str(v) for v in value]
        return ", ".join(items[:20]) + (f" and {len(items) - 20} more" if len(items) > 20 else "")
    if isinstance(value, datetime):
        return time_text(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return str(value) if abs(value) < 10_000 else f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.4g}"
    if isinstance(value, Mapping):
        return ", ".join(f"{k} {_text(v)}" for k, v in list(value.items())[:8])
    return "unknown" if value is None else str(value)


def _else(value: Mapping[str, object]) -> str:
    hidden = ["value", "evidence"]
    if value.get("first_seen_time") == value.get("last_seen_time"):
        hidden.append("last_seen_time")
    extra = [(k, v) for k, v in value.items() if k not in hidden and v not in (None, "", [], ())]
    return "; ".join(f"{name_text(k.removesuffix('_time'))}: {_text(v)}" for k, v in extra[:10])


def _where(value: Mapping[str, object], logs: Set[str]) -> Line:
    places = value.get("evidence")
    if not isinstance(places, list | tuple) or not places:
        return "none given"
    out = []
    for place in places[:3]:
        if isinstance(place, Mapping):
            frames = place.get("frames") or place.get("lines") or ()
            shown = (
                [str(f) for f in frames][: _MOST_FRAMES + 1]
                if isinstance(frames, list | tuple)
                else []
            )
            more = " …" if len(shown) > _MOST_FRAMES else ""
            unit = "lines" if place.get("evidence_id") in logs else "frames"
            at = f" {unit} {', '.join(shown[:_MOST_FRAMES])}{more}" if shown else ""
            out.append(f"{place.get('table', 'unknown')}{at}")
    return "; ".join(out) + (" …" if len(places) > 3 else "")


SECTION = Section(
    heading="Technical characteristics",
    irm=("I15a", "I15b", "I15c", "I15d", "I15e", "I15f"),
    write=write,
)
