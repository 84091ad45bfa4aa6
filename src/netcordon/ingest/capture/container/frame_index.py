"""Where frames stand: a row every 1,024 frames, so that a slice can be read without the rest.

A pcapng frame means nothing without the section header and the interface blocks before it; their
places are kept as well. A chunk within which sections or interfaces begin is one stretch.
"""

from __future__ import annotations

import numpy as np

from netcordon.ingest.capture.checksum import checksum
from netcordon.ingest.capture.container.reader import Container
from netcordon.ingest.capture.layout import Octets, Records
from netcordon.model.parser import RowSink

STRETCH = 1024
"""Frames of a full stretch."""
_BATCH_ROWS = 4096

Row = tuple[object, ...]
_COLUMNS = (
    "time", "kind", "place", "length", "section", "interfaces", "first_frame", "frames",
    "first_ns", "last_ns", "checksum",
)  # fmt: skip


class FrameIndex:
    """Rows of `frame_index` of one capture.

    ``begin`` is called before the container hands out a chunk, ``take`` after it.
    """

    def __init__(self, container: Container) -> None:
        self._container = container
        self._rows: list[Row] = []
        self._section: int | None = None
        self._interfaces = 0
        self._at = 0
        self._before = (0, 0)

    def begin(self) -> None:
        """Note where the next chunk begins and which interfaces it may refer to."""
        container = self._container
        self._at, self._before = container.at, self._state()
        if container.kind != "pcapng" or int(container.state["sections"][0]) == 0:
            return
        section = int(container.state["section"][0])
        count = int(container.state["interfaces"][0])
        if section != self._section:
            self._section, self._interfaces = section, 0
        if count > self._interfaces:
            offsets = container.interface_offsets
            for number in range(self._interfaces, count):
                self._rows.append(_interface(offsets[number], section, number))
            self._interfaces = count

    def take(self, block: Octets, packets: Records, count: int, first_frame: int) -> None:
        """Add the rows of a chunk of framed packets."""
        container = self._container
        base = container.at - int(container.state["at"][0])
        step = STRETCH if self._state() == self._before else count
        begin = self._at
        for first in range(0, count, step):
            stop = min(first + step, count)
            end = base + int(packets["record"][stop]) if stop < count else container.at
            times = packets["time_ns"][first:stop]
            earliest, latest = int(times.min()), int(times.max())
            octets = block[begin - base : end - base]
            self._rows.append(
                (
                    earliest // 1000, "frames", begin, end - begin, self._section,
                    self._interfaces if self._section is not None else None, first_frame + first,
                    stop - first, earliest, latest, int(checksum(octets)),
                )
            )  # fmt: skip
            begin = end

    def hand_on(self, sink: RowSink, *, is_last: bool = False) -> None:
        """Give the rows to the sink when there are enough of them, or no more to come."""
        if self._rows and (is_last or len(self._rows) >= _BATCH_ROWS):
            columns = dict(zip(_COLUMNS, map(list, zip(*self._rows, strict=True)), strict=True))
            columns["checksum"] = np.array(columns["checksum"], dtype=np.uint64)  # type: ignore[assignment]
            sink.append("frame_index", columns)
            self._rows.clear()

    def _state(self) -> tuple[int, int]:
        if self._container.kind != "pcapng":
            return 0, 0
        state = self._container.state
        return int(state["sections"][0]), int(state["interfaces"][0])


def _interface(offset: int, section: int, number: int) -> Row:
    return (None, "interface", offset, None, section, number, None, None, None, None, 0)
