"""Chosen frames of a capture decoded once more, for the content that rows do not keep."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from netcordon.ingest.capture.application import ApplicationLayer
from netcordon.ingest.capture.application.files.tracker import Copies
from netcordon.ingest.capture.container.stretches import Part
from netcordon.ingest.capture.decode import decode
from netcordon.ingest.slice_writer import SliceWriter
from netcordon.settings import DecodeLimits


def replay(
    parts: Iterator[tuple[Part, NDArray[np.int64]]],
    copies: Copies,
    is_enough: Callable[[], bool] = lambda: False,
) -> None:
    """Decode the picked frames of ``parts`` as a capture of their own, with all that reads it.

    Args:
        parts: as ``read_slice`` yields them.
        copies: takes the content of the files they carry.
        is_enough: asked between parts; the rest is left unread once it says so.

    Raises:
        EvidenceError: NC-704 when the bytes are not those that were taken in.
    """
    limits = DecodeLimits()
    application = ApplicationLayer(limits, copies)
    decode(_Slice(parts, is_enough), _Nowhere(), lambda _: None, application, limits)


class _Slice:
    """Picked frames as the bytes of a pcapng, made as they are read."""

    def __init__(
        self, parts: Iterator[tuple[Part, NDArray[np.int64]]], is_enough: Callable[[], bool]
    ) -> None:
        self._parts = parts
        self._is_enough = is_enough
        self._ready: deque[memoryview] = deque()
        self._writer = SliceWriter(self, comment="", application="netcordon")

    def write(self, data: bytes | memoryview, /) -> None:
        """Take the next bytes of the pcapng."""
        self._ready.append(memoryview(data))

    def readinto(self, buffer: memoryview, /) -> int:
        """See ``ByteSource``."""
        while not self._ready:
            following = None if self._is_enough() else next(self._parts, None)
            if following is None:
                return 0
            self._writer.add(*following, parent="", origin="")
        first = self._ready.popleft()
        count = min(len(first), len(buffer))
        buffer[:count] = first[:count]
        if count < len(first):
            self._ready.appendleft(first[count:])
        return count


class _Nowhere:
    """Rows are not wanted: they stand in the tables already."""

    def append(self, table: str, columns: Mapping[str, object]) -> None:
        """See ``RowSink``."""
