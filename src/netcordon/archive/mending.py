"""Objects that an archive lost and a workspace still has are put again, under the same names."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from netcordon.archive.catalogue import DATA
from netcordon.archive.store import ArchiveError, Store
from netcordon.model.archive import Segment


def mend(store: Store, segment: Segment, folder: Path, original: Callable[[], Path | None]) -> int:
    """Put what is missing, and tables of another size than the entry says; returns the octets put.

    Only a source that has the hash of the entry is taken, so this can make nothing worse. Whoever
    moves tables afterwards proves all of them.

    Args:
        store: of the archive.
        segment: the entry.
        folder: of the tables of this evidence in the workspace.
        original: finds the original, which costs reading it; asked when the archive lacks it.

    Raises:
        ArchiveError: NC-561 no room or no right.
    """
    there = {each.name: each.bytes for each in store.names(f"{DATA}/{folder.name}")}
    put = 0
    for file in segment.held:
        source = folder / file.path
        if there.get(file.name) != file.bytes and _is(source, file.sha256):
            store.put_file(file.name, source)
            put += file.bytes
    one = segment.original
    if one is None or one.expired_time is not None or not _lacks(store, one.name):
        return put
    found = original()
    if found is None or not _is(found, one.sha256):
        return put
    store.put_file(one.name, found)
    return put + one.bytes


def _lacks(store: Store, name: str) -> bool:
    try:
        store.open(name).close()
    except ArchiveError as error:
        if error.code != "NC-564":
            raise
        return True
    return False


def _is(path: Path, sha256: str) -> bool:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == sha256
    except OSError:
        return False
