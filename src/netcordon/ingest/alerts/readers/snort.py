"""Snort 3's ``alert_json``.

Which fields a line has, the administrator chose (``fields`` of the module). Times leave the year
out unless ``seconds`` is among them.
"""

from __future__ import annotations

from netcordon.ingest.alerts.fast import SEVERITIES, written_time
from netcordon.ingest.alerts.record import Found, Record, RecordReader, is_address
from netcordon.ingest.alerts.rows import alert
from netcordon.ingest.messages.events import Value, port

_ACTIONS = {"allow": "allowed", "drop": "blocked", "block": "blocked", "reset": "blocked",
            "would_drop": "allowed", "would_block": "allowed"}  # fmt: skip


def _read(record: Record) -> Found:
    if not record.has("msg") or not (record.has("sid") or record.has("rule")):
        return None
    if not any(record.has(name) for name in ("src_ap", "src_addr", "pkt_num", "class")):
        return None
    time = record.time("seconds")
    if time is None:
        time = record.clock.microseconds(written_time(record.text("timestamp")))
    rule, _, revision = record.text("rule").rpartition(":")
    if record.has("sid"):
        rule, revision = f"{record.text('gid') or 1}:{record.text('sid')}", record.text("rev")
    priority = record.text("priority")
    source, target = _end(record, "src"), _end(record, "dst")
    is_back = record.text("dir") == "S2C"
    source, target = (target, source) if is_back else (source, target)
    return [
        alert(
            record, "snort", time, src_ip=source[0], src_port=source[1], dst_ip=target[0],
            dst_port=target[1], protocol=record.text("proto"), service=record.text("service"),
            rule_id=rule, rule_revision=record.whole("rev") if record.has("rev") else
            int(revision) if revision.isdecimal() and len(revision) < 10 else None,
            title=record.text("msg"), category=record.text("class"), severity=priority,
            severity_id=SEVERITIES.get(priority), is_from_src=not is_back,
            action=_ACTIONS.get(record.text("action").lower(), record.text("action")),
            reporter=record.text("iface") or record.reporter,
        )
    ]  # fmt: skip


def _end(record: Record, end: str) -> tuple[Value, Value]:
    address, to = record.text(f"{end}_addr"), record.port(f"{end}_port")
    if not address:
        address, _, number = record.text(f"{end}_ap").rpartition(":")
        to = port(number) or to
    return (address if is_address(address) else None), to


SNORT = RecordReader("snort", _read)
