"""Strategic measures wait for the CISO while the case meets what the organisation declared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from netcordon.casefile.canonical import plain
from netcordon.casefile.cases import RunRecord
from netcordon.casefile.crisis import (
    crisis,
    record_decision,
    record_declaration,
    record_end,
    record_sitrep,
)
from netcordon.casefile.people import record_revocation
from netcordon.casefile.plans import record_plan
from netcordon.casefile.signed import sign
from netcordon.enforcement.strategic import case_of, locked, strategic
from netcordon.incidents.strategic import banner, hits
from netcordon.model.approval import Grant
from netcordon.model.business import Asset, Business
from netcordon.model.casework import Ruling
from netcordon.model.crisis import Crisis, CrisisRules
from netcordon.model.handling import TLP
from netcordon.model.incident import Incident, Party
from netcordon.model.measure_kind import STRATEGIC
from netcordon.model.plan import Posture
from netcordon.model.register import Register
from netcordon.model.severity import Severity
from netcordon.model.statement import CrisisEnd, CrisisWord
from netcordon.planning.hashing import sealed
from tests.unit.enforcement.council import START, Council, council, plan_for
from tests.unit.planning import network

TAGGED = Business(assets=(Asset(network="10.1.0.7/32", value=5, tags=("strategic",)),))
REGISTER = Register(business=TAGGED)


def party(ip: str, *, internal: bool = True) -> Party:
    return Party(
        ip=ip, mac=None, name=None, user=None, role="victim", why="w", internal=internal
    )  # fmt: skip


def incident(*ips: str, severity: Severity = Severity.HIGH) -> Incident:
    victims = tuple(map(party, ips))
    return replace(network.incident(), victims=victims, severity=severity)


@pytest.fixture
def room(tmp_path) -> Iterator[Council]:
    """A case in which a strategic host is hit, with a plan of a strategic measure all agreed to."""
    plan = plan_for("payments", kind="quarantine", register=REGISTER)
    made = council(tmp_path, plan, REGISTER)
    made.workspace.cases.record_run(
        RunRecord(
            title="t", options={}, versions={}, evidence_ids=(), findings=(), outcome={},
            incidents=[plain(incident("10.1.0.7"))],
        )
    )  # fmt: skip
    made.join("Carla", "ciso")
    made.rehearse()
    made.approve("Ida", "it")
    made.approve("Paul", "business", "payments")
    yield made
    made.workspace.close()


def decide(room: Council, name: str, role: str, bearing: str, **other: str) -> None:
    told = {"case_id": room.plan.case_id, "text": "do it", **other}
    says = CrisisWord(
        person_id=room.people[name].id, role=role, time=room.now, bearing=bearing, **told
    )  # fmt: skip
    record_decision(room.journal, room.plan.case_id, sign(says, room.keys[name]))


def declare(room: Council) -> None:
    record_declaration(
        room.journal, room.plan.case_id, reason="r", posture=Posture.FAST, tlp=TLP.AMBER_STRICT,
        every_min=60, members=(),
    )  # fmt: skip


def stand_down(room: Council, name: str) -> None:
    says = CrisisEnd(
        case_id=room.plan.case_id, person_id=room.people[name].id, time=room.now, reason="over"
    )
    record_end(room.journal, room.plan.case_id, sign(says, room.keys[name]))


def cell(room: Council) -> Crisis:
    return crisis(room.journal, room.plan.case_id)


def test_the_gate_stays_shut_until_the_ciso_decides(room: Council) -> None:
    answer = room.asked()
    assert isinstance(answer, tuple)
    assert answer == (
        "waits for the crisis cell: quarantine; 10.1.0.7 is declared strategic: 10.1.0.7/32; "
        "no decision by the CISO is recorded (netcordon crisis decide)",
    )
    decide(room, "Carla", "ciso", "unlock")
    assert isinstance(room.asked(), Grant)
    room.now += timedelta(minutes=1)
    decide(room, "Carla", "ciso", "lock", text="wait for legal")
    assert "the CISO locked them: wait for legal" in str(room.asked())


def test_only_the_ciso_unlocks_and_an_override_is_somebodys(room: Council) -> None:
    decide(room, "Ida", "it", "unlock")
    decide(room, "Ida", "ciso", "unlock")
    decide(room, "Ida", "it", "")
    decide(room, "Carla", "ciso", "unlock", case_id="NC-2026-0009")
    assert isinstance(room.asked(), tuple)
    assert [d.text for d in cell(room).decisions] == ["do it"]
    decide(room, "Ida", "it", "override", text="nobody answers")
    assert isinstance(room.asked(), Grant)
    assert "unlocked by override: Ida (IT)" in banner(("x",), cell(room), None)[-1]


def test_a_decision_of_a_revoked_or_a_foreign_key_is_none(room: Council) -> None:
    says = CrisisWord(
        case_id=room.plan.case_id, person_id=room.people["Carla"].id, role="ciso", time=room.now,
        text="x", bearing="unlock",
    )  # fmt: skip
    record_decision(room.journal, room.plan.case_id, sign(says, room.keys["Ida"]))
    record_revocation(room.journal, room.people["Carla"].id, "gone", None)
    decide(room, "Carla", "ciso", "unlock")
    assert cell(room).decisions == ()


def test_what_waits_does_not_hold_up_the_rest(room: Council) -> None:
    strategic_one = room.plan.measures[0]
    ordinary = replace(strategic_one, id="msr-2", kind="service")
    task = replace(strategic_one, id="msr-3", kind="notice", commands=())
    mixed = sealed(replace(room.plan, measures=(strategic_one, ordinary, task), id="", hash=""))
    record_plan(room.journal, mixed, REGISTER)
    room.plan = mixed
    room.rehearse()
    room.approve("Ida", "it")
    room.approve("Paul", "business", "payments")
    answer = room.asked()
    assert isinstance(answer, tuple)
    rest = f"netcordon contain enforce {mixed.id} --only msr-2"
    assert answer[-1] == f"only msr-1 must wait; the others may go: {rest}"
    assert isinstance(room.asked(only=["msr-2"]), Grant)
    assert isinstance(room.asked(only=["msr-1", "msr-2"]), tuple)


def test_what_is_not_strategic_never_waits(room: Council) -> None:
    case = case_of(room.journal, room.plan.case_id)
    assert case is not None
    ordinary = {"service", "address", "isolate_host"}
    assert not ordinary & STRATEGIC
    assert locked(room.journal, case, ordinary, REGISTER, START) == ()
    assert locked(room.journal, case, ["notice"], Register(), START) == ()


def test_a_case_ruled_false_is_not_strategic(room: Council) -> None:
    case = case_of(room.journal, room.plan.case_id)
    assert case is not None
    assert strategic(room.journal, case, REGISTER)
    room.workspace.triage.judge("fnd-1", "c2_beaconing", Ruling.FALSE, "drill")
    assert not strategic(room.journal, case, REGISTER)


def test_a_cell_that_sits_locks_too_and_called_again_decides_anew(room: Council) -> None:
    room.workspace.triage.judge("fnd-1", "c2_beaconing", Ruling.FALSE, "drill")
    assert isinstance(room.asked(), Grant)
    declare(room)
    assert "the crisis cell was called: r" in str(room.asked())
    decide(room, "Carla", "ciso", "unlock")
    assert isinstance(room.asked(), Grant)
    stand_down(room, "Ida")
    assert cell(room).sits
    room.now += timedelta(minutes=1)
    stand_down(room, "Carla")
    assert cell(room).ended_by == "Carla"
    room.now += timedelta(minutes=1)
    declare(room)
    assert cell(room).sits
    assert isinstance(room.asked(), tuple)


def test_reports_are_due_by_the_clock(room: Council) -> None:
    assert cell(room).next_due is None
    declare(room)
    assert cell(room).next_due == START + timedelta(minutes=60)
    room.now += timedelta(minutes=30)
    record_sitrep(room.journal, room.plan.case_id, 1, "0" * 64)
    due = START + timedelta(minutes=90)
    assert cell(room).next_due == due
    assert "due at" in banner((), cell(room), due - timedelta(seconds=1))[1]
    assert "OVERDUE" in banner((), cell(room), due)[1]


@pytest.mark.parametrize(
    ("rules", "incidents", "found"),
    [
        (CrisisRules(), [incident("10.1.0.8")], []),
        (CrisisRules(), [incident("10.1.0.7")], ["is declared strategic"]),
        (CrisisRules(tags=()), [incident("10.1.0.7")], []),
        (CrisisRules(tags=(), hosts=2), [incident("10.1.0.8"), incident("10.1.0.8")], []),
        (CrisisRules(tags=(), hosts=2), [incident("10.1.0.8"), incident("10.1.0.9")],
         ["2 hosts of ours are hit; 2 call it"]),
        (CrisisRules(severity=Severity.CRITICAL), [incident("10.1.0.8")], []),
        (CrisisRules(severity=Severity.CRITICAL), [incident(severity=Severity.CRITICAL)],
         ["is critical"]),
    ],
)  # fmt: skip
def test_criteria(rules: CrisisRules, incidents: list[Incident], found: list[str]) -> None:
    why = hits(incidents, TAGGED, rules)
    assert len(why) == len(found)
    assert all(text in each for text, each in zip(found, why, strict=True))


def test_a_host_outside_is_not_ours() -> None:
    outside = replace(incident(), actors=(party("10.1.0.7", internal=False),))
    assert hits([outside], TAGGED, CrisisRules()) == ()
