"""What left the workspace: slices of evidence, and files carried in it, with their hashes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from netcordon.casefile.journal import Draft, Journal

EXPORTED = "evidence.exported"


@dataclass(frozen=True, kw_only=True)
class Export:
    """A file that was made of evidence.

    Attributes:
        location: absolute path it was written to.
        sha256: of the file.
        bytes: its size.
        kind: ``slice``, ``file``, or the ``manifest`` beside files.
        parents: evidence id -> SHA-256 of the evidence it was made of.
        chosen_by: the filter, the ids of findings and incidents, or hashes of files.
        proof: evidence id -> how the parent was proved unchanged.
        frames: in a slice.
    """

    location: str
    sha256: str
    bytes: int
    kind: str
    parents: Mapping[str, str]
    chosen_by: str
    proof: Mapping[str, str]
    frames: int = 0


def record_exports(journal: Journal, exports: list[Export]) -> None:
    """Put exports into the journal, all or none.

    Raises:
        WorkspaceError: when it cannot be written.
    """
    journal.append([Draft(EXPORTED, export.sha256, export) for export in exports])


def exports(journal: Journal) -> Iterator[Export]:
    """All exports, the oldest first."""
    for entry in journal.entries((EXPORTED,)):
        yield Export(**entry.payload)
