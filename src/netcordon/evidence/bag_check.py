"""Check an unpacked bag (RFC 8493): each file against the manifests, and none beside them."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

_LINE = re.compile(r"([0-9a-f]{64})  ([A-Za-z0-9._/-]{1,300})\Z")
_MOST_MANIFEST = 8 << 20
SIGNED = "tagmanifest-sha256.txt"
"""The manifest over all others."""
_BESIDE = "signature/"
"""Folder of what is made of that manifest, and stands in none."""


@dataclass(frozen=True, kw_only=True)
class BagCheck:
    """What a bag's manifests say of its files.

    Attributes:
        files: files whose hash is the one of the manifests.
        bytes: of them.
        problems: one sentence for each file that is changed, missing or named nowhere.
    """

    files: int
    bytes: int
    problems: tuple[str, ...]


def check_bag(folder: Path) -> BagCheck:
    """Hash everything in a bag again. Names in it are those that were unpacked, so harmless."""
    problems: list[str] = []
    named: dict[str, str] = {}
    for manifest in ("manifest-sha256.txt", SIGNED):
        named |= _read(folder / manifest, problems)
    if not (folder / "bagit.txt").is_file():
        problems.append("bagit.txt is missing: this is no bag (RFC 8493)")
    files = size = 0
    there = {p.relative_to(folder).as_posix(): p for p in folder.rglob("*") if p.is_file()}
    for name in sorted(named):
        path = there.pop(name, None)
        if path is None:
            problems.append(f"{name} is missing")
            continue
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            count = file.tell()
        if digest != named[name]:
            problems.append(f"{name} was changed: SHA-256 {digest}, should be {named[name]}")
            continue
        files, size = files + 1, size + count
    extra = sorted(name for name in there if name != SIGNED and not name.startswith(_BESIDE))
    problems += [f"{name} stands in no manifest" for name in extra]
    return BagCheck(files=files, bytes=size, problems=tuple(problems))


def _read(path: Path, problems: list[str]) -> dict[str, str]:
    try:
        with path.open("rb") as file:
            text = file.read(_MOST_MANIFEST).decode("utf-8", "replace")
    except OSError:
        problems.append(f"{path.name} is missing")
        return {}
    found: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        match = _LINE.match(line)
        if match is None or ".." in match[2].split("/") or match[2].startswith("/"):
            problems.append(f"{path.name}, line {number}: it is no line of a manifest")
        else:
            found[match[2]] = match[1]
    return found
