"""A recording that runs: a tool of the system in a process of its own, watched and ended."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from netcordon.model.recording import RecordingState

_POLL_S = 0.25
_PATIENCE_S = 15.0
_LINES = 40
_PACKETS = (re.compile(r"Packets(?: captured)?: (\d+)"), re.compile(r"(\d+) packets captured"))
_DROPS = (
    re.compile(r"received/dropped on interface .*?: (\d+)/(\d+)"),
    re.compile(r"()(\d+) packets dropped by (?:kernel|interface)"),
)
"""dumpcap says both numbers, tcpdump one a line."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """When a recording ends.

    Attributes:
        duration_s: seconds; ``most_bytes``: written in all, also what the ring has dropped since.
        free_bytes: that the disk keeps.
    """

    duration_s: float
    most_bytes: int
    free_bytes: int


@dataclass(kw_only=True)
class Ended:
    """A recording that ended.

    Attributes:
        why: ``duration``, ``size``, ``disk``, ``asked`` or ``tool``.
        status: of the tool.
        said: its last lines.
        packets: it recorded, ``dropped``: it says it lost; ``None`` where it did not say.
    """

    why: str
    status: int
    said: list[str] = field(default_factory=list)
    packets: int | None = None
    dropped: int | None = None


def tool_on_path(names: Sequence[str]) -> str:
    """The first of these programs that is here; empty when none is."""
    for name in names:
        found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin:/usr/local/sbin")
        if found:
            return found
    return ""


def version_of(program: str) -> str:
    """What a tool says of its version, in a line; empty when it says nothing."""
    try:
        done = subprocess.run(
            [program, "--version"], capture_output=True, timeout=10, check=False,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return ""
    text = (done.stdout or done.stderr).decode("utf-8", "replace")
    # What a distribution adds behind the number is long and says nothing of what it does.
    return text.splitlines()[0].split(" (Git")[0].rstrip(" .")[:120] if text.strip() else ""


def record(
    arguments: Sequence[str],
    folder: Path,
    limits: Limits,
    tell: Callable[[RecordingState], None],
    stop: Callable[[], bool],
) -> Ended:
    """Run a tool until a limit is reached, somebody wants it to end, or it ends by itself.

    Args:
        arguments: the program and what it is told; no shell reads them.
        folder: where its files go; nothing else is in it.
        limits: when it ends.
        tell: told how it goes, several times a second.
        stop: asked whether somebody wants it to end.

    Raises:
        OSError: it cannot be started.
    """
    # A session of its own: who interrupts us does not interrupt it before we have asked it to end.
    process = subprocess.Popen(
        list(arguments), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE, start_new_session=True, cwd=folder,
    )  # fmt: skip
    said = _Said()
    assert process.stderr is not None
    reader = threading.Thread(target=said.take_all, args=(process.stderr.fileno(),), daemon=True)
    reader.start()
    began = time.monotonic()
    written = _Written(folder)
    why = "tool"
    try:
        while process.poll() is None:
            seconds = time.monotonic() - began
            now, files = written.look()
            tell(RecordingState(seconds=seconds, bytes=now, files=files, packets=said.packets))
            if stop():
                why = "asked"
            elif seconds >= limits.duration_s:
                why = "duration"
            elif written.in_all >= limits.most_bytes:
                why = "size"
            elif shutil.disk_usage(folder).free < limits.free_bytes:
                why = "disk"
            if why != "tool":
                break
            time.sleep(_POLL_S)
    finally:
        status = _end(process)
        reader.join(timeout=_PATIENCE_S)
        process.stderr.close()
    return Ended(
        why=why, status=status, said=said.lines, packets=said.packets, dropped=said.dropped
    )


def _end(process: subprocess.Popen[bytes]) -> int:
    """Ask it to end, so that its last file is whole; make it when it does not."""
    if process.poll() is None:
        with suppress(ProcessLookupError):
            process.send_signal(signal.SIGINT)
        try:
            process.wait(timeout=_PATIENCE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    return process.returncode


class _Written:
    """Octets in the files of a folder, and in all of those that there ever were."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._sizes: dict[str, int] = {}

    @property
    def in_all(self) -> int:
        """Also what the ring has dropped since."""
        return sum(self._sizes.values())

    def look(self) -> tuple[int, int]:
        """Octets and files that are there now."""
        now = files = 0
        with os.scandir(self._folder) as found:
            for entry in found:
                with suppress(FileNotFoundError):
                    size = entry.stat().st_size
                    self._sizes[entry.name] = max(size, self._sizes.get(entry.name, 0))
                    now, files = now + size, files + 1
        return now, files


class _Said:
    """What a tool writes to standard error: its last lines, and its counts."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.packets: int | None = None
        self.dropped: int | None = None

    def take_all(self, handle: int) -> None:
        """Read to the end."""
        rest = b""
        while chunk := _read(handle):
            # Counts of dumpcap go on in one line, each behind a carriage return.
            *lines, rest = re.split(rb"[\r\n]+", rest[-4096:] + chunk)
            for line in lines:
                self._take(line.decode("utf-8", "replace"))
        self._take(rest.decode("utf-8", "replace"))

    def _take(self, line: str) -> None:
        for pattern in _PACKETS:
            if found := pattern.search(line):
                self.packets = int(found[1])
        for pattern in _DROPS:
            if found := pattern.search(line):
                self.dropped = (self.dropped or 0) + int(found[2])
        if line.strip():
            self.lines = [*self.lines, line.strip()[:300]][-_LINES:]


def _read(handle: int) -> bytes:
    try:
        return os.read(handle, 65_536)
    except OSError:
        return b""
