"""A folder in the making: it and all in it vanish unless all went well.

Names within it are ours; files are readable by their owner only and never executable.
"""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from pathlib import Path

from netcordon.errors import UsageError

_HELD = 32 << 10
"""Bytes of a file that wait for being written; files are not kept open, for they may be many."""
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
_APPEND = os.O_WRONLY | os.O_APPEND | os.O_NOFOLLOW


class NewFolder:
    """A folder that was empty or did not exist; unless it is kept, nothing stays in it.

    Raises:
        UsageError: NC-701 when there is something in it, or a file of that name.
    """

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self._names: set[str] = set()
        self._parts = 0
        self._is_kept = False
        self._is_made = False
        with suppress(FileExistsError):
            path.mkdir(mode=0o700)
            self._is_made = True
        try:
            self._handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
        except NotADirectoryError as error:
            raise _taken(path, "it is no directory") from error
        if os.listdir(self._handle):  # noqa: PTH208 - of the handle, whatever the path is now
            os.close(self._handle)
            raise _taken(path, "it is not empty, and nothing is ever overwritten")

    def part(self) -> Part:
        """A file that has no name yet."""
        self._parts += 1
        return Part(self, f".part-{self._parts}")

    def open(self, name: str, flags: int) -> int:
        """A handle of one of its files, mode 0600; made when ``flags`` say so."""
        handle = os.open(name, flags, 0o600, dir_fd=self._handle)
        if flags & os.O_CREAT:
            self._names.add(name)
            os.fchmod(handle, 0o600)
        return handle

    def rename(self, old: str, new: str) -> None:
        """Give a file its name."""
        os.rename(old, new, src_dir_fd=self._handle, dst_dir_fd=self._handle)
        self._names.discard(old)
        self._names.add(new)

    def remove(self, name: str) -> None:
        """Remove one of its files."""
        os.unlink(name, dir_fd=self._handle)
        self._names.discard(name)

    def finish(self) -> None:
        """Make the names durable."""
        os.fsync(self._handle)

    def keep(self) -> None:
        """It is whole and recorded: let it stay."""
        self._is_kept = True

    def close(self) -> None:
        """Let go; remove what was not kept."""
        if not self._is_kept:
            for name in sorted(self._names):
                with suppress(FileNotFoundError):
                    self.remove(name)
            if self._is_made:
                self.path.rmdir()
        os.close(self._handle)


class Part:
    """A file of a new folder that takes bytes.

    Attributes:
        bytes: taken so far.
    """

    def __init__(self, folder: NewFolder, name: str) -> None:
        self.bytes = 0
        self._folder = folder
        self._name = name
        self._held = bytearray()
        self._exists = False

    def write(self, data: bytes | bytearray | memoryview, /) -> None:
        """Take the next bytes."""
        self.bytes += len(data)
        self._held += data
        if len(self._held) >= _HELD:
            self._write_out()

    def keep_as(self, name: str) -> str:
        """Make it durable under its name; returns the SHA-256 of what the file now holds."""
        self._write_out()
        with os.fdopen(self._folder.open(self._name, os.O_RDONLY | os.O_NOFOLLOW), "rb") as file:
            os.fsync(file.fileno())
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        self._folder.rename(self._name, name)
        return digest

    def discard(self) -> None:
        """It is not wanted."""
        self._held.clear()
        if self._exists:
            self._folder.remove(self._name)
            self._exists = False

    def _write_out(self) -> None:
        handle = self._folder.open(self._name, _APPEND if self._exists else _CREATE)
        self._exists = True
        with os.fdopen(handle, "wb", buffering=0) as file:
            rest = memoryview(bytes(self._held))
            while rest:
                rest = rest[file.write(rest) or 0 :]
        self._held.clear()


def _taken(path: Path, why: str) -> UsageError:
    return UsageError(
        "NC-701", f"{str(path)!r} cannot be the new directory.", why, "choose another name with -o"
    )
