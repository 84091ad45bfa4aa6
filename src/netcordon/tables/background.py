"""One thread that does work in the order it was handed over, never far behind.

Compression, hashing and ``fsync`` release the interpreter lock, so decoding goes on beside them.
The order of the work is that of the calls: what it writes does not depend on who was faster.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from queue import Queue

_IN_FLIGHT = 4

Work = Callable[[], None]


class Background:
    """Runs what it is handed, one after the other; starts its thread with the first.

    The first piece of work that fails ends all: what comes after it is dropped, and the next call
    from outside raises what it raised.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._work: Queue[Work | None] = Queue(_IN_FLIGHT)
        self._thread: threading.Thread | None = None
        self._failure: BaseException | None = None
        self._is_cancelled = False

    def do(self, work: Work) -> None:
        """Hand work over; waits while a few pieces are still to be done.

        Raises:
            BaseException: what an earlier piece raised.
        """
        self._raise_failure()
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
            self._thread.start()
        self._work.put(work)

    def finish(self) -> None:
        """Wait until everything is done and end the thread.

        Raises:
            BaseException: what a piece raised.
        """
        self._join()
        self._raise_failure()

    def cancel(self) -> None:
        """Drop what has not begun and end the thread, whatever it raised."""
        self._is_cancelled = True
        self._join()

    def _join(self) -> None:
        if self._thread is not None:
            self._work.put(None)
            self._thread.join()
            self._thread = None

    def _raise_failure(self) -> None:
        if self._failure is not None:
            raise self._failure

    def _run(self) -> None:
        while (work := self._work.get()) is not None:
            if self._failure is not None or self._is_cancelled:
                continue
            try:
                work()
            except BaseException as error:  # noqa: BLE001 - carried to the thread that hands over
                self._failure = error
