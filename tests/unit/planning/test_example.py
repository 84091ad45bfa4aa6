"""docs/netcordon.example.toml can be used as it is; a plan made with it reaches every device."""

from __future__ import annotations

from pathlib import Path

import pytest

from netcordon.casefile.config import read_config
from netcordon.model.plan import CellState
from netcordon.planning.implied import missing
from netcordon.planning.picks import Picks
from netcordon.registry import load
from tests.cases import evidence
from tests.unit.planning.made import of_kind, plan
from tests.unit.planning.network import HOME, SECOND, calls, channel, hellos, taken

EXAMPLE = Path(__file__).parents[3] / "docs" / "netcordon.example.toml"
PC, SERVER, FILES = "10.20.1.50", "10.20.2.30", "10.20.2.20"


@pytest.fixture(scope="module")
def register():
    return read_config(EXAMPLE).register


@pytest.fixture(scope="module")
def traffic(tmp_path_factory):
    home = calls(1, PC, HOME, 443, [22.0 * n for n in range(12)])
    inner = calls(100, PC, SERVER, 22, [5.0])
    tables = {"network_activity": [*home, *inner, *calls(200, SERVER, SECOND, 443, [9.0])],
              "tls_activity": hellos(home, server_name="c2.bad.example")}  # fmt: skip
    folder = tmp_path_factory.mktemp("lake")
    with evidence.engine(tables, folder, home_nets=("10.20.0.0/16",)) as engine:
        yield engine


def test_nothing_is_missing_and_every_actuator_exists(register):
    assert missing(register) == ()
    known = {plugin.id for plugin in load("actuators")[0]}
    assert {point.actuator for point in register.points} <= known


def test_a_plan_reaches_every_device_and_leaves_nothing_open(traffic, register):
    made = plan(
        traffic, channel(HOME, 443, src=PC, name="c2.bad.example"), channel(SERVER, 22, src=PC),
        channel(SECOND, 443, src=SERVER), network=register, victims=(taken(PC),),
        picks=Picks(isolate=(PC,)),
    )  # fmt: skip
    assert {cell.state for cell in made.coverage} == {CellState.CUT}
    assert not made.is_open
    assert not [rules for rules in made.rules if rules.refused]
    assert {"border-fw", "quarantine"} <= {rules.point for rules in made.rules}
    isolated = of_kind(made, "isolate_host")[0]
    assert all(c.target.except_for for c in isolated.commands if c.target.inside == f"{PC}/32")
    (kept,) = of_kind(made, "protect_store")
    assert kept.commands[0].target.outside == f"{FILES}/32"
