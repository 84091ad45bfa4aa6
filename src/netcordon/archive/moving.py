"""Tables into the archive and back: at each step the rows stand in one place, whole.

To the archive: the copy is proved, the journal says that it counts from now on, and only then the
tables leave the lake. Back: the copies stand in the lake, whole and proved, before the journal says
so. Whoever opens the workspace next removes what a killed move left (``casefile.recovery``).
"""

from __future__ import annotations

import shutil
import uuid
from pathlib import Path

from netcordon.archive.catalogue import Catalogue, entry_name
from netcordon.archive.putting import prove
from netcordon.archive.reach import fetch
from netcordon.casefile.archived import record_put, record_restored
from netcordon.casefile.durable import sync_folder
from netcordon.casefile.workspace import Workspace
from netcordon.model.archive import Segment
from netcordon.tables.lake import Lake


def record(workspace: Workspace, catalogue: Catalogue, segment: Segment, *, moved: bool) -> None:
    """Put into the journal that the archive holds a piece of evidence.

    Raises:
        WorkspaceError: when it cannot be written.
    """
    name = entry_name(segment.evidence_id, segment.generation)
    record_put(workspace.journal, segment.evidence_id, catalogue.store.url, name, moved=moved)


def move(workspace: Workspace, catalogue: Catalogue, segment: Segment) -> None:
    """Let the tables of a piece of evidence stand in the archive alone.

    Raises:
        ArchiveError: NC-563 or NC-564: the archive does not hold them as recorded; nothing moved.
        WorkspaceError: the journal cannot be written; nothing moved.
        OSError: they cannot be removed here; the next opening does.
    """
    prove(catalogue.store, segment)
    record(workspace, catalogue, segment, moved=True)
    folder = Lake(workspace.lake_dir).folder(segment.evidence_id)
    if folder.exists():
        workspace.staging_dir.mkdir(mode=0o700, exist_ok=True)
        rubbish = workspace.staging_dir / uuid.uuid4().hex
        folder.rename(rubbish)  # at once: readers see all of it or nothing
        shutil.rmtree(rubbish)


def bring_back(workspace: Workspace, catalogue: Catalogue, segment: Segment) -> int:
    """Put the tables of a moved piece of evidence back into the lake; returns their octets.

    Raises:
        ArchiveError: NC-564 a file is missing or changed; then nothing was brought back.
        WorkspaceError: the journal cannot be written; the next opening removes them again.
        OSError: no room; then nothing was brought back.
    """
    staging = workspace.staging_dir / uuid.uuid4().hex
    try:
        size = copy_tables(catalogue, segment, staging)
        place = Lake(workspace.lake_dir).folder(segment.evidence_id)
        if place.exists():
            shutil.rmtree(place)
        staging.rename(place)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    sync_folder(workspace.lake_dir)
    record_restored(workspace.journal, segment.evidence_id)
    return size


def copy_tables(catalogue: Catalogue, segment: Segment, folder: Path) -> int:
    """Copy the tables of a segment as they stood in the lake; returns their octets.

    Raises:
        ArchiveError: NC-564 a file is missing or was changed.
        OSError: when it cannot be written.
    """
    size = 0
    folder.mkdir(mode=0o700, parents=True)
    for file in segment.held:
        target = folder / file.path
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        size += fetch(catalogue, file.name, file.sha256, target)
    for parent in sorted({folder, *((folder / f.path).parent.parent for f in segment.held)}):
        sync_folder(parent)
    return size
