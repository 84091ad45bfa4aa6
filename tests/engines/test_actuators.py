"""Every vendor checker judges what its actuator writes, and refuses what is not its language."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from netcordon.model.actuator import Call, Check, Rendered, Standing
from tests.unit.plugins.actuators.orders import ACTUATORS, ORDERS, site

pytestmark = pytest.mark.engines
CHECKS = [
    pytest.param(name, check, id=f"{name}-{check.program}")
    for name, actuator in ACTUATORS.items()
    for check in actuator.checks
]
NEVER = ("198.51.100.64/32", "2001:db8:bad:53::/64")


def test_the_checkers_that_debian_has_are_asked() -> None:
    asked = {check.program for actuator in ACTUATORS.values() for check in actuator.checks}
    linux = {"nft", "iptables-restore", "suricata", "squid", "exabgp"}
    assert asked >= linux | {"named-checkzone", "unbound-checkconf"}


@contextmanager
def alone() -> Iterator[Sequence[str]]:
    """How a program is run in a network namespace of its own: checkers may ask the kernel."""
    mine = [] if os.geteuid() == 0 else ["-Ur"]
    hold = ["unshare", *mine, "-n", "sh", "-c", "echo made; exec sleep 300"]
    with subprocess.Popen(hold, stdout=subprocess.PIPE, text=True) as holder:
        try:
            assert holder.stdout is not None
            assert holder.stdout.readline() == "made\n"
            user = ["-U", "--preserve-credentials"] if mine else []
            yield ["nsenter", "-t", str(holder.pid), *user, "-n"]
        finally:
            holder.kill()


def accepted(calls: Sequence[Call], folder: Path, program: str) -> str | None:
    """``None``, or what the checker says against it."""
    with alone() as inside:
        for call in calls:
            if call.content is not None:
                (folder / call.path).write_text(call.content, encoding="utf-8")
                continue
            argv = [program if arg == Path(program).name else arg for arg in call.argv]
            done = subprocess.run(
                [*inside, *argv], cwd=folder, input=call.stdin, capture_output=True, text=True
            )
            if done.returncode not in call.fine:
                return done.stdout + done.stderr
    return None


@pytest.mark.parametrize(("name", "check"), CHECKS)
def test_what_is_written_is_accepted(
    name: str, check: Check, tmp_path: Path, engine_program: Callable[[str], str]
) -> None:
    program = engine_program(check.program)
    place = site(name, never_block=NEVER)
    rendered = ACTUATORS[name].render(ORDERS, place)
    assert accepted(check.calls(rendered, place), tmp_path, program) is None


@pytest.mark.parametrize(("name", "check"), CHECKS)
def test_it_is_accepted_beside_another_case(
    name: str, check: Check, tmp_path: Path, engine_program: Callable[[str], str]
) -> None:
    program = engine_program(check.program)
    able = [
        order
        for order in ORDERS
        if order.id in ACTUATORS[name].render(ORDERS, site(name)).expressed
    ]
    place = site(name, standing=tuple(Standing(case_id="case-8", command=each) for each in able))
    rendered = ACTUATORS[name].render(ORDERS, place)
    assert rendered.expressed
    assert accepted(check.calls(rendered, place), tmp_path, program) is None
    # What stays when this case is taken back is as good.
    left = replace(rendered, do=rendered.undo)
    if name not in ("nftables", "iptables"):
        assert accepted(check.calls(left, place), tmp_path, program) is None


# unbound-checkconf reads its own configuration only; the zone is named-checkzone's.
@pytest.mark.parametrize(
    ("name", "check"), [each for each in CHECKS if each.values[1].program != "unbound-checkconf"]
)
def test_a_checker_that_accepts_anything_would_be_noticed(
    name: str, check: Check, tmp_path: Path, engine_program: Callable[[str], str]
) -> None:
    program = engine_program(check.program)
    place = site(name)
    good = ACTUATORS[name].render(ORDERS, place)
    lines = good.do.splitlines()
    last = max(at for at, line in enumerate(lines) if not line.startswith("#"))
    lines[last] = "nonsense, nonsense;"
    broken = Rendered(do="\n".join([*lines, ""]), undo="", expressed=good.expressed)
    assert accepted(check.calls(broken, place), tmp_path, program) is not None
