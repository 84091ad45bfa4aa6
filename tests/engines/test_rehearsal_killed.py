"""Nothing of a rehearsal outlives who asked for it, or the process that asks the engines."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.conftest import REQUIRE_ENGINES

pytestmark = pytest.mark.engines

_ASK = """
import json, sys
from netcordon.rehearsal.enclosed import asked
asked(sys.argv[1], json.load(sys.stdin))
"""
# More than is answered before the test is over.
NAMES = [[f"n{number}.partner.example", 1] for number in range(60_000)]
REQUESTS = [
    {"src": "10.1.0.5", "text": f"GET http://www.partner.example/{number} HTTP/1.1\r\n\r\n"}
    for number in range(20_000)
]
JOBS = {
    "unbound": ("name_prober", {"servers": ["unbound"], "zone": None, "names": NAMES}),
    "named": ("name_prober", {"servers": ["named"], "zone": None, "names": NAMES}),
    "squid": ("proxy_prober", {"rules": "", "names": {}, "requests": REQUESTS}),
}
DEADLINE_S = 30.0


@pytest.fixture(autouse=True)
def root() -> None:
    if os.geteuid() != 0:
        (pytest.fail if REQUIRE_ENGINES else pytest.skip)("making network namespaces needs root")


def below(pid: int) -> Iterator[tuple[int, str]]:
    """All processes that a process has started, those nearest to it first, with their names."""
    with suppress(FileNotFoundError, ProcessLookupError):
        for thread in Path(f"/proc/{pid}/task").glob("*"):
            for child in (thread / "children").read_text().split():
                yield int(child), Path(f"/proc/{child}/comm").read_text().strip()
                yield from below(int(child))


def running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in "ZX"


@pytest.mark.parametrize(
    ("server", "killed"), [("unbound", "asker"), ("named", "prober"), ("squid", "asker")]
)
def test_no_server_stays_when_one_of_them_is_killed(
    server: str, killed: str, engine_program: Callable[[str], str], tmp_path: Path
) -> None:
    engine_program(server)
    module, job = JOBS[server]
    (tmp_path / "job").write_text(json.dumps(job))
    with (tmp_path / "job").open() as told:
        asker = subprocess.Popen([sys.executable, "-c", _ASK, module], stdin=told)
    found: dict[int, str] = {}
    deadline = time.monotonic() + DEADLINE_S
    try:
        while server not in found.values():
            assert asker.poll() is None
            assert time.monotonic() < deadline, found
            time.sleep(0.1)
            found = dict(below(asker.pid))
        prober = next(pid for pid, name in found.items() if name.startswith("python"))
        os.kill(asker.pid if killed == "asker" else prober, signal.SIGKILL)
        while left := [pid for pid in found if running(pid)]:
            assert time.monotonic() < deadline, {pid: found[pid] for pid in left}
            time.sleep(0.1)
    finally:
        asker.kill()
        asker.wait()
