"""Blocks of a source, read ahead by a thread while the kernel works on the one before.

Reading, unpacking and hashing happen in the source; they release the interpreter lock, and so do
the kernels. What a block ends with in the middle of a record is carried to the front of the next.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from queue import Empty, Full, Queue

import numpy as np

from netcordon.ingest.capture.layout import Octets
from netcordon.model.parser import ByteSource

_CARRY_ROOM = 256 << 10
_IN_FLIGHT = 3
_POLL_S = 0.05


class BlockReader:
    """Blocks of ``block_bytes`` out of ``source``, which it reads to its end.

    Used as a context manager; leaving it ends the thread. ``carry`` is set by the consumer
    between two blocks to how many octets at the end of the last block come again.
    """

    def __init__(self, source: ByteSource, block_bytes: int) -> None:
        self._source = source
        self._block_bytes = block_bytes
        self._ready: Queue[tuple[Octets, int] | BaseException | None] = Queue(_IN_FLIGHT)
        self._empty: Queue[Octets] = Queue()
        for _ in range(_IN_FLIGHT):
            self._empty.put(np.empty(_CARRY_ROOM + block_bytes, dtype=np.uint8))
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._read, name="capture-reader", daemon=True)
        self.carry = 0

    def __enter__(self) -> BlockReader:
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._stop.set()
        self._thread.join()

    def __iter__(self) -> Iterator[Octets]:
        """Blocks in order, each with the octets carried over in front.

        A block is valid until the next one is asked for.

        Raises:
            BaseException: what the source raised, in the thread of the consumer.
        """
        block = np.empty(0, dtype=np.uint8)
        buffer: Octets | None = None
        while True:
            item = self._ready.get()
            if item is None:
                return
            if isinstance(item, BaseException):
                raise item
            fresh, count = item
            rest = block[len(block) - self.carry :]
            if self.carry <= _CARRY_ROOM:
                start = _CARRY_ROOM - self.carry
                fresh[start:_CARRY_ROOM] = rest
                block = fresh[start : _CARRY_ROOM + count]
            else:
                block = np.concatenate([rest, fresh[_CARRY_ROOM : _CARRY_ROOM + count]])
            if buffer is not None:
                self._empty.put(buffer)
            buffer = fresh
            self.carry = 0
            yield block

    def _read(self) -> None:
        try:
            while True:
                buffer = self._take_empty()
                if buffer is None:
                    return
                count = self._fill(memoryview(buffer.data)[_CARRY_ROOM:])
                if count == 0:
                    break
                self._hand_over((buffer, count))
            self._hand_over(None)
        except BaseException as error:  # noqa: BLE001 - carried to the consumer's thread
            self._hand_over(error)

    def _fill(self, room: memoryview) -> int:
        """Fill ``room`` as far as the source goes, so that blocks do not depend on its pieces."""
        count = 0
        while count < len(room) and not self._stop.is_set():
            got = self._source.readinto(room[count:])
            if got <= 0:
                break
            count += got
        return count

    def _take_empty(self) -> Octets | None:
        while not self._stop.is_set():
            try:
                return self._empty.get(timeout=_POLL_S)
            except Empty:
                continue
        return None

    def _hand_over(self, item: tuple[Octets, int] | BaseException | None) -> None:
        while not self._stop.is_set():
            try:
                self._ready.put(item, timeout=_POLL_S)
            except Full:
                continue
            return
