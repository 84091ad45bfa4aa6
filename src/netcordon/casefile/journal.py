"""The journal: entries are added, chained by their hashes, and never changed.

Two anchors guard its end, which a chain alone cannot: the count and hash of the last entry stand in
the database (written in the same transaction) and in a file beside it (written right after). A
checkpoint kept elsewhere, in a report for instance, guards even against somebody who rewrites all
three.

Several programs may write: a person takes a note while an investigation runs. They take turns by
the database's own lock, which is held for an entry and not for a run. Who numbers things by what is
there, or refers to entries by their place, does so within ``alone``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, insert, select, update
from sqlalchemy import Row as RowTuple
from sqlalchemy.exc import SQLAlchemyError

from netcordon.casefile import chain, store
from netcordon.casefile.anchor import (
    EMPTY,
    Checkpoint,
    DamagedAnchorError,
    read_anchor,
    write_anchor,
)  # fmt: skip
from netcordon.casefile.canonical import canonical, instant, timestamp
from netcordon.casefile.faults import explained
from netcordon.errors import WorkspaceError

_AT_ONCE = 500
"""Entries asked for in one statement; SQLite binds at least 999 values."""

Clock = Callable[[], datetime]
"""Tells the time, with zone."""


@dataclass(frozen=True)
class Draft:
    """An entry to be: what happened, to what, and the facts (anything ``canonical`` takes)."""

    kind: str
    subject: str
    payload: object


@dataclass(frozen=True)
class Entry:
    """An entry of the journal whose hash was checked when it was read."""

    seq: int
    time: datetime
    author: str
    kind: str
    subject: str
    payload: Mapping[str, Any]
    hash: str


class Journal:
    """The journal of a workspace.

    Args:
        engine: the store, with its tables.
        path: of the store, for messages.
        anchor: the file that repeats count and hash of the last entry.
        clock: stamps entries.
        author: who writes them.
    """

    def __init__(
        self, engine: Engine, *, path: Path, anchor: Path, clock: Clock, author: str
    ) -> None:
        self._engine = engine
        self._path = path
        self._anchor = anchor
        self._clock = clock
        self._turn: Connection | None = None
        self._author = author.encode("ascii", "backslashreplace").decode("ascii")

    def head(self) -> Checkpoint:
        """Count and hash as the database says; ``0:000…`` while there are no entries."""
        with self._reading() as connection:
            row = connection.execute(select(store.HEAD.c.count, store.HEAD.c.hash)).first()
        return Checkpoint(row[0], row[1]) if row else EMPTY

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Until the block ends nobody else adds entries; what it adds is added all or none.

        Raises:
            WorkspaceError: NC-502 when another program does not end its turn.
        """
        if self._turn is not None:
            yield
            return
        with explained(self._path), self._engine.begin() as self._turn:
            try:
                yield
            finally:
                self._turn = None
        # In a turn of its own: of two writers, the later one must not be anchored first.
        with explained(self._anchor), self._engine.begin() as self._turn:
            try:
                write_anchor(self._anchor, self.head())
            finally:
                self._turn = None

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with explained(self._path):
            if self._turn is not None:
                yield self._turn
            else:
                with self._engine.connect() as connection:
                    yield connection

    def append(self, drafts: Sequence[Draft]) -> tuple[Entry, ...]:
        """Add entries, all or none; on return they survive a power cut.

        Raises:
            WorkspaceError: the disk is full or the store damaged; then none was added.
        """
        if not drafts:
            return ()
        with self.alone():
            return self._add(drafts)

    def _add(self, drafts: Sequence[Draft]) -> tuple[Entry, ...]:
        assert self._turn is not None
        head = self.head()
        rows: list[dict[str, object]] = []
        previous, now = head.hash, timestamp(self._clock())
        for seq, draft in enumerate(drafts, head.count + 1):
            row: dict[str, object] = {
                "seq": seq, "time": now, "author": self._author, "kind": draft.kind,
                "subject": draft.subject, "payload": canonical(draft.payload),
                "prev_hash": previous,
            }  # fmt: skip
            rows.append(chain.seal(row))
            previous = str(rows[-1]["hash"])
        new = {"count": head.count + len(rows), "hash": previous}
        self._turn.execute(insert(store.ENTRY), rows)
        if head.count:
            self._turn.execute(update(store.HEAD).values(new))
        else:
            self._turn.execute(insert(store.HEAD).values(id=1, **new))
        return tuple(_entry(row) for row in rows)

    def entries(self, kinds: Sequence[str] = (), subject: str | None = None) -> Iterator[Entry]:
        """Entries in order, each checked against its own hash.

        Raises:
            WorkspaceError: NC-507 at the first entry that was changed.
        """
        query = select(store.ENTRY).order_by(store.ENTRY.c.seq)
        if kinds:
            query = query.where(store.ENTRY.c.kind.in_(kinds))
        if subject is not None:
            query = query.where(store.ENTRY.c.subject == subject)
        with self._reading() as connection:
            for row in connection.execute(query):
                yield _checked(row._asdict())

    def rows(self) -> Iterator[chain.Row]:
        """Every entry as it is stored, in order; unchecked, for who checks the chain elsewhere."""
        with self._reading() as connection:
            for row in connection.execute(select(store.ENTRY).order_by(store.ENTRY.c.seq)):
                yield row._asdict()

    def texts(self, kind: str) -> dict[str, tuple[int, str]]:
        """Subject -> place and stored text of its latest entry; unchecked, so only to compare."""
        columns = (store.ENTRY.c.subject, store.ENTRY.c.seq, store.ENTRY.c.payload)
        query = select(*columns).where(store.ENTRY.c.kind == kind).order_by(store.ENTRY.c.seq)
        with self._reading() as connection:
            return {row[0]: (row[1], row[2]) for row in connection.execute(query)}

    def entry(self, seq: int) -> Entry:
        """One entry, checked.

        Raises:
            WorkspaceError: NC-507 when it is missing or was changed.
        """
        return self.entries_at([seq])[0]

    def entries_at(self, seqs: Sequence[int]) -> tuple[Entry, ...]:
        """These entries in this order, each checked.

        Raises:
            WorkspaceError: NC-507 when one is missing or was changed.
        """
        found: dict[int, Entry] = {}
        with self._reading() as connection:
            for first in range(0, len(seqs), _AT_ONCE):
                wanted = store.ENTRY.c.seq.in_(seqs[first : first + _AT_ONCE])
                for row in connection.execute(select(store.ENTRY).where(wanted)):
                    found[row.seq] = _checked(row._asdict())
        if missing := [seq for seq in seqs if seq not in found]:
            raise broken(f"entry {missing[0]} is missing")
        return tuple(found[seq] for seq in seqs)

    def settle(self) -> None:
        """Bring the anchor up to a journal whose last writer was killed; refuse one that was cut.

        Raises:
            WorkspaceError: NC-507 when the end of the journal is not what the anchors say.
        """
        with explained(self._path), self._engine.begin() as self._turn:
            try:
                self._settle()
            finally:
                self._turn = None

    def _settle(self) -> None:
        head = self.head()
        try:
            with explained(self._anchor):
                anchor = read_anchor(self._anchor)
        except DamagedAnchorError as error:
            raise broken(f"{self._anchor.name} was changed: {error}") from error
        if anchor is None and head.count > 1:
            raise broken(f"{self._anchor.name} is missing")
        if anchor is not None and anchor.count > head.count:
            raise broken(f"{anchor.count - head.count} entries are missing at its end")
        for known in (head, anchor):
            if known is not None and known.count and self.entry(known.count).hash != known.hash:
                raise broken(f"entry {known.count} is not the one that was written")
        if anchor != head and head.count:
            with explained(self._anchor):
                write_anchor(self._anchor, head)

    def audit(self, against: Checkpoint | None = None) -> list[chain.ChainDefect]:
        """Read everything and say what is wrong, first entry first; empty when all is sound.

        Args:
            against: a checkpoint that was kept elsewhere, in a report for instance.
        """
        found: list[chain.ChainDefect] = []
        claims: list[tuple[str, Checkpoint]] = []
        try:
            if anchor := read_anchor(self._anchor):
                claims.append((self._anchor.name, anchor))
            else:
                found.append(_whole(f"{self._anchor.name} is missing"))
        except (DamagedAnchorError, OSError) as error:
            found.append(_whole(f"{self._anchor.name} was changed: {error}"))
        if against is not None:
            claims.append(("the checkpoint given", against))
        hashes = {0: chain.GENESIS}
        try:
            claims.insert(0, ("journal_head", self.head()))
            with explained(self._path), self._engine.connect() as connection:
                rows = connection.execute(select(store.ENTRY).order_by(store.ENTRY.c.seq))
                found[:0] = chain.defects(_noting(rows, hashes))
            found += [_whole(f"case store: {line}") for line in store.unsound(self._engine)]
        except WorkspaceError as error:
            return [*found, _whole(f"case store: {error.why}")]
        except SQLAlchemyError as error:
            return [*found, _whole(f"case store: {error}")]
        for name, claim in claims:
            found += _contradictions(name, claim, hashes)
        return found


def broken(why: str) -> WorkspaceError:
    """The error for a journal that was changed after it was written."""
    return WorkspaceError(
        "NC-507",
        "The journal of this workspace was changed after it was written.",
        why,
        "netcordon verify names every change; go on with --workspace NEW_DIRECTORY",
    )


def _whole(what: str) -> chain.ChainDefect:
    return chain.ChainDefect(None, None, what)


def _noting(rows: Iterable[RowTuple[Any]], hashes: dict[int, str]) -> Iterator[chain.Row]:
    for count, row in enumerate(rows, 1):
        hashes[count] = str(row.hash)
        yield row._asdict()


def _contradictions(
    name: str, claim: Checkpoint, hashes: Mapping[int, str]
) -> Iterator[chain.ChainDefect]:
    count = len(hashes) - 1
    if claim.count > count:
        yield _whole(f"{claim.count - count} entries are missing after entry {count}, says {name}")
    elif hashes.get(claim.count) != claim.hash:
        yield _whole(f"entry {claim.count} is not the one that {name} names")
    elif name == "journal_head" and claim.count < count:
        yield _whole(
            f"{count - claim.count} entries after entry {claim.count} were not written by netcordon"
        )


def _checked(row: dict[str, Any]) -> Entry:
    changed = chain.changed_fields(row)
    if changed:
        raise broken(f"entry {row['seq']}: field {changed[0]!r} was changed")
    return _entry(row)


def _entry(row: Mapping[str, Any]) -> Entry:
    return Entry(
        seq=row["seq"],
        time=instant(row["time"]),
        author=row["author"],
        kind=row["kind"],
        subject=row["subject"],
        payload=json.loads(row["payload"]),
        hash=row["hash"],
    )
