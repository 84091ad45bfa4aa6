"""A firewall reached by SSH: told, read back, and guarded by itself when its rules cut us off."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from netcordon.enforcement.device_guard import FOLDER
from netcordon.model.command import Target, Verb
from netcordon.model.enforced import ActionState
from netcordon.model.register import EnforcementPoint
from tests.conftest import REQUIRE_ENGINES
from tests.engines.device import PORT, SshDevice, ssh_device
from tests.engines.enclave import INSIDE, OUTSIDE, Enclave, enclave
from tests.engines.force import Force, approved, block, measure, plan, register

pytestmark = [pytest.mark.engines, pytest.mark.slow]
GATEWAY = "10.71.1.1"


@pytest.fixture(scope="module")
def network(
    engine_program: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Enclave, SshDevice]]:
    for program in ("ssh", "sshd", "ssh-keygen", "nft", "conntrack"):
        engine_program(program)
    if os.geteuid() != 0 or Path(FOLDER).exists():
        (pytest.fail if REQUIRE_ENGINES else pytest.skip)(f"needs root, and no {FOLDER}")
    with enclave(Enclave) as made:
        made.serve("out")
        made.wait_for(OUTSIDE)
        with ssh_device(made, "fw", GATEWAY, tmp_path_factory.mktemp("ssh")) as device:
            yield made, device


def force(network: tuple[Enclave, SshDevice], folder: Path, *commands: object) -> Force:
    device = network[1]
    point = EnforcementPoint(
        name="fw", actuator="nftables", transport=f"ssh://root@{GATEWAY}:{PORT}",
        options={"identity": str(device.identity), "known_hosts": str(device.known_hosts)},
    )  # fmt: skip
    known = register(point)
    made = plan(known, measure(1, *commands))  # type: ignore[arg-type]
    return approved(folder, folder / "state", known, made)


def netcordon(enclave: Enclave, where: Force, *argv: str) -> subprocess.CompletedProcess[str]:
    """Run inside, where a person at a desk would."""
    command = ["nsenter", "-t", str(enclave.pid("in")), "-n", sys.executable, "-m"]
    command += ["netcordon.interfaces.cli", "contain", *argv, "-w", str(where.workspace)]
    environ = {**os.environ, "NETCORDON_STATE": str(where.state)}
    return subprocess.run(command, capture_output=True, text=True, env=environ)


def test_in_force_and_back_by_ssh(network, tmp_path):
    enclave, device = network
    here = force(network, tmp_path, block(1, f"{OUTSIDE}/32", 4444))
    done = netcordon(enclave, here, "enforce", "--window", "30s")
    assert done.returncode == 0, done.stderr
    assert "contain confirm" in " ".join(done.stdout.split())
    assert len(device.timers()) == 1
    assert not enclave.opens(OUTSIDE, 4444)
    assert netcordon(enclave, here, "confirm").returncode == 0
    assert device.timers() == []
    done = netcordon(enclave, here, "undo")
    assert "its configuration is as before" in done.stdout
    assert enclave.opens(OUTSIDE, 4444)


def test_rules_that_cut_us_off_are_taken_back_by_the_device_itself(network, tmp_path):
    enclave, _ = network
    isolate = replace(
        block(1, f"{OUTSIDE}/32"), verb=Verb.CONTAIN, target=Target(inside=f"{INSIDE}/32")
    )
    here = force(network, tmp_path, isolate)
    began = time.monotonic()
    done = netcordon(enclave, here, "enforce", "--yes", "--window", "5s")
    assert done.returncode == 1
    while not enclave.opens(OUTSIDE, 80):
        assert time.monotonic() - began < 60
    done = netcordon(enclave, here, "status")
    deadline = time.monotonic() + 30
    while here.changes()[-1].state is not ActionState.ROLLED_BACK:
        assert time.monotonic() < deadline
        netcordon(enclave, here, "status")
        time.sleep(1)
    assert "netcordon" not in enclave.run("fw", "nft", "list", "ruleset")


def test_a_host_whose_key_is_not_known_is_told_nothing(network, tmp_path):
    enclave, device = network
    known = device.known_hosts.read_text()
    device.known_hosts.write_text("")
    try:
        here = force(network, tmp_path, block(1, f"{OUTSIDE}/32", 4444))
        done = netcordon(enclave, here, "enforce", "--yes")
    finally:
        device.known_hosts.write_text(known)
    assert done.returncode == 1
    assert "Host key verification failed" in " ".join(done.stdout.split())
    assert enclave.opens(OUTSIDE, 4444)
