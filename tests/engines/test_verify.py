"""Traffic recorded in namespaces after a plan came into force judges it."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from netcordon.model.enforced import ActionState
from netcordon.model.proof import Judgement, Sensor
from netcordon.model.register import EnforcementPoint
from netcordon.workflow.in_force import status
from netcordon.workflow.observer import Silent
from netcordon.workflow.prove import prove
from tests.conftest import REQUIRE_ENGINES
from tests.engines.enclave import INSIDE, OUTSIDE, Enclave, enclave
from tests.engines.force import Force, approved, block, measure, named, plan, register

pytestmark = [pytest.mark.engines, pytest.mark.slow]


@pytest.fixture
def network(engine_program: Callable[[str], str]) -> Iterator[Enclave]:
    for program in ("nft", "conntrack", "ip", "tcpdump"):
        engine_program(program)
    if os.geteuid() != 0:
        (pytest.fail if REQUIRE_ENGINES else pytest.skip)("making network namespaces needs root")
    with enclave(Enclave) as made:
        made.serve("out")
        made.wait_for(OUTSIDE)
        yield made


@contextmanager
def recorded(network: Enclave, where: str, path: Path) -> Iterator[None]:
    argv = [
        "nsenter",
        "-t",
        str(network.pid(where)),
        "-n",
        "tcpdump",
        "-i",
        "eth0",
        "-U",
        "--immediate-mode",
        "-Z",
    ]
    recorder = subprocess.Popen([*argv, "root", "-w", str(path)], stderr=subprocess.PIPE)
    assert recorder.stderr is not None
    while b"listening" not in recorder.stderr.readline():
        pass
    try:
        yield
        time.sleep(0.5)
    finally:
        recorder.send_signal(signal.SIGINT)
        recorder.wait()
        recorder.stderr.close()


def judged(force: Force, capture: Path, sensor: Sensor):
    proof = prove(
        force.workspace, None, [str(capture)], force.devices(), sensor=sensor, observer=Silent()
    )
    assert not proof.problems
    return {each.command_id: each for each in proof.commands}


def test_after_traffic_says_what_holds_what_failed_and_who_still_tries(network, tmp_path):
    with named(network, "fw", f"nc-test-{os.getpid()}") as netns:
        point = EnforcementPoint(
            name="fw", actuator="nftables", transport="local", options={"netns": netns}
        )
        known = register(point)
        made = plan(
            known,
            measure(1, block(1, f"{OUTSIDE}/32", 4444)),
            measure(2, block(2, "198.51.100.0/24")),
        )
        force = approved(tmp_path / "a", tmp_path / "state", known, made)
        near, far, hole = (tmp_path / f"{name}.pcap" for name in ("near", "far", "hole"))
        with recorded(network, "in", near), recorded(network, "out", far):
            assert network.opens(OUTSIDE, 4444)
            force.enforce()
            time.sleep(2.1)  # what comes within the grace is not counted
            assert not network.opens(OUTSIDE, 4444)
            assert network.opens(OUTSIDE, 443)
        found = judged(force, near, Sensor.NEAR)
        assert found["cmd-1"].judgement is Judgement.HOLDS
        assert [(t.src_ip, t.attempts > 0) for t in found["cmd-1"].trying] == [(INSIDE, True)]
        assert found["cmd-2"].judgement is Judgement.SILENT
        assert status(force.workspace, None, force.devices()).rows[0].trying == (INSIDE,)
        assert judged(force, far, Sensor.FAR)["cmd-1"].judgement is Judgement.SILENT
        assert force.changes()[-1].state is ActionState.VERIFIED
        rows = status(force.workspace, None, force.devices()).rows
        assert rows[0].trying == ()  # beyond the device, nobody is seen to try
        # Somebody takes the rules away behind our back, and the far side sees it.
        network.run("fw", "nft", "flush", "ruleset")
        with recorded(network, "out", hole):
            assert network.opens(OUTSIDE, 4444)
        for sensor in Sensor:
            proof = judged(force, hole, sensor)["cmd-1"]
            assert proof.judgement is Judgement.FAILED
            assert proof.through >= 3
            assert proof.first is not None
            assert proof.last is not None
            assert proof.first.frame < proof.last.frame
            assert proof.connections == 1
            assert f"{proof.through} packets after" in proof.said
        assert force.changes()[-1].state is ActionState.FAILED
