"""A BagIt bag (RFC 8493) in a ZIP file: what is in it can be checked with ``sha256sum`` alone."""

from __future__ import annotations

import hashlib
import re
import zipfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import IO

_READ_BYTES = 1 << 20
_FAST = 1
"""Level of deflate: captures shrink to a third by it, and more costs minutes."""
_NOT_SAFE = re.compile(r"[^A-Za-z0-9._-]+")

BAGIT = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"


def safe_name(name: str) -> str:
    """A file name out of hostile text: letters, digits, ``.``, ``_`` and ``-``, at most 80."""
    return _NOT_SAFE.sub("_", name).strip("._-")[-80:] or "file"


class Bag:
    """A bag in the making.

    Args:
        file: takes the ZIP.
        name: of the one folder in it.
        now: time that all files in it carry (UTC, to two seconds: ZIP knows no better).
    """

    def __init__(self, file: IO[bytes], name: str, now: datetime) -> None:
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=_FAST)
        self._name = name
        self._time = (now.year, now.month, now.day, now.hour, now.minute, now.second)
        self._payload: dict[str, str] = {}
        self._tags: dict[str, str] = {}
        self._bytes = 0

    def add_file(self, name: str, path: Path, sha256: str) -> bool:
        """Copy a file into ``data/``; whether its bytes still have the hash they should have.

        Raises:
            OSError: it cannot be read.
        """
        digest = hashlib.sha256()
        with path.open("rb") as source, self._open(f"data/{name}") as target:
            while block := source.read(_READ_BYTES):
                digest.update(block)
                self._bytes += len(block)
                target.write(block)
        self._payload[f"data/{name}"] = digest.hexdigest()
        return digest.hexdigest() == sha256

    def add_bytes(self, name: str, content: bytes) -> None:
        """Write a file of our own into ``data/``."""
        self._payload[f"data/{name}"] = self._write(f"data/{name}", content)
        self._bytes += len(content)

    def add_tag(self, name: str, content: bytes) -> None:
        """Write a file that is about the bag, beside ``data/``."""
        self._tags[name] = self._write(name, content)

    def finish(self, about: Mapping[str, str]) -> bytes:
        """Write the manifests; returns the one over all others, which somebody may sign."""
        told = {**about, "Payload-Oxum": f"{self._bytes}.{len(self._payload)}"}
        self.add_tag("bagit.txt", BAGIT.encode())
        self.add_tag("bag-info.txt", "".join(f"{k}: {v}\n" for k, v in told.items()).encode())
        self.add_tag("manifest-sha256.txt", _manifest(self._payload))
        last = _manifest(self._tags)
        self._write("tagmanifest-sha256.txt", last)
        return last

    def sign(self, name: str, content: bytes) -> None:
        """Add a file that no manifest can name, for it was made of them."""
        self._write(name, content)

    def close(self) -> None:
        """End the ZIP."""
        self._zip.close()

    def _write(self, name: str, content: bytes) -> str:
        with self._open(name) as file:
            file.write(content)
        return hashlib.sha256(content).hexdigest()

    def _open(self, name: str) -> IO[bytes]:
        member = zipfile.ZipInfo(f"{self._name}/{name}", self._time)
        member.compress_type = zipfile.ZIP_DEFLATED
        member.create_system = 3  # else the system that writes it would show in the bytes
        member.external_attr = 0o100600 << 16
        return self._zip.open(member, "w", force_zip64=True)


def _manifest(digests: Mapping[str, str]) -> bytes:
    return "".join(f"{digests[name]}  {name}\n" for name in sorted(digests)).encode()
