"""An archive in a directory: every object is a file that gets its name when it is durable."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from netcordon.archive.store import Named, missing, unusable
from netcordon.casefile.durable import sync_folder

INCOMING = ".incoming"
"""Objects in the making; what a killed program left there has no name and may be deleted."""


class FolderStore:
    """Objects as files below a directory; see ``Store``.

    Args:
        folder: absolute path; made by the first ``put``.
    """

    def __init__(self, folder: Path) -> None:
        self.url = str(folder)
        self.folder: Path | None = folder
        self._root = folder

    def names(self, prefix: str) -> list[Named]:
        """See ``Store``."""
        with self._explained():
            top = self._root / prefix
            if not top.is_dir():
                return []
            return sorted(
                Named(path.relative_to(self._root).as_posix(), path.stat().st_size)
                for path in _files(top)
            )

    def read(self, name: str) -> bytes:
        """See ``Store``."""
        with self.open(name) as file, self._explained():
            return file.read()

    def open(self, name: str) -> BinaryIO:
        """See ``Store``."""
        with self._explained():
            try:
                return (self._root / name).open("rb")
            except FileNotFoundError as error:
                raise missing(self.url, name, "the file is missing") from error

    def put(self, name: str, content: bytes) -> None:
        """See ``Store``."""
        self._write(name, lambda file: _write_all(file, content))

    def put_file(self, name: str, source: Path) -> None:
        """See ``Store``."""
        with source.open("rb") as given:
            self._write(name, lambda file: shutil.copyfileobj(given, file, 1 << 20))

    def remove(self, name: str) -> None:
        """See ``Store``."""
        with self._explained():
            path = self._root / name
            path.unlink(missing_ok=True)
            if path.parent.is_dir():
                sync_folder(path.parent)

    def _write(self, name: str, fill: Callable[[BinaryIO], None]) -> None:
        with self._explained():
            target, incoming = self._root / name, self._root / INCOMING
            incoming.mkdir(mode=0o700, parents=True, exist_ok=True)
            temporary = incoming / uuid.uuid4().hex
            try:
                with temporary.open("xb") as file:
                    fill(file)
                    file.flush()
                    os.fsync(file.fileno())
                _make_folders(self._root, target.parent)
                temporary.replace(target)
            except OSError:
                temporary.unlink(missing_ok=True)
                raise
            sync_folder(target.parent)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise unusable(self.url, error.strerror or str(error)) from error


def _write_all(file: BinaryIO, content: bytes) -> None:
    file.write(content)


def _make_folders(root: Path, folder: Path) -> None:
    """Folders down to this one, each durable in the one above."""
    missing_ones = []
    while folder != root and not folder.is_dir():
        missing_ones.append(folder)
        folder = folder.parent
    for each in reversed(missing_ones):
        each.mkdir(mode=0o700, exist_ok=True)
        sync_folder(each.parent)


def _files(folder: Path) -> Iterator[Path]:
    for parent, _, files in os.walk(folder):
        for name in files:
            yield Path(parent) / name
