"""Seal a file as it is: hash it, and keep a copy that nobody changes by accident."""

from __future__ import annotations

import io
import os
import shutil
import stat
import uuid
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from netcordon.casefile.durable import sync_folder
from netcordon.casefile.recovery import PARTIAL
from netcordon.casefile.seal import Seal
from netcordon.errors import EvidenceError
from netcordon.evidence.raw import RawReader

KEPT = "evidence/sealed"
"""Folder of copies within the workspace; each is named after its SHA-256."""

_READ_BYTES = 1 << 20
_SPARE_BYTES = 64 << 20
"""Free space that a copy leaves."""


def seal_file(
    path: Path, *, workspace: Path | None, progress: Callable[[int], None] | None = None
) -> Seal:
    """Read a file once from front to back.

    Args:
        path: a regular file.
        workspace: where a copy is kept; ``None`` keeps none.
        progress: told the bytes read, now and then.

    Raises:
        EvidenceError: NC-101 there is none, NC-102 it cannot be read whole, NC-105 it is no file,
            NC-540 it was changed while it was read.
        OSError: the copy cannot be written.
    """
    name = str(path)
    try:
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except FileNotFoundError as error:
        raise EvidenceError(
            "NC-101", f"There is no file {name!r}.", "", "check the name", path=name
        ) from error
    except OSError as error:
        raise _unreadable(name, error.strerror or str(error)) from error
    status = os.fstat(handle)
    if not stat.S_ISREG(status.st_mode):
        os.close(handle)
        why = "it is a folder, a device or a pipe"
        raise EvidenceError("NC-105", f"{name!r} cannot be sealed.", why, "name a file", path=name)
    with io.FileIO(handle) as file:
        if workspace is None:
            return _read(file, None, name, progress).digest.seal(
                location=str(path.absolute()), kept=None
            )
        return _kept(file, path, workspace, status.st_size, progress)


def _kept(
    file: io.FileIO,
    path: Path,
    workspace: Path,
    size: int,
    progress: Callable[[int], None] | None,
) -> Seal:
    folder = workspace / KEPT
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if shutil.disk_usage(folder).free < size + _SPARE_BYTES:
        raise OSError(28, "No space left on device", str(folder))
    partial = folder / f"{PARTIAL}{uuid.uuid4().hex}"
    try:
        with partial.open("xb") as copy:
            partial.chmod(0o400)
            digest = _read(file, copy, str(path), progress).digest
            copy.flush()
            os.fsync(copy.fileno())
        seal = digest.seal(location=str(path.absolute()), kept=None)
        final = folder / seal.sha256
        partial.replace(final)
        sync_folder(folder)
    finally:
        with suppress(FileNotFoundError):
            partial.unlink()
    return digest.seal(location=seal.location, kept=final.relative_to(workspace).as_posix())


def _read(
    file: io.FileIO,
    copy: io.BufferedWriter | None,
    name: str,
    progress: Callable[[int], None] | None,
) -> RawReader:
    reader = RawReader(file, copy)
    buffer = memoryview(bytearray(_READ_BYTES))
    while reader.readinto(buffer):
        if progress is not None:
            progress(reader.digest.bytes)
    for warning in reader.warnings():
        if warning.code == "NC-114":
            raise EvidenceError(
                "NC-540", f"{name!r} was changed while it was sealed.", warning.what,
                "stop whatever writes to it, and seal it again", path=name,
            )  # fmt: skip
        raise _unreadable(name, warning.what)
    return reader


def _unreadable(name: str, why: str) -> EvidenceError:
    return EvidenceError(
        "NC-102", f"{name!r} cannot be read.", why, "check owner and permissions", path=name
    )
