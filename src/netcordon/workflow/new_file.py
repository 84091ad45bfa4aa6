"""A file in the making that vanishes unless all went well."""

from __future__ import annotations

import hashlib
import os
from contextlib import closing
from pathlib import Path

from netcordon.errors import UsageError


class NewFile:
    """A file in the making; unless it is kept, nothing stays of it when it is closed.

    Raises:
        UsageError: NC-701 when there is something of that name.
    """

    def __init__(self, path: Path) -> None:
        self.bytes = 0
        self._path = path
        self._digest = hashlib.sha256()
        self._kept = False
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        except FileExistsError as error:
            raise UsageError(
                "NC-701",
                f"{str(path)!r} exists.",
                "nothing is ever overwritten",
                "choose another name with -o",
            ) from error
        self._file = os.fdopen(handle, "wb")

    @property
    def sha256(self) -> str:
        """Of what was written."""
        return self._digest.hexdigest()

    def write(self, data: bytes | memoryview, /) -> None:
        """Take the next bytes."""
        self._file.write(data)
        self._digest.update(data)
        self.bytes += len(data)

    def finish(self) -> None:
        """Make it durable."""
        self._file.flush()
        os.fsync(self._file.fileno())

    def keep(self) -> None:
        """It is whole and recorded: let it stay."""
        self._kept = True

    def close(self) -> None:
        """Let go; remove what was not kept."""
        self._file.close()
        if not self._kept:
            self._path.unlink(missing_ok=True)


def new_text(path: Path, text: str) -> None:
    """Write a file that is there whole or not at all, readable by nobody else.

    Raises:
        UsageError: NC-701 when there is something of that name.
    """
    with closing(NewFile(path)) as file:
        file.write(text.encode())
        file.finish()
        file.keep()
