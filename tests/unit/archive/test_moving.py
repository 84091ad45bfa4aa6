"""Killed before any call that changes files, no row is lost and none counts twice."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from netcordon.archive.opening import open_existing
from netcordon.casefile.workspace import open_workspace
from netcordon.errors import WorkspaceError
from netcordon.evidence.verify import verify
from netcordon.model.archive import ArchivePlace
from netcordon.workflow.archive_check import check
from netcordon.workflow.archive_put import PutRequest, put_evidence
from netcordon.workflow.archive_restore import restore
from tests.unit.archive.filled import a_day, clock, declare, take_in

_KILLED = """
import os, shutil, sys
from pathlib import Path
from netcordon.workflow.archive_put import PutRequest, put_evidence
from netcordon.workflow.archive_restore import restore
from tests.unit.archive.filled import clock
from tests.unit.archive.test_moving import DAY, rows

top, job = Path(sys.argv[1]), sys.argv[2]
steps, kill_at, watched = 0, 0, ""

def step(event, arguments):
    global steps
    if event in ("open", "os.rename", "os.mkdir", "os.remove", "os.rmdir", "sqlite3.connect"):
        if not watched or watched not in repr(arguments): return
        if event == "open" and not arguments[2] & (os.O_WRONLY | os.O_RDWR): return
        steps += 1
        if steps == kill_at: os.kill(os.getpid(), 9)

def work(root):
    if job == "restore":
        restore(root / "ws", (), clock=clock, day=DAY)
    else:
        put_evidence(root / "ws", PutRequest(moves=True), clock=clock)

def forked(root, at):
    global steps, kill_at, watched
    if child := os.fork():
        return os.waitpid(child, 0)[1]
    steps, kill_at, watched = 0, at, str(root)
    work(root)
    (top / "steps").write_text(str(steps))
    os._exit(0)

sys.addaudithook(step)
shutil.copytree(top / "begin", top / "whole")
assert forked(top / "whole", 0) == 0
count = int((top / "steps").read_text())
for at in range(1, count + 1):
    root = top / "killed"
    shutil.rmtree(root, ignore_errors=True)
    shutil.copytree(top / "begin", root)
    assert forked(root, at) == 9, at
    assert rows(root) == (2, 2), (at, rows(root))
    if at % 3 != count % 3: continue  # to go on costs most; every third shows it
    assert forked(root, 0) == 0, at
    assert rows(root, settled=True) == (2, 2), (at, rows(root))
print(count)
"""

DAY = clock().replace(year=2024, month=5, day=1).date()


def rows(top: Path, *, settled: bool = False) -> tuple[int, int]:
    """Rows that queries would read, and those that can be read at all, each once.

    With ``settled`` the lake and the catalogue must hold nothing beside.
    """
    with open_workspace(top / "ws", create=False, clock=clock, readonly=not settled) as opened:
        (registration,) = opened.register.all()
        assert registration.has_tables
        assert opened.journal.audit() == []
        folder = opened.lake_dir / f"evidence_id={registration.evidence.id}"
        if registration.is_hot:
            files = [folder / file.path for file in registration.tables]
        else:
            catalogue = open_existing(ArchivePlace(url=str(top / "archive")))
            (segment,) = catalogue.segments()
            files = [top / "archive" / file.name for file in segment.held]
        if settled:
            found = set(opened.lake_dir.rglob("*.parquet"))
            assert found == (set(files) if registration.is_hot else set())
            assert verify(opened).ok
            done = check(top / "ws", clock=clock, hashes=True)
            assert not done.damaged
            assert not done.orphans
        counted = [pq.read_metadata(file).num_rows for file in files]
        return sum(counted), sum(file.rows for file in registration.tables)


def _begin(top: Path) -> None:
    with open_workspace(top / "begin" / "ws", create=True, clock=clock) as workspace:
        original = top / "day.log"
        original.write_text("one day\n", encoding="utf-8")
        rows = a_day(0)
        del rows.rows["dns_activity"]  # one table has all the steps
        take_in(workspace, original, rows)
    # Relative, so that copies of the workspace have archives of their own.
    declare(top / "begin" / "ws", '[archive]\nplace = "../archive"\n')


@pytest.mark.slow
@pytest.mark.parametrize("job", ["move", "restore"])
def test_killed_at_any_step(tmp_path: Path, job: str) -> None:
    _begin(tmp_path)
    if job == "restore":
        put_evidence(tmp_path / "begin" / "ws", PutRequest(moves=True), clock=clock)
    repository = Path(__file__).parents[3]
    done = subprocess.run(
        [sys.executable, "-c", _KILLED, str(tmp_path), job], capture_output=True, text=True,
        env={**os.environ, "PYTHONPATH": f"{repository / 'src'}:{repository}"}, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    assert int(done.stdout) > 12, "the hook sees the steps"


def test_two_at_once_put_it_once(tmp_path: Path) -> None:
    _begin(tmp_path)
    for name in ("a", "b"):
        with open_workspace(tmp_path / name, create=True, clock=clock) as workspace:
            take_in(workspace, tmp_path / "day.log", a_day(0))
        declare(tmp_path / name, '[archive]\nplace = "../archive"\n')
    failed: list[BaseException] = []

    def put(name: str) -> None:
        try:
            put_evidence(tmp_path / name, PutRequest(moves=True), clock=clock)
        except BaseException as error:  # noqa: BLE001 - told by the test's own thread
            failed.append(error)

    threads = [threading.Thread(target=put, args=(name,)) for name in ("a", "b")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    (segment,) = open_existing(ArchivePlace(url=str(tmp_path / "archive"))).segments()
    assert sum(file.rows for file in segment.held) == 3
    found = check(tmp_path / "a", clock=clock, hashes=True)
    assert not found.damaged
    assert not found.orphans
    assert found.rows == 3
    with (
        open_workspace(tmp_path / "a", create=False, clock=clock),
        pytest.raises(WorkspaceError, match="NC-502"),
    ):
        put_evidence(tmp_path / "a", PutRequest(), clock=clock)
    restore(tmp_path / "a", (), clock=clock, day=DAY)
    assert list((tmp_path / "a" / "lake").rglob("*.parquet"))
    assert not list((tmp_path / "b" / "lake").rglob("*.parquet"))


def test_what_the_archive_lost_is_put_again_while_it_is_still_here(tmp_path: Path) -> None:
    _begin(tmp_path)
    ws, archive = tmp_path / "begin" / "ws", tmp_path / "begin" / "archive"
    put_evidence(ws, PutRequest(), clock=clock)
    (table,) = archive.glob("data/*/*/*/*.parquet")
    (original,) = archive.glob("originals/*")
    whole = table.read_bytes()
    table.write_bytes(b"")
    original.unlink()
    assert {d.state for d in check(ws, clock=clock).damaged} == {"missing", "changed"}
    (one,) = put_evidence(ws, PutRequest(), clock=clock).put
    assert (one.was_there, one.stored_bytes) == (True, len(whole) + len("one day\n"))
    assert table.read_bytes() == whole
    assert not check(ws, clock=clock, hashes=True).damaged
    # What is not as the entry says is no source.
    table.unlink()
    (here,) = (ws / "lake").rglob("*.parquet")
    here.chmod(0o600)
    here.write_bytes(whole[:-1] + b"x")
    (one,) = put_evidence(ws, PutRequest(), clock=clock).put
    assert (one.stored_bytes, table.exists()) == (0, False)


_NO_ROOM = """
import subprocess, sys
from pathlib import Path
from netcordon.errors import NetcordonError
from netcordon.workflow.archive_check import check
from netcordon.workflow.archive_drill import drill
from netcordon.workflow.archive_put import PutRequest, put_evidence
from netcordon.workflow.archive_restore import restore
from tests.unit.archive.filled import clock
from tests.unit.archive.test_moving import DAY

top = Path(sys.argv[1])

def refused(work, *arguments, **more):
    try:
        work(*arguments, clock=clock, **more)
    except NetcordonError as error:
        return error.code, error.why
    raise AssertionError("nothing was refused")

def mount(place, *options):
    subprocess.run(["mount", *options, "none", str(place)], check=True)

def mounted(place, options):
    place.mkdir(exist_ok=True)
    mount(place, "-t", "tmpfs", "-o", options)

archive, ws = top / "archive", top / "begin" / "ws"
mounted(top / "begin" / "archive", "size=8k")
print(*refused(put_evidence, ws, PutRequest(moves=True)))
assert list((ws / "lake").rglob("*.parquet")), "nothing left the workspace"
assert check(ws, clock=clock).segments == 0
mount(top / "begin" / "archive", "-o", "remount,size=8m")
put_evidence(ws, PutRequest(moves=True), clock=clock)
assert not list((ws / "lake").rglob("*.parquet"))
mount(top / "begin" / "archive", "-o", "remount,ro")
print(*refused(drill, ws))
assert check(ws, clock=clock).segments == 1
subprocess.run(["mount", "--bind", str(ws), str(ws)], check=True)
mount(ws, "-o", "remount,bind,ro")
print(*refused(restore, ws, (), day=DAY))
"""


def test_no_room_and_no_right_are_told_and_lose_nothing(tmp_path: Path) -> None:
    _begin(tmp_path)
    (tmp_path / "day.log").write_bytes(b"x" * 100)  # the original was changed: tables alone go
    repository = Path(__file__).parents[3]
    done = subprocess.run(
        ["unshare", "--mount", "--map-root-user", sys.executable, "-c", _NO_ROOM, str(tmp_path)],
        capture_output=True, text=True,
        env={**os.environ, "PYTHONPATH": f"{repository / 'src'}:{repository}"}, check=False,
    )  # fmt: skip
    if "unshare" in done.stderr and "Operation not permitted" in done.stderr:
        pytest.skip("this system lets no user make a namespace for mounts")
    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stdout.splitlines() == [
        "NC-561 No space left on device", "NC-561 Read-only file system",
        "NC-504 Read-only file system",
    ]  # fmt: skip
