"""Carve: packets back out of evidence, with their origin written into them and into the journal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from netcordon import __version__
from netcordon.casefile.exports import Export, record_exports
from netcordon.casefile.workspace import open_workspace
from netcordon.ingest.slice_writer import SliceWriter
from netcordon.reporting.visible import visible
from netcordon.workflow.new_file import NewFile
from netcordon.workflow.parents import Parent, Selection, nothing_chosen, open_parents


@dataclass(frozen=True, kw_only=True)
class Carved:
    """What was written.

    Attributes:
        path: of the slice.
        sha256: of the slice.
        bytes: its size.
        frames: in it.
        parents: evidence id -> frames taken from it.
        read_bytes: bytes of the parents that were read for it, proofs not counted.
    """

    path: Path
    sha256: str
    bytes: int
    frames: int
    parents: Mapping[str, int]
    read_bytes: int


def carve(
    workspace: Path, selection: Selection, out: Path, *, clock: Callable[[], datetime]
) -> Carved:
    """Write the chosen frames as a new pcapng file.

    Frames stand by parent, in the order of the register, and within one as they were captured.

    Raises:
        UsageError: NC-701 the file exists, NC-702 no such finding, NC-705 nothing is chosen.
        QueryError: NC-706 the filter is not understood.
        EvidenceError: NC-703, NC-704, NC-707: a parent is gone, changed, or has no index.
        WorkspaceError: when there is no workspace.
    """
    with (
        open_workspace(workspace, create=False, clock=clock) as opened,
        open_parents(opened, selection) as parents,
        closing(NewFile(out)) as output,
    ):
        writer = _Writer(output, selection, parents)
        for parent in parents:
            writer.add(parent)
        if not writer.frames:
            raise nothing_chosen()
        output.finish()
        carved = Carved(
            path=out.absolute(),
            sha256=output.sha256,
            bytes=output.bytes,
            frames=sum(writer.frames.values()),
            parents=dict(writer.frames),
            read_bytes=sum(parent.window.read_bytes for parent in parents),
        )
        used = [p for p in parents if p.registration.evidence.id in writer.frames]
        export = Export(
            location=str(carved.path),
            sha256=carved.sha256,
            bytes=carved.bytes,
            kind="slice",
            parents={p.registration.evidence.id: p.registration.seal.sha256 for p in used},
            chosen_by=selection.chosen_by,
            proof={p.registration.evidence.id: p.proof for p in used},
            frames=carved.frames,
        )
        record_exports(opened.journal, [export])
        output.keep()
    return carved


class _Writer:
    """Frames of all parents into one file."""

    def __init__(self, output: NewFile, selection: Selection, parents: list[Parent]) -> None:
        self.frames: dict[str, int] = {}
        hashes = ", ".join(p.registration.seal.sha256 for p in parents)
        self._writer = SliceWriter(
            output,
            comment=visible(
                f"Slice made by netcordon {__version__}. Parents (SHA-256): {hashes}. "
                f"Chosen by {selection.chosen_by}",
                limit=32_000,
            ),
            application=f"netcordon {__version__}",
        )

    def add(self, parent: Parent) -> None:
        id_, seal = parent.registration.evidence.id, parent.registration.seal
        name = visible(Path(parent.registration.evidence.path).name, limit=200)
        for part, picked in parent.parts:
            self._writer.add(part, picked, parent=id_, origin=f"{name}, SHA-256 {seal.sha256}")
            self.frames[id_] = self.frames.get(id_, 0) + len(picked)
