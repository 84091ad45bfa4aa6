"""Darktrace: model breaches and incidents of its analyst, as its syslog and API write them."""

from __future__ import annotations

from netcordon.ingest.alerts.record import Found, Record, RecordReader, is_address
from netcordon.ingest.alerts.rows import alert
from netcordon.ingest.messages.events import Event

_CATEGORIES = {"informational": 1, "compliance": 2, "suspicious": 3, "critical": 4}


def _read(record: Record) -> Found:
    if record.has("summariser", "title") and record.has("createdAt"):
        return [_incident(record)]
    if record.has("pbid", "device") and record.has("model.then"):
        return [_breach(record, "model.then")]
    if record.has("pbid", "device", "model.name"):
        return [_breach(record, "model")]
    if record.has("iris-event-type") or record.has("action_family"):
        return "an action of Darktrace, no detection"
    if record.has("lastUpdated", "friendlyName", "acknowledgeTimeout"):
        return "a status of Darktrace itself"
    return None


def _breach(record: Record, model: str) -> Event:
    name = record.text(f"{model}.name")
    category = record.text(f"{model}.category")
    score = record.number("score")
    part = next(iter(record.parts("triggeredComponents")), record)
    target = part.text("ip").partition("/")[0]
    return alert(
        record, "darktrace", record.time("time", "creationTime"),
        src_ip=record.text("device.ip", "device.ips.ip"),
        dst_ip=target if part is not record and is_address(target) else None,
        dst_port=part.port("port") if part is not record else None,
        rule_id=record.text(f"{model}.uuid") or name, title=name.replace("::", " / "),
        category=category, severity=category, severity_id=_CATEGORIES.get(category.lower()),
        confidence=score if score is not None and 0 <= score <= 1 else None,
        message=record.text(f"{model}.description"), reference=record.text("pbid"),
        account=record.text("device.credentials.credential"),
        observable=record.text("device.hostname"), reporter=record.reporter,
    )  # fmt: skip


def _incident(record: Record) -> Event:
    score = record.number("aiaScore")
    category = record.text("category")
    hosts = [part for part in record.parts("breachDevices") if is_address(part.text("ip"))]
    target, name = _outside(record)
    return alert(
        record, "darktrace", record.time("periods.start", "createdAt"),
        src_ip=hosts[0].text("ip") if hosts else None, dst_ip=target,
        rule_id=record.text("summariser"), title=record.text("title"), category=category,
        severity=category, severity_id=_CATEGORIES.get(category.lower()),
        confidence=score / 100 if score is not None and 0 <= score <= 100 else None,
        message=record.text("summary"), reference=record.text("id"), observable=name,
        last_seen_time=record.time("periods.end"), reporter=record.reporter,
    )  # fmt: skip


def _outside(record: Record) -> tuple[str, str]:
    """Address and name of the first end outside that the incident's details list."""
    address = name = ""
    details = record.get("details")
    groups = details if isinstance(details, list) else []
    for group in groups[:64]:
        for section in group[:64] if isinstance(group, list) else []:
            inside = Record({"s": section}, record.clock)
            for content in inside.parts("s.contents"):
                if content.text("type") == "externalHost":
                    for end in content.parts("values"):
                        ip, host = end.text("ip"), end.text("hostname")
                        address = address or (ip if is_address(ip) else "")
                        name = name or ("" if is_address(host) else host)
    return address, name


DARKTRACE = RecordReader("darktrace", _read)
