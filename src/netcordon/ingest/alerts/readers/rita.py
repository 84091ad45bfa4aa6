"""RITA (Active Countermeasures): beacons and other findings, with the columns of its CSV.

Sources: ``rita view`` of version 5, ``show-beacons`` and its kin of version 4. RITA writes no
absolute times; what gives the record its own (``time``) does.
"""

from __future__ import annotations

from collections.abc import Mapping

from netcordon.ingest.alerts.record import Found, Record, RecordReader
from netcordon.ingest.alerts.rows import alert, severity_of
from netcordon.ingest.messages.events import Event, port

_SOURCES = ("Source IP", "Source", "src")
_SCORES = (
    ("Beacon Score", "beacon"), ("C2 Over DNS Score", "tunnel over DNS"),
    ("Long Connection Score", "long connection"), ("Score", "beacon"),
)  # fmt: skip
_LEVELS = ((0.95, 4), (0.8, 3), (0.5, 2))


def is_header(names: Mapping[str, object] | list[str]) -> bool:
    """Whether these are columns of RITA's tables."""
    has = set(names)
    five = {"Severity", "Source IP", "Beacon Score"} <= has
    four = "Score" in has and "Source IP" in has and bool(has & {"Destination IP", "SNI", "FQDN"})
    return five or four


def _read(record: Record) -> Found:
    if not is_header(record.fields):
        return None
    return [finding(record, record.time("time", "timestamp", "Timestamp"))]


def finding(record: Record, time: int | None) -> Event:
    """An alert; the score that is highest tells what it is about."""
    scores = {what: record.number(name) or 0.0 for name, what in _SCORES if record.has(name)}
    what = max(sorted(scores), key=scores.__getitem__) if scores else "beacon"
    score = min(max(scores.get(what, 0.0), 0.0), 1.0)
    if record.text("Threat Intel").lower() == "true" and score < 0.5:
        what = "address on a list of threat intelligence"
    severity = record.text("Severity")
    level = severity_of(severity) or next((s for at, s in _LEVELS if score >= at), 1)
    to, _, rest = record.text("Port:Proto:Service").split(",")[0].strip("() ").partition(":")
    return alert(
        record, "rita", time, src_ip=record.text(*_SOURCES),
        dst_ip=record.text("Destination IP", "dst"), dst_port=port(to),
        protocol=rest.partition(":")[0] or None, rule_id=what, title=what, category=what,
        severity=severity or None, severity_id=level, confidence=score,
        observable=record.text("FQDN", "SNI"), message=record.text("Modifiers"),
        count=record.whole("Connection Count", "Connections") or 1,
    )  # fmt: skip


RITA = RecordReader("rita", _read)
