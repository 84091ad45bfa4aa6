"""The TCP segments of a chunk by flow, those that follow on in one direction joined into runs.

Most segments are pieces of something longer, or of a body that nobody reads. Seen as runs they cost
one decision together; their bytes are copied only when a parser wants them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from netcordon.ingest.capture.application.record.ends import Ends, ends_of_events
from netcordon.ingest.capture.events import chosen

Array = NDArray[Any]


class Runs:
    """Segments ordered by flow, and by frame within one; a run is a range of their indices.

    Each segment of a run begins where the one before it ended, was captured whole unless it is the
    last, and nothing of the other direction lies between two of them.

    Attributes:
        block: what the segments stand in.
        segments: ``EVENT`` of each.
        starts: first segment of each run, and the number of segments.
        firsts: first run of each flow, and the number of runs.
        positions: of each segment in its stream.
        lengths: bytes captured.
        missing: bytes of it that the capture cut off.
        directions: who sent it.
        places: time (ns) and frame.
    """

    __slots__ = ("_offsets", "_view", "block", "directions", "firsts", "lengths", "missing",
                 "places", "positions", "segments", "starts")  # fmt: skip

    def __init__(self, buffer: NDArray[np.uint8], events: Array) -> None:
        """Order the segments of a chunk.

        Args:
            buffer: the block that ``offset`` of the events refers to; only valid for now.
            events: ``EVENT`` rows of kind ``TCP_DATA`` in the order of frames.
        """
        offset, length = events["offset"], events["length"].astype(np.int64)
        sound = (offset >= 0) & (length >= 0) & (offset + length <= len(buffer))
        if not sound.all():
            events = chosen(events, sound)
        events = events.take(np.argsort(events["flow"], kind="stable"))
        flow, direction = events["flow"], events["direction"]
        length, position = events["length"], events["position"]
        missing = np.maximum(events["wire_length"] - length, 0)
        is_new_flow = np.ones(len(events), dtype=np.bool_)
        is_new_flow[1:] = flow[1:] != flow[:-1]
        is_new_run = is_new_flow.copy()
        is_new_run[1:] |= (
            (direction[1:] != direction[:-1])
            | (position[1:] != position[:-1] + length[:-1])
            | (missing[:-1] > 0)
        )
        starts = np.flatnonzero(is_new_run)
        firsts = np.searchsorted(starts, np.flatnonzero(is_new_flow))
        self.block = np.ascontiguousarray(buffer)
        self.segments = events
        self.starts = np.append(starts, len(events))
        self.firsts = np.append(firsts, len(starts))
        self._view = memoryview(self.block.data)
        self._offsets: list[int] = events["offset"].tolist()
        self.positions: list[int] = position.tolist()
        self.lengths: list[int] = length.tolist()
        self.missing: list[int] = missing.tolist()
        self.directions: list[int] = direction.tolist()
        self.places = list(zip(events["time_ns"].tolist(), events["frame"].tolist(), strict=True))

    def flows(self) -> Iterator[tuple[int, int, Ends, list[int]]]:
        """Serial number and slot of each flow, its ends, where its runs start and the last ends.

        Flows come in the order of their numbers.
        """
        starts, firsts = self.starts.tolist(), self.firsts.tolist()
        flows = self.first_segments()
        numbers, slots = flows["flow"].tolist(), flows["slot"].tolist()
        for begin, end, number, slot, ends in zip(
            firsts[:-1], firsts[1:], numbers, slots, ends_of_events(flows), strict=True
        ):
            yield number, slot, ends, starts[begin : end + 1]

    def first_segments(self) -> Array:
        """The first segment of each flow."""
        firsts: Array = self.segments.take(self.starts[self.firsts[:-1]])
        return firsts

    def data(self, at: int) -> bytes:
        """What was captured of a segment."""
        offset = self._offsets[at]
        return bytes(self._view[offset : offset + self.lengths[at]])

    def joined(self, begin: int, stop: int) -> bytes:
        """The bytes of the segments ``begin`` to ``stop`` (without) of one run."""
        view, lengths = self._view, self.lengths
        return b"".join(
            [
                view[offset : offset + lengths[at]]
                for at, offset in enumerate(self._offsets[begin:stop], begin)
            ]
        )
