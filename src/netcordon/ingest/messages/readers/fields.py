"""Firewalls that write named fields: ``key=value``, CEF, LEEF, and structured data of syslog.

Vendors differ in the names, not in what they say, so one table of synonyms reads FortiGate,
SonicWall, Sophos, Juniper SRX, Check Point, Stormshield and others. Sources: the vendors' log
references; "Implementing ArcSight Common Event Format"; "QRadar LEEF".
"""

from __future__ import annotations

import re

from netcordon.ingest.messages.events import Event, port, whole
from netcordon.ingest.messages.flows import disposition, flow, protocol
from netcordon.ingest.messages.log import Found, Message, Reader
from netcordon.ingest.messages.pairs import cef, leef, pairs
from netcordon.ingest.messages.readers.alerts import finding
from netcordon.ingest.messages.readers.lookups import lookup

_NAMES = {
    "src": "srcip src_ip source-address src sourceAddress SourceIP client_ip",
    "dst": "dstip dst_ip destination-address dst destinationAddress DestinationIP",
    "src_port": "srcport src_port source-port spt srcPort s_port sport",
    "dst_port": "dstport dst_port destination-port dpt dstPort d_port dport service-port",
    "protocol": "proto protocol protocol-id ipproto transport protocol_name",
    "action": "action act status fw_action log_subtype rule_action fw_rule_action utmaction",
    "sent": "sentbyte sent_bytes bytes-from-client out bytesSent sent srcBytes",
    "received": "rcvdbyte recv_bytes bytes-from-server in bytesReceived rcvd dstBytes",
    "packets_out": "sentpkt sent_pkts packets-from-client srcPackets FTNTFGTsentpkt",
    "packets_in": "rcvdpkt recv_pkts packets-from-server dstPackets FTNTFGTrcvdpkt",
    "duration": "duration elapsed-time FTNTFGTduration FortinetFortiGateduration",
    "session": "sessionid session-id-32 con_id connid connection-id",
    "service": "service app application",
    "device": "devname device_name dvchost dvc deviceExternalId fw",
}  # fmt: skip
_KNOWN = {ours: tuple(theirs.split()) for ours, theirs in _NAMES.items()}
_TIMES = (
    "eventtime", "FTNTFGTeventtime", "FortinetFortiGateeventtime", "timestamp", "rt", "end",
    "devTime", "start",
)  # fmt: skip
_ZONES = ("tz", "timezone", "FTNTFGTtz", "FortinetFortiGatetz", "dtz")
_SRX = re.compile(r"RT_FLOW_SESSION_(CREATE|CLOSE|DENY)(?:_LS)?\b|APPTRACK_SESSION_(CREATE|CLOSE)")
_CHECK_POINT = re.compile(r'(?:^|; |\[)([\w.-]{1,64}):"((?:[^"\\]|\\.)*+)"')
_BEGINS = frozenset(("start", "session_start", "CREATE"))
_LONGEST = 64 << 10
_PORT_OF_PROTOCOL = re.compile(r"^(tcp|udp|icmp)/", re.IGNORECASE)


def told(fields: dict[str, str], name: str) -> str:
    """What the device says of something, by any of its names; empty where nothing."""
    for key in _KNOWN[name]:
        value = fields.get(key, "")
        if value and value not in ("N/A", "-", "None", "UNKNOWN"):
            return value
    return ""


def time_of(message: Message, fields: dict[str, str]) -> int | None:
    """The device's own time where it gives one, else the envelope's."""
    zone = next((fields[name] for name in _ZONES if fields.get(name)), "")
    for name in _TIMES:
        found = message.clock.microseconds(fields[name], zone) if name in fields else None
        if found is not None:
            return found
    if "date" in fields and "time" in fields:
        return message.time(f"{fields['date']} {fields['time']}", zone)
    return message.time(fields.get("time", ""), zone)


def read_fields(message: Message, fields: dict[str, str], title: str = "") -> Found:
    """Rows of a message with named fields; ``None`` where it is of no firewall."""
    source, target = told(fields, "src").partition(":"), told(fields, "dst").partition(":")
    is_six = source[2].count(":") > 0 or target[2].count(":") > 0
    first = told(fields, "src") if is_six else source[0]
    second = told(fields, "dst") if is_six else target[0]
    if not first or not second:
        return "no two addresses"
    time = time_of(message, fields)
    if fields.get("qname") or fields.get("FTNTFGTqname"):
        return [lookup(fields, time, first, second)]
    if _is_finding(fields):
        return [finding(fields, time, first, second, title, told(fields, "device"))]
    if not told(fields, "protocol") and not told(fields, "dst_port"):
        return "addresses without protocol or port"
    return [_flow(message, fields, time, (first, second), title)]


def _is_finding(fields: dict[str, str]) -> bool:
    return any(
        fields.get(n) for n in ("attack", "FTNTFGTattack", "virus", "FTNTFGTvirus", "threat")
    )


def _flow(
    message: Message, fields: dict[str, str], time: int | None, ends: tuple[str, str], title: str
) -> Event:
    raw = told(fields, "protocol")
    named = protocol(raw.partition("/")[0] if _PORT_OF_PROTOCOL.match(raw) else raw)
    event = _SRX.search(title or message.text[:256])
    word = told(fields, "action")
    outcome = disposition(word)
    if event is not None:
        outcome = "dropped" if event[1] == "DENY" else "allowed"
    elif outcome is None and re.search(r"\b(?:drop|deny|denied|block)", title, re.IGNORECASE):
        outcome = "dropped"
    duration = whole(told(fields, "duration"))
    is_end = duration is not None and time is not None
    begun = (time or 0) - (duration or 0) * 1_000_000 if is_end else time
    session = told(fields, "session")
    # What inspection saw of a session comes before the session's own line, under the same id.
    is_inspected = fields.get("type") == "utm" or fields.get("cat", "").startswith("utm:")
    is_begin = is_inspected or word in _BEGINS or (event is not None and "CREATE" in event[0])
    return flow(
        start=begun if begun is None or begun >= 0 else time,
        duration_s=duration,
        ends=(
            ends[0], port(told(fields, "src_port")), ends[1], port(told(fields, "dst_port")),
        ),
        protocol=named,
        outcome=outcome,
        octets=(whole(told(fields, "sent")), whole(told(fields, "received"))),
        packets=(whole(told(fields, "packets_out")), whole(told(fields, "packets_in"))),
        session=f"{told(fields, 'device')} {session}" if session and session != "0" else "",
        is_begin=is_begin,
        src_mac=fields.get("srcmac") or fields.get("smac") or fields.get("src_mac"),
    )  # fmt: skip


def _key_value(message: Message) -> Found:
    text = message.text[:_LONGEST]
    found = pairs(text)
    if len(found) < 4:
        found = {}
        for match in list(_CHECK_POINT.finditer(text))[:512]:
            found.setdefault(match[1], match[2])
    if len(found) < 4:
        return None
    return read_fields(
        message, found, text[:64] if _SRX.search(text[:256]) else found.get("msg", "")
    )


def _cef(message: Message) -> Found:
    text = message.text
    if "|" not in text[:64]:
        return None
    found = cef(text)
    return None if found is None else read_fields(message, found.fields, found.name)


def _leef(message: Message) -> Found:
    found = leef(message.text)
    return None if found is None else read_fields(message, found.fields, found.name)


KEY_VALUE = Reader("key_value", _key_value)
CEF = Reader("cef", _cef)
LEEF = Reader("leef", _leef)
