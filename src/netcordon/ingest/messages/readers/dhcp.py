"""DHCP servers: ISC dhcpd and Infoblox, dnsmasq, Kea, and appliances that word it like dhcpd.

Sources: ISC DHCP ``server/dhcp.c``; dnsmasq ``rfc2131.c`` (``log_packet``); Kea ARM, "Logging", and
its messages DHCP4_LEASE_*, DHCP4_*_ADVERT; Infoblox NIOS, "DHCP lease event" (``r-l-e``).
"""

from __future__ import annotations

import re

from netcordon.ingest.messages.events import Event, whole
from netcordon.ingest.messages.leases import lease
from netcordon.ingest.messages.log import Found, Message, Reader

_IP = r"[0-9A-Fa-f:.]{2,45}"
_MAC = r"(?:[0-9A-Fa-f]{1,2}:){5}[0-9A-Fa-f]{1,2}"
_ISC = re.compile(
    rf"DHCP(?P<kind>DISCOVER|OFFER|REQUEST|ACK|NAK|DECLINE|RELEASE|INFORM)"
    rf"(?:\((?P<iface>[\w.@-]{{1,32}})\))?(?:(?: on| for| of| to)? (?P<ip>{_IP}))?"
    rf"(?: \((?P<server>{_IP})\))?(?: to \({_IP}\))?(?: \(not found\))?"
    rf"(?: (?:from |to )?(?P<mac>{_MAC}))?(?: \((?P<name>[^)]{{1,255}})\))?"
    rf"(?P<rest>.{{0,512}})$",
    re.ASCII | re.S,
)
_DURATION = re.compile(r"(?:lease-duration|offered-duration) (\d{1,10})")
_XID = re.compile(r"(?:TransID|xid) (?:0x)?([0-9a-fA-F]{1,8})")
_PLAIN_NAME = re.compile(r"^ ([\w.-]{1,255})(?: |$)")
_EVENT = re.compile(
    rf"r-l-e:(?P<ip>{_IP}),(?P<what>\w{{1,32}}),(?P<name>[^,]{{0,255}}),(?P<mac>{_MAC}),"
    r"(?P<start>\d{1,11}),(?P<end>\d{1,11})",
    re.ASCII,
)
_KEA = re.compile(
    rf"DHCP[46]_(?P<what>LEASE_ALLOC|LEASE_ADVERT|LEASE_OFFER|LEASE_RENEW|LEASE_REUSE|RELEASE|DECLINE_"
    rf"LEASE|INIT_REBOOT)\w{{0,24}} \[?(?P<who>.{{0,200}}?)(?:lease|address) (?P<ip>{_IP})"
    r"(?:.{0,64}?for (?P<seconds>\d{1,10}) seconds)?",
    re.ASCII,
)
_KEA_MAC = re.compile(rf"hwtype=\d{{1,3}} (?P<mac>{_MAC})", re.ASCII)
_KEA_TID = re.compile(r"tid=0x([0-9a-fA-F]{1,8})")
_KEA_KINDS = {
    "LEASE_ALLOC": "ACK", "LEASE_RENEW": "ACK", "LEASE_REUSE": "ACK", "INIT_REBOOT": "REQUEST",
    "LEASE_ADVERT": "OFFER", "LEASE_OFFER": "OFFER", "RELEASE": "RELEASE",
    "DECLINE_LEASE": "DECLINE",
}  # fmt: skip
_LONGEST = 2048
_TAGS = ("dhcpd", "dnsmasq-dhcp", "kea-dhcp")


def _read(message: Message) -> Found:
    text = message.text[:_LONGEST]
    is_own = message.envelope.tag.startswith(_TAGS)
    if "DHCP" in text or "r-l-e:" in text:
        start = text.find("DHCP")
        # Elsewhere the word may stand in any sentence: a message begins with it, or names its tag.
        if is_own or 0 <= start <= 16 or "r-l-e:" in text:
            found = dhcp_text(message.time(), text[max(start, 0) :] if start >= 0 else text)
            if found:
                return found
        if (kea := _KEA.search(text)) is not None:
            return _kea(message, kea, text)
    return [] if is_own else None


def dhcp_text(time: int | None, text: str) -> list[Event]:
    """Rows of a message in the words of ISC's server; none of other text.

    Args:
        time: of the message.
        text: that begins with ``DHCPACK`` or its kin, or with Infoblox's lease event.
    """
    if told := _EVENT.match(text):
        kind = "RELEASE" if told["what"].lower() in ("free", "released", "expired") else "ACK"
        seconds = int(told["end"]) - int(told["start"])
        return lease(
            time, kind, ip=told["ip"], mac=told["mac"], host_name=told["name"],
            lease_s=seconds if seconds > 0 else None,
        )  # fmt: skip
    found = _ISC.match(text[:_LONGEST])
    if found is None or not (found["mac"] or found["ip"]):
        return []
    rest, name = found["rest"], found["name"]
    plain = _PLAIN_NAME.match(rest) if found["iface"] else None  # dnsmasq: the name stands alone
    duration, xid = _DURATION.search(rest), _XID.search(rest)
    if ": unknown lease" in rest or "not found" in rest or "no free leases" in rest:
        plain = None
    return lease(
        time, found["kind"], ip=found["ip"], mac=found["mac"],
        host_name=name or (plain[1] if plain else None), server=found["server"],
        lease_s=whole(duration[1]) if duration else None,
        transaction_id=int(xid[1], 16) if xid else None,
    )  # fmt: skip


def _kea(message: Message, found: re.Match[str], text: str) -> list[Event]:
    mac, xid = _KEA_MAC.search(text), _KEA_TID.search(text)
    return lease(
        message.time(), _KEA_KINDS[found["what"]], ip=found["ip"], mac=mac["mac"] if mac else None,
        lease_s=whole(found["seconds"]), transaction_id=int(xid[1], 16) if xid else None,
    )  # fmt: skip


DHCP = Reader("dhcp", _read)
