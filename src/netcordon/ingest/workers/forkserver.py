"""The fork server as its parent sees it."""

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
    "from netcordon.ingest.workers.server import main; main(int(sys.argv[2]))"
)
_LAST_BREATH_S = 5.0


def compile_side_by_side() -> None:
    """Compile in several processes what parsers have to; it is in the cache afterwards.

    Where it does not work out, whoever parses compiles for himself.
    """
    try:
        server = ForkServer()
    except OSError:
        return
    try:
        if server.hear() is not None:
            server.compile()
            server.hear()
    finally:
        server.end()


class ForkServer:
    """A process of its own: no fork of our threads, nothing inherited but one socket.

    It is in a process group of its own, with the workers it begins, so that Ctrl-C reaches the
    parent alone, which then ends them all; and it finds modules where the parent does, never in the
    working directory. It speaks twice unasked: ``must_compile`` when it knows whether it has to,
    and ``prepared`` some time after ``prepare``. From then on it only answers.

    Raises:
        OSError: when it cannot be started.
    """

    def __init__(self) -> None:
        self.is_prepared = False
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

    def hear(self) -> dict[str, Any] | None:
        """The next message, ``None`` when the server has ended. Waits for it."""
        received = wire.receive(self.socket)
        return None if received is None else received[0]

    def compile(self) -> None:
        """Have it compile, and do no more; it says when it has."""
        with suppress(OSError):
            wire.send(self.socket, {"do": "compile"})

    def prepare(self) -> None:
        """Have it load, and first compile, what workers need; its end shows when it is heard."""
        with suppress(OSError):
            wire.send(self.socket, {"do": "prepare"})

    def begin(self, theirs: socket.socket) -> int:
        """Begin a worker that has the socket ``theirs``; returns its process id.

        Raises:
            OSError: the server is gone, or cannot start a process.
        """
        wire.send(self.socket, {"do": "begin"}, (theirs.fileno(),))
        answer = self.hear()
        if answer is None:
            raise ConnectionResetError("the process that starts workers has ended")
        if "pid" not in answer:
            raise ChildProcessError(answer["refused"])
        return int(answer["pid"])

    def reap(self, pid: int) -> int | None:
        """Status of a worker that has ended; ``None`` when the server is gone."""
        try:
            wire.send(self.socket, {"do": "reap", "pid": pid})
        except OSError:
            return None
        answer = self.hear()
        return None if answer is None else int(answer["status"])

    def exit_status(self) -> int:
        """Status of a server that has hung up, as ``subprocess`` gives it."""
        try:
            return self._process.wait(_LAST_BREATH_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()

    def end(self) -> None:
        """End it now, with all that it began, and wait until it is gone."""
        self.socket.close()
        if self._process.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
