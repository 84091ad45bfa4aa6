"""One worker as its parent sees it: started, told, heard, ended."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import netcordon
from netcordon.ingest.workers import wire

_CODE = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
    "from netcordon.ingest.workers.child import main; main(int(sys.argv[2]))"
)
_LAST_BREATH_S = 5.0


class Worker:
    """A process of its own: no fork of our threads, nothing inherited but one socket.

    It is in a process group of its own, so that Ctrl-C reaches the parent alone, which then ends
    its workers; and it finds modules where the parent does, never in the working directory.

    Raises:
        OSError: when it cannot be started.
    """

    def __init__(self) -> None:
        self.socket, theirs = socket.socketpair()
        with theirs:
            places = [place for place in sys.path if place]
            places.append(str(Path(netcordon.__file__).parents[1]))
            number = str(theirs.fileno())
            try:
                self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and code
                    [sys.executable, "-P", "-c", _CODE, json.dumps(places), number],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    pass_fds=[theirs.fileno()],
                    process_group=0,
                )
            except BaseException:
                self.socket.close()
                raise

    @property
    def pid(self) -> int:
        """Process id."""
        return self._process.pid

    def tell(self, order: wire.Message, handles: tuple[int, ...] = ()) -> None:
        """Send an order; that the worker is gone shows when it is heard next."""
        with suppress(OSError):
            wire.send(self.socket, order, handles)

    def hear(self) -> dict[str, Any] | None:
        """The next message, ``None`` when the worker has ended. Waits for it."""
        received = wire.receive(self.socket)
        return None if received is None else received[0]

    def exit_status(self) -> int:
        """Status of a worker that has hung up, as ``subprocess`` gives it."""
        try:
            return self._process.wait(_LAST_BREATH_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()

    def end(self) -> None:
        """End it now, whatever it does, and wait until it is gone; harmless when done twice."""
        self.socket.close()
        self._process.kill()
        self._process.wait()


def cause_of_death(status: int) -> str:
    """Words for the exit status of a worker that ended by itself."""
    if status >= 0:
        return f"it ended with status {status}"
    name = signal.strsignal(-status) or f"signal {-status}"
    hint = ", as the kernel does when memory runs out" if -status == signal.SIGKILL else ""
    return f"it was ended by signal {-status} ({name}){hint}"


def usable_cores() -> int:
    """Cores this process may run on."""
    return len(os.sched_getaffinity(0))
