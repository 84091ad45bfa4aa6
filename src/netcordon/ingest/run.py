"""Take one piece of evidence in: recognise, decode, put in place whole, register."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from netcordon.casefile.faults import explained
from netcordon.casefile.workspace import Workspace
from netcordon.evidence.known import known
from netcordon.evidence.opening import open_source
from netcordon.evidence.recognise import not_recognised, recognise
from netcordon.ingest.decoded import Decoded
from netcordon.ingest.entering import TakenIn, enter
from netcordon.ingest.plan import processes
from netcordon.ingest.workers.forkserver import compile_side_by_side
from netcordon.model.parser import WHOLE, Share
from netcordon.settings import DecodeLimits
from netcordon.tables.lake import Lake

__all__ = ["Progress", "TakenIn", "decode_here", "take_in"]

Progress = Callable[[int, int], None]
"""Called with the raw bytes and the records read so far."""


def take_in(
    path: str,
    workspace: Workspace,
    limits: DecodeLimits,
    progress: Progress,
    compiling: Callable[[], None] = lambda: None,
) -> TakenIn:
    """Read a file (or ``-``) into the tables of a workspace opened for writing, in this process.

    Args:
        path: as given.
        workspace: open, with the lock.
        limits: bounds of decoding and unpacking.
        progress: hears how far it is.
        compiling: called once before a decoder compiles itself, for that takes long.

    Raises:
        EvidenceError: it cannot be opened, or no parser knows it; nothing was added.
        WorkspaceError: rows or register cannot be written; nothing was added.
    """
    before = known(path, workspace.register)
    if before is not None:
        again = workspace.register.presented(before.evidence.id, str(Path(path).absolute()))
        return TakenIn(again, is_new=False)
    return enter(decode_here(path, workspace, limits, progress, compiling), workspace)


def decode_here(
    path: str,
    workspace: Workspace,
    limits: DecodeLimits,
    progress: Progress,
    compiling: Callable[[], None],
) -> Decoded:
    """Decode in this process; arguments and errors as those of ``take_in``."""
    lake = Lake(workspace.lake_dir)
    with (
        explained(workspace.path),
        open_source(path, limits=limits, workspace=workspace.path) as source,
    ):
        head = source.peek()
        recognised = recognise(head)
        if recognised is None:
            raise not_recognised(source.label, head)
        parser = recognised.parser
        if parser.must_compile is not None and parser.must_compile():
            compiling()
            if processes(limits) > 1:
                compile_side_by_side()
        staging = lake.stage()
        share = Share(count=processes(limits)) if parser.has_threads else WHOLE
        try:
            result = parser.parse(
                source, staging, lambda records: progress(source.raw_bytes, records), share
            )
            intake = source.finish(recognised.kind)
        except BaseException:
            lake.discard(staging)
            raise
    return Decoded(path, recognised.kind, intake, result, staging)
