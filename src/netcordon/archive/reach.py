"""A lake that reaches into archives: tables that were moved are read where they are now."""

from __future__ import annotations

import hashlib
import os
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path

from netcordon.archive.catalogue import Catalogue, Choice
from netcordon.archive.opening import cache_folder
from netcordon.archive.store import ArchiveError, missing, pieces
from netcordon.casefile.durable import sync_folder
from netcordon.model.archive import HeldFile
from netcordon.tables.lake import Lake

Paths = Mapping[str, Mapping[str, Sequence[Path]]]
"""Evidence -> table -> files."""


class SpanningLake(Lake):
    """The lake of a workspace with files elsewhere.

    Args:
        root: of the workspace's lake.
        away: files of evidence whose tables are elsewhere; of other evidence they are here.
        folders: that hold the files of ``away``, for an engine that may read nothing else.
    """

    def __init__(self, root: Path, away: Paths, folders: Sequence[Path]) -> None:
        super().__init__(root)
        self._away = away
        self.folders = (root, *folders)

    def files(self, table: str, evidence_ids: tuple[str, ...]) -> list[Path]:
        """The files of a table for these pieces of evidence, in a stable order."""
        found: list[Path] = []
        for evidence_id in evidence_ids:
            if evidence_id in self._away:
                found.extend(self._away[evidence_id].get(table, ()))
            else:
                found.extend(super().files(table, (evidence_id,)))
        return found


def paths_of(catalogue: Catalogue, choice: Choice, most_bytes: int) -> tuple[Paths, Path]:
    """Chosen files as files that can be read here, and the folder they are below.

    Those of a bucket are fetched, and kept for the next time; each is proved by its hash.

    Args:
        catalogue: of the archive.
        choice: what is needed.
        most_bytes: that may be fetched.

    Raises:
        ArchiveError: NC-561 the archive cannot be reached, NC-564 a file is missing or changed,
            NC-567 too much would have to be fetched.
    """
    folder = catalogue.store.folder
    if folder is None:
        folder = _fetched(catalogue, choice, most_bytes)
    away: dict[str, dict[str, list[Path]]] = {}
    for evidence_id, files in choice.files.items():
        tables = away.setdefault(evidence_id, {})
        for file in sorted(files, key=lambda file: file.name):
            path = folder / file.name
            _check(catalogue.store.url, file, path)
            tables.setdefault(file.table, []).append(path)
    return away, folder


def _check(url: str, file: HeldFile, path: Path) -> None:
    try:
        size = path.stat().st_size
    except OSError as error:
        raise missing(url, file.name, error.strerror or str(error)) from error
    if size != file.bytes:
        raise missing(url, file.name, f"it has {size:,} octets, not {file.bytes:,}")


def _fetched(catalogue: Catalogue, choice: Choice, most_bytes: int) -> Path:
    """Fetch what is not here yet; returns the folder of copies."""
    folder = cache_folder(os.environ, catalogue.store.url)
    wanted = [file for file in choice.taken() if not _is_here(folder / file.name, file)]
    size = sum(file.bytes for file in wanted)
    if size > most_bytes:
        raise ArchiveError(
            "NC-567",
            f"{size:,} octets would have to be fetched from {catalogue.store.url!r}.",
            f"at most {most_bytes:,} are allowed for one question",
            "narrow it with --since and --until, or raise fetch_gb under [archive]",
        )
    for file in wanted:
        target = folder / file.name
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        temporary = target.with_name(f".{uuid.uuid4().hex}")
        try:
            fetch(catalogue, file.name, file.sha256, temporary)
            temporary.replace(target)
        finally:
            temporary.unlink(missing_ok=True)
    return folder


def _is_here(path: Path, file: HeldFile) -> bool:
    return path.is_file() and path.stat().st_size == file.bytes


def fetch(catalogue: Catalogue, name: str, sha256: str, target: Path) -> int:
    """Copy an object to a new file, durable and proved; returns its octets.

    Raises:
        ArchiveError: NC-564 it is missing or was changed; then there is no file.
        OSError: when the file cannot be written; then there is none.
    """
    digest, size = hashlib.sha256(), 0
    try:
        with catalogue.store.open(name) as source, target.open("xb") as file:
            for piece in pieces(source):
                digest.update(piece)
                file.write(piece)
                size += len(piece)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    if digest.hexdigest() != sha256:
        target.unlink()
        why = f"expected SHA-256 {sha256}, is {digest.hexdigest()}"
        raise missing(catalogue.store.url, name, why)
    sync_folder(target.parent)
    return size
