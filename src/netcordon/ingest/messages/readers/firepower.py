"""Firepower Threat Defense: connection events (430002 when one begins, 430003 when it ends).

Source: "Cisco Secure Firewall Threat Defense Syslog Messages", security events: ``Name: value``
between commas.
"""

from __future__ import annotations

import re
from itertools import islice

from netcordon.ingest.messages.events import Event, port, whole
from netcordon.ingest.messages.flows import disposition, flow, protocol
from netcordon.ingest.messages.log import Message

_NAME = re.compile(r"(?:^|, )(\w{1,48}): ", re.ASCII)
_MOST_NAMES = 128
_SERVICES = {"https": "tls", "ssl": "tls", "ssl client": "tls"}


def connection(message: Message, body: str, number: str) -> Event | str:
    """A connection; its beginning is replaced by its end where the log holds both."""
    names = list(islice(_NAME.finditer(body), _MOST_NAMES))
    ends = [*(name.start() for name in names[1:]), len(body)][: len(names)]
    told: dict[str, str] = {}
    for name, end in zip(names, ends, strict=True):
        told.setdefault(name[1], body[name.end() : end].strip())
    if "SrcIP" not in told or "DstIP" not in told:
        return "a connection without both ends"
    action = told.get("AccessControlRuleAction", "")
    outcome = "rejected" if "reset" in action.lower() else disposition(action.partition(" ")[0])
    service = told.get("ApplicationProtocol", "").lower()
    session = told.get("ConnectionID", "")
    return flow(
        start=message.time(told.get("FirstPacketSecond", "")),
        duration_s=whole(told.get("ConnectionDuration")),
        ends=(
            told["SrcIP"], port(told.get("SrcPort")), told["DstIP"], port(told.get("DstPort")),
        ),
        protocol=protocol(told.get("Protocol")),
        outcome=outcome,
        octets=(whole(told.get("InitiatorBytes")), whole(told.get("ResponderBytes"))),
        packets=(whole(told.get("InitiatorPackets")), whole(told.get("ResponderPackets"))),
        service=_SERVICES.get(service, service) or None,
        session=f"{told.get('DeviceUUID', '')} {told.get('InstanceID', '')} {session}"
        if session
        else "",
        is_begin=number == "430002",
    )  # fmt: skip
