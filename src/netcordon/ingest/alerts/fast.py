"""Alerts of Snort and Suricata as text, taken apart: ``fast.log``, ``alert_fast``, and by syslog.

``MM/DD[/YY[YY]]-HH:MM:SS.ffffff [Drop] [**] [gid:sid:rev] message [**] [Classification: c]
[Priority: n] {PROTO} from -> to``: sources are both projects' output modules. Ends are those of the
packet; who began the connection is not told.
"""

from __future__ import annotations

import re

from netcordon.ingest.alerts.record import is_address
from netcordon.ingest.messages.events import Event, Value, port
from netcordon.ingest.messages.flows import protocol

SEVERITIES = {"1": 4, "2": 3, "3": 2, "4": 1}
"""Priority, 1 the highest -> OCSF's severity."""

_STAMP = r"\d\d/\d\d(?:/\d\d(?:\d\d)?)?-\d\d:\d\d:\d\d(?:\.\d{1,9})?"
_RULE = r"\[(?P<gid>\d{1,10}):(?P<sid>\d{1,10}):(?P<rev>\d{1,10})\] "
_TITLE = re.compile(
    rf"(?:(?P<time>{_STAMP}) +)?(?:\[(?P<action>[A-Za-z]{{2,16}})\] +)?(?:\[\*\*\] )?"
    rf"{_RULE}\"?(?P<title>.{{1,1024}}?)\"?:? ?(?:\[\*\*\]|(?=\[(?:Classification|Priority): ))",
    re.ASCII,
)
_CLASS = re.compile(r"\[Classification: (?P<class>[^\]]{0,256})\]")
_PRIORITY = re.compile(r"\[Priority: (?P<priority>\d{1,3})\]")
ENDS = re.compile(
    r"\{(?P<proto>[\w.-]{1,24})\} (?P<src>[\w.:%-]{2,64}) -> (?P<dst>[\w.:%-]{2,64})", re.ASCII
)
_WHEN = re.compile(r"(\d\d)/(\d\d)(?:/(\d\d(?:\d\d)?))?-(\S+)$", re.ASCII)
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_STOPPED = frozenset(("drop", "block", "blocked", "reject", "reset"))


def written_time(text: str) -> str:
    """A time as Snort and Suricata write it, in a form that ``Clock`` reads."""
    found = _WHEN.match(text)
    if found is None:
        return text
    month, day, year, clock = found.groups()
    if year is not None:
        return f"{month}/{day}/{year} {clock}"
    return f"{_MONTHS[(int(month) - 1) % 12]} {day} {clock}"


def end_of(text: str) -> tuple[str, int | None]:
    """Address and port of ``1.2.3.4:5``, ``2001:db8::1:5`` or an address alone."""
    address, _, number = text.rpartition(":")
    if "." in address and is_address(address):
        return address, port(number)
    # Of IPv6, a port always follows where the protocol has any; then eight groups are too many.
    if is_address(text) and ("." in text or (text.count(":") < 7 and "::" not in text)):
        return text, None
    return (address, port(number)) if is_address(address) else (text, None)


def title_of(text: str) -> dict[str, Value] | None:
    """What the first part of an alert says; ``None`` where it is none."""
    found = _TITLE.match(text)
    if found is None:
        return None
    action = (found["action"] or "").lower()
    return {
        "written": found["time"] or "",
        "rule_id": f"{found['gid']}:{found['sid']}",
        "rule_revision": int(found["rev"]),
        "title": found["title"].strip(),
        "action": "blocked" if action in _STOPPED else "allowed" if action else None,
    }


def class_of(text: str) -> dict[str, Value]:
    """Class and priority, where they stand."""
    kind, priority = _CLASS.search(text), _PRIORITY.search(text)
    severity = priority["priority"] if priority else None
    return {
        "category": kind["class"] if kind else None,
        "severity": severity,
        "severity_id": SEVERITIES.get(severity or ""),
    }


def alert_of(
    told: dict[str, Value], product: str, time: int | None, ends: tuple[str, str], transport: str
) -> Event:
    """The row of an alert between two ends."""
    (src_ip, src_port), (dst_ip, dst_port) = map(end_of, ends)
    named = protocol(transport)
    has_ports = named not in ("icmp", "icmp6")
    values: dict[str, Value] = {
        "time": time, "src_ip": src_ip, "src_port": src_port if has_ports else None,
        "dst_ip": dst_ip, "dst_port": dst_port if has_ports else None, "protocol": named,
        "product": product, "kind": "alert", "count": 1,
        **{name: value for name, value in told.items() if name != "written"},
    }  # fmt: skip
    return Event("detection_finding", values)
