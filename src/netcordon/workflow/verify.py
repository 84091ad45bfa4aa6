"""Prove that evidence, tables and journal are unchanged."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from netcordon.casefile.workspace import open_workspace
from netcordon.evidence.verify import Verification
from netcordon.evidence.verify import verify as check
from netcordon.workflow.stamp import read_head, trusted

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def verify(workspace: Path, *, head: str = "", authorities: Path | None = None) -> Verification:
    """Check everything the workspace holds; see ``evidence.verify``.

    Args:
        workspace: its directory.
        head: of the journal as it was kept elsewhere; empty for none.
        authorities: file with certificates of time-stamping authorities (PEM).

    Raises:
        UsageError: NC-545 that is no head, NC-546 no certificate is in the file.
        WorkspaceError: when there is no workspace, or its store cannot be read at all.
    """
    against = read_head(head) if head else None
    roots = trusted(authorities) if authorities else None
    with open_workspace(workspace, create=False, clock=lambda: _NEVER, readonly=True) as opened:
        return check(opened, against=against, authorities=roots)


def as_dict(result: Verification) -> dict[str, object]:
    """The result as JSON-able values."""
    return {
        "ok": result.ok,
        "journal": asdict(result.checkpoint),
        "evidence": result.evidence,
        "tables": result.tables,
        "exports": result.exports,
        "archived": result.archived,
        "stamps": result.stamps,
        "stamps_unproved": result.stamps_unproved,
        "bytes": result.bytes,
        "problems": [asdict(problem) for problem in result.problems],
    }
