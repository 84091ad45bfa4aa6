"""What was given in confidence is not blocked unless somebody says so, on record."""

from __future__ import annotations

from dataclasses import replace

import pytest

from netcordon.model.handling import PAP
from netcordon.model.plan import CellState
from netcordon.model.register import Marking
from netcordon.planning.picks import Picks
from tests.unit.planning.made import commands, plan
from tests.unit.planning.made import traffic as recorded
from tests.unit.planning.network import HOME, channel, register

C2 = "c2.bad.example"


@pytest.fixture(scope="module")
def traffic(tmp_path_factory):
    yield from recorded(tmp_path_factory.mktemp("lake"))


@pytest.mark.parametrize("pap", [PAP.AMBER, PAP.RED])
@pytest.mark.parametrize("told", [{"name": "bad.example"}, {"network": "203.0.113.0/24"}])
def test_a_marked_way_is_a_gap_with_its_source(traffic, pap, told):
    network = replace(register(), markings=(Marking(pap=pap, source="sector CERT", **told),))
    made = plan(traffic, channel(HOME, 443, name=C2), network=network)
    assert not commands(made)
    gap = next(gap for gap in made.gaps if gap.way_id == "way-1")
    assert f"marked {pap} by sector CERT" in gap.reason
    assert "--override way-1" in gap.alternatives[0]
    assert made.coverage[0].state is CellState.GAP


@pytest.mark.parametrize("pap", [PAP.GREEN, PAP.CLEAR])
def test_what_may_be_acted_on_is_blocked(traffic, pap):
    network = replace(register(), markings=(Marking(pap=pap, name=C2),))
    made = plan(traffic, channel(HOME, 443, name=C2), network=network)
    assert made.coverage[0].state is CellState.CUT
    assert made.ways[0].pap is pap


def test_the_most_restrictive_marking_holds_and_a_hunted_list_counts(traffic):
    network = replace(register(), markings=(Marking(pap=PAP.GREEN, name=C2),))
    hunted = (Marking(pap=PAP.RED, network=f"{HOME}/32", source="feed.json"),)
    made = plan(traffic, channel(HOME, 443, name=C2), network=network, markings=hunted)
    assert (made.ways[0].pap, made.ways[0].pap_source) == (PAP.RED, "feed.json")
    assert not commands(made)


def test_an_override_stands_in_the_plan_with_reason_and_author(traffic):
    picks = Picks(pap={"way-1": PAP.RED}, override=("way-1",), reason="CERT agreed by telephone")
    made = plan(traffic, channel(HOME, 443), picks=picks)
    (override,) = made.overrides
    assert (override.way_id, override.pap, override.author) == ("way-1", PAP.RED, "root")
    assert override.reason == "CERT agreed by telephone"
    assert made.coverage[0].state is CellState.CUT


def test_a_persons_word_about_a_way_beats_a_list(traffic):
    network = replace(register(), markings=(Marking(pap=PAP.RED, name=C2),))
    picks = Picks(pap={"way-1": PAP.GREEN})
    made = plan(traffic, channel(HOME, 443, name=C2), network=network, picks=picks)
    assert commands(made)
    assert not made.overrides


def test_an_override_of_what_needs_none_is_no_override(traffic):
    picks = Picks(override=("way-1",), reason="to be sure")
    assert not plan(traffic, channel(HOME, 443), picks=picks).overrides


def test_what_is_said_of_a_way_is_said_of_its_far_end(traffic):
    ways = (channel(HOME, 443, name=C2), channel(HOME, 443, src="10.1.0.6", name=C2))
    made = plan(traffic, *ways, picks=Picks(pap={"way-1": PAP.RED}))
    assert {way.pap for way in made.ways if way.dst == HOME} == {PAP.RED}
    assert not commands(made)


def test_no_wider_command_blocks_what_must_not_be_noticed(traffic):
    neighbours = [f"192.0.2.{n}" for n in (50, 60, 70)]
    ways = [channel(ip, 443) for ip in (*neighbours, "192.0.2.80")]
    plain = plan(traffic, *ways)
    assert {c.target.outside for c in commands(plain)} == {"192.0.2.0/24"}
    (quiet,) = [way.id for way in plain.ways if way.dst == "192.0.2.80"]
    silent = plan(traffic, *ways, picks=Picks(pap={quiet: PAP.RED}))
    assert {c.target.outside for c in commands(silent)} == {f"{ip}/32" for ip in neighbours}
