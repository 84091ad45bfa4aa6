"""Cisco Umbrella: lookups, requests, connections and the cloud firewall, as values between commas.

Source: "Umbrella Log Formats and Versioning"; the times are UTC, all values stand in quotes.
"""

from __future__ import annotations

import csv
import re

from netcordon.ingest.messages.accounts import identity, present
from netcordon.ingest.messages.events import Event, port
from netcordon.ingest.messages.flows import disposition, flow, protocol
from netcordon.ingest.messages.log import Found, Message, Reader
from netcordon.ingest.messages.requests import request

_START = re.compile(r'\s*"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d","')
_HEADER = re.compile(r'\s*"?(?:Timestamp|Date|timestamp)"?,"?(?:Policy|Most|Origin|Identit)')
_ADDRESS = re.compile(r"[0-9A-Fa-f:.]{2,45}", re.ASCII)
_TYPE = re.compile(r"\d{1,5} \(([A-Z0-9]{1,10})\)", re.ASCII)
_VERDICTS = ("ALLOWED", "BLOCKED", "ALLOWED_WARN", "ISOLATED")
_LONGEST = 32 << 10


def _read(message: Message) -> Found:
    text = message.text[:_LONGEST]
    if not _START.match(text):
        return [] if _HEADER.match(text) else None
    try:
        part = [value.strip() for value in next(csv.reader([text.strip()]))]
    except (csv.Error, StopIteration):
        return None
    if len(part) < 8:
        return None
    time = message.time(part[0], "Z")
    if len(part) > 8 and part[5] in ("Allowed", "Blocked", "Proxied") and _is_address(part[3]):
        return _lookup(time, part)
    if len(part) > 12 and part[6].upper() in _VERDICTS and "://" in part[7][:16]:
        return _asked(time, part)
    if _is_address(part[2]) and _is_address(part[4]) and part[3].isdecimal():
        return [_blocked(time, part)]
    if len(part) > 13 and _is_address(part[7]) and _is_address(part[9]):
        return [_passed(time, part)]
    return None


def _is_address(text: str) -> bool:
    return _ADDRESS.fullmatch(text) is not None and ("." in text or ":" in text)


def _lookup(time: int | None, part: list[str]) -> list[Event]:
    kind = _TYPE.match(part[6])
    source = part[3] or part[4]
    row = Event(
        "dns_activity",
        {
            "time": time, "src_ip": source, "dst_port": 53, "service": "dns",
            "query": part[8].rstrip(".").lower() or ".", "is_response": True, "rcode": part[7],
            "query_type": kind[1] if kind else None,
        },
    )  # fmt: skip
    raised = None
    if part[5] == "Blocked":
        raised = Event(
            "detection_finding",
            {
                "time": time, "src_ip": source, "product": "umbrella", "kind": "alert",
                "title": f"lookup blocked: {part[-1] or (part[9] if len(part) > 9 else '')}",
                "category": part[9] if len(part) > 9 else None, "action": "blocked",
                "observable": part[8].rstrip("."), "count": 1, "reporter": "umbrella",
                "is_from_src": True,
            },
        )  # fmt: skip
    named = part[1] if " " not in part[1] and not part[1].isdecimal() else None
    is_host = named is not None and "Computer" in (part[10] if len(part) > 10 else "")
    return present(row, raised, identity(time, "dns-filter", ip=part[3], host_name=named)
                   if is_host else None)  # fmt: skip


def _asked(time: int | None, part: list[str]) -> list[Event]:
    method = next((value for value in part[20:] if value in _METHODS), None)
    return [
        request(
            time, url=part[7], ends=(part[3] or part[2], None, part[4], None), method=method,
            status=part[10], sent=part[11], received=part[12], agent=part[9], referrer=part[8],
            content_type=part[5],
        )
    ]  # fmt: skip


_METHODS = frozenset(("GET", "POST", "HEAD", "PUT", "DELETE", "CONNECT", "OPTIONS", "PATCH"))


def _blocked(time: int | None, part: list[str]) -> Event:
    """What the IP layer stopped; it logs nothing else, and no protocol."""
    ends = (part[2], port(part[3]), part[4], port(part[5]))
    return flow(start=time, ends=ends, protocol=None, outcome="dropped")


def _passed(time: int | None, part: list[str]) -> Event:
    return flow(
        start=time, ends=(part[7], port(part[8]), part[9], port(part[10])),
        protocol=protocol(part[5]), outcome=disposition(part[13]),
    )  # fmt: skip


UMBRELLA = Reader("umbrella", _read)
