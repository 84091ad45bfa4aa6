"""Plans: every way is closed where it crosses, at the least cost, and what stays open is said."""

from __future__ import annotations

from dataclasses import replace

import pytest

from netcordon.model.business import VitalFlow
from netcordon.model.command import Target
from netcordon.model.register import Protected, Register
from netcordon.planning.hashing import is_sealed
from netcordon.planning.implied import completed, missing
from netcordon.planning.never_block import shipped
from tests.cases import evidence
from tests.unit.planning.made import BEAT, plan, targets
from tests.unit.planning.made import traffic as recorded
from tests.unit.planning.network import (
    FILES,
    HOME,
    PARTNER,
    PC,
    PC2,
    SECOND,
    calls,
    channel,
    register,
)


@pytest.fixture
def traffic(tmp_path):
    yield from recorded(tmp_path)


def test_an_address_nobody_needs_is_blocked_where_it_is_crossed_and_its_name_refused(traffic):
    made = plan(traffic, channel(HOME, 443, name="c2.bad.example"))
    assert ("edge", Target(domain="c2.bad.example")) in targets(made)
    # PC2's page at port 80 of the same host would be lost with the whole address.
    assert ("edge", Target(outside=f"{HOME}/32", port=443, protocol="tcp")) in targets(made)
    assert made.optimal
    assert is_sealed(made)
    edge, resolver = made.rules
    assert edge.point == "edge-fw"
    assert HOME in edge.do
    assert edge.undo
    assert "c2.bad.example" in resolver.do


def test_between_hosts_of_ours_only_the_pair_is_cut(traffic):
    made = plan(traffic, channel(FILES, 445))
    (only,) = targets(made)
    assert only == (
        "core",
        Target(inside=f"{PC}/32", outside=f"{FILES}/32", port=445, protocol="tcp"),
    )


def test_a_vital_flow_is_not_cut_and_its_owner_is_named(traffic):
    pay = VitalFlow(
        name="pay", src="10.1.0.0/16", dst=f"{PARTNER}/32", port=443, owner="A. Diaz",
        business_line="payments",
    )  # fmt: skip
    for src in (PC, PC2):
        made = plan(traffic, channel(PARTNER, 443, src=src), network=register(pay))
        # The pair of the taken host may be cut, if its line agrees; everybody else goes on paying.
        pair = Target(inside=f"{src}/32", outside=f"{PARTNER}/32", port=443, protocol="tcp")
        assert targets(made) == {("edge", pair)}
        assert made.measures[0].approvals == ("payments",)
        assert made.measures[0].positive_probes[0].dst == PARTNER


def test_a_vital_flow_of_all_of_ipv6_says_nothing_of_ipv4(traffic):
    six = VitalFlow(name="six", src="::/0", dst="::/0", owner="A. Diaz")
    made = plan(traffic, channel(HOME, 443), network=register(six))
    assert not any(harm.critical for measure in made.measures for harm in measure.harms)
    assert ("edge", Target(outside=f"{HOME}/32", port=443, protocol="tcp")) in targets(made)


def test_attempts_that_nobody_answered_are_missed_by_nobody(tmp_path):
    home = calls(1, PC, HOME, 443, BEAT)
    knocks = calls(100, PC2, HOME, 25, [1.0, 2.0])
    for flow, state in zip(knocks, ("S0", "RSTO"), strict=True):
        flow |= {"conn_state": state, "payload_bytes_out": 0, "payload_bytes_in": 0}
    with evidence.engine(
        {"network_activity": [*home, *knocks]}, tmp_path, home_nets=("10.0.0.0/8",)
    ) as engine:
        (cut,) = plan(engine, channel(HOME, 443)).measures
    assert cut.commands[0].target == Target(outside=f"{HOME}/32")
    assert cut.harms == ()


def test_who_serves_the_whole_world_is_not_asked_about_one_stranger(traffic):
    mail = VitalFlow(
        name="mail", src="0.0.0.0/0", dst="10.1.0.25/32", port=25, business_line="operations"
    )
    made = plan(traffic, channel(HOME, 443), network=register(mail))
    assert [measure.approvals for measure in made.measures] == [()]
    (cut,) = plan(traffic, channel("10.1.0.25", 25, src=HOME), network=register(mail)).measures
    assert cut.approvals == ("operations",)


def test_what_is_vital_by_name_is_not_refused_by_name(traffic):
    pay = VitalFlow(name="pay", src="10.1.0.0/16", dst_name="c2.bad.example", owner="A. Diaz")
    made = plan(traffic, channel(HOME, 443, name="c2.bad.example"), network=register(pay))
    (gap,) = [gap for gap in made.gaps if gap.way_id == "way-1"]
    assert "'pay', owner A. Diaz" in gap.reason


def test_what_must_never_be_blocked_stays_open_with_the_reason(traffic):
    made = plan(
        traffic, channel("8.8.8.8", 443), network=replace(register(), never_block=shipped())
    )
    assert not made.measures
    (gap,) = made.gaps
    assert "8.8.8.8" in gap.reason
    network = replace(
        register(), never_block=(Protected(name="bad.example", reason="a partner of ours"),)
    )
    named = plan(traffic, channel(HOME, 443, name="c2.bad.example"), network=network)
    (gap,) = [gap for gap in named.gaps if gap.way_id == "way-1"]
    assert "would stop bad.example (a partner of ours)" in gap.reason


def test_a_second_server_with_the_same_client_and_rhythm_waits_for_a_word(traffic):
    made = plan(traffic, channel(HOME, 443))
    (way,) = [way for way in made.ways if not way.certain]
    assert (way.src, way.dst, way.port) == (PC2, SECOND, 8443)
    assert "calls every 22.4 s where way-1 calls every 22 s" in way.reason
    assert any(gap.way_id == way.id and "nobody confirmed" in gap.reason for gap in made.gaps)
    confirmed = plan(traffic, channel(HOME, 443), confirmed={way.id})
    assert ("edge", Target(outside=f"{SECOND}/32")) in targets(confirmed)
    assert not confirmed.gaps


def test_bad_neighbours_are_taken_together_around_what_must_never_be_blocked(traffic):
    network = replace(
        register(), never_block=(Protected(network="192.0.2.9/32", reason="a partner of ours"),)
    )
    ways = [channel(f"192.0.2.{n}", 443) for n in (50, 60, 70)]
    made = plan(traffic, *ways, network=network)
    (only,) = [target for boundary, target in targets(made) if boundary == "edge"]
    assert only == Target(outside="192.0.2.0/24", except_for=("192.0.2.9/32",))


def test_a_device_without_room_is_said(traffic):
    made = plan(traffic, channel(HOME, 443), network=register(capacity=0))
    assert any("room" in gap.reason for gap in made.gaps)


def test_any_change_breaks_the_seal(traffic):
    made = plan(traffic, channel(HOME, 443))
    assert not is_sealed(replace(made, measures=made.measures[:-1]))
    assert not is_sealed(replace(made, author="mallory"))


def test_without_a_declared_network_one_border_is_assumed_and_said(traffic):
    network, said = completed(Register(home_nets=("10.0.0.0/8",)), ("10.0.0.0/8",))
    assert "no boundary is declared" in said[0]
    made = plan(traffic, channel(HOME, 443), network=network)
    assert [rules.point for rules in made.rules] == ["border-device"]
    assert completed(register(), ())[1] == ()


def test_what_is_missing_is_named():
    said = missing(replace(register(), points=register().points[:1]))
    assert any("no vital flow is declared" in text for text in said)
    bare = replace(register(), boundaries=(replace(register().boundaries[1], points=()),))
    assert (
        "zone office reaches internet by boundary edge, which has no controllable device"
        in missing(bare)
    )
    assert any("zone servers has no boundary" in text for text in missing(bare))
