"""Rules for Suricata, gathered from a file or a folder: hostile input, copied and hashed.

Rules that would run programs, or read or write files, are left out and counted: ``lua``, lists of
hashes or addresses, data sets in files, stored files. Suricata is told to refuse them as well.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from netcordon.errors import UsageError

MOST_BYTES = 256 << 20
MOST_FILES = 10_000
_DEFAULT_FOLDERS = ("/var/lib/suricata/rules", "/etc/suricata/rules")
_ACTION = re.compile(rb"\s*(?:alert|drop|reject|rejectsrc|rejectdst|rejectboth|pass|config)\s")
_OUTSIDE = re.compile(
    rb"(?<!\\)[;(]\s*(?:lua(?:jit)?|filemd5|filesha1|filesha256|filestore|iprep)\s*[:;]"
    rb"|(?<!\\)[;(]\s*data(?:set|rep)\s*:[^;]*\b(?:load|save|state)\b"
)
"""Keywords that name a program or a file. What stands within ``content`` begins with no option."""


@dataclass(frozen=True, kw_only=True)
class Rules:
    """Rules that Suricata is given.

    Attributes:
        text: of all of them, one a line.
        sha256: of the text.
        count: how many there are.
        left_out: how many name programs or files, and were not taken.
        origin: where they come from, in words.
    """

    text: bytes
    sha256: str
    count: int
    left_out: int
    origin: str


def gather(given: Path | None) -> Rules:
    """The rules of a file or of all ``*.rules`` below a folder; the machine's own for ``None``.

    Raises:
        UsageError: NC-237 there are none, or they cannot be read, or are too many.
    """
    if given is not None:
        found = list(_files(given))
        if not found:
            raise _unusable(given, "it holds no file whose name ends in .rules")
        return _read(found, str(given))
    for folder in _DEFAULT_FOLDERS:
        found = list(_files(Path(folder)))
        if found:
            return _read(found, f"the machine's own ({folder})")
    return _read([], "none but what Suricata raises by itself")


def _files(given: Path) -> Iterator[Path]:
    """Regular files, in the order of their names; links are followed for what was named alone."""
    if not given.is_dir():
        if given.exists():
            yield given
        return
    names: list[str] = []
    for folder, folders, files in os.walk(given):
        folders.sort()
        names += [os.path.join(folder, name) for name in files if name.endswith(".rules")]  # noqa: PTH118
        if len(names) > MOST_FILES:
            raise _unusable(given, f"it holds more than {MOST_FILES:,} files of rules")
    for name in sorted(names, key=os.fsencode):
        if stat.S_ISREG(os.lstat(name).st_mode):
            yield Path(name)


def _read(files: list[Path], origin: str) -> Rules:
    kept: list[bytes] = []
    left_out = size = 0
    for path in files:
        try:
            if not path.is_file():
                raise _unusable(path, "it is no file")
            size += path.stat().st_size
            if size > MOST_BYTES:
                raise _unusable(path, f"there are more than {MOST_BYTES >> 20} MiB of rules")
            data = path.read_bytes()[:MOST_BYTES]
        except OSError as error:
            raise _unusable(path, error.strerror or str(error)) from error
        for rule in _joined(data):
            if _OUTSIDE.search(rule):
                left_out += 1
            else:
                kept.append(rule)
    text = b"".join(rule + b"\n" for rule in kept)
    return Rules(
        text=text,
        sha256=hashlib.sha256(text).hexdigest(),
        count=len(kept),
        left_out=left_out,
        origin=origin,
    )


def _joined(data: bytes) -> Iterator[bytes]:
    r"""Rules that are no remarks, those over several lines (``\`` at the end) as one."""
    part = b""
    for line in data.replace(b"\r", b"").replace(b"\0", b"").split(b"\n"):
        if line.rstrip().endswith(b"\\"):
            part += line.rstrip()[:-1] + b" "
            continue
        rule, part = (part + line).strip(), b""
        if _ACTION.match(rule + b" "):
            yield rule


def _unusable(path: Path, why: str) -> UsageError:
    return UsageError(
        "NC-237",
        f"The rules {str(path)!r} cannot be used.",
        why,
        "--rules FILE or FOLDER with rules for Suricata; without it the machine's own are used",
    )
