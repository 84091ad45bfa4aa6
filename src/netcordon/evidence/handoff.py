"""A bounded exchange of buffers between one thread that fills them and one that empties them."""

from __future__ import annotations

import threading
from collections import deque


class Handoff:
    """At most ``count`` buffers of ``size`` bytes go round; whoever is faster waits for the other.

    The filler calls ``borrow``, ``deliver`` and at last ``end``; the taker calls ``receive`` and
    ``give_back``, or ``leave`` when it wants no more.
    """

    def __init__(self, count: int, size: int) -> None:
        self._changed = threading.Condition()
        self._free: deque[bytearray] = deque()
        self._unmade = count
        self._size = size
        self._full: deque[tuple[bytearray, int]] = deque()
        self._left = False
        self._ended = False
        self._error: BaseException | None = None

    def borrow(self) -> bytearray | None:
        """A buffer to fill; ``None`` when the taker has left."""
        with self._changed:
            while not self._left:
                if self._free:
                    return self._free.pop()
                if self._unmade:
                    self._unmade -= 1
                    return bytearray(self._size)
                self._changed.wait()
            return None

    def deliver(self, buffer: bytearray, count: int) -> None:
        """Pass on a borrowed buffer whose first ``count`` bytes are filled."""
        with self._changed:
            self._full.append((buffer, count))
            self._changed.notify_all()

    def end(self, error: BaseException | None = None) -> None:
        """Nothing more will come, because of ``error`` if one is given."""
        with self._changed:
            self._ended, self._error = True, error
            self._changed.notify_all()

    def receive(self) -> tuple[bytearray, int] | None:
        """The next filled buffer, in order; ``None`` at the end.

        Raises:
            BaseException: what the filler ended with, once all it delivered has been received.
        """
        with self._changed:
            while not self._full:
                if self._ended:
                    if self._error is not None:
                        raise self._error
                    return None
                self._changed.wait()
            return self._full.popleft()

    def give_back(self, buffer: bytearray) -> None:
        """Return an emptied buffer."""
        with self._changed:
            self._free.append(buffer)
            self._changed.notify_all()

    def leave(self) -> None:
        """Take no more."""
        with self._changed:
            self._left = True
            self._changed.notify_all()
