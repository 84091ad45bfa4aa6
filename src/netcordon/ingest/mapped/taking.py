"""A log taken into the tables by its mapping; otherwise as any evidence is."""

from __future__ import annotations

from collections.abc import Callable

from netcordon.casefile.faults import explained
from netcordon.casefile.workspace import Workspace
from netcordon.evidence.known import known
from netcordon.evidence.opening import open_source
from netcordon.ingest.decoded import Decoded
from netcordon.ingest.entering import TakenIn, enter
from netcordon.ingest.mapped.reading import read_mapped
from netcordon.model.log_mapping import LogMapping
from netcordon.model.parser import WHOLE
from netcordon.settings import DecodeLimits
from netcordon.tables.lake import Lake


def take_in_mapped(
    path: str, workspace: Workspace, mapping: LogMapping, progress: Callable[[int, int], None]
) -> TakenIn:
    """Read a log by a mapping into a workspace opened for writing.

    Evidence that was read before is not read again, whatever read it: its rows are in use.

    Args:
        path: of the log, or ``-``.
        workspace: open, with the lock.
        mapping: checked.
        progress: hears of bytes and lines read so far.

    Raises:
        EvidenceError: it cannot be read.
        WorkspaceError: rows or register cannot be written; nothing was added.
    """
    before = known(path, workspace.register)
    if before is not None:
        return TakenIn(before, is_new=False)
    lake = Lake(workspace.lake_dir)
    with (
        explained(workspace.path),
        open_source(path, limits=DecodeLimits(), workspace=workspace.path) as source,
    ):
        staging = lake.stage()
        try:
            result = read_mapped(
                source, staging, lambda lines: progress(source.raw_bytes, lines), WHOLE, mapping
            )
            kind = f"mapped:{mapping.name}"
            intake = source.finish("mapped")
        except BaseException:
            lake.discard(staging)
            raise
    return enter(Decoded(path, kind, intake, result, staging), workspace)
