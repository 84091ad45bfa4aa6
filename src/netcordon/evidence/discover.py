"""From what the user named to a list of files: folders, patterns, standard input; each once.

Names stay as they were given and are joined as text: ``Path`` would turn ``./-`` into ``-``.
"""

# ruff: noqa: PTH116, PTH118, PTH207, PTH208

from __future__ import annotations

import glob
import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from netcordon.casefile.workspace import is_workspace
from netcordon.errors import EvidenceError, NetcordonError
from netcordon.evidence.opening import STDIN, cannot_read, kind_of_file, not_a_file, read_head
from netcordon.evidence.recognise import not_recognised, reason, recognise
from netcordon.settings import DecodeLimits


@dataclass(frozen=True)
class Found:
    """A file to read.

    Attributes:
        path: to open, as the user would write it; ``-`` is standard input.
        kind: what it is; ``None`` for streams, whose bytes are not touched before they are read.
        bytes: its size, ``None`` for streams.
    """

    path: str
    kind: str | None
    bytes: int | None


@dataclass(frozen=True)
class PassedOver:
    """What was seen in a folder, or named twice, and is not read."""

    path: str
    reason: str


@dataclass
class Discovery:
    """What the user's words came to.

    Attributes:
        found: to be read, in order, each file once.
        unrecognised: files in folders that no parser knows.
        skipped: sockets, devices, other workspaces, and files met a second time.
        errors: what was asked for and cannot be had; the rest goes on.
    """

    found: list[Found] = field(default_factory=list)
    unrecognised: list[PassedOver] = field(default_factory=list)
    skipped: list[PassedOver] = field(default_factory=list)
    errors: list[EvidenceError] = field(default_factory=list)


Identity = tuple[int, int]
"""Device and inode: what makes two names the same file."""


def discover(given: Sequence[str], *, limits: DecodeLimits) -> Discovery:
    """Expand files, folders (with all below), patterns and ``-``.

    Order: as given; within folders and patterns by the bytes of the names. Links are followed,
    loops ended; hidden files are read like others. Workspaces found inside folders are left out.

    Args:
        given: as on the command line; surrogate escapes stand for bytes that are no UTF-8.
        limits: for unpacking the first bytes.
    """
    walk = _Walk(limits)
    for name in given:
        walk.add(name)
    return walk.result


class _Walk:
    def __init__(self, limits: DecodeLimits) -> None:
        self.result = Discovery()
        self._limits = limits
        self._files: dict[Identity, str] = {}
        self._folders: set[Identity] = set()

    def add(self, name: str) -> None:
        """One argument of the user."""
        if name == STDIN:
            if any(found.path == STDIN for found in self.result.found):
                self.result.skipped.append(PassedOver(name, "named twice"))
            else:
                self.result.found.append(Found(name, None, None))
            return
        names: Iterable[str] = [name]
        if not os.path.lexists(name) and glob.has_magic(name):
            names = _sorted(glob.glob(name, recursive=True, include_hidden=True))
            if not names:
                why, hint = "no file matches the pattern", "check the name"
                what = f"There is no file {name!r}."
                self._fail(EvidenceError("NC-101", what, why, hint, path=name))
        for path in names:
            self._named("./-" if path == STDIN else path)

    def _named(self, path: str) -> None:
        try:
            status = os.stat(path)
        except (OSError, ValueError) as error:
            cause = error if isinstance(error, OSError) else FileNotFoundError(0, str(error))
            self._fail(cannot_read(path, cause))
            return
        if stat.S_ISDIR(status.st_mode):
            self._below(path)
        elif stat.S_ISREG(status.st_mode):
            self._file(path, status, named=True)
        elif stat.S_ISFIFO(status.st_mode):
            self.result.found.append(Found(path, None, None))
        else:
            self._fail(not_a_file(path, status.st_mode))

    def _below(self, top: str) -> None:
        pending = [top]  # a stack, not recursion: folders may be nested deeper than Python's stack
        while pending:
            folder = pending.pop()
            try:
                status = os.stat(folder)
                identity = (status.st_dev, status.st_ino)
                if identity in self._folders:
                    self.result.skipped.append(PassedOver(folder, "the folder was already visited"))
                    continue
                self._folders.add(identity)
                if is_workspace(Path(folder)):
                    self.result.skipped.append(PassedOver(folder, "it is a workspace of netcordon"))
                    continue
                names = _sorted(os.listdir(folder))
            except OSError as error:
                self._fail(cannot_read(folder, error))
                continue
            pending.extend(reversed(list(self._files_of(folder, names))))

    def _files_of(self, folder: str, names: Iterable[str]) -> Iterator[str]:
        """Take the files of a folder; yield the folders in it."""
        for name in names:
            path = os.path.join(folder, name)
            try:
                status = os.stat(path)
            except OSError as error:
                self._fail(cannot_read(path, error))
                continue
            if stat.S_ISDIR(status.st_mode):
                yield path
            elif stat.S_ISREG(status.st_mode):
                self._file(path, status, named=False)
            else:
                kind = kind_of_file(status.st_mode)
                self.result.skipped.append(PassedOver(path, f"it is a {kind}"))

    def _file(self, path: str, status: os.stat_result, *, named: bool) -> None:
        identity = (status.st_dev, status.st_ino)
        if identity in self._files:
            first = self._files[identity]
            self.result.skipped.append(PassedOver(path, f"the same file as {first!r}"))
            return
        self._files[identity] = path
        try:
            head = read_head(path, self._limits)
        except NetcordonError as error:
            self._fail(error)
            return
        recognised = recognise(head)
        if recognised is not None:
            self.result.found.append(Found(path, recognised.kind, status.st_size))
        elif named:
            self._fail(not_recognised(path, head))
        else:
            self.result.unrecognised.append(PassedOver(path, reason(head)[0]))

    def _fail(self, error: NetcordonError) -> None:
        if isinstance(error, EvidenceError):
            self.result.errors.append(error)
        else:
            raise error


def _sorted(names: Iterable[str]) -> list[str]:
    return sorted(names, key=os.fsencode)
