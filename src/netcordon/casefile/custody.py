"""The register of evidence: what was taken in, how it is checked, and which rows it gave."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol

from netcordon.casefile.canonical import instant
from netcordon.casefile.journal import Draft, Entry, Journal
from netcordon.casefile.seal import Seal
from netcordon.model.evidence import Evidence, IngestWarning

REGISTERED = "evidence.registered"
PRESENTED = "evidence.presented"
TABLES_LOST = "evidence.tables_lost"
ARCHIVED = "evidence.archived"
RESTORED = "evidence.restored"

_KINDS = (REGISTERED, PRESENTED, TABLES_LOST, ARCHIVED, RESTORED)
_TIMES = ("first_time", "last_time")


class TableFile(Protocol):
    """A file of the lake as it was written; ``path`` is relative to the folder of its evidence."""

    @property
    def path(self) -> str: ...  # noqa: D102
    @property
    def sha256(self) -> str: ...  # noqa: D102
    @property
    def rows(self) -> int: ...  # noqa: D102


@dataclass(frozen=True)
class RecordedFile:
    """A file of the lake as the register has it."""

    path: str
    sha256: str
    rows: int


@dataclass(frozen=True)
class Archived:
    """Where the archive holds a piece of evidence.

    Attributes:
        url: of the archive.
        name: of its entry in the catalogue when it was put.
        moved: the tables stand in the archive alone, no longer in the lake.
    """

    url: str
    name: str
    moved: bool


@dataclass(frozen=True, kw_only=True)
class Registration:
    """A piece of evidence in the register.

    Attributes:
        seq: journal entry that registered it.
        tables: its files in the lake.
        has_tables: ``False`` once the rows were found missing; the evidence must then be read
            again.
        locations: absolute paths it was handed in from, the first first.
        archived: where an archive holds it, if one does.
    """

    evidence: Evidence
    seal: Seal
    tables: tuple[RecordedFile, ...]
    registered_time: datetime
    seq: int
    has_tables: bool = True
    locations: tuple[str, ...] = ()
    archived: Archived | None = None

    @property
    def is_hot(self) -> bool:
        """Whether its tables stand in the lake of the workspace."""
        return self.has_tables and not (self.archived is not None and self.archived.moved)


class EvidenceRegister:
    """The evidence of a workspace, folded from its journal."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._known: dict[str, Registration] | None = None

    def register(self, evidence: Evidence, seal: Seal, tables: Iterable[TableFile]) -> Registration:
        """Record a piece of evidence whose rows stand in the lake; registering again replaces.

        Raises:
            ValueError: when ``seal`` and ``evidence`` are not about the same bytes.
            WorkspaceError: when it cannot be written; then it is not registered.
        """
        if (seal.sha256, seal.bytes) != (evidence.sha256, evidence.bytes):
            raise ValueError("evidence and seal differ")
        files = [{"path": f.path, "sha256": f.sha256, "rows": f.rows} for f in tables]
        payload = {"evidence": evidence, "seal": seal, "tables": files}
        self._add(Draft(REGISTERED, evidence.id, payload))
        return self._fold()[evidence.id]

    def presented(self, evidence_id: str, location: str) -> Registration:
        """Record that registered evidence was handed in again, if from another place than before.

        Raises:
            KeyError: for evidence that is not registered.
        """
        if location not in self._fold()[evidence_id].locations:
            self._add(Draft(PRESENTED, evidence_id, {"location": location}))
        return self._fold()[evidence_id]

    def tables_lost(self, evidence_id: str, why: str) -> None:
        """Record that the rows of a piece of evidence are gone."""
        self._add(Draft(TABLES_LOST, evidence_id, {"why": why}))

    def all(self) -> tuple[Registration, ...]:
        """Everything registered, in the order of first registration."""
        return tuple(self._fold().values())

    def find(self, evidence_id: str) -> Registration | None:
        """By id."""
        return self._fold().get(evidence_id)

    def find_by_sha256(self, sha256: str) -> Registration | None:
        """By the hash of the whole."""
        return next((r for r in self._fold().values() if r.seal.sha256 == sha256), None)

    def find_by_ends(self, size: int, ends_sha256: str) -> tuple[Registration, ...]:
        """Evidence that may be the same, judged by size and both ends."""
        return tuple(
            r for r in self._fold().values()
            if (r.seal.bytes, r.seal.ends_sha256) == (size, ends_sha256)
        )  # fmt: skip

    def _add(self, draft: Draft) -> None:
        known = self._fold()
        for entry in self._journal.append([draft]):
            _apply(known, entry)

    def _fold(self) -> dict[str, Registration]:
        if self._known is None:
            known: dict[str, Registration] = {}
            for entry in self._journal.entries(_KINDS):
                _apply(known, entry)
            self._known = known
        return self._known


def _apply(known: dict[str, Registration], entry: Entry) -> None:
    before = known.get(entry.subject)
    if entry.kind == REGISTERED:
        now = _registration(entry)
        if before is not None:
            now = replace(now, locations=tuple(dict.fromkeys(before.locations + now.locations)))
        known[entry.subject] = now
    elif before is not None and entry.kind == PRESENTED:
        known[entry.subject] = replace(
            before, locations=(*before.locations, str(entry.payload["location"]))
        )
    elif before is not None and entry.kind == ARCHIVED:
        said = entry.payload
        archived = Archived(str(said["url"]), str(said["name"]), bool(said["moved"]))
        known[entry.subject] = replace(before, archived=archived)
    elif before is not None and entry.kind == RESTORED:
        back = replace(before.archived, moved=False) if before.archived else None
        known[entry.subject] = replace(before, archived=back)
    elif before is not None:
        known[entry.subject] = replace(before, has_tables=False)


def _registration(entry: Entry) -> Registration:
    evidence: dict[str, Any] = dict(entry.payload["evidence"])
    evidence["warnings"] = tuple(IngestWarning(**w) for w in evidence["warnings"])
    evidence |= {k: instant(evidence[k]) for k in _TIMES if evidence[k] is not None}
    seal: dict[str, Any] = dict(entry.payload["seal"])
    seal["prefixes"] = tuple(seal["prefixes"])
    location = seal["location"]
    return Registration(
        evidence=Evidence(**evidence),
        seal=Seal(**seal),
        tables=tuple(RecordedFile(**file) for file in entry.payload["tables"]),
        registered_time=entry.time,
        seq=entry.seq,
        locations=() if location is None else (location,),
    )
