"""The catalogue: one entry a piece of evidence, and the choice of files that a question needs.

Entries never change: a later *generation* of one stands beside it until it is removed. So a copy of
an entry is as good as the entry, and for an archive in a bucket the copies that were fetched once
are kept in a folder of the user's.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from netcordon.archive.manifest import read_hold, read_segment, segment_json
from netcordon.archive.store import Store
from netcordon.casefile.durable import write_whole
from netcordon.model.archive import HeldFile, HeldObject, Hold, Segment

CATALOGUE = "catalogue"
HOLDS = "holds"
DATA = "data"
FILTERS = "filters"
ORIGINALS = "originals"
DRILLS = "drills"

_ENTRY = re.compile(r"catalogue/(ev-[0-9a-f]{16})\.(\d{1,6})\.json\Z")
_HOLD = re.compile(r"holds/(hold-[0-9a-f]{12})(\.released)?\.json\Z")


def entry_name(evidence_id: str, generation: int) -> str:
    """Name of an entry."""
    return f"{CATALOGUE}/{evidence_id}.{generation:04d}.json"


@dataclass
class Reading:
    """What a look into the catalogue cost: octets that were read of entries and of filters."""

    entries_bytes: int = 0
    filters_bytes: int = 0


class Filters:
    """The filters of one segment; what is read of them is counted."""

    def __init__(self, file: BinaryIO, reading: Reading) -> None:
        self._file, self._reading = file, reading

    def read(self, offset: int, length: int) -> bytes:
        """Some octets, and not a page more."""
        self._reading.filters_bytes += length
        return os.pread(self._file.fileno(), length, offset)


class Catalogue:
    """The entries of an archive.

    Args:
        store: the archive.
        copies: folder for copies of entries and filters of an archive that is no folder.
    """

    def __init__(self, store: Store, copies: Path | None = None) -> None:
        self.store = store
        self.reading = Reading()
        self._copies = copies if store.folder is None else None

    def segments(self) -> tuple[Segment, ...]:
        """Every piece of evidence, by id.

        Raises:
            ArchiveError: NC-561 the archive cannot be reached, NC-565 an entry cannot be read.
        """
        latest: dict[str, tuple[int, str]] = {}
        for name, _ in self.store.names(CATALOGUE):
            if found := _ENTRY.match(name):
                latest[found[1]] = max(latest.get(found[1], (0, "")), (int(found[2]), name))
        return tuple(self._entry(latest[evidence_id][1]) for evidence_id in sorted(latest))

    def find(self, evidence_id: str) -> Segment | None:
        """The entry of a piece of evidence."""
        names = [name for name, _ in self.store.names(CATALOGUE)]
        found = [n for n in names if (m := _ENTRY.match(n)) and m[1] == evidence_id]
        return self._entry(max(found)) if found else None

    def add(self, segment: Segment) -> None:
        """Write an entry; earlier generations of it go afterwards."""
        self.store.put(entry_name(segment.evidence_id, segment.generation), segment_json(segment))
        for name, _ in self.store.names(CATALOGUE):
            found = _ENTRY.match(name)
            if found and found[1] == segment.evidence_id and int(found[2]) < segment.generation:
                self.store.remove(name)

    def holds(self) -> tuple[Hold, ...]:
        """Every hold, those that were released among them, by id."""
        names = [name for name, _ in self.store.names(HOLDS)]
        released = {found[1] for name in names if (found := _HOLD.match(name)) and found[2]}
        out = []
        for name in names:
            found = _HOLD.match(name)
            if found and (found[2] or found[1] not in released):
                out.append(read_hold(self.store.read(name), name))
        return tuple(sorted(out, key=lambda hold: hold.id))

    @contextmanager
    def filters(self, segment: Segment) -> Iterator[Filters]:
        """The filters of a segment, to be read by the octet.

        Raises:
            ArchiveError: NC-561 the archive cannot be reached, NC-564 they are missing.
        """
        with self._filters_file(segment.filters) as file:
            yield Filters(file, self.reading)

    def _filters_file(self, held: HeldObject) -> BinaryIO:
        if self._copies is None:
            return self.store.open(held.name)
        copy = self._copies / held.name
        if not copy.is_file() or copy.stat().st_size != held.bytes:
            content = self.store.read(held.name)
            self.reading.filters_bytes += len(content)
            copy.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_whole(copy, content)
        return copy.open("rb")

    def _entry(self, name: str) -> Segment:
        copy = self._copies / name if self._copies is not None else None
        if copy is not None and copy.is_file():
            content = copy.read_bytes()
        else:
            content = self.store.read(name)
            if copy is not None:
                copy.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                write_whole(copy, content)
        self.reading.entries_bytes += len(content)
        return read_segment(content, name)


@dataclass(frozen=True, kw_only=True)
class Span:
    """Which part of an archive a question is about.

    Attributes:
        since: files whose last row is earlier are left out.
        until: files whose first row is later are left out.
        sensors: only of these; empty means all.
        tables: only these; ``None`` means all.
    """

    since: datetime | None = None
    until: datetime | None = None
    sensors: tuple[str, ...] = ()
    tables: frozenset[str] | None = None

    def takes(self, segment: Segment) -> bool:
        """Whether anything of a segment may be needed."""
        if self.sensors and segment.sensor not in self.sensors:
            return False
        return self._overlaps(segment.first_time, segment.last_time)

    def has(self, file: HeldFile) -> bool:
        """Whether a file of such a segment may be needed."""
        if self.tables is not None and file.table not in self.tables:
            return False
        return self._overlaps(file.first_time, file.last_time)

    def _overlaps(self, first: datetime | None, last: datetime | None) -> bool:
        # What has no time is never left out for its time.
        if self.since is not None and last is not None and last < self.since:
            return False
        return not (self.until is not None and first is not None and first > self.until)


@dataclass
class Choice:
    """Files that a question needs.

    Attributes:
        files: by piece of evidence.
        excluded: files within the span that cannot hold what is asked for.
        outside: files outside of the span.
    """

    files: dict[str, list[HeldFile]] = field(default_factory=dict)
    excluded: list[HeldFile] = field(default_factory=list)
    outside: int = 0

    def taken(self) -> Iterator[HeldFile]:
        """All files that are needed."""
        return (file for files in self.files.values() for file in files)


def within(segments: Iterable[Segment], span: Span) -> list[tuple[Segment, list[HeldFile]]]:
    """Segments with their files within a span."""
    found = []
    for segment in segments:
        files = [f for f in segment.held if span.has(f)] if span.takes(segment) else []
        if files:
            found.append((segment, files))
    return found


def everything(segments: Sequence[Segment], span: Span) -> Choice:
    """All files within a span."""
    chosen = {segment.evidence_id: files for segment, files in within(segments, span)}
    taken = sum(len(files) for files in chosen.values())
    return Choice(files=chosen, outside=sum(len(s.held) for s in segments) - taken)
