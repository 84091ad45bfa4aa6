"""Put a piece of evidence into the archive: copy, prove the copy, and only then name it.

The steps are files, filters, original, each read back and hashed, and last the entry of the
catalogue. Killed before the entry, nothing happened: objects without an entry are rubbish that the
next ``put`` of the same evidence writes over. Two that put the same evidence at once write objects
of the same content under the same names, and the same entry.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePath

from netcordon import __version__
from netcordon.archive.catalogue import FILTERS, ORIGINALS, Catalogue
from netcordon.archive.describing import Describer
from netcordon.archive.mending import mend
from netcordon.archive.store import ArchiveError, Store, digest
from netcordon.casefile.custody import Registration
from netcordon.casefile.workspace import Workspace
from netcordon.model.archive import HeldFile, HeldObject, Segment
from netcordon.tables.lake import Lake
from netcordon.tables.log_sets import log_sets

Progress = Callable[[str, int], None]
"""Told the object and the octets of it that were stored and proved."""

_LONGEST_LABEL = 200


@dataclass(frozen=True)
class Put:
    """What came of one piece of evidence.

    Attributes:
        segment: its entry.
        was_there: the archive held it already; what it had lost since was copied, if anything.
        stored_bytes: octets that were copied.
        without_original: why the original is not in the archive; empty when it is.
    """

    segment: Segment
    was_there: bool
    stored_bytes: int
    without_original: str = ""


def put(
    catalogue: Catalogue,
    workspace: Workspace,
    registration: Registration,
    describer: Describer,
    *,
    sensor: str,
    now: datetime,
    with_original: bool = True,
    progress: Progress | None = None,
) -> Put:
    """Put the tables and the original of a registered piece of evidence.

    Args:
        catalogue: of the archive.
        workspace: that holds the tables.
        registration: of the evidence.
        describer: reads its files.
        sensor: what recorded it.
        now: stamps the entry.
        with_original: also the bytes that were handed in, where they are still to be had.
        progress: told how it goes on.

    Raises:
        ArchiveError: NC-561 no room or no right, NC-563 a copy is not like its source.
    """
    told = progress or (lambda _name, _bytes: None)
    evidence, store = registration.evidence, catalogue.store
    before = catalogue.find(evidence.id)
    if before is not None and before.sha256 != evidence.sha256:
        raise _differs(evidence.id, "the archive holds other evidence under this id")
    folder = Lake(workspace.lake_dir).folder(evidence.id)
    stored = 0
    if before is not None:
        stored = mend(store, before, folder, lambda: _original(workspace, registration)[0])
    if before is not None and (before.original or not with_original):
        return Put(before, was_there=True, stored_bytes=stored)
    source, why = _original(workspace, registration) if with_original else (None, "not asked for")
    if before is not None and source is None:
        return Put(before, was_there=True, stored_bytes=stored, without_original=why)
    files: list[HeldFile] = []
    filters: list[bytes] = []
    for recorded in registration.tables if before is None else ():
        path = folder / recorded.path
        at = sum(map(len, filters))
        described = describer.describe(evidence.id, recorded, path, at)
        store.put_file(described.file.name, path)
        _prove(store, described.file.name, recorded.sha256)
        files.append(described.file)
        filters.append(described.filter)
        stored += described.file.bytes
        told(described.file.name, described.file.bytes)
    held = before.filters if before else _put_bytes(store, FILTERS, evidence.id, b"".join(filters))
    original = None
    if source is not None:
        name = f"{ORIGINALS}/{evidence.id}-{evidence.sha256[:12]}"
        store.put_file(name, source)
        _prove(store, name, evidence.sha256)
        original = HeldObject(name=name, bytes=evidence.bytes, sha256=evidence.sha256)
        stored += evidence.bytes
        told(name, evidence.bytes)
    segment = Segment(
        evidence_id=evidence.id,
        generation=before.generation + 1 if before else 1,
        sensor=before.sensor if before else sensor,
        kind=evidence.kind,
        label=PurePath(evidence.path).name[:_LONGEST_LABEL],
        sha256=evidence.sha256,
        bytes=evidence.bytes,
        records=evidence.records,
        first_time=evidence.first_time,
        last_time=evidence.last_time,
        family=next(iter(log_sets(Lake(workspace.lake_dir), [evidence.id]).families), "")
        if before is None else before.family,
        archived_time=before.archived_time if before else now,
        version=before.version if before else __version__,
        filters=held,
        files=before.files if before else tuple(files),
        original=original,
    )  # fmt: skip
    catalogue.add(segment)
    return Put(segment, was_there=False, stored_bytes=stored, without_original=why)


def prove(store: Store, segment: Segment) -> None:
    """Prove every file of a segment; asked before tables leave a workspace.

    Raises:
        ArchiveError: NC-563 a file is not as it was put, NC-564 one is missing.
    """
    for file in segment.held:
        _prove(store, file.name, file.sha256)


def _put_bytes(store: Store, folder: str, evidence_id: str, content: bytes) -> HeldObject:
    sha256 = hashlib.sha256(content).hexdigest()
    name = f"{folder}/{evidence_id}-{sha256[:12]}"
    store.put(name, content)
    _prove(store, name, sha256)
    return HeldObject(name=name, bytes=len(content), sha256=sha256)


def _prove(store: Store, name: str, sha256: str) -> None:
    """Read an object back; what is wrong may be the source as well as the copy."""
    actual, _ = digest(store, name)
    if actual != sha256:
        raise _differs(name, f"expected SHA-256 {sha256}, is {actual}")


def _differs(name: str, why: str) -> ArchiveError:
    return ArchiveError(
        "NC-563",
        f"What was put into the archive is not what was recorded: {name!r}.",
        why,
        "netcordon verify says whether the workspace was changed; nothing was taken from it",
    )


def _original(workspace: Workspace, registration: Registration) -> tuple[Path | None, str]:
    """The original where it still is, or why it is not to be had."""
    seal = registration.seal
    places = [workspace.path / seal.kept] if seal.kept is not None else []
    places += [Path(place) for place in registration.locations]
    for place in places:
        try:
            with place.open("rb") as file:
                same = hashlib.file_digest(file, "sha256").hexdigest() == seal.sha256
        except OSError:
            continue
        if same:
            return place, ""
        return None, f"{str(place)!r} was changed since it was read"
    return None, "it is no longer where it was read from"
