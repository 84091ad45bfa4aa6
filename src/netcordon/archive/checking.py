"""Whether the archive holds what its catalogue says, object by object."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from netcordon.archive.catalogue import DATA, FILTERS, ORIGINALS, Catalogue
from netcordon.archive.store import ArchiveError, digest
from netcordon.model.archive import Segment
from netcordon.model.archive_report import Damage

Progress = Callable[[str, int], None]


class Object(NamedTuple):
    """An object that an entry names."""

    evidence_id: str
    name: str
    bytes: int
    sha256: str


class Checked(NamedTuple):
    """What was compared, and what is wrong."""

    damaged: tuple[Damage, ...]
    hashed: int
    hashed_bytes: int
    orphans: tuple[str, ...]


def check_objects(
    catalogue: Catalogue,
    segments: Sequence[Segment],
    *,
    hashes: bool,
    progress: Progress | None = None,
) -> Checked:
    """Compare every object with its entry.

    Args:
        catalogue: of the archive.
        segments: all of it.
        hashes: compute SHA-256 anew; otherwise sizes are compared, which costs one listing.
        progress: told how it goes on.

    Raises:
        ArchiveError: NC-561 the archive cannot be reached.
    """
    there = {
        one.name: one.bytes
        for folder in (DATA, FILTERS, ORIGINALS)
        for one in catalogue.store.names(folder)
    }
    damaged: list[Damage] = []
    named: set[str] = set()
    hashed = hashed_bytes = 0
    for each in objects(segments):
        named.add(each.name)
        wrong = _sized(each, there.get(each.name))
        if wrong is None and hashes:
            wrong, size = _hashed(catalogue, each)
            hashed += 1
            hashed_bytes += size
            if progress is not None:
                progress(each.name, size)
        damaged += [wrong] if wrong else []
    orphans = tuple(sorted(there.keys() - named))
    return Checked(tuple(damaged), hashed, hashed_bytes, orphans)


def objects(segments: Sequence[Segment]) -> Iterator[Object]:
    """Everything that entries name and that was not deleted on purpose."""
    for segment in segments:
        id_ = segment.evidence_id
        for file in segment.held:
            yield Object(id_, file.name, file.bytes, file.sha256)
        for one in (segment.filters, segment.original):
            if one is not None and one.expired_time is None:
                yield Object(id_, one.name, one.bytes, one.sha256)


def _sized(each: Object, size: int | None) -> Damage | None:
    if size is None:
        return _damage(each, "missing", "there is no such object")
    if size != each.bytes:
        return _damage(each, "changed", f"it has {size:,} octets, not {each.bytes:,}")
    return None


def _hashed(catalogue: Catalogue, each: Object) -> tuple[Damage | None, int]:
    try:
        sha256, size = digest(catalogue.store, each.name)
    except ArchiveError as error:
        state = "missing" if error.code == "NC-564" else "unreadable"
        return _damage(each, state, error.why), 0
    if sha256 != each.sha256:
        why = f"expected SHA-256 {each.sha256}, is {sha256}"
        return _damage(each, "changed", why), size
    return None, size


def _damage(each: Object, state: str, why: str) -> Damage:
    return Damage(name=each.name, evidence_id=each.evidence_id, state=state, why=why)
