"""Files in one folder of this machine: replaced whole, and never outside it."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from netcordon.casefile.durable import sync_folder
from netcordon.enforcement.effects import Reply
from netcordon.model.actuator import Call

_MOST = 64 << 20


def on_file(call: Call, folder: Path) -> Reply:
    """Put a call's file in place, or read it; one that is not there reads as nothing.

    A path must lie in the folder, links resolved; an absolute path is allowed where the
    organisation itself declared it, which is when ``folder`` is the root.
    """
    try:
        place = _within(folder, call.path)
        return _read(place) if call.content is None else _put(place, call.content)
    except (OSError, ValueError) as error:
        return Reply(ok=False, error=f"{call.path}: {getattr(error, 'strerror', None) or error}")


def _within(folder: Path, path: str) -> Path:
    root = folder.resolve(strict=True)
    place = (root / path).parent.resolve(strict=True) / Path(path).name
    if Path(path).name in ("", ".", "..") or not place.is_relative_to(root):
        raise ValueError(f"it does not lie in {folder}")
    return place


def _read(place: Path) -> Reply:
    try:
        handle = os.open(place, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return Reply(ok=True)
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            return Reply(ok=False, error=f"{place.name} is no plain file")
        content = file.read(_MOST + 1)
    if len(content) > _MOST:
        return Reply(ok=False, error=f"{place.name} is longer than {_MOST >> 20} MiB")
    return Reply(ok=True, text=content.decode("utf-8", "surrogateescape"))


def _put(place: Path, content: str) -> Reply:
    """In one step; who may read it, and whose it is, stay as they were."""
    try:
        before: os.stat_result | None = place.lstat()
    except FileNotFoundError:
        before = None
    if before is not None and not stat.S_ISREG(before.st_mode):
        return Reply(ok=False, error=f"{place.name} is no plain file")
    temporary = place.with_name(f".{place.name}.netcordon")
    temporary.unlink(missing_ok=True)
    mode = stat.S_IMODE(before.st_mode) if before is not None else 0o644
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    handle = os.open(temporary, flags, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content.encode("utf-8", "surrogateescape"))
            file.flush()
            os.fchmod(handle, mode)  # a server of another user must be able to read it
            if before is not None and (before.st_uid, before.st_gid) != _ids(handle):
                os.fchown(handle, before.st_uid, before.st_gid)
            os.fsync(handle)
        temporary.replace(place)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(place.parent)
    return Reply(ok=True)


def _ids(handle: int) -> tuple[int, int]:
    there = os.fstat(handle)
    return there.st_uid, there.st_gid
