"""Linux: the kernel's log of iptables and nftables (``LOG`` target, ``log`` statement).

Source: net/netfilter/nf_log_syslog.c. What the rule did with the packet stands only in the prefix
that the administrator chose; it is taken from there where it is a word such as DROP. Of a packet
that may have passed the flow's counts are not known: it is the first of some.
Lines of one plain build are read by ``by_column.netfilter``, whose rows must be equal.
"""

from __future__ import annotations

import re

from netcordon.ingest.messages.events import port, whole
from netcordon.ingest.messages.flows import disposition, flow, protocol
from netcordon.ingest.messages.log import Found, Message, Reader

_START = re.compile(r"(?:^|\s|[^\w\s])IN=(\S{0,32}) (?:OUT=|PHYSIN=|MAC=|SRC=)")
WORD = re.compile(r"[A-Za-z]{3,12}")
FLAGS = {"FIN": 1, "SYN": 2, "RST": 4, "PSH": 8, "ACK": 16, "URG": 32, "ECE": 64, "CWR": 128}
_LONGEST = 4096


def _read(message: Message) -> Found:
    text = message.text[:_LONGEST]
    if " SRC=" not in text or "IN=" not in text:
        return None
    begin = _START.search(text)
    if begin is None:
        return None
    body = text[begin.start(1) - 3 :].partition(" [")[
        0
    ]  # an ICMP error holds the packet it is about
    found: dict[str, str] = {}
    words = body.split()
    for word in words:
        name, sign, value = word.partition("=")
        if sign:
            found.setdefault(name, value)
    transport = protocol(found.get("PROTO"))
    prefix = text[: begin.start()]
    outcomes = [disposition(word) for word in WORD.findall(f"{message.envelope.tag} {prefix}")]
    outcome = next((word for word in outcomes if word), None)
    flags = None
    if transport == "tcp":
        flags = sum(FLAGS.get(word, 0) for word in set(words))
    macs = found.get("MAC", "").split(":")
    is_refused = outcome in ("dropped", "rejected")
    is_ethernet = len(macs) >= 12
    is_icmp = transport in ("icmp", "icmp6")
    hops = whole(found.get("TTL") or found.get("HOPLIMIT"))
    event = flow(
        start=message.time(),
        ends=(
            found.get("SRC"), port(found.get("TYPE" if is_icmp else "SPT")),
            found.get("DST"), port(found.get("CODE" if is_icmp else "DPT")),
        ),
        protocol=transport,
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
