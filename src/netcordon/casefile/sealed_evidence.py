"""Files sealed with who recorded them, where and how; whether or not their rows were taken in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from netcordon.casefile.canonical import instant
from netcordon.casefile.journal import Draft, Entry, Journal
from netcordon.casefile.seal import Seal
from netcordon.model.acquisition import Acquisition

SEALED = "evidence.sealed"

_TIMES = ("started_time", "ended_time")


@dataclass(frozen=True, kw_only=True)
class SealedFile:
    """One sealing of a file.

    Attributes:
        id: of the evidence: ``ev-`` and the first 16 hexadecimal digits of the hash, the same that
            it gets when its rows are taken in.
        name: base name of the file.
        seal: what it is checked against.
        acquisition: what was said about it.
        seq: journal entry; ``time`` and ``author`` of that entry.
    """

    id: str
    name: str
    seal: Seal
    acquisition: Acquisition
    seq: int
    time: datetime
    author: str


def evidence_id(sha256: str) -> str:
    """The id that evidence has by its hash."""
    return f"ev-{sha256[:16]}"


def record_sealed(journal: Journal, files: Iterable[tuple[str, Seal, Acquisition]]) -> None:
    """Put sealings (name, seal, acquisition) into the journal, all or none.

    Raises:
        WorkspaceError: when it cannot be written.
    """
    journal.append(
        [
            Draft(SEALED, evidence_id(seal.sha256), {"name": n, "seal": seal, "acquisition": said})
            for n, seal, said in files
        ]
    )


def sealed_files(journal: Journal) -> Iterator[SealedFile]:
    """All sealings, the oldest first; a file may have been sealed more than once."""
    return map(sealed_of, journal.entries((SEALED,)))


def sealed_of(entry: Entry) -> SealedFile:
    """The sealing that an entry holds."""
    seal: dict[str, Any] = dict(entry.payload["seal"])
    return SealedFile(
        id=entry.subject,
        name=str(entry.payload["name"]),
        seal=Seal(**{**seal, "prefixes": tuple(seal["prefixes"])}),
        acquisition=_acquisition(entry.payload["acquisition"]),
        seq=entry.seq,
        time=entry.time,
        author=entry.author,
    )


def _acquisition(payload: Mapping[str, Any]) -> Acquisition:
    values = dict(payload)
    values |= {name: instant(values[name]) for name in _TIMES if values[name] is not None}
    return Acquisition(**values)
