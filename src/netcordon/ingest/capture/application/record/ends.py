"""Between whom a message went, as rows show it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple

from numpy.typing import NDArray

Address = tuple[int, int]
"""Two 64-bit halves of a 16-byte address."""


class Ends(NamedTuple):
    """The columns that say between whom: client first, whoever sent the packet."""

    uid: int
    src_ip: Address
    src_port: int
    dst_ip: Address
    dst_port: int

    def swapped(self) -> Ends:
        """The same flow seen from the other side."""
        uid, src_ip, src_port, dst_ip, dst_port = self
        return ends_of((uid, dst_ip, dst_port, src_ip, src_port))


ends_of: Callable[[tuple[int, Address, int, Address, int]], Ends] = partial(tuple.__new__, Ends)
"""``Ends`` of a tuple of its fields; flows are many, and this is half the price of a call."""


def columns(events: NDArray[Any], names: tuple[str, ...]) -> Iterator[tuple[Any, ...]]:
    """Some fields of each event as Python numbers."""
    return zip(*(events[name].tolist() for name in names), strict=True)


def ends_of_events(events: NDArray[Any]) -> Iterator[Ends]:
    """The ends of the flow of each event, initiator first."""
    uid, src_port, dst_port = (events[name].tolist() for name in ("uid", "src_port", "dst_port"))
    src, dst = columns(events, ("src_hi", "src_lo")), columns(events, ("dst_hi", "dst_lo"))
    return map(ends_of, zip(uid, src, src_port, dst, dst_port, strict=True))
