"""Cisco ASA and Firepower Threat Defense.

Source: "Cisco Secure Firewall ASA Series Syslog Messages", by message number.
"""

from __future__ import annotations

import re

from netcordon.ingest.messages.events import Event, port, whole
from netcordon.ingest.messages.flows import flow, protocol
from netcordon.ingest.messages.log import Found, Message, Reader
from netcordon.ingest.messages.readers.cisco_access import access
from netcordon.ingest.messages.readers.firepower import connection, inspected

_ID = re.compile(r"%(?:ASA|FTD|FWSM|PIX|NGIPS)-(?:[\w]+-)?(\d)-(\d{6}): ?", re.ASCII)
_PEOPLE = re.compile(r"\s*Group <[^>]{0,128}> User <[^>]{0,256}> IP <")
_IP = r"[0-9A-Fa-f:.]{2,45}"
_BUILT = re.compile(
    rf"Built (?P<way>inbound|outbound) (?P<proto>\w+) connection (?P<id>\d+) for "
    rf"\S+?:(?P<a>{_IP})/(?P<ap>\d+) .{{0,200}}? to \S+?:(?P<b>{_IP})/(?P<bp>\d+)",
    re.ASCII,
)
_TORN = re.compile(
    rf"Teardown (?P<proto>\w+) connection (?P<id>\d+) for \S+?:(?P<a>{_IP})/(?P<ap>\d+)"
    rf"(?:\([^)]{{0,128}}\))? to \S+?:(?P<b>{_IP})/(?P<bp>\d+)(?:\([^)]{{0,128}}\))? "
    r"duration (?P<h>\d{1,6}):(?P<m>\d\d):(?P<s>\d\d) bytes (?P<bytes>\d{1,18})(?P<why>.*)",
    re.ASCII,
)
_DENIED = re.compile(
    rf"[Dd](?:eny|enied)\b.{{0,120}}?\b(?P<proto>tcp|udp|icmp|TCP|UDP|ICMP|\d{{1,3}})?\b.{{0,120}}?"
    rf"(?:from|src) (?:[\w.-]+:)?(?P<a>{_IP})(?:/(?P<ap>\d+))?(?:\([^)]{{0,128}}\))? "
    rf".{{0,80}}?(?:to|dst) (?:[\w.-]+:)?(?P<b>{_IP})(?:/(?P<bp>\d+))?",
    re.ASCII,
)
_LISTED = re.compile(
    rf"(?P<act>permitted|denied|est-allowed) (?P<proto>\w+) \S+?/(?P<a>{_IP})\((?P<ap>\d+)\)"
    rf".{{0,80}}?-> \S+?/(?P<b>{_IP})\((?P<bp>\d+)\)(?:.{{0,80}}?hit-cnt (?P<count>\d+))?",
    re.ASCII,
)
_PINGED = re.compile(
    rf"(?P<what>Built|Teardown) (?:(?P<way>inbound|outbound) )?ICMP connection for faddr "
    rf"(?P<a>{_IP})/(?P<ap>\d+)(?:\([^)]{{0,128}}\))? gaddr {_IP}/\d+ laddr "
    rf"(?P<b>{_IP})/(?P<bp>\d+)"
    rf".{{0,128}}?(?:type (?P<type>\d{{1,3}}) code (?P<code>\d{{1,3}}))?\s*$",
    re.ASCII,
)
_REVERSED = re.compile(r"Inbound TCP connection denied", re.ASCII)
_LONGEST = 4096


def _read(message: Message) -> Found:
    text = message.text[:_LONGEST]
    if message.envelope.tag.startswith("%"):
        text = f"{message.envelope.tag}: {text}"
    known = _ID.search(text) if "%" in text else None
    if known is None:  # some collectors leave the number out
        return access(message, "", text) if _PEOPLE.match(text) else None
    number, body = known[2], text[known.end() :]
    if number in ("302013", "302015"):
        found = _BUILT.search(body)
        return [_built(message, found)] if found else "a connection without both ends"
    if number in ("302014", "302016"):
        found = _TORN.search(body)
        return [_torn(message, found)] if found else "a connection without both ends"
    if number in ("106100", "106102", "106103"):
        found = _LISTED.search(body)
        return [_listed(message, found)] if found else "a list entry without both ends"
    if number in ("302020", "302021"):
        found = _PINGED.search(body)
        return [_pinged(message, found)] if found else "a connection without both ends"
    if number in ("430001", "430004", "430005"):
        return inspected(message, body, number)
    if number in ("430002", "430003"):
        return connection(message, body, number)
    found = _DENIED.search(body) if number in _DENIALS else None
    if found is not None:
        return [_denied(message, found, body)]
    people = access(message, number, body)
    if people is not None:
        return people
    if number in _REMARKS:
        return []
    return f"no table for the message {number} of ASA"


_DENIALS = frozenset(
    (
        "106001", "106002", "106006", "106007", "106010", "106012", "106014", "106015", "106016",
        "106017", "106018", "106020", "106021", "106022", "106023", "313001", "313004", "313005",
        "313008", "710003", "710005", "419002",
    )
)  # fmt: skip
"""Messages that say a packet was refused."""
_REMARKS = frozenset(
    (
        "305009", "305010", "305011", "305012", "609001", "609002", "302010", "302003", "302004",
        "302012", "302017", "302018", "303002", "304001", "199001", "199002", "199005", "199018",
        "711004", "852001", "852002", "411001", "411002", "720055",
    )
)  # fmt: skip
"""Messages of translations, hosts and states: what they tell of stands in a connection's own."""


def _ends(m: re.Match[str], *, turned: bool = False) -> tuple[str, int | None, str, int | None]:
    a, b = (m["a"], port(m["ap"])), (m["b"], port(m["bp"]))
    return (*b, *a) if turned else (*a, *b)


def _built(message: Message, m: re.Match[str]) -> Event:
    """The side named first is the foreign one; an outbound connection begins at the other."""
    return flow(
        start=message.time(), ends=_ends(m, turned=m["way"] == "outbound"),
        protocol=protocol(m["proto"]), outcome="allowed",
        session=f"{message.envelope.host} {m['id']}", is_begin=True,
    )  # fmt: skip


def _pinged(message: Message, m: re.Match[str]) -> Event:
    """The inside host is ``laddr``; ICMP's ends are not told apart, but who began is."""
    a, b = m["a"], m["b"]
    source, target = (b, a) if m["way"] == "outbound" else (a, b)
    return flow(
        start=message.time(), ends=(source, port(m["type"]), target, port(m["code"])),
        protocol="icmp6" if ":" in a else "icmp", outcome="allowed",
        session=f"{message.envelope.host} icmp {min(a, b)} {max(a, b)} {m['ap']} {m['bp']}",
        is_begin=m["what"] == "Built",
    )  # fmt: skip


def _torn(message: Message, m: re.Match[str]) -> Event:
    """Its octets are those of both directions together, so neither column takes them.

    Where the log holds its beginning, that says who began; else the higher port is taken to be the
    one who asks.
    """
    length = int(m["h"]) * 3600 + int(m["m"]) * 60 + int(m["s"])
    end = message.time()
    turned = (port(m["ap"]) or 0) < (port(m["bp"]) or 0)
    event = flow(
        start=None if end is None else max(end - length * 1_000_000, 0), duration_s=length,
        ends=_ends(m, turned=turned), protocol=protocol(m["proto"]), outcome="allowed",
        session=f"{message.envelope.host} {m['id']}",
    )  # fmt: skip
    if "SYN Timeout" in m["why"]:
        event.values |= {"conn_state": "S0", "packets_out": 1, "packets_in": 0}
    elif int(m["bytes"]):
        event.values["conn_state"] = "SF"
    return event


def _listed(message: Message, m: re.Match[str]) -> Event:
    outcome = "dropped" if m["act"] == "denied" else "allowed"
    return flow(
        start=message.time(), ends=_ends(m), protocol=protocol(m["proto"]), outcome=outcome,
        packets=(whole(m["count"]), None),
    )  # fmt: skip


def _denied(message: Message, m: re.Match[str], body: str) -> Event:
    name = m["proto"] or ("tcp" if _REVERSED.search(body) else None)
    if name is None:
        name = next((word for word in ("tcp", "udp", "icmp") if word in body.lower()), None)
    return flow(start=message.time(), ends=_ends(m), protocol=protocol(name), outcome="dropped")


CISCO_ASA = Reader("cisco_asa", _read)
