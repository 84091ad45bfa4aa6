"""What counts as having got past a command, seen from both sides of a device."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from netcordon.enforcement.aftermath import (
    GRACE,
    Asked,
    Packet,
    Tally,
    count_look_ups,
    count_packets,
    flows_after,
    in_force_since,
    judged,
    last_time,
)
from netcordon.model.command import Refusal, Target
from netcordon.model.enforced import ActionState, Change
from netcordon.model.proof import Judgement, Place, Sensor
from netcordon.planning.effect import prepare, touch
from tests.cases import evidence
from tests.unit.planning.network import HOME, PC, PC2, START, calls, register
from tests.unit.plugins.actuators.orders import command

T = START.replace(tzinfo=UTC) if START.tzinfo is None else START
SYN, SYN_ACK, ACK, RST = 2, 18, 16, 4
BLOCK = command(1, Target(outside=f"{HOME}/32"))
LATER = T + GRACE + timedelta(seconds=5)


def packet(src: str, dst: str, flags: int | None = ACK, *, at: datetime = LATER, **more: object):
    given: dict[str, object] = {"protocol": "tcp", "payload_bytes": 0, "uid": "C1", **more}
    place = Place(evidence_id="ev-1", frame=7, time=at)
    return Packet(place=place, src_ip=src, dst_ip=dst, tcp_flags=flags, **given)  # type: ignore[arg-type]


def tally(sensor: Sensor, *packets: Packet, told=BLOCK) -> Tally:
    asked = [Asked(command=told, measure_id="msr-1", since=T)]
    tallies = [Tally()]
    count_packets(packets, asked, {("ev-1", "C1"): [(0, PC, HOME)]}, sensor, tallies)
    return tallies[0]


def verdict(found: Tally, until: datetime | None = LATER) -> Judgement:
    return judged(Asked(command=BLOCK, measure_id="msr-1", since=T), found, until).judgement


def test_from_our_side_an_attempt_is_no_hole_and_an_answer_is():
    tried = tally(Sensor.NEAR, packet(PC, HOME, SYN), packet(PC, HOME, SYN))
    assert verdict(tried) is Judgement.HOLDS
    assert tried.attempts[PC][0] == 2
    through = tally(Sensor.NEAR, packet(PC, HOME, SYN), packet(HOME, PC, SYN_ACK))
    assert verdict(through) is Judgement.FAILED
    assert (through.through, len(through.answered & through.begun)) == (1, 1)


def test_from_beyond_our_attempt_is_the_hole_and_theirs_is_not():
    assert verdict(tally(Sensor.FAR, packet(PC, HOME, SYN))) is Judgement.FAILED
    knocking = tally(Sensor.FAR, packet(HOME, PC, SYN))
    assert verdict(knocking) is Judgement.HOLDS
    assert list(knocking.attempts) == [HOME]


def test_what_comes_before_or_at_once_does_not_count():
    early = packet(HOME, PC, at=T + GRACE)
    assert verdict(tally(Sensor.NEAR, early)) is Judgement.SILENT


def test_what_the_device_says_in_their_name_proves_nothing():
    reject = replace(BLOCK, refusal=Refusal.REJECT)
    assert tally(Sensor.NEAR, packet(HOME, PC, RST | ACK), told=reject).through == 0
    assert tally(Sensor.NEAR, packet(HOME, PC, RST | ACK)).through == 1
    error = packet(HOME, PC, None, protocol="icmp")
    assert tally(Sensor.NEAR, error).through == 0


def test_where_a_name_decides_only_payload_counts():
    named = command(1, Target(domain="c2.bad.example"))
    assert tally(Sensor.NEAR, packet(HOME, PC, SYN_ACK), told=named).through == 0
    assert tally(Sensor.NEAR, packet(HOME, PC, payload_bytes=9), told=named).through == 1


def test_an_isolated_host_has_everybody_beyond():
    isolated = command(1, Target(inside=f"{PC}/32"))
    assert tally(Sensor.NEAR, packet(HOME, PC), told=isolated).through == 1
    assert tally(Sensor.NEAR, packet(PC, HOME), told=isolated).through == 0


@pytest.mark.parametrize("until", [None, T, T + GRACE])
def test_a_recording_that_ends_too_early_proves_nothing(until):
    assert verdict(Tally(), until) is Judgement.UNPROVEN


def test_first_and_last_frame_are_told_and_whoever_tries_most_comes_first():
    found = Tally()
    for number in (3, 5, 9):
        found.pass_(Place(evidence_id="ev-1", frame=number, time=LATER))
    found.try_("10.0.0.1", LATER)
    for _ in range(3):
        found.try_("10.0.0.2", LATER)
    proof = judged(Asked(command=BLOCK, measure_id="msr-1", since=T), found, LATER)
    assert (proof.first.frame, proof.last.frame) == (3, 9)
    assert [t.src_ip for t in proof.trying] == ["10.0.0.2", "10.0.0.1"]
    assert proof.said.startswith("failed: 3 packets after")


def test_since_when_is_when_it_was_read_back_last():
    def change(second: int, state: ActionState) -> Change:
        return Change(
            id=str(second), case_id="c", plan_id="p", measure_id="m", command_id="cmd-1",
            point="fw", state=state, time=T + timedelta(seconds=second),
        )  # fmt: skip

    kinds = ("applying", "active", "verified", "drifted", "applying", "active", "active")
    told = [change(n, ActionState(kind)) for n, kind in enumerate(kinds)]
    assert in_force_since(told) == {"cmd-1": T + timedelta(seconds=5)}
    assert in_force_since([*told, change(9, ActionState.UNDONE)]) == {}


def test_flows_and_look_ups_of_the_tables(tmp_path):
    flows = [*calls(1, PC, HOME, 443, [0.0, 60.0]), *calls(9, PC2, "203.0.113.99", 443, [60.0])]
    told = [(None, None), (["203.0.113.7"], "NOERROR"), ([], "NXDOMAIN"), (["10.9.9.9"], "NOERROR")]
    begun_us = int(T.timestamp()) * 1_000_000
    look_ups = [
        {"time": begun_us + (61 + n) * 1_000_000, "frame": n + 1, "src_ip": PC,
         "dst_ip": "10.2.0.53", "service": "dns", "query": "a.c2.example",
         "is_response": answers is not None, "rcode": code, "answers": answers or []}
        for n, (answers, code) in enumerate(told)
    ]  # fmt: skip
    tables = {"network_activity": flows, "dns_activity": look_ups}
    with evidence.engine(tables, tmp_path, home_nets=("10.0.0.0/8",)) as engine:
        name = replace(command(2, Target(domain="c2.example")), point="resolver", boundary="edge")
        asked = [
            Asked(
                command=replace(BLOCK, point="edge-fw", boundary="edge"), measure_id="msr-1",
                since=T + timedelta(seconds=30),
            ),
            Asked(command=name, measure_id="msr-2", since=T, sinkhole="10.9.9.9"),
        ]  # fmt: skip
        prepare(engine, register())
        touch(engine, [each.command for each in asked])
        found = flows_after(engine, asked)
        assert {uid for _, uid in found} >= {"C2"}
        assert "C9" not in {uid for _, uid in found}
        tallies = [Tally(), Tally()]
        count_look_ups(engine, asked, tallies)
        until = last_time(engine)
    assert until is not None
    assert until.tzinfo is UTC
    assert tallies[0].through == 0
    assert (tallies[1].through, tallies[1].first.frame) == (1, 2)
    assert tallies[1].attempts[PC][0] == 1
