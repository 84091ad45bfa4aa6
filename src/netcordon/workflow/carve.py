"""Carve: packets back out of evidence, with their origin written into them and into the journal."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np

from netcordon import __version__
from netcordon.casefile.custody import Registration
from netcordon.casefile.exports import Export, record_exports
from netcordon.casefile.workspace import Workspace, open_workspace
from netcordon.errors import UsageError
from netcordon.evidence.window import Window, find_unchanged
from netcordon.ingest.capture.slice_choice import Choice, Filtered, Listed
from netcordon.ingest.capture.slice_filter import parse_filter
from netcordon.ingest.capture.stretches import Part
from netcordon.ingest.capture.write_pcapng import PcapngWriter
from netcordon.ingest.slices import Index, flows_of, no_index, read_slice
from netcordon.reporting.visible import visible
from netcordon.settings import DecodeLimits
from netcordon.tables.engine import Engine
from netcordon.tables.lake import Lake
from netcordon.workflow.chosen import Chosen, chosen_by

HASHED_WHOLE = 256 << 20
"""Evidence up to this size is hashed whole before a slice of it is believed."""


@dataclass(frozen=True, kw_only=True)
class CarveSettings:
    """What ``netcordon carve`` may be told; either ``ids`` or ``filter``.

    Attributes:
        ids: findings and incidents.
        filter: see ``ingest.capture.slice_filter``.
        frames_only: the frames named as evidence, without the rest of their flows.
        prove: hash every parent whole, however large.
    """

    ids: tuple[str, ...] = ()
    filter: str | None = None
    frames_only: bool = False
    prove: bool = False

    @property
    def chosen_by(self) -> str:
        """The choice in words, for the journal and the comment."""
        if self.filter is not None:
            return f"filter: {self.filter}"
        return f"{' '.join(self.ids)}{' (frames only)' if self.frames_only else ''}"


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


@dataclass
class Source:
    """One parent of a slice."""

    registration: Registration
    place: Path
    proof: str
    parts: Iterator[tuple[Part, np.ndarray]]
    window: Window


def carve(
    workspace: Path, settings: CarveSettings, out: Path, *, clock: Callable[[], datetime]
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
        sources(opened, settings) as parents,
        new_file(out) as output,
    ):
        writer = _Writer(output, settings, parents)
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
            chosen_by=settings.chosen_by,
            proof={p.registration.evidence.id: p.proof for p in used},
            frames=carved.frames,
        )
        record_exports(opened.journal, [export])
        output.keep()
    return carved


@contextmanager
def sources(workspace: Workspace, settings: CarveSettings) -> Iterator[list[Source]]:
    """The parents that a choice touches, found again and proved, ready to be read."""
    term = parse_filter(settings.filter) if settings.filter is not None else None
    registered = [r for r in workspace.register.all() if r.has_tables]
    parents: list[Source] = []
    try:
        with Engine(Lake(workspace.lake_dir), [r.evidence.id for r in registered]) as engine:
            chosen = chosen_by(workspace, engine, settings.ids) if term is None else {}
            for registration in registered:
                id_ = registration.evidence.id
                if term is None and id_ not in chosen:
                    continue
                index = Index(engine, id_)
                if not index.stretches:
                    if registration.evidence.records and term is None:
                        raise no_index(registration.evidence.path)
                    continue
                if term is not None:
                    choice: Choice = Filtered(term)
                    flows = flows_of(engine, id_)
                else:
                    choice = _listed(engine, id_, chosen[id_], settings)
                    flows = flows_of(engine, id_, ())
                limit = 1 << 62 if settings.prove else HASHED_WHOLE
                place = find_unchanged(workspace.path, registration, whole_up_to=limit)
                is_whole = registration.seal.bytes <= limit
                window = Window(place, DecodeLimits())
                parts = read_slice(window, place, index, flows, choice)
                proof = (
                    "sha256 of the whole" if is_whole else "ends, and checksums of what was read"
                )
                parents.append(Source(registration, place, proof, parts, window))
        yield parents
    finally:
        for parent in parents:
            parent.window.close()


def nothing_chosen() -> UsageError:
    """The error for a choice without frames."""
    return UsageError(
        "NC-705",
        "No frame was chosen; nothing was written.",
        "no frame of the evidence matches",
        "netcordon sql shows which hosts, ports and times there are",
    )


def _listed(engine: Engine, id_: str, chosen: Chosen, settings: CarveSettings) -> Listed:
    frames = np.array(sorted(chosen.frames), dtype=np.int64)
    uids = () if settings.frames_only else tuple(sorted(chosen.uids))
    return Listed(frames, flows_of(engine, id_, uids))


class _Writer:
    """Frames of all parents into one file."""

    def __init__(self, output: NewFile, settings: CarveSettings, parents: list[Source]) -> None:
        self.frames: dict[str, int] = {}
        hashes = ", ".join(p.registration.seal.sha256 for p in parents)
        self._writer = PcapngWriter(
            output,
            comment=visible(
                f"Slice made by netcordon {__version__}. Parents (SHA-256): {hashes}. "
                f"Chosen by {settings.chosen_by}",
                limit=32_000,
            ),
            application=f"netcordon {__version__}",
        )
        self._interfaces: dict[tuple[str, int, int, int], int] = {}

    def add(self, parent: Source) -> None:
        id_, seal = parent.registration.evidence.id, parent.registration.seal
        name = visible(Path(parent.registration.evidence.path).name, limit=200)
        for part, picked in parent.parts:
            packets = part.frames[picked]
            origins = np.stack([packets["interface"], packets["link_type"]], axis=1)
            kinds, which = np.unique(origins, axis=0, return_inverse=True)
            numbers = np.zeros(len(kinds), dtype=np.int64)
            for i, (interface, link_type) in enumerate(kinds.tolist()):
                key = (id_, part.section, interface, link_type)
                if key not in self._interfaces:
                    self._interfaces[key] = self._writer.interface(
                        link_type, comment=f"{name}, SHA-256 {seal.sha256}, interface {interface}"
                    )
                numbers[i] = self._interfaces[key]
            self._writer.frames(part.block, packets, numbers[which.reshape(-1)])
            self.frames[id_] = self.frames.get(id_, 0) + len(packets)


class NewFile:
    """A file in the making; unless it is kept, nothing stays of it."""

    def __init__(self, path: Path) -> None:
        self.bytes = 0
        self._path = path
        self._digest = hashlib.sha256()
        self._kept = False
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        except FileExistsError as error:
            raise UsageError(
                "NC-701",
                f"{str(path)!r} exists.",
                "nothing is ever overwritten",
                "choose another name with -o",
            ) from error
        self._file = os.fdopen(handle, "wb")

    @property
    def sha256(self) -> str:
        """Of what was written."""
        return self._digest.hexdigest()

    def write(self, data: bytes | memoryview, /) -> None:
        """Take the next bytes."""
        self._file.write(data)
        self._digest.update(data)
        self.bytes += len(data)

    def finish(self) -> None:
        """Make it durable."""
        self._file.flush()
        os.fsync(self._file.fileno())

    def keep(self) -> None:
        """It is whole and recorded: let it stay."""
        self._kept = True

    def close(self) -> None:
        """Let go; remove what was not kept."""
        self._file.close()
        if not self._kept:
            self._path.unlink(missing_ok=True)


@contextmanager
def new_file(path: Path) -> Iterator[NewFile]:
    """A new file that vanishes when something goes wrong.

    Raises:
        UsageError: NC-701 when there is something of that name.
    """
    file = NewFile(path)
    try:
        yield file
    finally:
        file.close()
