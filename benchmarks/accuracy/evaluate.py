"""One capture investigated as a user would, and what was said of it."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.accuracy.peers import Alarm, alarms
from benchmarks.accuracy.truth import Labelled
from netcordon.errors import NetcordonError
from netcordon.model.finding import Finding
from netcordon.settings import InvestigateSettings
from netcordon.workflow.investigate import investigate
from netcordon.workflow.observer import Silent
from netcordon.workflow.query import run_query

_HOST_DAYS = """
SELECT count(DISTINCT (host, day)) AS host_days FROM (
    SELECT src_ip AS host, day FROM network_activity WHERE packets_out > 0
    UNION ALL SELECT dst_ip, day FROM network_activity WHERE packets_in > 0)
"""
_READ = ".read"


@dataclass(frozen=True)
class Result:
    """One capture: what was said of it.

    Attributes:
        failure: why netcordon gave no answer; ``None`` when it did.
        host_days: pairs of an address that sent packets and a UTC day on which it did.
        alarms: name of a peer -> the alarm it raised.
        seconds: what netcordon took.
    """

    truth: Labelled
    findings: tuple[Finding, ...]
    failure: str | None
    host_days: int
    alarms: dict[str, Alarm]
    seconds: float


def evaluate(truth: Labelled, keep: Path | None = None, with_peers: bool = True) -> Result:
    """Investigate one capture in a workspace of its own.

    Args:
        truth: the capture.
        keep: where workspaces stay; the next evaluation reads their tables, not the captures.
        with_peers: whether the other tools look at it too.
    """
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="netcordon-accuracy-") as scratch:
        name = hashlib.sha256(str(truth.path).encode()).hexdigest()[:16]
        workspace = (keep or Path(scratch)) / name
        try:
            findings = _findings(truth, workspace)
        except NetcordonError as error:
            return _failed(truth, f"{error.code} {error.what}", begun)
        except Exception as error:  # noqa: BLE001 - a crash is a result here, and the worst one
            return _failed(truth, f"crash: {type(error).__name__}: {error}", begun)
        seconds = time.monotonic() - begun
        rows = run_query(workspace, _HOST_DAYS, timeout_s=60, max_rows=1).rows
        raised = alarms(truth.path, workspace, Path(scratch)) if with_peers else {}
        return Result(truth, findings, None, int(str(rows[0][0])), raised, seconds)


def _findings(truth: Labelled, workspace: Path) -> tuple[Finding, ...]:
    is_read = (workspace / _READ).exists()
    if workspace.exists() and not is_read:
        shutil.rmtree(workspace)
    outcome = investigate(
        [] if is_read else [str(path) for path in truth.files],
        InvestigateSettings(workspace=workspace),
        clock=lambda: datetime(2026, 1, 1, tzinfo=UTC),
        observer=Silent(),
    )
    shutil.rmtree(workspace / "reports", ignore_errors=True)
    (workspace / _READ).touch()
    return outcome.document.findings


def _failed(truth: Labelled, why: str, begun: float) -> Result:
    return Result(truth, (), why, 0, {}, time.monotonic() - begun)
