"""Which frames of a capture belong to a slice, and which stretches of it must be read for them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from netcordon.ingest.capture.layout import Records
from netcordon.ingest.capture.packet import verdicts
from netcordon.ingest.capture.selection.terms import NOT_IP, Mask, Spans, Term

Ranges = tuple[NDArray[np.int64], NDArray[np.int64]]
"""First and last frames, both within; one element a range."""
_MIX = np.uint64(0x9E3779B97F4A7C15)


class Choice(Protocol):
    """Picks frames."""

    def ranges(self, flows: Iterable[Spans]) -> Iterator[Ranges]:
        """Where IP frames that are picked stand; ``flows`` are all that there are, in batches."""

    def takes_others(self, stretches: Spans) -> Mask:
        """Stretches in which a frame without IP may be picked."""

    def pick(self, frames: Spans) -> Mask:
        """The frames that belong to the slice."""


class Filtered:
    """What a filter matches."""

    def __init__(self, term: Term) -> None:
        self._term = term

    def ranges(self, flows: Iterable[Spans]) -> Iterator[Ranges]:
        """See ``Choice``."""
        for batch in flows:
            may, _ = self._term.judge(batch)
            yield batch.first_frame[may], batch.last_frame[may]

    def takes_others(self, stretches: Spans) -> Mask:
        """See ``Choice``."""
        return self._term.judge(stretches)[0]

    def pick(self, frames: Spans) -> Mask:
        """See ``Choice``."""
        return self._term.judge(frames)[0]


class Listed:
    """Frames by number, and whole flows.

    Args:
        frames: numbers, rising.
        flows: the flows.
    """

    def __init__(self, frames: NDArray[np.int64], flows: Spans) -> None:
        self._frames = frames
        self._flows = flows
        self._keys = np.concatenate([_keys(flows), _keys(flows, of_fragments=True)])
        self._order = np.argsort(self._keys, kind="stable")
        self._sorted = self._keys[self._order]

    def ranges(self, flows: Iterable[Spans]) -> Iterator[Ranges]:  # noqa: ARG002
        """See ``Choice``."""
        yield self._frames, self._frames
        yield self._flows.first_frame, self._flows.last_frame

    def takes_others(self, stretches: Spans) -> Mask:
        """See ``Choice``."""
        return np.zeros(len(stretches), dtype=np.bool_)

    def pick(self, frames: Spans) -> Mask:
        """See ``Choice``."""
        mask = np.isin(frames.first_frame, self._frames)
        keys = _keys(frames)
        low = np.searchsorted(self._sorted, keys, side="left")
        high = np.searchsorted(self._sorted, keys, side="right")
        found = (high > low) & (frames.protocol != NOT_IP)
        for key in np.unique(keys[found]):
            of_key = found & (keys == key)
            first = int(np.searchsorted(self._sorted, key, side="left"))
            last = int(np.searchsorted(self._sorted, key, side="right"))
            for row in self._order[first:last] % len(self._flows):
                within = (frames.first_frame >= self._flows.first_frame[row]) & (
                    frames.first_frame <= self._flows.last_frame[row]
                )
                mask |= of_key & within & _same_addresses(frames, self._flows, int(row))
        return mask


def frames_of(packets: Records, numbers: NDArray[np.int64]) -> Spans:
    """Parsed packets of the frames ``numbers`` as rows to be judged; ``src`` is who sent them."""
    is_ip = packets["verdict"] == verdicts.IP
    is_reply = packets["is_reply"] != 0
    times = packets["time_ns"].astype(np.int64)
    ends = {
        f"{side}_{part}": np.where(is_reply, packets[f"{other}_{part}"], packets[f"{side}_{part}"])
        for side, other in (("src", "dst"), ("dst", "src"))
        for part in ("hi", "lo", "port")
    }
    return Spans(
        src_hi=ends["src_hi"],
        src_lo=ends["src_lo"],
        dst_hi=ends["dst_hi"],
        dst_lo=ends["dst_lo"],
        src_port=ends["src_port"].astype(np.int64),
        dst_port=ends["dst_port"].astype(np.int64),
        protocol=np.where(is_ip, packets["protocol"].astype(np.int64), NOT_IP),
        first_ns=times,
        last_ns=times,
        first_frame=numbers,
        last_frame=numbers,
    )


def _keys(rows: Spans, *, of_fragments: bool = False) -> NDArray[np.uint64]:
    """A hash of the ends of each row, the same in both directions."""
    src = _mix(rows.src_hi, rows.src_lo)
    dst = _mix(rows.dst_hi, rows.dst_lo)
    if not of_fragments:
        src = _mix(src, rows.src_port.astype(np.uint64))
        dst = _mix(dst, rows.dst_port.astype(np.uint64))
    else:
        src, dst = _mix(src, np.zeros_like(src)), _mix(dst, np.zeros_like(dst))
    return _mix(src ^ dst, rows.protocol.astype(np.uint64))


def _mix(a: NDArray[np.uint64], b: NDArray[np.uint64]) -> NDArray[np.uint64]:
    value = (a ^ (b * _MIX)) * np.uint64(0xBF58476D1CE4E5B9)
    return np.asarray(value ^ (value >> np.uint64(31)))


def _same_addresses(frames: Spans, flows: Spans, row: int) -> Mask:
    """Against hashes that fall together: the addresses themselves, either way round."""
    ends = (flows.src_hi[row], flows.src_lo[row], flows.dst_hi[row], flows.dst_lo[row])
    there = (
        (frames.src_hi == ends[0]) & (frames.src_lo == ends[1])
        & (frames.dst_hi == ends[2]) & (frames.dst_lo == ends[3])
    )  # fmt: skip
    back = (
        (frames.src_hi == ends[2]) & (frames.src_lo == ends[3])
        & (frames.dst_hi == ends[0]) & (frames.dst_lo == ends[1])
    )  # fmt: skip
    return np.asarray(there | back)
