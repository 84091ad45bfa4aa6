"""A plan in force on a real firewall: read back, proven, guarded, undone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from netcordon.model.enforced import ActionState
from netcordon.model.register import EnforcementPoint
from netcordon.workflow.confirm import confirm
from netcordon.workflow.enforce import EnforceRequest, enforce
from netcordon.workflow.in_force import ledger, reconcile, status
from netcordon.workflow.undo import undo
from tests.conftest import REQUIRE_ENGINES
from tests.engines.enclave import INSIDE, OUTSIDE, Enclave, enclave
from tests.engines.force import Force, approved, block, measure, named, now, plan, probe, register

pytestmark = pytest.mark.engines
SITE = """table inet site {
    chain forward { type filter hook forward priority 0; policy accept;
        ct state established,related counter accept
    }
}
"""


@pytest.fixture(scope="module")
def network() -> Iterator[Enclave]:
    if os.geteuid() != 0:
        (pytest.fail if REQUIRE_ENGINES else pytest.skip)("making network namespaces needs root")
    with enclave(Enclave) as made:
        made.serve("out")
        made.wait_for(OUTSIDE)
        made.run("fw", "nft", "-f", "-", stdin=SITE)
        yield made


@pytest.fixture
def fw(network: Enclave, engine_program: Callable[[str], str]) -> Iterator[str]:
    for program in ("nft", "conntrack", "ip"):
        engine_program(program)
    with named(network, "fw", f"nc-test-{os.getpid()}") as name:
        yield name
    network.run("fw", "nft", "-f", "-", stdin=f"flush ruleset\n{SITE}")


@pytest.fixture
def force(fw: str, tmp_path) -> Force:
    return with_actuator("nftables", fw, tmp_path)


def with_actuator(actuator: str, fw: str, tmp_path: Path) -> Force:
    point = EnforcementPoint(name="fw", actuator=actuator, transport="local", options={"netns": fw})
    known = register(point)
    made = plan(
        known,
        measure(1, block(1, f"{OUTSIDE}/32", 4444)),
        measure(2, block(2, "198.51.100.0/24")),
    )
    return approved(tmp_path / "a", tmp_path / "state", known, made)


def ruleset(network: Enclave) -> str:
    return network.run("fw", "nft", "-s", "list", "ruleset")


@pytest.mark.parametrize("actuator", ["nftables", "iptables"])
def test_in_force_is_what_the_device_says_and_undone_is_as_before(
    network, fw, tmp_path, engine_program, actuator
):
    if actuator == "iptables":
        for program in ("iptables-restore", "ipset"):
            engine_program(program)
        # The first rule ever makes the tables; what is compared is the site's own from then on.
        for program in ("iptables", "ip6tables"):
            for chain in ("FORWARD", "INPUT", "OUTPUT"):
                for change in ("-I", "-D"):
                    network.run("fw", program, change, chain, "-j", "ACCEPT")
    force = with_actuator(actuator, fw, tmp_path)
    before = ruleset(network)
    talk = network.talk("in", OUTSIDE, 4444)
    assert talk.hear() == "open"
    found = force.enforce()
    assert found.holds, found
    assert set(found.devices[0].states.values()) == {ActionState.ACTIVE}
    assert talk.say() != "answer"
    assert not network.opens(OUTSIDE, 4444)
    assert network.opens(OUTSIDE, 443)
    shown = status(force.workspace, None, force.devices())
    assert shown.is_sound
    counted = {row.command_id: row.seen.packets for row in shown.rows}
    assert counted["cmd-1"] > 0
    again = force.enforce()
    assert again.devices[0].already == ("cmd-1", "cmd-2")
    assert [row.command_id for row in ledger(force.devices())[0]] == ["cmd-1", "cmd-2"]
    part = undo(force.workspace, None, force.devices(), only=["msr-1"])
    assert part.devices[0].command_ids == ("cmd-1",)
    assert network.opens(OUTSIDE, 4444)
    rest = undo(force.workspace, None, force.devices())
    assert rest.devices[0].compared
    assert rest.devices[0].differs == ()
    assert ruleset(network) == before
    assert ledger(force.devices())[0] == ()
    states = [change.state for change in force.changes() if change.command_id == "cmd-1"]
    assert states == [
        ActionState.APPLYING, ActionState.ACTIVE, ActionState.ACTIVE, ActionState.EXPIRING,
        ActionState.UNDONE,
    ]  # fmt: skip


def test_what_nobody_confirms_is_taken_back_by_the_guard(network, force):
    before = ruleset(network)
    found = force.enforce(confirmed=False, window_s=5)
    assert found.deadline is not None
    assert not network.opens(OUTSIDE, 4444)
    wait_until(lambda: ruleset(network) == before, 15)
    wait_until(lambda: force.changes()[-1].state is ActionState.ROLLED_BACK, 5)
    assert network.opens(OUTSIDE, 4444)


def test_what_is_confirmed_stays(network, force):
    found = force.enforce(confirmed=False, window_s=5)
    assert found.deadline is not None
    assert confirm(force.workspace, None, force.devices()).stands == ("fw",)
    time.sleep(6)
    assert not network.opens(OUTSIDE, 4444)
    assert undo(force.workspace, None, force.devices()).devices[0].differs == ()


def test_a_rule_that_somebody_deleted_is_found_and_put_back(network, force):
    force.enforce()
    network.run("fw", "nft", "flush", "ruleset")
    network.run("fw", "nft", "-f", "-", stdin=SITE)
    found = reconcile(force.workspace, force.devices(), repair=False)
    assert {(d.command_id, d.kind) for d in found.drifts} == {("cmd-1", "lost"), ("cmd-2", "lost")}
    assert not found.is_sound
    assert network.opens(OUTSIDE, 4444)
    assert reconcile(force.workspace, force.devices(), repair=True).is_sound
    assert not network.opens(OUTSIDE, 4444)
    assert reconcile(force.workspace, force.devices(), repair=False).drifts == ()


def wait_until(holds: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_the_kernels_own_timer_and_ours_agree(network, fw, tmp_path):
    before = ruleset(network)
    point = EnforcementPoint(
        name="fw", actuator="nftables", transport="local", options={"netns": fw}
    )
    known = register(point)
    made = plan(known, measure(1, block(1, f"{OUTSIDE}/32", 4444, duration_s=3)))
    here = approved(tmp_path / "a", tmp_path / "state", known, made)
    here.enforce()
    (row,) = status(here.workspace, None, here.devices()).rows
    assert abs((row.seen.expires_time - row.expires_time).total_seconds()) < 2
    wait_until(lambda: network.opens(OUTSIDE, 4444), 10)
    wait_until(lambda: now() > row.expires_time, 5)
    shown = status(here.workspace, None, here.devices())
    assert [(d.kind, d.settled) for d in shown.drifts] == [("expired", "taken back")]
    assert ruleset(network) == before


@pytest.fixture
def vital(network, fw, tmp_path) -> Callable[..., Force]:
    """A plan whose vital flow is probed from inside, where netcordon then has to run."""

    def made(port: int, *commands: object) -> Force:
        point = EnforcementPoint(
            name="fw", actuator="nftables", transport="local", options={"netns": fw}
        )
        known = register(point)
        must = (probe(OUTSIDE, port, must_work=True, src=INSIDE),)
        not_ = (probe(OUTSIDE, 4444, must_work=False, src=INSIDE),)
        whole = plan(known, measure(1, *commands, positive_probes=must, negative_probes=not_))  # type: ignore[arg-type]
        return approved(tmp_path / "a", tmp_path / "state", known, whole)

    return made


def inside(network: Enclave, here: Force, *argv: str) -> subprocess.CompletedProcess[str]:
    command = ["nsenter", "-t", str(network.pid("in")), "-n", sys.executable, "-m"]
    command += ["netcordon.interfaces.cli", "contain", *argv, "-w", str(here.workspace)]
    environ = {**os.environ, "NETCORDON_STATE": str(here.state)}
    return subprocess.run(command, capture_output=True, text=True, env=environ)


def test_a_plan_that_cuts_a_vital_flow_is_taken_back_at_once(network, vital):
    before = ruleset(network)
    here = vital(443, block(1, f"{OUTSIDE}/32"))
    done = inside(network, here, "enforce", "--yes")
    assert done.returncode == 1
    assert "vital flow stopped working" in " ".join(done.stdout.split())
    assert ruleset(network) == before
    assert here.changes()[-1].state is ActionState.ROLLED_BACK


def test_a_vital_flow_that_stops_while_a_confirmation_is_awaited_takes_it_back(network, vital):
    here = vital(443, block(1, f"{OUTSIDE}/32", 4444))
    done = inside(network, here, "enforce", "--window", "5m")
    assert done.returncode == 0, done.stdout
    assert here.changes()[-1].state is ActionState.VERIFIED
    other = "add table inet other; add chain inet other f { type filter hook forward priority 0; };"
    network.run("fw", "nft", f"{other} add rule inet other f tcp dport 443 drop")
    try:
        wait_until(lambda: "netcordon" not in ruleset(network), 30)
    finally:
        network.run("fw", "nft", "delete", "table", "inet", "other")
    wait_until(lambda: here.changes()[-1].state is ActionState.ROLLED_BACK, 10)
    assert "stopped working" in here.changes()[-1].why


@pytest.mark.slow
def test_killed_at_any_moment_it_is_taken_back(network, force):
    """kill -9 before each effect in turn, and the guard or the next netcordon clears up."""
    before = ruleset(network)
    for number in range(1, 40):
        if not killed_at(force, number):
            break
        # With the guard there, nobody has to come; before it was set, nothing was touched.
        wait_until(lambda: ruleset(network) == before, 15)
        wait_until(lambda: not any(force.devices().records.is_guarded(r) for r in runs(force)), 15)
        assert force.devices().sweep() == ()
        assert all(d.pending is None and not d.standing for d in force.devices().records.all())
    assert number > 12
    # The last one lived to its end.
    assert not network.opens(OUTSIDE, 4444)
    assert undo(force.workspace, None, force.devices()).devices[0].differs == ()
    assert ruleset(network) == before


def runs(force: Force) -> list[str]:
    return [path.name for path in (force.state / "guards").iterdir()]


def killed_at(force: Force, number: int) -> bool:
    """Enforce in a process that kills itself before its n-th effect; whether it did."""
    child = os.fork()
    if not child:
        left = iter(range(number - 1))

        def watch(effect: object) -> None:
            if next(left, None) is None:
                os.kill(os.getpid(), signal.SIGKILL)

        request = EnforceRequest(plan_id=force.plan.id, confirmed=True, window_s=5)
        enforce(force.workspace, request, force.devices(watch=watch))
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)
