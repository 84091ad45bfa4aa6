"""Firewalls that write named fields: ``key=value``, CEF, LEEF, and structured data of syslog.

Vendors differ in the names, not in what they say, so one table of synonyms reads FortiGate,
SonicWall, Sophos, Juniper SRX, Check Point, Stormshield and others. Sources: the vendors' log
references; "Implementing ArcSight Common Event Format"; "QRadar LEEF".
"""

from __future__ import annotations

import re

from netcordon.ingest.messages.accounts import ethernet, identity, present
from netcordon.ingest.messages.events import Event, port, whole
from netcordon.ingest.messages.flows import disposition, flow, protocol
from netcordon.ingest.messages.log import Found, Message, Reader
from netcordon.ingest.messages.pairs import Extended, cef, leef, pairs, tabbed
from netcordon.ingest.messages.readers import palo_alto
from netcordon.ingest.messages.readers.alerts import finding, is_finding
from netcordon.ingest.messages.readers.dhcp import dhcp_text
from netcordon.ingest.messages.readers.field_logins import access
from netcordon.ingest.messages.readers.field_requests import asked
from netcordon.ingest.messages.readers.fortinet import event, is_fortinet, plain
from netcordon.ingest.messages.readers.lookups import lookup
from netcordon.ingest.messages.readers.synonyms import time_of, told

_SRX = re.compile(r"RT_FLOW_SESSION_(CREATE|CLOSE|DENY)(?:_LS)?\b|APPTRACK_SESSION_(CREATE|CLOSE)")
_CHECK_POINT = re.compile(r'(?:^|; |\[)([\w.-]{1,64}):"((?:[^"\\]|\\.)*+)"')
_OWN_KEYS = frozenset(
    ("devid", "devname", "fw", "sn", "serial", "device_id", "dvchost", "dvc", "deviceExternalId")
)
_SURE = re.compile(
    r'(?:^|\s)(?:logid="?\d{4,10}"? |devid="?\w{1,32}"? |id=(?:firewall|sslvpn) |device="SFW" )'
)
_BEGINS = frozenset(("start", "session_start", "CREATE"))
_FEWEST = 4
_LONGEST = 64 << 10
_PORT_OF_PROTOCOL = re.compile(r"^(tcp|udp|icmp)/", re.IGNORECASE)


def read_fields(
    message: Message, fields: dict[str, str], title: str = "", product: str = "firewall"
) -> Found:
    """Rows of a message with named fields, or why there are none.

    Args:
        message: with its envelope.
        fields: by the names the vendor gives them.
        title: of the event, where the format has one beside the fields.
        product: that wrote it, one word.
    """
    fields = plain(fields)
    time = time_of(message, fields)
    if is_fortinet(fields) and (events := event(message, fields, time)) is not None:
        return events
    first, second = _address(told(fields, "src")), _address(told(fields, "dst"))
    if any(fields.get(name) for name in ("qname", "question", "dns_req")):
        return [lookup(fields, time, first, second), *_user(fields, time, first)]
    if leased := dhcp_text(time, fields.get("msg", "")):
        return leased
    if is_finding(fields):
        raised = finding(fields, time, first, second, title, told(fields, "device"))
        return [raised, *(asked(fields, time, title) or [])]
    has_flow = bool(first and second) and bool(told(fields, "protocol") or told(fields, "dst_port"))
    requests = asked(fields, time, title) or []
    if not (requests or (has_flow and told(fields, "dst_port"))):
        people = access(message, fields, time, title, product)
        if people is not None:
            return people
    if requests and not (has_flow and told(fields, "protocol")):
        return requests
    if not has_flow:
        return _unread(fields, first, second)
    found = _flow(message, fields, time, (first, second), title)
    return [found, *(requests or _user(fields, time, first))]


def _unread(fields: dict[str, str], first: str, second: str) -> Found:
    """What an appliance says of itself is a remark; what names two hosts was not understood."""
    if first and second:
        return "addresses without protocol or port"
    is_own = bool(fields.keys() & _OWN_KEYS)
    return [] if is_own else "no two addresses"


def _address(text: str) -> str:
    """An address, also where port and interface follow it (SonicWall: ``1.2.3.4:80:X1``)."""
    return text if text.count(":") > 3 or "::" in text else text.partition(":")[0]


def _user(fields: dict[str, str], time: int | None, source: str) -> list[Event]:
    user, name = told(fields, "user"), told(fields, "host_name")
    return present(identity(time, "firewall", ip=source, user=user, host_name=name))


def _flow(
    message: Message, fields: dict[str, str], time: int | None, ends: tuple[str, str], title: str
) -> Event:
    raw = told(fields, "protocol")
    named = protocol(raw.partition("/")[0] if _PORT_OF_PROTOCOL.match(raw) else raw)
    srx = _SRX.search(title or message.text[:256])
    word = told(fields, "action")
    outcome = disposition(word)
    if srx is not None:
        outcome = "dropped" if srx[1] == "DENY" else "allowed"
    elif outcome is None and re.search(r"\b(?:drop|deny|denied|block)", title, re.IGNORECASE):
        outcome = "dropped"
    duration = whole(told(fields, "duration").partition(".")[0])
    is_end = duration is not None and time is not None
    begun = (time or 0) - (duration or 0) * 1_000_000 if is_end else time
    session = told(fields, "session")
    # What inspection saw of a session, and how far it got, come before its own last line.
    is_inspected = fields.get("type") == "utm" or "sentdelta" in fields
    is_begin = is_inspected or word in _BEGINS or (srx is not None and "CREATE" in srx[0])
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
        src_mac=ethernet(told(fields, "mac")),
    )  # fmt: skip


def word_of(vendor: str) -> str:
    """A vendor's name as one word."""
    return re.sub(r"[^a-z0-9]+", "_", vendor.lower()).strip("_")[:32] or "firewall"


def _labelled(fields: dict[str, str]) -> dict[str, str]:
    """Fields of CEF with those a vendor names itself (``cs1Label=rule``) under their names too."""
    named = {
        fields[label].lower(): fields.get(label.removesuffix("Label"), "")
        for label in fields
        if label.endswith("Label")
    }
    return {**{name: value for name, value in named.items() if name}, **fields}


def _key_value(message: Message) -> Found:
    text = message.text[:_LONGEST]
    found = tabbed(text) if text.count("\t") > _FEWEST else pairs(text)
    if len(found) < _FEWEST:
        found = {}
        for match in list(_CHECK_POINT.finditer(text))[:512]:
            found.setdefault(match[1], match[2])
    if len(found) < _FEWEST:
        return None
    return read_fields(
        message, found, text[:64] if _SRX.search(text[:256]) else found.get("msg", "")
    )


def _cef(message: Message) -> Found:
    text = message.text
    if "|" not in text[:64]:
        return None
    found = cef(text)
    if found is None:
        return None
    if found.vendor == "Palo Alto Networks":
        return _palo_alto(message, found)
    return read_fields(message, _labelled(found.fields), found.name, word_of(found.vendor))


def _palo_alto(message: Message, found: Extended) -> Found:
    """The header names type and subtype, in the one order or the other."""
    kind, subtype = found.event_id, found.name
    if kind.upper() != kind:
        kind, subtype = subtype, kind
    return palo_alto.rows(message, palo_alto.named(_labelled(found.fields), kind, subtype))


def _leef(message: Message) -> Found:
    found = leef(message.text)
    if found is None:
        return None
    if found.vendor == "Palo Alto Networks":
        return palo_alto.rows(message, palo_alto.named(found.fields))
    return read_fields(message, found.fields, found.name, word_of(found.vendor))


def _sure(message: Message) -> Found:
    """Vendors whose fields nobody else writes: they need not wait until all others were asked."""
    return _key_value(message) if _SURE.search(message.text[:512]) else None


KEY_VALUE = Reader("key_value", _key_value)
SURE_KEY_VALUE = Reader("key_value", _sure)
CEF = Reader("cef", _cef)
LEEF = Reader("leef", _leef)
