"""Prefixes as spans of the 64-bit halves of addresses, disjoint, so that one look finds all."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence
from typing import NamedTuple

_MASK = (1 << 64) - 1
_MAPPED = 0xFFFF_0000_0000
"""IPv4 stands as ``::ffff:a.b.c.d``."""


class Span(NamedTuple):
    """Numbers from ``first`` to ``last``, within upper half ``hi``; which prefixes hold them."""

    hi: int
    first: int
    last: int
    nos: list[int]


def halves(text: str) -> tuple[int, int]:
    """Upper and lower 64 bits of an address as the tables store it.

    Raises:
        ValueError: when it is no address.
    """
    ip = ipaddress.ip_address(text)
    number = int(ip) + (_MAPPED if ip.version == 4 else 0)
    return number >> 64, number & _MASK


def spans(prefixes: Iterable[tuple[int, str]]) -> tuple[list[Span], list[Span]]:
    """Spans of upper halves, and spans of lower halves within one upper half.

    Prefixes may lie within each other; a span names all that hold it. For spans of upper halves
    ``hi`` is 0 and has no meaning.

    Args:
        prefixes: number and CIDR notation.
    """
    wide: list[tuple[int, int, int]] = []
    narrow: dict[int, list[tuple[int, int, int]]] = {}
    for no, text in prefixes:
        network = ipaddress.ip_network(text)
        first_hi, first_lo = halves(str(network.network_address))
        last_hi, last_lo = halves(str(network.broadcast_address))
        if first_hi == last_hi:
            narrow.setdefault(first_hi, []).append((first_lo, last_lo, no))
        else:
            wide.append((first_hi, last_hi, no))
    return (
        [Span(0, *span) for span in _disjoint(wide)],
        [Span(hi, *span) for hi in sorted(narrow) for span in _disjoint(narrow[hi])],
    )


def _disjoint(ranges: Sequence[tuple[int, int, int]]) -> list[tuple[int, int, list[int]]]:
    """Ranges that contain each other or are apart, cut where one begins or ends."""
    begins: dict[int, list[int]] = {}
    ends: dict[int, list[int]] = {}
    for first, last, no in ranges:
        begins.setdefault(first, []).append(no)
        ends.setdefault(last + 1, []).append(no)
    out: list[tuple[int, int, list[int]]] = []
    held: set[int] = set()
    places = sorted(begins.keys() | ends.keys())
    for place, following in zip(places, places[1:] + [0], strict=False):
        held -= set(ends.get(place, ()))
        held |= set(begins.get(place, ()))
        if held:
            out.append((place, following - 1, sorted(held)))
    return out
