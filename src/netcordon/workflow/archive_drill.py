"""Drill a restore, and keep the dated proof in the archive and in the journal."""

from __future__ import annotations

import hashlib
import secrets
import tempfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from time import monotonic

from netcordon.archive.catalogue import DRILLS
from netcordon.archive.drilling import drill as try_restore
from netcordon.archive.drilling import proof_name
from netcordon.archive.opening import open_existing
from netcordon.casefile.archived import DrillRecord, record_drill
from netcordon.casefile.canonical import canonical
from netcordon.casefile.workspace import open_workspace
from netcordon.model.archive_report import Drill
from netcordon.workflow.archive_put import declared_place

Clock = Callable[[], datetime]


def drill(
    workspace: Path,
    *,
    clock: Clock,
    place: str = "",
    day: date | None = None,
    seed: str = "",
    scratch: Path | None = None,
) -> tuple[Drill, str]:
    """Restore a day, prove it, and keep the proof.

    Args:
        workspace: whose journal remembers it.
        clock: stamps the proof.
        place: of the archive, when not the declared one.
        day: instead of one that chance chooses.
        seed: for the choice; empty draws one.
        scratch: folder in which the day is restored for a moment; the system's, when not given.

    Returns:
        The drill, and the name of its proof in the archive.

    Raises:
        WorkspaceError: when there is no workspace, or its journal cannot be written.
        UsageError: NC-560 no archive is declared, NC-568 there is nothing to restore.
        ArchiveError: when the archive cannot be reached.
    """
    with open_workspace(workspace, create=False, clock=clock, beside=True) as opened:
        catalogue = open_existing(declared_place(opened, place))
        begun = monotonic()
        with tempfile.TemporaryDirectory(prefix="netcordon-drill-", dir=scratch) as folder:
            done = try_restore(
                catalogue,
                catalogue.segments(),
                Path(folder),
                seed=seed or secrets.token_hex(8),
                day=day,
                now=clock(),
                elapsed=lambda: monotonic() - begun,
            )
        content = (canonical(done) + "\n").encode()
        name = f"{DRILLS}/{proof_name(done.time, content)}"
        catalogue.store.put(name, content)
        proof = DrillRecord(
            time=done.time, day=done.day, ok=done.ok, name=name,
            sha256=hashlib.sha256(content).hexdigest(),
        )  # fmt: skip
        record_drill(opened.journal, catalogue.store.url, proof)
        return done, name
