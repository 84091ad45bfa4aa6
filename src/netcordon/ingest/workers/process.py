"""One worker as its parent sees it: begun, told, heard, ended."""

from __future__ import annotations

import os
import select
import signal
import socket
from contextlib import suppress
from typing import Any

from netcordon.ingest.workers import wire
from netcordon.ingest.workers.forkserver import ForkServer

_LAST_BREATH_S = 5.0


class Worker:
    """A process that the fork server begins; it shares nothing with us but one socket.

    Raises:
        OSError: when it cannot be started.
    """

    def __init__(self, server: ForkServer) -> None:
        self._server = server
        self.socket, theirs = socket.socketpair()
        with theirs:
            try:
                self.pid = server.begin(theirs)
                # Its number is its own until the server reaps it, which is when we say so.
                self._process = os.pidfd_open(self.pid)
            except BaseException:
                self.socket.close()
                raise

    def tell(self, order: wire.Message, handles: tuple[int, ...] = ()) -> None:
        """Send an order; that the worker is gone shows when it is heard next."""
        with suppress(OSError):
            wire.send(self.socket, order, handles)

    def hear(self) -> dict[str, Any] | None:
        """The next message, ``None`` when the worker has ended. Waits for it."""
        received = wire.receive(self.socket)
        return None if received is None else received[0]

    def end(self, patience_s: float = 0.0) -> int | None:
        """End it, and wait until it is gone; harmless when done twice.

        Args:
            patience_s: how long it may go on to its own end.

        Returns:
            Its status as ``subprocess`` gives it; ``None`` where nobody knows.
        """
        if self._process < 0:
            return None
        self.socket.close()
        gone = select.poll()
        gone.register(self._process, select.POLLIN)
        if not gone.poll(patience_s * 1000):
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._process, signal.SIGKILL)
            gone.poll()
        os.close(self._process)
        self._process = -1
        return self._server.reap(self.pid)

    def exit_status(self) -> int | None:
        """Status of a worker that has hung up; it is gone afterwards."""
        return self.end(_LAST_BREATH_S)


def cause_of_death(status: int | None) -> str:
    """Words for the exit status of a process that ended by itself."""
    if status is None:
        return "how it ended is not known"
    if status >= 0:
        return f"it ended with status {status}"
    name = signal.strsignal(-status) or f"signal {-status}"
    hint = ", as the kernel does when memory runs out" if -status == signal.SIGKILL else ""
    return f"it was ended by signal {-status} ({name}){hint}"
