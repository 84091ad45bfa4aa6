import hashlib
import os
import sqlite3
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from netcordon.casefile.custody import RecordedFile
from netcordon.casefile.workspace import STORE_NAME, Workspace
from netcordon.evidence import raw
from netcordon.evidence.verify import verify
from tests.unit.evidence.test_known import take_in
from tests.unit.evidence.test_source import _pipe

STEP = 1000
SIZE = 4500
_TABLE = "network_activity/day=2026-01-01/000000.parquet"


@pytest.fixture
def taken(workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A registered file of 4,500 bytes with a digest each 1,000, and one file of tables."""
    monkeypatch.setattr(raw, "STEP_BYTES", STEP)
    path = tmp_path / "capture.pcap"
    path.write_bytes(os.urandom(SIZE))
    table = b"parquet" * 100
    recorded = RecordedFile(_TABLE, hashlib.sha256(table).hexdigest(), 7)
    registration = take_in(workspace, path, [recorded])
    place = workspace.lake_dir / f"evidence_id={registration.evidence.id}" / _TABLE
    place.parent.mkdir(parents=True)
    place.write_bytes(table)
    return path


def _flip(path: Path, position: int) -> None:
    with path.open("r+b") as file:
        file.seek(position)
        byte = file.read(1)[0]
        file.seek(position)
        file.write(bytes([byte ^ 1]))


def test_nothing_changed(workspace, taken):
    seen: dict[str, int] = {}
    result = verify(workspace, progress=seen.__setitem__)
    assert result.ok
    assert (result.evidence, result.tables, result.bytes) == (1, 1, SIZE + 700)
    assert result.checkpoint == workspace.journal.head()
    assert seen[str(taken)] == SIZE


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.integers(0, SIZE - 1))
def test_one_flipped_byte_of_the_evidence_is_named_with_its_place(workspace, taken, position):
    sha256 = hashlib.sha256(taken.read_bytes()).hexdigest()
    _flip(taken, position)
    (problem,) = verify(workspace).problems
    assert (problem.part, problem.state, problem.subject) == ("evidence", "changed", str(taken))
    assert problem.expected_sha256 == sha256
    assert problem.actual_sha256 == hashlib.sha256(taken.read_bytes()).hexdigest()
    first = position // STEP * STEP
    assert problem.byte_range == (first, min(first + STEP, SIZE))
    assert f"first among the bytes {first} to {min(first + STEP, SIZE) - 1}" in problem.what
    assert sha256 in problem.what
    _flip(taken, position)
    assert verify(workspace).ok


@pytest.mark.parametrize(
    ("size", "what"),
    [
        (SIZE + 10, "has 10 bytes more, the first 4500 are unchanged"),
        (3500, "has 1000 bytes less, the first 3000 are unchanged"),
        (3000, "has 1500 bytes less, the first 3000 are unchanged"),
        (0, "has 4500 bytes less, the first 0 are unchanged"),
    ],
)
def test_bytes_added_and_cut_off_are_told_from_changes(workspace, taken, size, what):
    os.truncate(taken, size)
    (problem,) = verify(workspace).problems
    assert what in problem.what


def test_evidence_that_moved_is_found_when_its_new_place_is_known(workspace, taken, tmp_path):
    moved = tmp_path / "moved.pcap"
    taken.rename(moved)
    (problem,) = verify(workspace).problems
    assert (problem.state, problem.subject) == ("missing", str(taken))
    (registration,) = workspace.register.all()
    workspace.register.presented(registration.evidence.id, str(moved))
    assert verify(workspace).ok
    moved.unlink()
    moved.mkdir()
    (problem,) = verify(workspace).problems
    assert problem.state == "unreadable"


def test_each_changed_byte_of_a_table_is_named(workspace, taken):
    (place,) = workspace.lake_dir.rglob("*.parquet")
    name = place.relative_to(workspace.path).as_posix()
    for position in range(0, 700, 50):
        _flip(place, position)
        (problem,) = verify(workspace).problems
        assert (problem.part, problem.state, problem.subject) == ("table", "changed", name)
        _flip(place, position)
    place.unlink()
    (problem,) = verify(workspace).problems
    assert (problem.state, problem.subject) == ("missing", name)


def test_rows_that_nobody_recorded_are_named(workspace, taken):
    (place,) = workspace.lake_dir.rglob("*.parquet")
    (place.parent / "000001.parquet").write_bytes(b"forged")
    (place.parent / "link").symlink_to(place.parent)
    (workspace.lake_dir / "evidence_id=ev-forged").mkdir()
    problems = verify(workspace).problems
    assert [p.state for p in problems] == ["unknown"] * 3
    assert [Path(p.subject).name for p in problems] == [
        "000001.parquet", "link", "evidence_id=ev-forged",
    ]  # fmt: skip


def test_a_sealed_copy_is_checked(workspace, monkeypatch):
    reading = _pipe(b"x" * 5000)
    registration = take_in(workspace, f"/dev/fd/{reading}")
    os.close(reading)
    (workspace.lake_dir / f"evidence_id={registration.evidence.id}").mkdir()
    assert verify(workspace).evidence == 1
    copy = workspace.path / registration.seal.kept
    copy.chmod(0o600)
    _flip(copy, 4000)
    assert verify(workspace).problems[0].subject == str(copy)
    copy.unlink()
    assert verify(workspace).problems[0].state == "missing"


def test_a_changed_journal_is_named_and_nothing_is_believed_of_it(workspace, taken):
    with sqlite3.connect(workspace.path / STORE_NAME) as connection:
        connection.execute("UPDATE journal_entry SET payload = replace(payload, 'pcap', 'pcbp')")
    connection.close()
    workspace.register._known = None
    result = verify(workspace)
    assert [p.subject for p in result.problems] == ["entry 2", "register"]
    assert "field 'payload'" in result.problems[0].what
    assert result.evidence == 0
