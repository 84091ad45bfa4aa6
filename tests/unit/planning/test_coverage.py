"""The matrix: a field for each way and boundary, and 100 % only when nothing is open."""

from __future__ import annotations

from dataclasses import replace

import pytest

from netcordon.model.plan import CellState
from netcordon.model.register import INTERNET, Boundary, EnforcementPoint, Zone
from netcordon.planning.changed import changed
from netcordon.planning.picks import Picks, Preference
from netcordon.reporting.plan_matrix import covered_text, matrix_rows, still_open
from tests.unit.planning.made import plan
from tests.unit.planning.made import traffic as recorded
from tests.unit.planning.network import HOME, channel, register


@pytest.fixture(scope="module")
def traffic(tmp_path_factory):
    yield from recorded(tmp_path_factory.mktemp("lake"))


def network(*, proxy: bool, in_series: bool):
    """Office, then a DMZ, then the internet; or two ways out side by side."""
    known = register()
    core = Boundary(name="core", zones=("office", "dmz"), points=("core-fw",))
    edge = Boundary(name="edge", zones=("dmz", INTERNET), points=("edge-fw",) if proxy else ())
    if not in_series:
        core = Boundary(name="line-1", zones=("office", INTERNET), points=("core-fw",))
        edge = Boundary(
            name="line-2", zones=("office", INTERNET), points=("edge-fw",) if proxy else ()
        )
    return replace(
        known,
        zones=(*known.zones, Zone(name="dmz", networks=("10.9.0.0/24",))),
        boundaries=(core, edge),
        points=(
            EnforcementPoint(name="core-fw", actuator="nftables"),
            EnforcementPoint(name="edge-fw", actuator="nftables"),
        ),
    )


def states(made):
    return {cell.boundary: cell.state for cell in made.coverage}


def test_a_boundary_behind_one_that_is_closed_is_a_harmless_gap(traffic):
    made = plan(traffic, channel(HOME, 443), network=network(proxy=False, in_series=True))
    assert states(made) == {"core": CellState.CUT, "edge": CellState.HARMLESS}
    (harmless,) = [cell for cell in made.coverage if cell.state is CellState.HARMLESS]
    assert "all of it passes core" in harmless.reason
    assert [gap for gap in made.gaps if gap.boundary == "edge"]
    assert not [gap for gap in still_open(made) if gap.way_id == "way-1"]


def test_a_second_line_that_is_not_configured_is_a_gap_until_it_is(traffic):
    made = plan(traffic, channel(HOME, 443), network=network(proxy=False, in_series=False))
    assert states(made) == {"line-1": CellState.CUT, "line-2": CellState.GAP}
    assert made.is_open
    assert covered_text(made) == "1 of 2 fields (50 %): 1 closed by devices, 1 gap"
    assert ["way-1", "cut by cmd-1", "GAP"] in matrix_rows(made)
    full = plan(traffic, channel(HOME, 443), network=network(proxy=True, in_series=False))
    assert set(states(full).values()) == {CellState.CUT}
    assert covered_text(full) == "2 of 2 fields (100 %): 2 closed by devices"


def test_a_device_on_two_boundaries_is_told_once_and_closes_both(traffic):
    known = network(proxy=True, in_series=False)
    both = replace(
        known,
        boundaries=tuple(replace(b, points=("core-fw",)) for b in known.boundaries[:1])
        + (replace(known.boundaries[1], points=("core-fw",), translated=("10.1.0.0/16",)),),
    )
    made = plan(traffic, channel(HOME, 443), network=both)
    assert set(states(made).values()) == {CellState.CUT}
    (command,) = [command for measure in made.measures for command in measure.commands]
    # The rules for translated addresses fit both boundaries.
    assert command.boundary == "line-2"
    assert "at line-1, line-2" in made.measures[0].title
    assert not [rules for rules in made.rules if rules.refused]


def test_what_a_person_left_open_is_told_apart_from_a_gap(traffic):
    picks = Picks(prefer={"way-1": Preference.LEAVE})
    made = plan(traffic, channel(HOME, 443), picks=picks)
    assert [cell.state for cell in made.coverage] == [CellState.LEFT]
    assert covered_text(made) == "0 of 1 field (0 %): 0 closed by devices, 1 left open by decision"
    assert made.is_open
    assert "by decision of root" in still_open(made)[0].reason
    trial = changed(made, register(), {}, without=[])
    assert trial.coverage == made.coverage
