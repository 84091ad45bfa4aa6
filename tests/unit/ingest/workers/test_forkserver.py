from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from netcordon.ingest.workers.forkserver import ForkServer
from netcordon.ingest.workers.process import Worker, cause_of_death


@pytest.fixture(scope="module")
def server() -> Iterator[ForkServer]:
    """A prepared fork server."""
    server = ForkServer()
    try:
        assert server.hear() is not None
        server.prepare()
        assert server.hear() == {"prepared": True}
        yield server
    finally:
        server.end()


def _parent_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])


def _threads(pid: int) -> list[str]:
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return sorted((task / "comm").read_text().strip() for task in tasks)


def test_workers_are_forks_of_a_process_without_threads_of_its_own(server: ForkServer) -> None:
    worker = Worker(server)
    forker = _parent_of(worker.pid)
    assert _parent_of(forker) == os.getpid()
    assert len([name for name in _threads(forker) if "jemalloc" not in name]) == 1
    assert worker.end() == -signal.SIGKILL
    assert worker.end() is None
    assert not Path(f"/proc/{worker.pid}").exists()


def test_the_end_of_a_worker_is_told_with_its_reason(server: ForkServer) -> None:
    worker = Worker(server)
    os.kill(worker.pid, signal.SIGSEGV)
    assert worker.hear() is None
    assert cause_of_death(worker.exit_status()) == "it was ended by signal 11 (Segmentation fault)"
    other = Worker(server)
    other.socket.close()  # it leaves by itself when its parent hangs up
    assert other.exit_status() == 0


def test_a_worker_outlives_the_server_and_dies_with_its_parent() -> None:
    server = ForkServer()
    assert server.hear() is not None
    server.prepare()
    assert server.hear() is not None
    worker = Worker(server)
    os.kill(_parent_of(worker.pid), signal.SIGKILL)
    assert server.hear() is None
    handle = os.pidfd_open(worker.pid)
    assert not select.select([handle], [], [], 0)[0]
    with pytest.raises(OSError, match=r"ended|Broken pipe"):
        Worker(server)
    assert worker.end() is None
    assert select.select([handle], [], [], 0)[0]
    os.close(handle)
    server.end()
    assert server.exit_status() == -signal.SIGKILL


def test_words_for_the_end_of_a_process() -> None:
    assert cause_of_death(3) == "it ended with status 3"
    assert "memory runs out" in cause_of_death(-signal.SIGKILL)
    assert cause_of_death(None) == "how it ended is not known"


def test_parts_are_compiled_side_by_side_and_one_that_fails_costs_itself(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(_COMPILES)
    subprocess.run([sys.executable, str(program), str(tmp_path)], check=True)
    done = {path.name: path.read_text() for path in tmp_path.glob("part*")}
    assert done.keys() == {"part0", "part1", "part2"}
    assert len(set(done.values())) == 3


_COMPILES = """
import os, signal, socket, sys
from functools import partial
from pathlib import Path
from netcordon.ingest.workers import job, server

def part(number):
    (Path(sys.argv[1]) / f"part{number}").write_text(str(os.getpid()))
    if number == 1:
        os.kill(os.getpid(), signal.SIGKILL)

job.parts_to_compile = lambda: [partial(part, number) for number in range(3)]
with socket.socket() as parent:
    server._compile(parent)
    assert parent.fileno() >= 0
try:
    os.wait()
except ChildProcessError:
    sys.exit(0)
sys.exit(1)
"""
