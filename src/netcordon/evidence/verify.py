"""Prove that nothing was changed: evidence, tables and journal, each against what was recorded."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from cryptography.x509 import Certificate

from netcordon.casefile.anchor import Checkpoint
from netcordon.casefile.custody import Registration
from netcordon.casefile.exports import exports
from netcordon.casefile.recovery import LAKE_FOLDER
from netcordon.casefile.seal import Seal
from netcordon.casefile.sealed_evidence import sealed_files
from netcordon.casefile.workspace import Workspace
from netcordon.errors import WorkspaceError
from netcordon.evidence.rehash import Rehash, rehash
from netcordon.evidence.stamp_check import check_stamps

Progress = Callable[[str, int], None]
"""Told the file and the bytes of it that were read."""


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One thing that is not as it was recorded.

    Attributes:
        part: ``journal``, ``stamp``, ``evidence``, ``table`` or ``export``.
        state: ``changed``, ``missing``, ``unreadable`` or ``unknown`` (there, but never recorded).
        subject: entry, path of the evidence, or path of the table's file within the workspace.
        what: one sentence with all of it (the path in it is hostile text).
        expected_sha256: as recorded.
        actual_sha256: as read now.
        byte_range: ``(from, to)``: the first changed byte is one of these.
    """

    part: str
    state: str
    subject: str
    what: str
    expected_sha256: str | None = None
    actual_sha256: str | None = None
    byte_range: tuple[int, int] | None = None


@dataclass(frozen=True, kw_only=True)
class Verification:
    """What was checked and what is wrong.

    Attributes:
        checkpoint: count and hash of the journal's last entry.
        evidence: pieces of evidence whose bytes are proved unchanged.
        tables: files of tables whose bytes are proved unchanged.
        exports: files made of evidence that are where they were written, and unchanged; those that
            were moved away are nobody's loss and are not counted.
        bytes: bytes hashed again.
        archived: pieces of evidence whose tables stand in an archive, which is not looked into.
        stamps: time stamps of the journal that hold; ``stamps_unproved``: those whose signature was
            not checked, for no authority was named, or its certificate has expired.
    """

    problems: tuple[Problem, ...]
    checkpoint: Checkpoint
    evidence: int
    tables: int
    bytes: int
    exports: int = 0
    stamps: int = 0
    stamps_unproved: int = 0
    archived: int = 0

    @property
    def ok(self) -> bool:
        """Whether all is as it was recorded."""
        return not self.problems


def verify(
    workspace: Workspace,
    *,
    against: Checkpoint | None = None,
    authorities: list[Certificate] | None = None,
    progress: Progress | None = None,
) -> Verification:
    """Hash everything again, follow the journal's chain, and name every difference.

    Args:
        workspace: open for reading or writing.
        against: a checkpoint of the journal that was kept elsewhere.
        authorities: whose time stamps are believed; ``None``: their signatures are not checked.
        progress: told how it goes on.

    Raises:
        WorkspaceError: only when the case store cannot be read at all.
    """
    problems = [
        Problem(
            part="journal",
            state="changed",
            subject=f"entry {defect.seq}" if defect.seq else "journal",
            what=defect.what,
        )
        for defect in workspace.journal.audit(against)
    ]
    evidence = tables = hashed = 0
    try:
        registrations, checkpoint = workspace.register.all(), workspace.journal.head()
        items = tuple(_to_prove(workspace, registrations))
        stamped = tuple(check_stamps(workspace.journal, authorities))
    except WorkspaceError:
        if not problems:
            raise
        # A changed entry: what it registered cannot be believed, so nothing can be checked against
        # it.
        what = "evidence and tables were not checked, for the register cannot be trusted"
        skipped = Problem(part="journal", state="unreadable", subject="register", what=what)
        problems.append(skipped)
        empty = Checkpoint(0, "")
        return Verification(
            problems=tuple(problems), checkpoint=empty, evidence=0, tables=0, bytes=0
        )
    for item in items:
        size, problem = _check_evidence(item, progress)
        hashed += size
        evidence += problem is None
        problems += [] if problem is None else [problem]
    for registration in registrations:
        for size, problem in _check_tables(workspace, registration, progress):
            hashed += size
            tables += problem is None
            problems += [] if problem is None else [problem]
    problems += _unknown_folders(workspace, registrations)
    exported = 0
    for size, problem in _check_exports(workspace):
        hashed += size
        exported += problem is None
        problems += [] if problem is None else [problem]
    holding = unproved = 0
    for stamp, wrong, proved in stamped:
        holding += proved
        unproved += not wrong and not proved
        if wrong:
            subject = f"entry {stamp.seq}"
            what = f"the time stamp in journal entry {stamp.seq} does not hold: {wrong}"
            problems.append(Problem(part="stamp", state="changed", subject=subject, what=what))
    return Verification(
        problems=tuple(problems),
        checkpoint=checkpoint,
        stamps=holding,
        stamps_unproved=unproved,
        archived=sum(r.has_tables and not r.is_hot for r in registrations),
        evidence=evidence,
        tables=tables,
        bytes=hashed,
        exports=exported,
    )


Checked = tuple[int, Problem | None]
"""Bytes hashed, and what is wrong if anything is."""


@dataclass(frozen=True)
class _ToProve:
    """A file that was sealed, and where it may stand."""

    id: str
    name: str
    seal: Seal
    places: tuple[Path, ...]


def _to_prove(workspace: Workspace, registrations: tuple[Registration, ...]) -> Iterator[_ToProve]:
    """What was taken in, and what was only sealed; the same bytes once."""
    copies = {
        file.id: workspace.path / file.seal.kept
        for file in sealed_files(workspace.journal)
        if file.seal.kept is not None
    }
    known = set()
    for registration in registrations:
        id_, seal = registration.evidence.id, registration.seal
        places = [Path(place) for place in registration.locations]
        kept = [copies[id_]] if id_ in copies else []
        kept += [workspace.path / seal.kept] if seal.kept is not None else []
        known.add(id_)
        yield _ToProve(id_, registration.evidence.path, seal, (*kept, *places))
    latest = {f.id: f for f in sealed_files(workspace.journal) if f.id not in known}
    for id_, file in latest.items():
        places = [copies[id_]] if id_ in copies else []
        places += [Path(file.seal.location)] if file.seal.location is not None else []
        yield _ToProve(id_, file.name, file.seal, tuple(places))


def _check_evidence(item: _ToProve, progress: Progress | None) -> Checked:
    seal, name, places = item.seal, item.name, item.places
    place = next((p for p in places if p.exists()), None)
    if place is None:
        tried = ", ".join(repr(str(p)) for p in places) or "nowhere: it was a stream"
        what = f"evidence {name!r} ({item.id}) is gone; looked at {tried}"
        return 0, Problem(
            part="evidence", state="missing", subject=name, what=what, expected_sha256=seal.sha256
        )
    try:
        now = rehash(place, seal, _telling(progress, place))
    except OSError as error:
        what = f"evidence {str(place)!r} cannot be read: {error.strerror or error}"
        return 0, Problem(part="evidence", state="unreadable", subject=str(place), what=what)
    if now.first_change is None:
        return now.bytes, None
    return now.bytes, Problem(
        part="evidence",
        state="changed",
        subject=str(place),
        what=f"evidence {str(place)!r} {_difference(now, seal.bytes)}; "
        f"expected SHA-256 {seal.sha256}, is {now.sha256}",
        expected_sha256=seal.sha256,
        actual_sha256=now.sha256,
        byte_range=now.first_change,
    )


def _difference(now: Rehash, size: int) -> str:
    assert now.first_change is not None
    first, end = now.first_change
    if first == size:
        return f"has {now.bytes - size} bytes more, the first {size} are unchanged"
    if now.bytes < size and end == size:
        return f"has {size - now.bytes} bytes less, the first {first} are unchanged"
    return f"was changed, first among the bytes {first} to {end - 1}"


def _check_tables(
    workspace: Workspace, registration: Registration, progress: Progress | None
) -> Iterator[Checked]:
    if not registration.is_hot:
        return
    folder = workspace.lake_dir / f"{LAKE_FOLDER}{registration.evidence.id}"
    for recorded in registration.tables:
        path = folder / recorded.path
        name = path.relative_to(workspace.path).as_posix()
        try:
            with path.open("rb") as file:
                actual = hashlib.file_digest(file, "sha256").hexdigest()
                size = file.tell()
        except OSError as error:
            state = "missing" if isinstance(error, FileNotFoundError) else "unreadable"
            what = f"table file {name!r} cannot be read: {error.strerror or error}"
            yield 0, Problem(part="table", state=state, subject=name, what=what)
            continue
        if progress is not None:
            progress(name, size)
        if actual == recorded.sha256:
            yield size, None
            continue
        yield (
            size,
            Problem(
                part="table",
                state="changed",
                subject=name,
                what=f"table file {name!r} was changed; "
                f"expected SHA-256 {recorded.sha256}, is {actual}",
                expected_sha256=recorded.sha256,
                actual_sha256=actual,
            ),
        )
    known = {folder / recorded.path for recorded in registration.tables}
    for path in sorted(folder.rglob("*")):
        if path not in known and (path.is_symlink() or not path.is_dir()):
            yield 0, _unknown(path.relative_to(workspace.path).as_posix())


def _check_exports(workspace: Workspace) -> Iterator[Checked]:
    latest = {export.location: export for export in exports(workspace.journal)}
    for location, export in sorted(latest.items()):
        try:
            with Path(location).open("rb") as file:
                actual = hashlib.file_digest(file, "sha256").hexdigest()
                size = file.tell()
        except OSError:
            continue  # it was made to be given away
        if actual == export.sha256:
            yield size, None
            continue
        what = f"{location!r}, made of evidence, was changed; "
        what += f"expected SHA-256 {export.sha256}, is {actual}"
        yield (
            size,
            Problem(
                part="export",
                state="changed",
                subject=location,
                what=what,
                expected_sha256=export.sha256,
                actual_sha256=actual,
            ),
        )


def _unknown_folders(
    workspace: Workspace, registrations: tuple[Registration, ...]
) -> Iterator[Problem]:
    known = {f"{LAKE_FOLDER}{r.evidence.id}" for r in registrations if r.has_tables}
    for path in sorted(workspace.lake_dir.iterdir()):
        if path.name not in known and not path.name.startswith("."):
            yield _unknown(path.relative_to(workspace.path).as_posix())


def _unknown(name: str) -> Problem:
    what = f"{name!r} stands among the tables and was never recorded"
    return Problem(part="table", state="unknown", subject=name, what=what)


def _telling(progress: Progress | None, path: Path) -> Callable[[int], None] | None:
    return None if progress is None else lambda count: progress(str(path), count)
