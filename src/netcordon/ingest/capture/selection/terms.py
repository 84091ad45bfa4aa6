"""What a filter of frames is made of, and what it says of frames, flows and stretches.

A term answers twice for a row: whether something of the row may match, and whether all of it must.
For a single frame both answers are the same; for a flow, which lasts a while and goes both ways,
they frame the truth. So one tree of terms selects frames and, before that,
the parts of a capture that are worth reading.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]
Answer = tuple[Mask, Mask]
"""May match, must match; one element a row."""

NOT_IP = -1
"""Protocol of a row that is no IP, or of which nothing is known."""
_WITH_PORTS = (6, 17, 33, 132, 136)
"""TCP, UDP, DCCP, SCTP, UDP-Lite."""


@dataclass(frozen=True)
class Spans:
    """Rows to be judged: frames, flows, or stretches seen as frames without IP.

    Attributes:
        src_hi: address halves of the sender (of a flow: the initiator), like the next three.
        protocol: IP protocol, ``NOT_IP`` for what is none.
        goes_both_ways: rows are flows, which hold frames of either direction.
    """

    src_hi: NDArray[np.uint64]
    src_lo: NDArray[np.uint64]
    dst_hi: NDArray[np.uint64]
    dst_lo: NDArray[np.uint64]
    src_port: NDArray[np.int64]
    dst_port: NDArray[np.int64]
    protocol: NDArray[np.int64]
    first_ns: NDArray[np.int64]
    last_ns: NDArray[np.int64]
    first_frame: NDArray[np.int64]
    last_frame: NDArray[np.int64]
    goes_both_ways: bool = False

    def __len__(self) -> int:
        return len(self.first_ns)


class Term(Protocol):
    """A part of a filter."""

    def judge(self, rows: Spans) -> Answer:
        """Answer for each row."""


@dataclass(frozen=True)
class Network:
    """Addresses from ``low`` to ``high`` (128-bit numbers), of the ``side`` src, dst or either."""

    side: str
    low: int
    high: int

    def judge(self, rows: Spans) -> Answer:
        """See ``Term``."""
        is_ip = rows.protocol != NOT_IP
        return _of_sides(
            rows,
            self.side,
            self._within(rows.src_hi, rows.src_lo) & is_ip,
            self._within(rows.dst_hi, rows.dst_lo) & is_ip,
        )

    def _within(self, hi: NDArray[np.uint64], lo: NDArray[np.uint64]) -> Mask:
        low_hi, low_lo = _halves(self.low)
        high_hi, high_lo = _halves(self.high)
        above = (hi > low_hi) | ((hi == low_hi) & (lo >= low_lo))
        below = (hi < high_hi) | ((hi == high_hi) & (lo <= high_lo))
        return np.asarray(above & below)


@dataclass(frozen=True)
class Ports:
    """Ports from ``low`` to ``high``, of the ``side`` src, dst or either."""

    side: str
    low: int
    high: int

    def judge(self, rows: Spans) -> Answer:
        """See ``Term``."""
        has_ports = np.isin(rows.protocol, _WITH_PORTS)
        src = (rows.src_port >= self.low) & (rows.src_port <= self.high) & has_ports
        dst = (rows.dst_port >= self.low) & (rows.dst_port <= self.high) & has_ports
        return _of_sides(rows, self.side, src, dst)


@dataclass(frozen=True)
class Protocols:
    """IP protocols; ``NOT_IP`` for frames that hold no IP."""

    numbers: tuple[int, ...]

    def judge(self, rows: Spans) -> Answer:
        """See ``Term``."""
        matches = np.isin(rows.protocol, self.numbers)
        return matches, matches


@dataclass(frozen=True)
class Times:
    """Nanoseconds since 1970 UTC, from ``first`` to ``last``, both within."""

    first: int
    last: int

    def judge(self, rows: Spans) -> Answer:
        """See ``Term``."""
        return _overlap(rows.first_ns, rows.last_ns, self.first, self.last)


@dataclass(frozen=True)
class FrameNumbers:
    """Frames from ``first`` to ``last``, both within."""

    first: int
    last: int

    def judge(self, rows: Spans) -> Answer:
        """See ``Term``."""
        return _overlap(rows.first_frame, rows.last_frame, self.first, self.last)


@dataclass(frozen=True)
class Not:
    """What does not match."""

    term: Term

    def judge(self, rows: Spans) -> Answer:
        """See ``Term``."""
        may, must = self.term.judge(rows)
        return ~must, ~may


@dataclass(frozen=True)
class And:
    """What all match."""

    terms: tuple[Term, ...]

    def judge(self, rows: Spans) -> Answer:
        """See ``Term``."""
        may, must = np.ones((2, len(rows)), dtype=np.bool_)
        for term in self.terms:
            may_too, must_too = term.judge(rows)
            may, must = may & may_too, must & must_too
        return may, must


@dataclass(frozen=True)
class Or:
    """What any matches."""

    terms: tuple[Term, ...]

    def judge(self, rows: Spans) -> Answer:
        """See ``Term``."""
        may, must = np.zeros((2, len(rows)), dtype=np.bool_)
        for term in self.terms:
            may_too, must_too = term.judge(rows)
            may, must = may | may_too, must | must_too
        return may, must


def _of_sides(rows: Spans, side: str, src: Mask, dst: Mask) -> Answer:
    if side == "either":
        return src | dst, src | dst
    if rows.goes_both_ways:
        return src | dst, src & dst
    of_side = src if side == "src" else dst
    return of_side, of_side


def _overlap(first: NDArray[np.int64], last: NDArray[np.int64], low: int, high: int) -> Answer:
    return (first <= high) & (last >= low), (first >= low) & (last <= high)


def _halves(value: int) -> tuple[np.uint64, np.uint64]:
    return np.uint64(value >> 64), np.uint64(value & (1 << 64) - 1)
