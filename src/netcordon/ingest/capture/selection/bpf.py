"""A filter of ours as a capture filter of libpcap (pcap-filter(7)), for tools that record."""

from __future__ import annotations

import ipaddress

from netcordon.ingest.capture.protocols import IP_PROTOCOL_NAMES
from netcordon.ingest.capture.selection.terms import (
    NOT_IP,
    And,
    Network,
    Not,
    Or,
    Ports,
    Protocols,
    Term,
)

_IPV4 = 0xFFFF << 32
_WORDS = {IP_PROTOCOL_NAMES[number]: number for number in (1, 6, 17, 58)}


class NotForRecordingError(ValueError):
    """A term that no recording can be cut by: times and numbers of frames."""


def bpf(term: Term, *, tagged: bool = False) -> str:
    """The filter as text.

    Args:
        term: see ``parse_filter``.
        tagged: let the same frames through when they carry a VLAN tag: libpcap looks for an address
            where it stands without one, so that a filter on a trunk silently records nothing.

    Raises:
        NotForRecordingError: times or frame numbers are in it.
    """
    text = _text(term)
    return f"({text}) or (vlan and ({text}))" if tagged else text


def _text(term: Term) -> str:
    if isinstance(term, And):
        return " and ".join(map(_grouped, term.terms))
    if isinstance(term, Or):
        return " or ".join(map(_grouped, term.terms))
    if isinstance(term, Not):
        return f"not {_grouped(term.term)}"
    if isinstance(term, Network):
        return _network(term)
    if isinstance(term, Ports):
        many = term.low != term.high
        ports = f"{term.low}-{term.high}" if many else f"{term.low}"
        return f"{_side(term.side)}{'portrange' if many else 'port'} {ports}"
    if isinstance(term, Protocols):
        return " or ".join(map(_protocol, term.numbers))
    raise NotForRecordingError("times and numbers of frames cannot be recorded by")


def _grouped(term: Term) -> str:
    text = _text(term)
    return f"({text})" if isinstance(term, And | Or | Protocols) and " " in text else text


def _network(term: Network) -> str:
    is_four = term.low >> 32 == 0xFFFF
    make = ipaddress.IPv4Address if is_four else ipaddress.IPv6Address
    base = _IPV4 if is_four else 0
    first, last = make(term.low - base), make(term.high - base)
    if term.low == term.high:
        return f"{_side(term.side)}host {first}"
    (network,) = ipaddress.summarize_address_range(first, last)
    return f"{_side(term.side)}net {network}"


def _protocol(number: int) -> str:
    if number == NOT_IP:
        return "not (ip or ip6)"
    name = IP_PROTOCOL_NAMES.get(number, "")
    if name in _WORDS:
        return "icmp6" if number == 58 else name
    return f"(ip proto {number} or ip6 proto {number})"


def _side(side: str) -> str:
    return "" if side == "either" else f"{side} "
