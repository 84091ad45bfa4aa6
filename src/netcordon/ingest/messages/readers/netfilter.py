"""Linux: the kernel's log of iptables and nftables (``LOG`` target, ``log`` statement).

Source: net/netfilter/nf_log_syslog.c. What the rule did with the packet stands only in the prefix
that the administrator chose; it is taken from there where it is a word such as DROP. Of a packet
that may have passed the flow's counts are not known: it is the first of some.
"""

from __future__ import annotations

import re

from netcordon.ingest.messages.events import port, whole
from netcordon.ingest.messages.flows import NUMBERS, disposition, flow, protocol
from netcordon.ingest.messages.log import Found, Message, Reader

_START = re.compile(r"(?:^|\s|[^\w\s])IN=(\S{0,32}) (?:OUT=|PHYSIN=|MAC=|SRC=)")
_FIELD = re.compile(r"(?:^|\s)([A-Z]{2,10})=(\S*)")
_WORD = re.compile(r"[A-Za-z]{3,12}")
_FLAGS = {"FIN": 1, "SYN": 2, "RST": 4, "PSH": 8, "ACK": 16, "URG": 32, "ECE": 64, "CWR": 128}
_LONGEST = 4096


def _read(message: Message) -> Found:
    text = message.text[:_LONGEST]
    begin = _START.search(text)
    if begin is None or " SRC=" not in text:
        return None
    body = text[begin.start() :].partition(" [")[0]  # an ICMP error holds the packet it is about
    found: dict[str, str] = {}
    for name, value in _FIELD.findall(body):
        found.setdefault(name, value)
    name = protocol(found.get("PROTO"))
    prefix = text[: begin.start()]
    outcomes = [disposition(word) for word in _WORD.findall(f"{message.envelope.tag} {prefix}")]
    outcome = next((word for word in outcomes if word), None)
    flags = None
    if name == "tcp":
        words = set(body.split())
        flags = sum(bit for word, bit in _FLAGS.items() if word in words)
    macs = found.get("MAC", "").split(":")
    is_refused = outcome in ("dropped", "rejected")
    is_ethernet = len(macs) >= 12
    is_icmp = name in ("icmp", "icmp6")
    hops = whole(found.get("TTL") or found.get("HOPLIMIT"))
    event = flow(
        start=message.time(),
        ends=(
            found.get("SRC"), port(found.get("TYPE" if is_icmp else "SPT")),
            found.get("DST"), port(found.get("CODE" if is_icmp else "DPT")),
        ),
        protocol=name if name in NUMBERS.values() else name or None,
        outcome=outcome,
        octets=(whole(found.get("LEN")) if is_refused else None, None),
        ttl_min_out=hops,
        ttl_max_out=hops,
        tcp_flags_out=flags,
        window_out=whole(found.get("WINDOW")),
        src_mac=":".join(macs[6:12]).lower() if is_ethernet else None,
        dst_mac=":".join(macs[:6]).lower() if is_ethernet else None,
    )  # fmt: skip
    return [event]


NETFILTER = Reader("netfilter", _read)
