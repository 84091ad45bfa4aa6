"""Prove that evidence, tables and journal are unchanged."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from netcordon.casefile.workspace import open_workspace
from netcordon.evidence.verify import Verification
from netcordon.evidence.verify import verify as check

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def verify(workspace: Path) -> Verification:
    """Check everything the workspace holds; see ``evidence.verify``.

    Raises:
        WorkspaceError: when there is no workspace, or its store cannot be read at all.
    """
    with open_workspace(workspace, create=False, clock=lambda: _NEVER, readonly=True) as opened:
        return check(opened)


def as_dict(result: Verification) -> dict[str, object]:
    """The result as JSON-able values."""
    return {
        "ok": result.ok,
        "journal": asdict(result.checkpoint),
        "evidence": result.evidence,
        "tables": result.tables,
        "exports": result.exports,
        "bytes": result.bytes,
        "problems": [asdict(problem) for problem in result.problems],
    }
