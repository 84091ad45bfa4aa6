"""T-Pot and its many honeypots, as its collector writes them.

Ends have common names, ``type`` tells the honeypot. What its sensors that only listen (p0f, FATT)
say is passed over.
"""

from __future__ import annotations

from netcordon.ingest.alerts.record import Found, Record, RecordReader
from netcordon.ingest.alerts.rows import alert, decoy_login, hit
from netcordon.ingest.messages.events import Value

_LISTENERS = frozenset(("p0f", "fatt", "nginx", "syslog"))
_MARKS = ("t-pot_hostname", "t-pot_ip_ext", "t-pot_ip_int", "t-pot_ip_int_ext")


def _read(record: Record) -> Found:
    kind = record.text("type").lower()
    if not kind or not any(record.has(mark) for mark in _MARKS):
        return None
    if kind in _LISTENERS:
        return []
    time = record.time("timestamp", "@timestamp", "start_time")
    ends: dict[str, Value] = {
        "src_ip": record.text("src_ip"),
        "src_port": record.port("src_port"),
        "dst_ip": record.text("dest_ip", "dst_ip"),
        "dst_port": record.port("dest_port", "dst_port"),
    }
    reporter = record.text("t-pot_hostname")
    if kind == "suricata":
        if record.text("event_type") != "alert":
            return []
        signature = record.text("alert.signature")
        rule = f"{record.text('alert.gid') or 1}:{record.text('alert.signature_id')}"
        return [
            alert(
                record, "suricata", time, protocol=record.text("proto"), rule_id=rule,
                title=signature, category=record.text("alert.category"),
                severity=record.text("alert.severity"), reporter=reporter,
                severity_id={1: 4, 2: 3, 3: 2}.get(record.whole("alert.severity") or 0),
                action=record.text("alert.action"), is_from_src=None, **ends,
            )
        ]  # fmt: skip
    if not ends["src_ip"]:
        return "a record of a honeypot without a source"
    account = record.text("username", "login", "credentials.username")
    service = record.text("protocol", "app_proto", "proto", "connection.protocol").lower()
    found = hit(
        record, kind, time, service=service, rule_id=record.text("eventid", "event_type") or kind,
        title="login" if account else "connection", category="honeypot",
        severity_id=3 if account else 2, account=account, reporter=reporter,
        message=record.text("input", "command", "message", "request_uri"), **ends,
    )  # fmt: skip
    if not account:
        return [found]
    return [decoy_login(kind, time, ends | {"service": service, "account": account}), found]


TPOT = RecordReader("tpot", _read)
