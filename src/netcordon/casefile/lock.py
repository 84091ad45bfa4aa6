"""One writer at a time: an advisory lock that the kernel releases when its holder dies."""

from __future__ import annotations

import fcntl
import json
import os
import socket
import time
from pathlib import Path

from netcordon.casefile.canonical import canonical
from netcordon.errors import WorkspaceError

LOCK_NAME = ".lock"

LOOK_S = 0.2
"""Longer than it takes to see who holds a workspace."""


class RunLock:
    """Holds a workspace for writing until it is released or the process ends.

    The lock is ``flock(2)`` on a file; the file's content only says who holds it. A file left
    behind by a killed run is therefore no obstacle.

    Args:
        workspace: directory of the workspace.
        since: text of the time at which the run began, for the one who has to wait.

    Raises:
        WorkspaceError: NC-502 with process, machine and time when another run holds it.
        OSError: when the lock file cannot be written.
    """

    def __init__(self, workspace: Path, *, since: str) -> None:
        self._file = os.open(
            workspace / LOCK_NAME, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600
        )
        try:
            _take(self._file)
        except BlockingIOError as error:
            holder = _holder(os.pread(self._file, 4096, 0))
            os.close(self._file)
            self._file = -1
            raise WorkspaceError(
                "NC-502",
                f"The workspace {str(workspace)!r} is held by another run.",
                holder,
                "wait until it ends, or name another directory with --workspace",
            ) from error
        except OSError:
            os.close(self._file)
            raise
        about = {"pid": os.getpid(), "machine": socket.gethostname(), "since": since}
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, canonical(about).encode(), 0)

    def release(self) -> None:
        """Let others write; harmless when done twice."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def __enter__(self) -> RunLock:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


def _take(file: int) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        time.sleep(LOOK_S)  # somebody may only have looked (``running``) in this very moment
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def running(workspace: Path) -> str | None:
    """The run that holds a workspace now, in words; ``None`` when none does.

    Raises:
        OSError: when the lock file cannot be read.
    """
    try:
        file = os.open(workspace / LOCK_NAME, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _holder(os.pread(file, 4096, 0))
    else:
        return None
    finally:
        os.close(file)


def _holder(content: bytes) -> str:
    try:
        about = json.loads(content)
        return f"process {int(about['pid'])} on {about['machine']!s} since {about['since']!s}"
    except (ValueError, KeyError, TypeError):
        return "its lock file does not say which"
