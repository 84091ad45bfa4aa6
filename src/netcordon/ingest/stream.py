"""Take a stream in: its sealed copy is made first, then decoded like any file."""

from __future__ import annotations

from dataclasses import replace

from netcordon.casefile.workspace import Workspace
from netcordon.errors import EvidenceError
from netcordon.evidence.opening import STDIN
from netcordon.evidence.shared_file import open_shareable
from netcordon.evidence.spool import Spool
from netcordon.ingest.decoded import Decoded
from netcordon.ingest.entering import TakenIn, enter
from netcordon.ingest.plan import has_threads, processes, weight
from netcordon.ingest.run import decode_here
from netcordon.ingest.workers.crew import Crew, Watcher
from netcordon.ingest.workers.piece import Piece
from netcordon.settings import DecodeLimits
from netcordon.tables.lake import Lake


def take_in_stream(
    path: str, workspace: Workspace, limits: DecodeLimits, watcher: Watcher
) -> TakenIn:
    """Read a stream into the tables of a workspace opened for writing.

    Args:
        path: of a named pipe, or ``-``.
        workspace: open, with the lock.
        limits: bounds of decoding and unpacking.
        watcher: hears how far it is, but not that it begins.

    Raises:
        EvidenceError: it cannot be opened, or no parser knows it; nothing was added.
        WorkspaceError: copy, rows or register cannot be written; nothing was added.
    """
    hears = _Watcher(path, watcher)
    regular = open_shareable(path) if path == STDIN else None
    if regular is not None:  # standard input comes from a file
        regular.file.close()
        return enter(_decode(path, regular.location, workspace, limits, hears), workspace)
    with Spool(path, workspace.path) as spool:
        spool.fill(limits, lambda count: watcher.advances(path, count, 0))
        decoded = _decode(spool.path, spool.path, workspace, limits, hears)
        intake = decoded.intake
        try:
            kept = spool.keep(intake.seal.sha256, decoded.kind, intake.packing)
        except BaseException:
            Lake(workspace.lake_dir).discard(decoded.staging)
            raise
    seal = replace(intake.seal, location=None, kept=kept)
    return enter(replace(decoded, path=path, intake=replace(intake, seal=seal)), workspace)


def _decode(
    path: str, location: str, workspace: Workspace, limits: DecodeLimits, hears: _Watcher
) -> Decoded:
    """Decode a file with all processes, or in this one when it is small."""
    size = processes(limits)
    if size < 2 or weight(location) < limits.worker_bytes or has_threads(location):
        progress = lambda read, records: hears.advances(path, read, records)  # noqa: E731
        return decode_here(path, workspace, limits, progress, hears.compiling)
    with Crew(size, workspace.path, limits, hears) as crew:
        ((_, outcome),) = crew.decode([Piece(path, size, called=hears.label)])
    if isinstance(outcome, EvidenceError):
        raise outcome
    return outcome


class _Watcher:
    """Tells another one of a file under the name of its stream."""

    def __init__(self, path: str, watcher: Watcher) -> None:
        self._path = path
        self.label = "standard input" if path == STDIN else path
        self._watcher = watcher

    def begins(self, path: str) -> None:
        """Was told before."""

    def advances(self, path: str, raw_bytes: int, records: int) -> None:  # noqa: ARG002
        """Pass it on."""
        self._watcher.advances(self._path, raw_bytes, records)

    def compiling(self) -> None:
        """Pass it on."""
        self._watcher.compiling()
