"""Palo Alto Networks PAN-OS: traffic and threat logs as values between commas.

Source: "Syslog Field Descriptions" of PAN-OS 8.1 to 11.1; the first fields never moved.
"""

from __future__ import annotations

import csv
import re

from netcordon.ingest.messages.events import Event, port, whole
from netcordon.ingest.messages.flows import disposition, flow, protocol
from netcordon.ingest.messages.log import Found, Message, Reader

_START = re.compile(r"(?:^|[\s\"])\d{0,3},[\d/]{6,10} [\d:]{4,8},[^,]{0,64},([A-Z]{3,14}),")
_SEVERITIES = {"informational": 1, "low": 2, "medium": 3, "high": 4, "critical": 5}
_LONGEST = 16 << 10
_FEWEST_COMMAS = 8
_TRAFFIC_FIELDS, _THREAT_FIELDS = 37, 35


def _read(message: Message) -> Found:
    text = message.text[:_LONGEST]
    if text.count(",", 0, 1024) < _FEWEST_COMMAS:
        return None
    start = _START.search(text)
    if start is None:
        return None
    kind = start[1]
    try:
        part = next(csv.reader([text[start.start() :].strip(' "')]))
    except (csv.Error, StopIteration):
        return "a line of PAN-OS with broken quotes"
    if kind == "TRAFFIC" and len(part) >= _TRAFFIC_FIELDS:
        return [_traffic(message, part)]
    if kind == "THREAT" and len(part) >= _THREAT_FIELDS:
        return [_threat(message, part)]
    if kind in ("TRAFFIC", "THREAT"):
        return "a line of PAN-OS with too few fields"
    return f"no table for the log {kind} of PAN-OS"


def _ends(part: list[str]) -> tuple[str, int | None, str, int | None]:
    return part[7], port(part[24]), part[8], port(part[25])


def _traffic(message: Message, part: list[str]) -> Event:
    """Octets are those of IP; the session's id joins its start with its end."""
    written = message.time(part[6])
    start = message.time(part[35]) or written
    outcome = "dropped" if part[4] in ("drop", "deny") else disposition(part[30])
    reason = part[46] if len(part) > 46 else ""
    if reason == "tcp-rst-from-server":
        outcome = "rejected"
    sent, received = (whole(part[44]), whole(part[45])) if len(part) > 45 else (None, None)
    return flow(
        start=start,
        duration_s=whole(part[36]),
        ends=_ends(part),
        protocol=protocol(part[29]),
        outcome=outcome,
        octets=(whole(part[32]), whole(part[33])),
        packets=(sent, received),
        service=_application(part[14]),
        session=f"{part[2]} {part[22]}",
        is_begin=part[4] == "start",
    )


def _threat(message: Message, part: list[str]) -> Event:
    source, source_port, target, target_port = _ends(part)
    title, _, number = part[32].partition("(")
    return Event(
        "detection_finding",
        {
            "time": message.time(part[6]),
            "src_ip": source, "src_port": source_port,
            "dst_ip": target, "dst_port": target_port,
            "protocol": protocol(part[29]),
            "service": _application(part[14]),
            "product": "pan-os",
            "kind": "alert",
            "rule_id": number.rstrip(")") or part[32],
            "title": title.strip() or part[4],
            "category": part[4],
            "severity": part[34],
            "severity_id": _SEVERITIES.get(part[34]),
            "action": part[30],
            "observable": part[31],
            "account": part[12],
            "count": whole(part[23]) or 1,
            "reporter": message.envelope.host or part[2],
            "is_from_src": len(part) <= 35 or part[35] != "server-to-client",
        },
    )  # fmt: skip


def _application(text: str) -> str | None:
    names = {"ssl": "tls", "web-browsing": "http", "dns-base": "dns", "ms-ds-smb": "smb"}
    unknown = ("", "not-applicable", "incomplete", "insufficient-data")
    if text in unknown or text.startswith("unknown"):
        return None
    return names.get(text, text)


PALO_ALTO = Reader("palo_alto", _read)
