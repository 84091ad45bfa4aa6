"""Files that evidence carried, written out when they are asked for, with where they came from."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np

from netcordon.casefile.custody import Registration
from netcordon.casefile.exports import Export, record_exports
from netcordon.casefile.workspace import Workspace, open_workspace
from netcordon.errors import EvidenceError, UsageError
from netcordon.ingest.capture.selection.choice import Choice, Filtered, Listed
from netcordon.ingest.capture.selection.terms import FrameNumbers
from netcordon.ingest.replay import replay
from netcordon.ingest.slices import Index, every_flow, flows_of, flows_touching, no_index
from netcordon.tables.engine import Engine
from netcordon.workflow.carried import CarriedFile, CarriedFiles, Row
from netcordon.workflow.chosen import named_by, outermost
from netcordon.workflow.file_manifest import NAME, manifest
from netcordon.workflow.new_folder import NewFolder
from netcordon.workflow.parents import open_parent
from netcordon.workflow.reaching import reach
from netcordon.workflow.wanted_copies import Peers, WantedCopies

MOST_FILES = 10_000
"""Files of one directory."""
_MOST_FLOWS = 1 << 18
"""Flows of the hosts of a file that are looked through one by one."""
_SHA256 = re.compile(r"[0-9a-fA-F]{64}")
_EVERY_FRAME = FrameNumbers(1, 1 << 62)


@dataclass(frozen=True, kw_only=True)
class FileSelection:
    """Which files are meant.

    Attributes:
        names: SHA-256 of files, findings, and incidents.
        max_bytes: size of all of them together that is allowed.
        prove: hash every parent whole, however large.
    """

    names: tuple[str, ...]
    max_bytes: int = 1 << 30
    prove: bool = False

    @property
    def hashes(self) -> set[str]:
        """Those of the names that are hashes, in lower case."""
        return {name.lower() for name in self.names if _SHA256.fullmatch(name)}

    @property
    def ids(self) -> tuple[str, ...]:
        """Those that are not."""
        return tuple(name for name in self.names if not _SHA256.fullmatch(name))


@dataclass(frozen=True, kw_only=True)
class CarvedFiles:
    """What was written.

    Attributes:
        path: the directory.
        files: SHA-256 -> size in bytes.
        left_out: files of the choice that are incomplete or were too long to be hashed.
        parents: evidence id -> its SHA-256.
    """

    path: Path
    files: Mapping[str, int]
    left_out: int
    parents: Mapping[str, str]


def carve_files(
    workspace: Path, selection: FileSelection, out: Path, *, clock: Callable[[], datetime]
) -> CarvedFiles:
    """Write the content of carried files into a new directory, each under its SHA-256.

    The packets that carried them are read from the evidence and decoded once more. A file counts
    only when the bytes on disk have the hash that the tables name.

    Raises:
        UsageError: NC-701 the directory is not empty, NC-702 no such finding, NC-708 no whole file
            is chosen, NC-710 they are too large or too many.
        EvidenceError: NC-703, NC-704, NC-707: a parent is gone, changed, or has no index; NC-709 a
            file did not come back as it was.
        WorkspaceError: when there is no workspace.
        OSError: when they cannot be written.
    """
    with (
        open_workspace(workspace, create=False, clock=clock) as opened,
        _engine(opened) as engine,
        closing(NewFolder(out)) as folder,
    ):
        files = _chosen(opened, engine, selection)
        proofs = {
            id_: _write(opened, engine, registration, wanted, folder, prove=selection.prove)
            for id_, (registration, wanted) in _by_parent(opened, files).items()
        }
        hashes = {r.evidence.id: r.seal.sha256 for r in opened.register.all()}
        parents = {id_: hashes[id_] for id_ in proofs}
        chosen_by = f"files: {' '.join(selection.names)}"
        seen_in = {str(row["evidence_id"]) for f in files.whole.values() for row in f.rows}
        seen_in |= {str(row["evidence_id"]) for row in files.left_out}
        text = manifest(files, {id_: hashes[id_] for id_ in seen_in}, chosen_by)
        part = folder.part()
        part.write(text)
        made = [("manifest", NAME, part.keep_as(NAME), len(text), parents)]
        made += [
            ("file", f.sha256, f.sha256, f.bytes, _parent_of(f, parents))
            for f in files.whole.values()
        ]
        folder.finish()
        exported = [
            Export(
                location=str(folder.path / name),
                sha256=sha256,
                bytes=size,
                kind=kind,
                parents=of,
                chosen_by=chosen_by,
                proof={id_: proofs[id_] for id_ in of},
            )
            for kind, name, sha256, size, of in made
        ]
        record_exports(opened.journal, exported)
        folder.keep()
    sizes = {sha256: file.bytes for sha256, file in files.whole.items()}
    return CarvedFiles(
        path=folder.path, files=sizes, left_out=files.left_out_count, parents=parents
    )


def _engine(workspace: Workspace) -> Engine:
    reached = reach(workspace, workspace.readable())
    return Engine(reached.lake, reached.evidence_ids)


def _chosen(workspace: Workspace, engine: Engine, selection: FileSelection) -> CarriedFiles:
    """The files that are meant, when they may be written."""
    named = named_by(workspace, engine, selection.ids) if selection.ids else {}
    files = CarriedFiles()
    for registration in workspace.readable():
        id_ = registration.evidence.id
        if registration.has_tables:
            uids = named[id_].uids if id_ in named else set()
            files.look(engine, id_, selection.hashes, uids)
    unknown = sorted(selection.hashes - files.whole.keys())
    if unknown or not files.whole:
        raise UsageError(
            "NC-708",
            "No whole file was chosen; nothing was written.",
            f"no evidence carried {unknown[0]}" if unknown
            else f"{files.left_out_count} incomplete or too long, none whole",
            "netcordon sql \"SELECT * FROM file_activity\" shows what was carried",
        )  # fmt: skip
    total = sum(file.bytes for file in files.whole.values())
    if total > selection.max_bytes or len(files.whole) > MOST_FILES:
        raise UsageError(
            "NC-710",
            f"{len(files.whole):,} files of {total:,} bytes are more than is allowed.",
            f"allowed are {MOST_FILES:,} files and {selection.max_bytes:,} bytes",
            "raise --max-bytes, or name fewer files",
        )
    return files


def _by_parent(
    workspace: Workspace, files: CarriedFiles
) -> dict[str, tuple[Registration, list[CarriedFile]]]:
    """Evidence id -> the files that are read from it: the first that carried them."""
    registered = {r.evidence.id: r for r in workspace.register.all()}
    found: dict[str, tuple[Registration, list[CarriedFile]]] = {}
    for file in files.whole.values():
        id_ = str(file.rows[0]["evidence_id"])
        found.setdefault(id_, (registered[id_], []))[1].append(file)
    return found


def _parent_of(file: CarriedFile, parents: Mapping[str, str]) -> dict[str, str]:
    id_ = str(file.rows[0]["evidence_id"])
    return {id_: parents[id_]}


def _write(
    workspace: Workspace,
    engine: Engine,
    registration: Registration,
    files: list[CarriedFile],
    folder: NewFolder,
    *,
    prove: bool,
) -> str:
    """Write the files of one parent; returns how it was proved unchanged."""
    id_ = registration.evidence.id
    index = Index(engine, id_)
    if not index.stretches:
        raise no_index(registration.evidence.path)
    rows = {file.sha256: file.rows[0] for file in files}
    largest: dict[Peers, int] = {}
    for file in files:
        peers = _peers(rows[file.sha256])
        largest[peers] = max(largest.get(peers, 0), file.bytes)
    copies = WantedCopies(folder, largest, set(rows))
    proof = ""
    for choice in _wider_and_wider(engine, id_, rows, copies.missing):
        stretches = index.holding(choice, every_flow(engine, id_))
        parent = open_parent(workspace, registration, index, stretches, choice, prove)
        try:
            replay(parent.parts, copies, copies.is_done)
        finally:
            parent.window.close()
        proof = parent.proof
        if copies.failure is not None:
            raise copies.failure
        if not copies.missing:
            return proof
    raise EvidenceError(
        "NC-709",
        f"File {min(copies.missing)} did not come back as it was; nothing was written.",
        f"decoded again, {registration.evidence.path!r} carries no file of that hash",
        "investigate it again in a new workspace: another version may have taken it in",
        path=registration.evidence.path,
    )


def _wider_and_wider(
    engine: Engine, id_: str, rows: Mapping[str, Row], missing: set[str]
) -> Iterator[Choice]:
    """The flows that carried what is missing; those of their hosts; everything.

    What a flow carries may be known from another one only: FTP announces its data connections.
    Hosts with very many flows are passed over: everything is little more then.
    """
    uids = outermost(engine, id_, {str(rows[sha256]["uid"]) for sha256 in missing})
    no_frames = np.empty(0, dtype=np.int64)
    yield Listed(no_frames, flows_of(engine, id_, sorted(uids)))
    hosts = {str(rows[sha256][end]) for sha256 in missing for end in ("src_ip", "dst_ip")}
    around = flows_touching(engine, id_, hosts, _MOST_FLOWS)
    if around is not None:
        yield Listed(no_frames, around)
    yield Filtered(_EVERY_FRAME)


def _peers(row: Row) -> Peers:
    return frozenset(
        ((row[f"{end}_ip_hi"], row[f"{end}_ip_lo"]), row[f"{end}_port"]) for end in ("src", "dst")
    )
