import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from netcordon.casefile.recovery import Recovery
from netcordon.casefile.workspace import Workspace, open_workspace
from tests.unit.casefile.test_custody import EVIDENCE, FILES, SEAL

_INVESTIGATE = """
import os, pathlib, sys
from datetime import UTC, datetime
from netcordon.casefile import durable
from netcordon.casefile.workspace import open_workspace
from tests.unit.casefile.test_custody import EVIDENCE, FILES, SEAL

root, kill_at = pathlib.Path(sys.argv[1]), int(sys.argv[2])
steps = 0

def step(event, arguments):
    # Die before the n-th call that touches the file system or the database.
    global steps
    if event in ("open", "os.rename", "os.mkdir", "os.remove", "sqlite3.connect", "os.chmod"):
        if str(root) not in repr(arguments): return
        steps += 1
        if steps == kill_at: os.kill(os.getpid(), 9)

sys.addaudithook(step)
with open_workspace(root, create=True, clock=lambda: datetime(2026, 1, 1, tzinfo=UTC)) as ws:
    if not any(r.has_tables for r in ws.register.all()):
        staging = ws.staging_dir / "x1"
        staging.mkdir(parents=True)
        (staging / "rows").write_bytes(b"rows")
        staging.rename(ws.lake_dir / f"evidence_id={EVIDENCE.id}")
        ws.register.register(EVIDENCE, SEAL, FILES)
print(steps)
"""


def _reopen(workspace: Workspace, clock) -> Workspace:
    workspace.close()
    return open_workspace(workspace.path, create=False, clock=clock)


def _place(workspace: Workspace, evidence_id: str) -> Path:
    folder = workspace.lake_dir / f"evidence_id={evidence_id}"
    folder.mkdir()
    (folder / "rows").write_bytes(b"rows")
    return folder


def test_a_clean_workspace_needs_nothing(workspace, clock):
    _place(workspace, EVIDENCE.id)
    workspace.register.register(EVIDENCE, SEAL, FILES)
    with _reopen(workspace, clock) as again:
        assert again.recovery == Recovery()
        assert again.register.all()[0].has_tables


def test_unfinished_and_unregistered_rows_are_removed(workspace, clock):
    (workspace.staging_dir / "abc" / "network_activity").mkdir(parents=True)
    folder = _place(workspace, "ev-unknown")
    with _reopen(workspace, clock) as again:
        assert again.recovery == Recovery(staging_removed=1, unregistered_removed=("ev-unknown",))
        assert not folder.exists()
        assert list(again.staging_dir.iterdir()) == []


def test_a_link_in_the_lake_is_removed_and_not_followed(workspace, clock, tmp_path):
    (tmp_path / "precious").mkdir()
    (tmp_path / "precious" / "file").write_bytes(b"x")
    (workspace.lake_dir / "evidence_id=ev-link").symlink_to(tmp_path / "precious")
    with _reopen(workspace, clock) as again:
        assert again.recovery.unregistered_removed == ("ev-link",)
    assert (tmp_path / "precious" / "file").exists()


def test_lost_rows_are_recorded_once(workspace, clock):
    workspace.register.register(EVIDENCE, SEAL, FILES)
    with _reopen(workspace, clock) as again:
        assert again.recovery.tables_lost == (EVIDENCE.id,)
        assert not again.register.all()[0].has_tables
        with _reopen(again, clock) as third:
            assert third.recovery == Recovery()


def test_copies_of_streams_are_kept_and_named(workspace, clock):
    partial = workspace.evidence_dir / ".partial-1"
    copy = workspace.evidence_dir / "abc.pcap"
    partial.write_bytes(b"half")
    copy.write_bytes(b"whole")
    with _reopen(workspace, clock) as again:
        assert again.recovery == Recovery(partial_copies=(partial,), unregistered_copies=(copy,))
    assert partial.read_bytes() == b"half"


@pytest.mark.slow
def test_killed_at_any_step_the_next_run_completes_it(tmp_path, clock):
    repository = Path(__file__).parents[3]
    environment = {**os.environ, "PYTHONPATH": str(repository), "PYTHONDONTWRITEBYTECODE": "1"}

    def run(root: Path, kill_at: int) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", _INVESTIGATE, root, str(kill_at)]
        return subprocess.run(command, capture_output=True, text=True, env=environment)

    steps = int(run(tmp_path / "whole", 0).stdout)
    assert steps > 15, "the hook sees the steps"
    for kill_at in range(1, steps + 1):
        root = tmp_path / f"killed-{kill_at}"
        assert run(root, kill_at).returncode == -signal.SIGKILL
        done = run(root, 0)
        assert done.returncode == 0, (kill_at, done.stderr)

        with open_workspace(root, create=False, clock=clock) as opened:
            assert opened.recovery == Recovery(), kill_at
            (registration,) = opened.register.all()
            assert registration.evidence == EVIDENCE
            assert (opened.lake_dir / f"evidence_id={EVIDENCE.id}" / "rows").read_bytes() == b"rows"
            assert opened.journal.audit() == [], kill_at
            kinds = [e.kind for e in opened.journal.entries()]
            assert kinds == ["workspace.created", "evidence.registered"], kill_at
