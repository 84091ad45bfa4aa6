"""After a kill: remove what was never committed, and notice what was committed and is gone.

A run writes rows to ``lake/.staging/``, puts them in place with one rename, and registers them with
one transaction. Killed before the rename it leaves a staging folder, before the registration a
folder nobody knows. Both are removed here, by whoever holds the lock next; so no row is lost or
doubled. A move to the archive is recorded before the tables here are removed; what a killed one
left is removed likewise.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the store is not loaded where only names of files are needed
    from netcordon.casefile.custody import EvidenceRegister

STAGING = ".staging"
LAKE_FOLDER = "evidence_id="
PARTIAL = ".partial-"
"""Prefix of a sealed copy in the making."""


@dataclass(frozen=True, kw_only=True)
class Recovery:
    """What was found when the workspace was opened; all empty after a clean end.

    Attributes:
        staging_removed: unfinished writes that were removed.
        unregistered_removed: ids whose rows were in place but never registered, and were removed.
        archived_removed: ids whose rows stand in the archive and had not been removed here yet.
        tables_lost: ids whose rows are gone; they are read again when handed in again.
        partial_copies: unfinished copies of streams in ``evidence/``; kept, for nothing else has
            them.
        unregistered_copies: finished copies of streams whose rows were never registered; kept.
    """

    staging_removed: int = 0
    unregistered_removed: tuple[str, ...] = ()
    archived_removed: tuple[str, ...] = ()
    tables_lost: tuple[str, ...] = ()
    partial_copies: tuple[Path, ...] = ()
    unregistered_copies: tuple[Path, ...] = ()


def recover(root: Path, register: EvidenceRegister) -> Recovery:
    """Bring files and register together; the caller holds the lock.

    Args:
        root: directory of the workspace.
        register: its register of evidence; what is lost is recorded there.

    Raises:
        OSError: when something cannot be removed.
    """
    lake, copies = root / "lake", root / "evidence"
    staged = sorted((lake / STAGING).iterdir()) if (lake / STAGING).is_dir() else []
    for folder in staged:
        _remove(folder)
    in_place = {name.name.removeprefix(LAKE_FOLDER): name for name in _folders(lake)}
    registered = {r.evidence.id: r for r in register.all() if r.is_hot}
    moved = {r.evidence.id for r in register.all() if r.has_tables} - registered.keys()
    unknown = sorted(in_place.keys() - registered.keys())
    for evidence_id in unknown:
        _remove(in_place[evidence_id])
    lost = sorted(registered.keys() - in_place.keys())
    for evidence_id in lost:
        register.tables_lost(evidence_id, "its folder in the lake is missing")
    kept = {r.seal.kept for r in register.all()}
    files = sorted(path for path in copies.iterdir() if path.is_file())
    return Recovery(
        staging_removed=len(staged),
        unregistered_removed=tuple(i for i in unknown if i not in moved),
        archived_removed=tuple(i for i in unknown if i in moved),
        tables_lost=tuple(lost),
        partial_copies=tuple(p for p in files if p.name.startswith(PARTIAL)),
        unregistered_copies=tuple(
            p for p in files
            if not p.name.startswith(".") and p.relative_to(root).as_posix() not in kept
        ),
    )  # fmt: skip


def _folders(lake: Path) -> Iterator[Path]:
    return (path for path in lake.iterdir() if path.name.startswith(LAKE_FOLDER))


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()
