"""What people say of plans and crises is theirs, and harmless on every terminal and page."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from netcordon.casefile.case_state import Case
from netcordon.model.approval import Checked, Signed, Subject, Word
from netcordon.model.crisis import Crisis, Decision, Member, Sitrep
from netcordon.model.person import Person, Revocation, Role
from netcordon.model.plan import Posture
from netcordon.model.process import ProcessCheck, Validator
from netcordon.model.statement import Consent, Dissent
from netcordon.planning.process import digest_of, process_of
from netcordon.reporting.approvals_check_text import checked_text
from netcordon.reporting.approvals_text import approvals_text
from netcordon.reporting.crisis_text import crisis_text
from netcordon.reporting.people_text import added_text, people_text
from netcordon.reporting.process_markdown import process_markdown
from netcordon.reporting.remedy_text import check_text, written_text
from netcordon.reporting.sitrep import Situation, sitrep_markdown
from tests.unit.enforcement.council import plan_for

BAD = "x\x1b[2J\u202e\r\n<script>alert(1)</script>|`*_[a](http://evil.example)"
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def person(**more: Any) -> Person:
    told: dict[str, Any] = {
        "id": "person-0123456789", "name": BAD, "roles": (Role.BUSINESS,), "lines": (BAD,),
        "os_users": (BAD,), "contact": BAD, "public_key": "", "fingerprint": "0" * 64, "seq": 1,
        "registered_time": NOON, "registered_by": BAD, "vouched_by": "person-1",
        "vouched_name": BAD, "revoked": Revocation(seq=9, time=NOON, reason=BAD, author=BAD),
    }  # fmt: skip
    return Person(**{**told, **more})


def words() -> tuple[Word, ...]:
    yes = Consent(
        plan_id="p", plan_hash="h", plan_author=BAD, case_id=BAD, person_id="x", role="business",
        line=BAD, time=NOON, expires_time=NOON + timedelta(hours=8), rehearsal="",
        rehearsal_passed=False, override=BAD, note=BAD,
    )  # fmt: skip
    no = Dissent(plan_id="p", plan_hash="h", case_id=BAD, person_id="x", role="business", line=BAD,
                 time=NOON, reason=BAD)  # fmt: skip
    return tuple(
        Word(id=f"word-{n}", seq=n, recorded_time=NOON, signed=Signed(statement="", signature=""),
             says=says, person=person(), void=void, withdrawn="" if void else BAD)
        for n, (says, void) in enumerate(((yes, BAD), (yes, ""), (no, BAD), (no, "")))
    )  # fmt: skip


def plan() -> Any:
    made = plan_for(BAD)
    measure = replace(
        made.measures[0], title=BAD, owner=BAD, instructions=(BAD,), undo_instructions=(BAD,),
        expected_effect=BAD,
    )  # fmt: skip
    return replace(made, case_id=BAD, author=BAD, measures=(measure,), notes=(BAD,))


def cell() -> Crisis:
    decision = Decision(id="d", time=NOON, name=BAD, role="ciso", text=BAD, bearing="unlock")
    return Crisis(
        case_id=BAD, declared_time=NOON, declared_by=BAD, reason=BAD, posture=Posture.DISCREET,
        members=(Member(name=BAD, function=BAD, contact=BAD),), decisions=(decision,),
        sitreps=(Sitrep(number=1, time=NOON, sha256="0" * 64, author=BAD),), ended_time=NOON,
        ended_by=BAD, ended_reason=BAD,
    )  # fmt: skip


def subject() -> Subject:
    return Subject(id=BAD, hash=BAD, case_id=BAD, author=BAD, lines=(BAD,), rehearsal="",
                   passed=False)  # fmt: skip


def situation() -> Situation:
    case = Case(id=BAD, title=BAD, status="open", phase="containment", opened_time=NOON)
    document = {"severity": "high", "title": BAD, "id": BAD, "first_seen_time": BAD,
                "last_seen_time": BAD}  # fmt: skip
    return Situation(
        number=1, now=NOON, author=BAD, case=case, cell=cell(), banner=(BAD,), next_time=NOON,
        since=NOON, incidents=[document], impacted=((BAD, BAD, BAD),), missing=(BAD,),
        plans=((BAD, BAD),), measures=(BAD,), reachable=(person(),),
    )  # fmt: skip


VALIDATOR = Validator(
    name=BAD, fingerprint=BAD, time=NOON, note=BAD, known_as=BAD, faults=(BAD,)
)  # fmt: skip
TEXTS = {
    "people": lambda: people_text([person()], [BAD]),
    "added": lambda: added_text(person(vouched_by="", os_users=()), key_path=BAD),
    "approvals": lambda: approvals_text(plan(), words(), {"word-1": BAD}, (BAD,), lines=[BAD]),
    "checked": lambda: checked_text(
        Checked(faults=(BAD,), subject=subject(), words=words(), people=(person(),), missing=(BAD,))
    ),
    "crisis": lambda: crisis_text("NC-1", cell(), [BAD], [person()]),
    "process": lambda: written_text(process_of(plan()), "0" * 64, BAD),
    "validated": lambda: check_text(
        ProcessCheck(faults=(BAD,), process=process_of(plan()), validators=(VALIDATOR,))
    ),
}
MARKDOWN = {
    "sitrep": lambda: sitrep_markdown(situation()),
    "process": lambda: process_markdown(process_of(plan()), digest_of(process_of(plan()))),
}


@pytest.mark.parametrize("name", TEXTS)
def test_a_terminal_shows_it_and_obeys_nothing(name: str) -> None:
    text = TEXTS[name]()
    assert "⟨U+001B⟩" in text
    assert not set(text) & {"\x1b", "\r", "\u202e"}
    assert max(map(len, text.splitlines())) <= 110


@pytest.mark.parametrize("name", MARKDOWN)
def test_a_page_shows_it_and_holds_no_mark_up(name: str) -> None:
    text = MARKDOWN[name]()
    assert "⟨U+001B⟩" in text
    assert not set(text) & {"\x1b", "\r", "\u202e"}
    assert "<script" not in text
    assert "](http" not in text
    assert "http://" not in text
