"""Killed at any moment, the next run completes with no row lost or doubled."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.journeys.conftest import COMMAND
from tests.traffic import Recording, dns_query

COUNT = """
SELECT 'flows' AS t, count(*) AS n, sum(packets_out + packets_in) AS packets FROM network_activity
UNION ALL SELECT 'dns', count(*), count(DISTINCT (evidence_id, frame)) FROM dns_activity ORDER BY t
"""


@pytest.fixture(scope="module")
def captures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("captures")
    for name in ("a", "b", "c"):
        recording = Recording()
        for n in range(30_000):
            client = f"10.{ord(name)}.{n % 250}.{n % 199 + 1}"
            recording.datagram(client, "192.0.2.53", 1024 + n % 60_000, 53,
                               dns_query(b"%x.%s.example" % (n, name.encode())))  # fmt: skip
        (folder / f"{name}.pcap").write_bytes(recording.pcap())
    return folder


def _run(folder: Path, workspace: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [*COMMAND, "investigate", str(folder), "--workspace", str(workspace), "--json"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip


def _counts(workspace: Path) -> object:
    done = subprocess.run(
        [*COMMAND, "sql", COUNT, "--workspace", str(workspace), "--format", "json"],
        capture_output=True, check=True,
    )  # fmt: skip
    return json.loads(done.stdout)


@pytest.mark.slow
def test_kill_at_random_points(captures: Path, tmp_path: Path) -> None:
    begun = time.monotonic()
    whole = _run(captures, tmp_path / "whole")
    document = json.loads(whole.communicate(timeout=300)[0])
    took = time.monotonic() - begun
    expected = _counts(tmp_path / "whole")
    assert sum(item["records"] for item in document["evidence"]) == 90_000
    chance = random.Random(5)
    killed = 0
    workspace = tmp_path / "killed"
    for _ in range(8):
        run = _run(captures, workspace)
        time.sleep(chance.uniform(0.05, 0.95) * took)
        if run.poll() is None:
            os.killpg(run.pid, signal.SIGKILL)
            killed += 1
        run.communicate(timeout=60)
    assert killed >= 4, "the runs ended before they could be killed"
    last = _run(captures, workspace)
    again = json.loads(last.communicate(timeout=300)[0])
    assert _counts(workspace) == expected
    assert again["findings"] == document["findings"]
    assert not list((workspace / "lake" / ".staging").glob("*"))
    done = subprocess.run([*COMMAND, "verify", "--workspace", str(workspace)], check=False)
    assert done.returncode == 0
