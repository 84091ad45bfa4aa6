"""Check Point: the export of SmartView Tracker, values in quotes between spaces.

Source: ``fw logexport`` and the syslog form of older gateways: number, date, time, interface,
origin, type, action, service, source port, source, destination, protocol, rule, ...
"""

from __future__ import annotations

import re

from netcordon.ingest.messages.events import port
from netcordon.ingest.messages.flows import disposition, flow, protocol
from netcordon.ingest.messages.log import Found, Message, Reader

_START = re.compile(r'\s*"\d{1,12}" "\d{1,2}[A-Z][a-z]{2}\d{4}" "')
_VALUE = re.compile(r'"([^"]{0,2048})"')
_PASSED = frozenset(
    ("encrypt", "decrypt", "vpn routing", "redirect", "monitor", "detect", "bypass")
)


def _read(message: Message) -> Found:
    text = message.text[:16384]
    if not _START.match(text):
        return None
    part = _VALUE.findall(text)
    if len(part) < 12:
        return "a line of Check Point with too few fields"
    action = part[6].strip().lower()
    outcome = disposition(action) or ("allowed" if action in _PASSED else None)
    if not part[9] or not part[10]:
        return []  # what the gateway says of itself
    return [
        flow(
            start=message.time(f"{part[1]} {part[2]}"),
            ends=(part[9], port(part[8]), part[10], port(part[7])),
            protocol=protocol(part[11]), outcome=outcome,
        )
    ]  # fmt: skip


CHECK_POINT = Reader("check_point", _read)
