"""pfSense and OPNsense: ``filterlog``, values between commas.

Source: "Raw Filter Log Format" in Netgate's documentation. Rule, sub-rule, anchor, tracker,
interface, reason, action, direction, IP version; then what that version of IP and protocol have.
"""

from __future__ import annotations

from netcordon.ingest.messages.events import port, whole
from netcordon.ingest.messages.flows import disposition, flow, protocol
from netcordon.ingest.messages.log import Found, Message, Reader

_REASONS = frozenset(
    (
        "match", "bad-offset", "fragment", "short", "normalize", "memory", "bad-timestamp",
        "congestion", "ip-option", "proto-cksum", "state-mismatch", "state-insert", "state-limit",
        "src-limit", "synproxy",
    )
)  # fmt: skip
_BITS = {"F": 1, "S": 2, "R": 4, "P": 8, "A": 16, "U": 32, "E": 64, "C": 128, "W": 128}
_LONGEST = 2048


def _read(message: Message) -> Found:
    part = message.text[:_LONGEST].strip().split(",")
    if len(part) < 15 or part[5] not in _REASONS or part[7] not in ("in", "out", "in/out"):
        return None
    if part[8] == "4" and len(part) >= 20:
        # tos, ecn, ttl, id, offset, flags, number, name, length, source, destination
        hops, number, name, length = part[11], part[15], part[16], part[17]
        source, target, rest = part[18], part[19], part[20:]
    elif part[8] == "6" and len(part) >= 17:
        # class, flow label, hop limit, name, number, length, source, destination
        hops, name, number, length = part[11], part[12], part[13], part[14]
        source, target, rest = part[15], part[16], part[17:]
    else:
        return "a filterlog line without addresses"
    known = protocol(number if number.isdecimal() else name)
    has_ports = known in ("tcp", "udp") and len(rest) >= 2
    flags = None
    if known == "tcp" and len(rest) > 3:
        flags = sum({_BITS.get(letter, 0) for letter in rest[3]})
    outcome = disposition(part[6])
    is_refused = outcome in ("dropped", "rejected")
    sent = whole(rest[2]) if has_ports and len(rest) > 2 else None
    event = flow(
        start=message.time(),
        ends=(
            source, port(rest[0]) if has_ports else None,
            target, port(rest[1]) if has_ports else None,
        ),
        protocol=known,
        outcome=outcome,
        octets=(whole(length) if is_refused else None, None),
        ttl_min_out=whole(hops),
        ttl_max_out=whole(hops),
        tcp_flags_out=flags,
    )  # fmt: skip
    if sent is not None and is_refused:
        event.values["payload_bytes_out"] = sent
    return [event]


FILTERLOG = Reader("filterlog", _read)
