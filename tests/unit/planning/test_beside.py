"""What a plan holds beside the cuts: isolation, quarantine, confidential data, people's tasks."""

from __future__ import annotations

from dataclasses import replace

import pytest

from netcordon.model.business import Asset, Business, VitalFlow
from netcordon.model.command import Target, Verb
from netcordon.model.handling import PAP
from netcordon.model.plan import CellState, Posture
from netcordon.model.register import INTERNET, Boundary, EnforcementPoint, Zone
from netcordon.planning.picks import Picks, Preference
from tests.unit.planning.made import commands, of_kind, plan
from tests.unit.planning.made import traffic as recorded
from tests.unit.planning.network import FILES, HOME, PC, PC2, channel, incident, register, taken

LAB = "10.1.0.200/32"


@pytest.fixture
def traffic(tmp_path):
    yield from recorded(tmp_path)


def with_device(point: EnforcementPoint, boundary: str = "", **more):
    """The small network with one more device, on a boundary or guarding hosts."""
    network = register()
    boundaries = tuple(
        replace(b, points=(*b.points, point.name)) if b.name == boundary else b
        for b in network.boundaries
    )
    return replace(network, points=(*network.points, point), boundaries=boundaries, **more)


def test_memory_is_copied_before_the_host_is_isolated_whatever_the_posture(traffic):
    for posture in Posture:
        picks = Picks(isolate=(PC,), posture=posture)
        made = plan(traffic, channel(HOME, 443), victims=(taken(),), picks=picks)
        (copy,) = of_kind(made, "capture_memory")
        for isolate in of_kind(made, "isolate_host"):
            assert copy.id in isolate.after
            assert made.measures.index(copy) < made.measures.index(isolate)


def test_discreet_does_first_what_the_attacker_does_not_notice(traffic):
    picks = Picks(posture=Posture.DISCREET)
    made = plan(traffic, channel(HOME, 443), victims=(taken(),), picks=picks)
    kinds = [measure.kind for measure in made.measures]
    assert kinds[:2] == ["capture_memory", "verbose_logging"]
    assert all(set(m.after) == {"msr-1", "msr-2"} for m in made.measures[2:])
    fast = plan(traffic, channel(HOME, 443), victims=(taken(),))
    assert fast.measures[0].commands


def test_a_host_is_isolated_at_every_device_that_sees_it_and_stays_in_reach_of_forensics(traffic):
    network = replace(register(), forensic=(LAB,), resolvers=("10.2.0.53/32",))
    made = plan(
        traffic, channel(HOME, 443), network=network, victims=(taken(),), picks=Picks(isolate=(PC,))
    )
    device, by_hand = of_kind(made, "isolate_host")
    told = {(c.point, c.verb, c.target) for c in device.commands}
    spared = (LAB, "10.2.0.53/32")
    assert told == {
        (point, Verb.CONTAIN, Target(inside=f"{PC}/32", except_for=spared))
        for point in ("core-fw", "edge-fw")
    }
    assert not by_hand.commands
    assert device.covers == ("way-1",)
    near = plan(
        traffic, channel(PC2, 445), network=network, victims=(taken(),), picks=Picks(isolate=(PC,))
    )
    # No device on a boundary sees two neighbours talk.
    assert [m.covers for m in of_kind(near, "isolate_host")] == [(), ("way-1",)]
    assert any("neighbours in zone office still reach it" in note for note in made.notes)
    assert any("IPv6 address was not seen" in note for note in made.notes)
    # That the resolver cannot isolate hosts is of no use to anybody while others can.
    assert not any("resolver cannot" in note for note in made.notes)


def test_a_device_that_guards_the_host_isolates_it_alone(traffic):
    agent = EnforcementPoint(name="agent", actuator="windows_firewall", guards=(f"{PC}/32",))
    made = plan(
        traffic, channel(HOME, 443), network=with_device(agent), victims=(taken(),),
        picks=Picks(isolate=(PC,)),
    )  # fmt: skip
    (isolate,) = of_kind(made, "isolate_host")
    assert {command.point for command in isolate.commands} == {"agent"}
    assert "way-1" in isolate.covers
    assert any("agent" in rules.point and rules.do for rules in made.rules)


def test_traffic_that_no_boundary_sees_is_cut_at_the_host_where_something_guards_it(traffic):
    neighbour = channel(PC2, 445)
    (gap,) = [g for g in plan(traffic, neighbour).gaps if g.way_id == "way-1"]
    assert "same side" in gap.reason
    agent = EnforcementPoint(name="agent", actuator="nftables", guards=("10.1.0.0/16",))
    made = plan(traffic, neighbour, network=with_device(agent))
    (cell,) = made.coverage
    assert (cell.boundary, cell.state) == ("", CellState.CUT)
    (command,) = commands(made)
    assert command.target == Target(
        inside=f"{PC}/32", outside=f"{PC2}/32", port=445, protocol="tcp"
    )


def test_what_no_device_sees_is_a_task_with_steps_and_undo(traffic):
    made = plan(traffic, channel(PC2, 445), victims=(taken(),))
    (isolate,) = of_kind(made, "isolate_host")
    assert isolate.covers == ("way-1",)
    assert any("02:00:00:00:00:05" in step for step in isolate.instructions)
    assert isolate.undo_instructions
    assert isolate.harms
    (cell,) = made.coverage
    assert (cell.state, cell.measure_ids) == (CellState.BY_HAND, (isolate.id,))
    assert not made.is_open or any(not way.certain for way in made.ways)


def test_a_zone_is_cut_off_at_all_its_boundaries_and_a_forgotten_ipv6_path_is_named(traffic):
    network = replace(
        register(), forensic=(LAB, "10.0.0.0/8"),
        zones=(Zone(name="office", networks=("10.1.0.0/16",), business_line="sales"),
               Zone(name="servers", networks=("10.2.0.0/16", "fd00:2::/64"))),
    )  # fmt: skip
    made = plan(traffic, channel(HOME, 443), network=network, picks=Picks(areas=("office",)))
    (area,) = of_kind(made, "isolate_area")
    assert {(c.boundary, c.target.inside) for c in area.commands} == {
        ("core", "10.1.0.0/16"), ("edge", "10.1.0.0/16"),
    }  # fmt: skip
    assert any("declares no IPv6 network" in note for note in made.notes)
    servers = plan(traffic, channel(HOME, 443), network=network, picks=Picks(areas=("servers",)))
    (both,) = of_kind(servers, "isolate_area")
    assert {c.target.inside for c in both.commands} == {"10.2.0.0/16", "fd00:2::/64"}
    # An exception as wide as what is cut off would leave nothing of it.
    assert {c.target.except_for for c in both.commands} == {(LAB,), ()}


def test_a_zone_without_devices_is_cut_off_by_hand(traffic):
    network = register()
    bare = replace(
        network,
        boundaries=(
            network.boundaries[1],
            Boundary(name="cable", zones=("office", "servers"), families=(4,)),
        ),
        zones=(*network.zones, Zone(name="plant", networks=("10.3.0.0/16",))),
    )
    bare = replace(
        bare,
        boundaries=(*bare.boundaries, Boundary(name="modem", zones=("plant", INTERNET))),
    )
    made = plan(traffic, channel(HOME, 443), network=bare, picks=Picks(areas=("plant",)))
    (area,) = of_kind(made, "isolate_area")
    assert not area.commands
    assert any("modem" in step for step in area.instructions)


def test_hosts_under_control_go_on_the_quarantine_list_alone(traffic):
    ban = EnforcementPoint(
        name="ban", actuator="block_list", options={"holds": "hosts", "file": "ban.txt"}
    )
    network = with_device(ban, "core")
    made = plan(traffic, channel(HOME, 443), network=network, victims=(taken(),))
    (listed,) = of_kind(made, "quarantine")
    assert [c.target for c in listed.commands] == [Target(inside=f"{PC}/32")]
    (rules,) = [rules for rules in made.rules if rules.point == "ban"]
    assert PC in rules.do
    assert PC not in rules.undo
    assert HOME not in rules.do


def test_a_list_that_would_stop_a_vital_flow_is_left_out_and_says_so(traffic):
    ban = EnforcementPoint(name="ban", actuator="block_list", options={"holds": "hosts"})
    files = VitalFlow(name="files", src="10.1.0.0/16", dst=f"{FILES}/32", owner="A. Diaz")
    network = with_device(ban, "core", business=Business(vital_flows=(files,)))
    made = plan(traffic, channel(HOME, 443), network=network, victims=(taken(),))
    assert not of_kind(made, "quarantine")
    (note,) = [note for note in made.notes if note.startswith("not done")]
    assert "vital flow files (owner A. Diaz" in note
    assert f"--isolate {PC}" in note


def test_a_host_under_control_is_kept_from_confidential_data(traffic):
    secret = Business(assets=(Asset(value=5, network=f"{FILES}/32", confidential=True),))
    made = plan(
        traffic, channel(HOME, 443), victims=(taken(),),
        network=replace(register(), business=secret),
    )  # fmt: skip
    (kept,) = of_kind(made, "protect_store")
    assert [(c.boundary, c.target) for c in kept.commands] == [
        ("core", Target(inside=f"{PC}/32", outside=f"{FILES}/32"))
    ]
    assert kept.harms[0].what.startswith(FILES)


def test_a_tunnel_through_our_resolver_is_closed_by_its_name(traffic):
    asked = replace(channel("10.2.0.53", 53, name="t.bad.example"), protocol="dns")
    made = plan(traffic, asked)
    (way,) = [way for way in made.ways if way.certain]
    assert way.relayed
    # The resolver sits with the servers, whose way out is not declared.
    assert way.boundaries == ("core", "edge")
    points = {c.point for c in commands(made) if c.target.domain == "t.bad.example"}
    assert points == {"resolver"}


def test_open_connections_that_no_rule_ends_are_ended(traffic):
    asked = Picks(prefer={"way-1": Preference.MFA})
    made = plan(traffic, channel(FILES, 445), picks=asked)
    (ended,) = of_kind(made, "end_connections")
    assert "way-1 (1 connection)" in ended.title
    (stop,) = ended.commands
    assert (stop.verb, stop.point, stop.target.outside) == (Verb.STOP, "core-fw", f"{FILES}/32")
    assert not of_kind(plan(traffic, channel(FILES, 445)), "end_connections")
    bare = replace(register(), boundaries=(replace(register().boundaries[0], points=()),))
    (by_hand,) = of_kind(
        plan(traffic, channel(FILES, 445), picks=asked, network=bare), "end_connections"
    )
    assert not by_hand.commands
    assert any("ss -K" in step for step in by_hand.instructions)


def test_what_must_not_be_noticed_or_was_left_is_not_touched(traffic):
    for picks in (
        Picks(prefer={"way-1": Preference.LEAVE}), Picks(pap={"way-1": PAP.RED}),
    ):  # fmt: skip
        assert not of_kind(plan(traffic, channel(FILES, 445), picks=picks), "end_connections")
    neighbour = plan(
        traffic, channel(PC2, 445), victims=(taken(),), picks=Picks(pap={"way-1": PAP.RED})
    )
    assert not of_kind(neighbour, "isolate_host")


def test_a_slowed_way_is_limited_and_its_owner_asked(traffic):
    made = plan(traffic, channel(HOME, 443), picks=Picks(prefer={"way-1": Preference.SLOW}))
    (slow,) = of_kind(made, "slow")
    assert [(c.verb, c.packets_per_s) for c in slow.commands] == [(Verb.SET, 20)]
    assert [cell.state for cell in made.coverage] == [CellState.LIMITED]
    # It passes, so a rehearsal that sees it pass is not surprised.
    assert any("slowed down" in gap.reason for gap in made.gaps if gap.way_id == "way-1")


def test_a_service_of_ours_is_left_to_those_who_used_it_before(traffic):
    reverse = channel(FILES, 445, src=HOME)
    network = register()
    network = replace(
        network,
        boundaries=(
            *network.boundaries,
            Boundary(name="dmz", zones=("servers", INTERNET), points=("edge-fw",)),
        ),
    )
    made = plan(traffic, reverse, network=network, picks=Picks(prefer={"way-1": Preference.PIN}))
    (pinned,) = of_kind(made, "pin")
    (command,) = pinned.commands
    assert command.target == Target(
        inside=f"{FILES}/32", port=445, protocol="tcp", serves_inside=True,
        except_for=(f"{PC}/32",),
    )  # fmt: skip
    assert made.coverage[0].state is CellState.CUT


def test_accounts_of_taken_hosts_are_disabled_and_their_sessions_ended(traffic):
    made = plan(traffic, channel(HOME, 443), victims=(taken(user="ali\x1bce"),))
    (disable,) = of_kind(made, "disable_account")
    (revoke,) = of_kind(made, "revoke_sessions")
    assert disable.title == "Disable ali\x1bce"
    assert revoke.undo_instructions
    assert incident(channel(HOME, 443)).card == {}
    assert not of_kind(plan(traffic, channel(HOME, 443)), "disable_account")


def test_who_answers_for_what_is_no_longer_reached_is_asked(traffic):
    asset = Asset(network=f"{FILES}/32", value=4, owner="B. Kup", business_line="archive")
    network = replace(register(), business=Business(assets=(asset,)))
    made = plan(
        traffic, channel(HOME, 443), network=network, victims=(taken(),), picks=Picks(isolate=(PC,))
    )
    device, _ = of_kind(made, "isolate_host")
    (harm,) = (each for each in device.harms if FILES in each.what)
    assert (harm.owner, harm.business_line, harm.critical) == ("B. Kup", "archive", "")
    assert "archive" in device.approvals
