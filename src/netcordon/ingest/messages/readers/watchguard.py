"""WatchGuard Fireware: traffic in its own form, values by their place.

Source: "Fireware Log Catalog" and "Read a Log Message": disposition, interfaces, length, protocol,
header length, TTL, source, destination, ports, then what the protocol has. LEEF carries named
fields and is read as those are.
"""

from __future__ import annotations

import re

from netcordon.ingest.messages.events import port, whole
from netcordon.ingest.messages.flows import disposition, flow, protocol
from netcordon.ingest.messages.log import Found, Message, Reader

_IP = r"[0-9A-Fa-f:.]{2,45}"
_TRAFFIC = re.compile(
    r"(?:msg_id=\"\S{4,12}\" )?(?P<act>Allow|Deny|Block|Drop) (?P<in>\S{1,64}) (?P<out>\S{1,64}) "
    rf"(?:(?P<length>\d{{1,6}}) )?(?P<proto>tcp|udp|icmp|igmp|esp|gre|\d{{1,3}}) "
    rf"(?:\d{{1,3}} (?P<ttl>\d{{1,3}}) )?(?P<a>{_IP}) (?P<b>{_IP})"
    r"(?: (?P<ap>\d{1,5}) (?P<bp>\d{1,5}))?(?P<rest>.*)$",
    re.ASCII,
)
_NUMBER = {name: re.compile(rf'{name}="(\d{{1,15}})"') for name in
           ("sent_bytes", "rcvd_bytes", "duration")}  # fmt: skip


def _read(message: Message) -> Found:
    found = _TRAFFIC.match(message.text[:4096].lstrip())
    if found is None:
        return None
    told = {
        name: whole(number[1]) if (number := shape.search(found["rest"])) else None
        for name, shape in _NUMBER.items()
    }
    outcome, hops = disposition(found["act"]), whole(found["ttl"])
    octets = (told["sent_bytes"], told["rcvd_bytes"])
    if outcome == "dropped":
        octets = (whole(found["length"]), None)
    seconds = told["duration"] or 0
    time = message.time()
    return [
        flow(
            start=time if time is None else max(time - seconds * 1_000_000, 0), duration_s=seconds,
            ends=(found["a"], port(found["ap"]), found["b"], port(found["bp"])),
            protocol=protocol(found["proto"]), outcome=outcome, octets=octets,
            ttl_min_out=hops, ttl_max_out=hops,
        )
    ]  # fmt: skip


WATCHGUARD = Reader("watchguard", _read)
