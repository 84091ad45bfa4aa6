"""Where the objects of an archive are: a folder, or a bucket; names with slashes, bytes behind."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple, Protocol

from netcordon.errors import NetcordonError

_READ_BYTES = 1 << 20


class ArchiveError(NetcordonError):
    """The archive cannot be reached, holds something damaged, or has no room."""


class Named(NamedTuple):
    """An object and its size in octets."""

    name: str
    bytes: int


class Store(Protocol):
    """Objects by name. An object is there whole or not at all, and putting it again replaces it.

    Attributes:
        url: what people call it.
        folder: the directory that holds the objects as files, ``None`` when they are elsewhere.
    """

    url: str
    folder: Path | None

    def names(self, prefix: str) -> list[Named]:
        """Objects whose name begins with a folder's, in the order of names."""

    def read(self, name: str) -> bytes:
        """A small object."""

    def open(self, name: str) -> BinaryIO:
        """An object from its beginning."""

    def put(self, name: str, content: bytes) -> None:
        """Store a small object; durable on return."""

    def put_file(self, name: str, source: Path) -> None:
        """Store a file; durable on return."""

    def remove(self, name: str) -> None:
        """Remove an object; one that is not there is removed already."""


def pieces(file: BinaryIO) -> Iterator[bytes]:
    """The content of an open file, piece by piece."""
    while piece := file.read(_READ_BYTES):
        yield piece


def digest(store: Store, name: str) -> tuple[str, int]:
    """SHA-256 and size of an object as it is now.

    Raises:
        ArchiveError: NC-561 the place cannot be reached, NC-564 the object is missing.
    """
    sha256, size = hashlib.sha256(), 0
    with store.open(name) as file:
        for piece in pieces(file):
            sha256.update(piece)
            size += len(piece)
    return sha256.hexdigest(), size


def missing(url: str, name: str, why: str) -> ArchiveError:
    """The error for an object that should be there."""
    return ArchiveError(
        "NC-564",
        f"The archive {url!r} lacks {name!r}, or it was changed.",
        why,
        "netcordon archive check --hashes names all that is damaged; restore it from a copy",
    )


def unusable(url: str, why: str) -> ArchiveError:
    """The error for a place that cannot be used."""
    return ArchiveError(
        "NC-561",
        f"The archive {url!r} cannot be used.",
        why,
        "check the place, its room and your rights; what was put before is kept, so run it again",
    )
