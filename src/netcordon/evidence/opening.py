"""Opening evidence: files, pipes and standard input, and the errors of each."""

from __future__ import annotations

import io
import os
import stat
import sys
from pathlib import Path

from netcordon.casefile.faults import explained
from netcordon.errors import EvidenceError
from netcordon.evidence.raw import RawReader
from netcordon.evidence.sealing import SealedCopy
from netcordon.evidence.source import PEEK_BYTES, EvidenceSource
from netcordon.evidence.unpack import MAGIC_BYTES, Unpacked
from netcordon.settings import DecodeLimits

STDIN = "-"
"""Name of standard input."""


def open_source(
    path: str, *, limits: DecodeLimits, workspace: Path | None = None
) -> EvidenceSource:
    """Open a file, or standard input for ``-``.

    Args:
        path: as given by the user.
        limits: bounds for archives.
        workspace: where copies of streams are kept; without it none is kept.

    Raises:
        EvidenceError: NC-101 there is no such file, NC-102 it cannot be read, NC-105 it is a folder
            or a device, NC-106 standard input is a terminal.
        WorkspaceError: the copy of a stream cannot be made.
    """
    file = open_file(path)
    mode = os.fstat(file.fileno()).st_mode
    location, copy = None, None
    if stat.S_ISREG(mode) and file.tell() == 0:  # standard input may begin anywhere
        location = os.path.realpath(f"/dev/fd/{file.fileno()}" if path == STDIN else path)
    if workspace is not None and (location is None or not Path(location).is_file()):
        try:
            with explained(workspace):
                copy = SealedCopy(workspace)
        except BaseException:
            file.close()
            raise
    label = "standard input" if path == STDIN else path
    return EvidenceSource(file, label=label, location=location, limits=limits, copy=copy)


def read_head(path: str, limits: DecodeLimits) -> bytes:
    """The first bytes of a regular file, unpacked, up to 64 KiB.

    Raises:
        EvidenceError: as ``open_source``.
    """
    with _opened(path) as file:
        raw = RawReader(file)
        unpacked = Unpacked(raw, raw.peek(MAGIC_BYTES), limits)
        buffer = memoryview(bytearray(PEEK_BYTES))
        filled = 0
        while filled < PEEK_BYTES and (count := unpacked.readinto(buffer[filled:])):
            filled += count
        if raw.failure is not None and not filled:
            raise EvidenceError("NC-102", f"{path!r} cannot be read.", raw.failure.what)
        return bytes(buffer[:filled])


def open_file(path: str) -> io.FileIO:
    """Open what may hold bytes of evidence.

    Raises:
        EvidenceError: as ``open_source``.
    """
    file = _opened(path)
    mode = os.fstat(file.fileno()).st_mode
    is_device = stat.S_ISBLK(mode) or (stat.S_ISCHR(mode) and path != STDIN)
    if is_device or stat.S_ISDIR(mode):
        file.close()
        raise not_a_file(path, mode)
    return file


def _opened(path: str) -> io.FileIO:
    if path == STDIN:
        if sys.stdin is None or sys.stdin.isatty():
            raise EvidenceError(
                "NC-106",
                "Nothing comes from standard input.",
                "it is a terminal or closed",
                "pipe a capture into the command, or name a file",
                path=STDIN,
            )
        return io.FileIO(sys.stdin.fileno(), closefd=False)
    try:
        return io.FileIO(path)
    except OSError as error:
        raise cannot_read(path, error) from error
    except ValueError as error:  # a NUL in the name
        raise cannot_read(path, FileNotFoundError(0, str(error))) from error


def cannot_read(path: str, error: OSError) -> EvidenceError:
    """The error for a file that does not open."""
    why = error.strerror or str(error)
    if isinstance(error, FileNotFoundError):
        hint = "check the name"
        return EvidenceError("NC-101", f"There is no file {path!r}.", why, hint, path=path)
    if isinstance(error, IsADirectoryError):
        return not_a_file(path, stat.S_IFDIR)
    hint = "check owner and permissions, or run as a user who may read it"
    return EvidenceError("NC-102", f"{path!r} cannot be read.", why, hint, path=path)


def not_a_file(path: str, mode: int) -> EvidenceError:
    """The error for what is there and holds no bytes of evidence; ``mode`` as ``stat`` gives it."""
    return EvidenceError(
        "NC-105",
        f"{path!r} cannot be read as evidence.",
        f"it is a {kind_of_file(mode)}",
        "name a file, or - for standard input",
        path=path,
    )


def kind_of_file(mode: int) -> str:
    """What a person calls it."""
    names = {stat.S_IFDIR: "folder", stat.S_IFSOCK: "socket", stat.S_IFIFO: "pipe"}
    return names.get(stat.S_IFMT(mode), "device")
