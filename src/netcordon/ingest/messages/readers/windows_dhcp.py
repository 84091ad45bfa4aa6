"""Windows DHCP server: the audit log (``DhcpSrvLog-Mon.log``), values between commas.

Source: Microsoft, "Analyze DHCP server log files": ID, date, time, description, address, host name,
Ethernet address, ...; the times are local.
"""

from __future__ import annotations

import re

from netcordon.ingest.messages.events import Event
from netcordon.ingest.messages.leases import lease
from netcordon.ingest.messages.log import Found, Message, Reader

_LINE = re.compile(
    r"(?P<id>\d{1,5}),(?P<date>\d\d/\d\d/\d{2,4}),(?P<time>\d\d:\d\d:\d\d),(?P<what>[^,]{0,128}),"
    r"(?P<ip>[0-9A-Fa-f:.]{0,45}),(?P<name>[^,]{0,255}),(?P<mac>[0-9A-Fa-f]{0,64}),"
    r"(?P<rest>.{0,2048})$",
    re.ASCII,
)
_KINDS = {
    "10": "ACK", "11": "RENEW", "12": "RELEASE", "13": "DECLINE", "15": "NAK", "17": "EXPIRE",
    "16": "DELETE",
}  # fmt: skip
_HEADER = re.compile(
    r"ID,Date,Time,Description,|\s*(?:QResult|Event ID  Meaning)|\s*Microsoft DHCP |"
    r"\d\d\+?\t[A-Z][A-Za-z0-9 ,.'()/-]{8,200}$"  # the legend above the lines
)


def _read(message: Message) -> Found:
    text = message.text
    found = _LINE.match(text)
    if found is None:
        return [] if _HEADER.match(text) else None
    kind = _KINDS.get(found["id"])
    if kind is None:
        return []
    time = message.time(f"{found['date']} {found['time']}")
    fields = found["rest"].split(",")
    xid = fields[1].strip() if len(fields) > 1 else ""
    events: list[Event] = lease(
        time, kind, ip=found["ip"], mac=found["mac"], host_name=found["name"],
        transaction_id=int(xid) if xid.isdecimal() and xid != "0" and len(xid) < 11 else None,
    )  # fmt: skip
    return events


WINDOWS_DHCP = Reader("windows_dhcp", _read)
