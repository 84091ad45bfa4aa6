"""Unpack a ZIP that somebody sent: bounded, and nothing outside the folder it is for."""

from __future__ import annotations

import lzma
import os
import re
import stat
import zipfile
import zlib
from pathlib import Path
from typing import IO

from netcordon.evidence.encryption import not_opened

MOST_FILES = 10_000
_READ_BYTES = 1 << 20
_PART = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,149}\Z")
_DEEPEST = 6
_UNSOUND = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, NotImplementedError, RuntimeError,
    ValueError,
)  # fmt: skip
"""What Python's reader of ZIPs raises about bytes; bzip2's OSError has no number."""


def unpack_bag(source: IO[bytes], folder: Path, *, max_bytes: int) -> Path:
    """Write the files of a ZIP into a folder that is there and empty; returns the bag's own folder.

    Raises:
        UsageError: NC-550 it is no ZIP of one bag, its names are not harmless, or it is too large.
    """
    try:
        with zipfile.ZipFile(source) as archive:
            members = [m for m in archive.infolist() if not m.is_dir()]
            tops = {_checked(m).split("/")[0] for m in members}
            if len(tops) != 1 or len(members) > MOST_FILES:
                raise not_opened("it is not one bag, or has more than 10,000 files")
            room = max_bytes
            for member in members:
                room -= _write(archive, member, folder, room)
    except (*_UNSOUND, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise not_opened(f"it is no sound ZIP: {str(error)[:200]}") from error
    return folder / tops.pop()


def _checked(member: zipfile.ZipInfo) -> str:
    parts = member.filename.split("/")
    kind = stat.S_IFMT(member.external_attr >> 16)
    is_safe = all(map(_PART.match, parts)) and 2 <= len(parts) <= _DEEPEST
    if not is_safe or kind not in (0, stat.S_IFREG):
        raise not_opened(f"it holds a name that is not harmless: {member.filename[:80]!r}")
    return member.filename


def _write(archive: zipfile.ZipFile, member: zipfile.ZipInfo, folder: Path, room: int) -> int:
    path = folder / member.filename
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    except (FileExistsError, NotADirectoryError) as error:
        raise not_opened(f"it holds {member.filename[:80]!r} twice") from error
    written = 0
    with os.fdopen(handle, "wb") as target, archive.open(member) as content:
        while block := content.read(_READ_BYTES):
            written += len(block)
            if written > room:
                raise not_opened("it unpacks to more than --max-bytes")
            target.write(block)
    return written
