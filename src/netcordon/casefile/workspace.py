"""The workspace: a directory with settings, sealed evidence, tables, the case store and reports."""

from __future__ import annotations

import os
import pwd
from contextlib import suppress
from pathlib import Path

from sqlalchemy import Engine

from netcordon.casefile import store
from netcordon.casefile.allowances import AllowList
from netcordon.casefile.anchor import ANCHOR_NAME
from netcordon.casefile.canonical import timestamp
from netcordon.casefile.cases import CaseBook
from netcordon.casefile.compartments import note_attempt
from netcordon.casefile.config import CONFIG_NAME, TEMPLATE, WorkspaceConfig, read_config
from netcordon.casefile.custody import EvidenceRegister, Registration
from netcordon.casefile.decoys import DecoyBook
from netcordon.casefile.durable import write_whole
from netcordon.casefile.faults import damaged, explained
from netcordon.casefile.journal import Clock, Draft, Journal, broken
from netcordon.casefile.lock import LOCK_NAME, RunLock
from netcordon.casefile.recovery import STAGING, Recovery, recover
from netcordon.casefile.triage import Triage
from netcordon.errors import WorkspaceError

STORE_NAME = "case.sqlite"
CREATED = "workspace.created"

_FOLDERS = ("evidence", "lake", "reports")
_EARLY = {LOCK_NAME, f".{CONFIG_NAME}.new"}
"""What a creation that was killed may leave before the directory counts as a workspace."""


class Workspace:
    """An open workspace. Use ``open_workspace``; close it, or use it as a context manager.

    Attributes:
        path: absolute path of the directory.
        config: the settings of ``netcordon.toml``.
        journal: everything that happened.
        register: the evidence.
        cases: the cases and runs.
        triage: rulings on findings, and suppressions.
        allowed: the allow-list.
        decoys: marked copies of documents.
        recovery: what was cleared up on opening; ``None`` when opened for reading.
    """

    def __init__(
        self, path: Path, engine: Engine, lock: RunLock | None, clock: Clock, *, writable: bool
    ) -> None:
        self.path = path
        self.config: WorkspaceConfig = read_config(path / CONFIG_NAME)
        self.journal = Journal(
            engine,
            path=path / STORE_NAME,
            anchor=path / ANCHOR_NAME,
            clock=clock,
            author=effective_user(),
        )
        self.register = EvidenceRegister(self.journal)
        self.cases = CaseBook(
            self.journal, clock, viewer=effective_user(), denied=self._note_attempt
        )
        self.triage = Triage(self.journal)
        self.allowed = AllowList(self.journal)
        self.decoys = DecoyBook(self.journal)
        self.recovery: Recovery | None = None
        self._engine = engine
        self._lock = lock
        self._clock = clock
        self._writable = writable

    def _note_attempt(self, case_id: str) -> None:
        """Put on record that a case was asked for by somebody who may not know of it."""
        if self._writable:
            note_attempt(self.journal, case_id)
            return
        # Whoever may only read leaves no trace, and sees no less and no more than others.
        with suppress(WorkspaceError), _open_beside(self.path, self._clock) as beside:
            note_attempt(beside.journal, case_id)

    def readable(self) -> tuple[Registration, ...]:
        """The evidence that the one who looks may know of."""
        hidden = self.cases.hidden_evidence()
        return tuple(r for r in self.register.all() if r.evidence.id not in hidden)

    @property
    def evidence_dir(self) -> Path:
        """Sealed copies of streams."""
        return self.path / "evidence"

    @property
    def lake_dir(self) -> Path:
        """The tables."""
        return self.path / "lake"

    @property
    def staging_dir(self) -> Path:
        """Tables in the making."""
        return self.lake_dir / STAGING

    @property
    def reports_dir(self) -> Path:
        """Reports."""
        return self.path / "reports"

    def close(self) -> None:
        """Let go of store and lock; harmless when done twice."""
        self._engine.dispose()
        if self._lock is not None:
            self._lock.release()

    def __enter__(self) -> Workspace:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def is_workspace(path: Path) -> bool:
    """Whether a directory is, or began to be, a workspace."""
    return (path / CONFIG_NAME).is_file()


def open_workspace(
    path: Path | str,
    *,
    create: bool,
    clock: Clock,
    readonly: bool = False,
    beside: bool = False,
) -> Workspace:
    """Open a workspace, for writing unless told otherwise.

    Opening for writing takes the lock, checks the end of the journal and clears up after a run that
    was killed. Opening for reading does none of that and works beside a run; so does opening
    ``beside``, which may add to the journal and touch nothing else.

    Args:
        path: the directory.
        create: make it when it is missing or empty.
        clock: stamps journal entries.
        readonly: open for reading.
        beside: open for the journal alone; with ``create``, a workspace that is missing is made.

    Raises:
        WorkspaceError: NC-501 not a workspace, NC-502 held by another run, NC-503 damaged store,
            NC-504 no rights, NC-505 no room, NC-506 wrong settings, NC-507 changed journal, NC-508
            later version.
    """
    root = Path(path).absolute()
    with explained(root):
        if not is_workspace(root):
            if readonly or not create:
                raise _no_workspace(root)
            _check_empty(root)
            root.mkdir(mode=0o700, parents=True, exist_ok=True)
        elif beside and (root / ANCHOR_NAME).is_file():
            return _open_beside(root, clock)
        if readonly:
            return _open_for_reading(root, clock)
        lock = RunLock(root, since=timestamp(clock()))
        try:
            return _open_for_writing(root, lock, clock)
        except BaseException:
            lock.release()
            raise


def _open_for_reading(root: Path, clock: Clock, *, writable: bool = False) -> Workspace:
    if not (root / STORE_NAME).is_file():
        raise damaged(root / STORE_NAME, "the file is missing")
    engine = store.connect(root / STORE_NAME, writable=writable)
    with explained(root / STORE_NAME):
        store.check_kind(engine, root / STORE_NAME)
    return Workspace(root, engine, None, clock, writable=writable)


def _open_beside(root: Path, clock: Clock) -> Workspace:
    workspace = _open_for_reading(root, clock, writable=True)
    workspace.journal.settle()
    return workspace


def _open_for_writing(root: Path, lock: RunLock, clock: Clock) -> Workspace:
    if not is_workspace(root):
        write_whole(root / CONFIG_NAME, TEMPLATE.encode())
    for name in _FOLDERS:
        (root / name).mkdir(mode=0o700, exist_ok=True)
    store_path = root / STORE_NAME
    is_new = not store_path.exists() or store_path.stat().st_size == 0
    has_anchor, has_tables = (root / ANCHOR_NAME).exists(), any((root / "lake").iterdir())
    # Going on with an empty or cut journal would make recovery throw away every table.
    if is_new and (has_anchor or has_tables):
        raise damaged(store_path, "the file is missing although the workspace was used")
    if has_tables and not has_anchor:
        raise broken(f"{ANCHOR_NAME} is missing")
    engine = store.connect(store_path, writable=True)
    with explained(store_path):
        if store.is_empty(engine):
            store_path.chmod(0o600)
            store.create(engine)
        store.check_kind(engine, store_path)
    workspace = Workspace(root, engine, lock, clock, writable=True)
    workspace.journal.settle()
    if workspace.journal.head().count == 0:
        workspace.journal.append([Draft(CREATED, "workspace", {"schema": store.SCHEMA_VERSION})])
    workspace.recovery = recover(root, workspace.register)
    return workspace


def _check_empty(root: Path) -> None:
    if root.is_dir() and {entry.name for entry in root.iterdir()} - _EARLY:
        raise WorkspaceError(
            "NC-501",
            f"{str(root)!r} is not a workspace, and not empty.",
            f"it has no {CONFIG_NAME}",
            "name an empty or a new directory with --workspace",
        )


def _no_workspace(root: Path) -> WorkspaceError:
    why = f"it has no {CONFIG_NAME}" if root.is_dir() else "there is no such directory"
    return WorkspaceError(
        "NC-501",
        f"{str(root)!r} is not a workspace.",
        why,
        "name the workspace with --workspace; netcordon investigate makes one",
    )


def effective_user() -> str:
    """Name of the user this process acts as; ``$USER`` and ``$LOGNAME`` anybody can set."""
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return f"uid {os.geteuid()}"
