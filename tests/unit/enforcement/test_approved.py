"""The gate: two people, two sides, none the author, this very plan, rehearsed, now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from netcordon.casefile.approvals import record_word
from netcordon.casefile.people import record_revocation
from netcordon.casefile.signed import sign
from netcordon.model.approval import Grant
from netcordon.model.register import Register
from tests.unit.enforcement.council import START, Council, council, plan_for


@pytest.fixture
def room(tmp_path) -> Iterator[Council]:
    made = council(tmp_path, plan_for("payments"))
    yield made
    made.workspace.close()


@pytest.fixture
def agreed(room: Council) -> Council:
    """Both have said yes to a plan whose rehearsal passed."""
    room.rehearse()
    room.approve("Ida", "it")
    room.approve("Paul", "business", "payments")
    room.now += timedelta(minutes=5)
    return room


def refused(answer: Grant | tuple[str, ...]) -> str:
    assert isinstance(answer, tuple)
    assert answer
    return " | ".join(answer)


def test_it_and_the_line_that_is_touched_open_the_gate(agreed: Council) -> None:
    grant = agreed.asked()
    assert isinstance(grant, Grant)
    assert [word.person.name for word in grant.words] == ["Ida", "Paul"]
    assert grant.expires_time == START + timedelta(hours=8)
    assert not grant.overrides
    assert "nobody vouches for Ida, who was registered as the first" in grant.notes[0]
    assert not any("Paul" in note for note in grant.notes)


def test_nothing_said_names_all_that_is_missing(room: Council) -> None:
    assert room.asked() == (
        "it was not rehearsed",
        "IT has not approved",
        "the business line payments has not approved",
    )


def test_one_side_alone_is_refused(room: Council) -> None:
    room.rehearse()
    room.approve("Ida", "it")
    assert refused(room.asked()) == "the business line payments has not approved"


def test_one_person_is_never_both_sides(room: Council) -> None:
    room.rehearse()
    room.join("Otto", "it", "business", lines=("payments",))
    room.approve("Otto", "it")
    room.approve("Otto", "business", "payments")
    assert "must be two people; both are Otto" in refused(room.asked())
    room.approve("Ida", "it")
    grant = room.asked()
    assert isinstance(grant, Grant)
    assert grant.it.person.name == "Ida"


def test_a_second_key_makes_no_second_person(room: Council) -> None:
    room.rehearse()
    room.join("Ida Two", "business", lines=("payments",), users=("ida",))
    room.approve("Ida", "it")
    room.approve("Ida Two", "business", "payments")
    assert "must be two people" in refused(room.asked())


def test_the_author_does_not_approve(room: Council) -> None:
    room.rehearse()
    room.join("Mel", "it", users=("mel", "mallory"))
    room.approve("Mel", "it")
    room.approve("Paul", "business", "payments")
    assert "Mel made the plan" in refused(room.asked())


def test_another_line_does_not_speak_for_the_one_that_is_touched(room: Council) -> None:
    room.rehearse()
    room.join("Sara", "business", lines=("sales",))
    room.approve("Ida", "it")
    room.approve("Sara", "business", "sales")
    assert refused(room.asked()) == "the business line payments has not approved"
    room.approve("Sara", "business", "payments")
    assert "Sara does not answer for payments" in refused(room.asked())


def test_every_line_that_is_touched_is_asked(tmp_path) -> None:
    room = council(tmp_path, plan_for("payments", "Sales"))
    room.rehearse()
    room.approve("Ida", "it")
    room.approve("Paul", "business", "payments")
    assert refused(room.asked()) == "the business line Sales has not approved"
    room.join("Sara", "business", lines=("sales",))
    room.approve("Sara", "business", "sales")
    grant = room.asked()
    assert isinstance(grant, Grant)
    assert [word.person.name for word in grant.words] == ["Ida", "Paul", "Sara"]
    room.workspace.close()


def test_where_no_line_is_touched_any_business_will_do(tmp_path) -> None:
    room = council(tmp_path, plan_for())
    room.rehearse()
    room.approve("Ida", "it")
    assert refused(room.asked()) == "the business has not approved"
    room.approve("Paul", "business")
    assert isinstance(room.asked(), Grant)
    room.workspace.close()


def test_a_role_that_is_not_theirs_counts_for_nothing(room: Council) -> None:
    room.rehearse()
    room.join("Carl", "ciso")
    room.approve("Carl", "it")
    room.approve("Carl", "ciso")
    assert "Carl does not decide as it" in refused(room.asked())


def test_it_ends_when_it_expires_and_not_before(agreed: Council) -> None:
    agreed.now = START + timedelta(hours=8, microseconds=-1)
    assert isinstance(agreed.asked(), Grant)
    agreed.now = START + timedelta(hours=8)
    assert "the approval of Ida expired at 2026-03-01 20:00 UTC" in refused(agreed.asked())


def test_a_clock_that_is_set_back_finds_nothing_approved(agreed: Council) -> None:
    assert "IT has not approved" in refused(agreed.asked(at=START - timedelta(seconds=1)))


def test_a_word_signed_ahead_of_time_is_void(room: Council) -> None:
    room.rehearse()
    room.approve("Ida", "it", time=room.now + timedelta(hours=1))
    assert "signed later than it was recorded" in refused(room.asked())


def test_what_was_taken_back_is_gone(room: Council) -> None:
    room.rehearse()
    room.approve("Ida", "it")
    word = room.approve("Paul", "business", "payments")
    room.withdraw("Paul", word, key="Ida")
    room.withdraw("Ida", word)
    assert isinstance(room.asked(), Grant)
    room.withdraw("Paul", word)
    assert "Paul took it back: changed my mind" in refused(room.asked())
    record_word(room.journal, room.plan.id, word)
    assert "Paul took it back" in refused(room.asked())


def test_a_no_stands_in_the_way_until_its_person_takes_it_back(agreed: Council) -> None:
    no = agreed.refuse("Paul", "business", "payments")
    assert "Paul, business (payments), refuses it: pay day" in refused(agreed.asked())
    agreed.withdraw("Paul", no)
    assert isinstance(agreed.asked(), Grant)
    agreed.join("Sara", "business", lines=("sales",))
    agreed.refuse("Sara", "business", "sales")
    assert isinstance(agreed.asked(), Grant)
    agreed.join("Ian", "it")
    agreed.refuse("Ian", "it")
    assert refused(agreed.asked()) == "Ian, IT, refuses it: pay day"
    agreed.approve("Ian", "it")
    assert isinstance(agreed.asked(), Grant)


def test_a_revoked_key_signs_nothing_more(room: Council) -> None:
    room.rehearse()
    room.approve("Ida", "it")
    record_revocation(room.journal, room.people["Ida"].id, "left the company", None)
    room.approve("Paul", "business", "payments")
    assert isinstance(room.asked(), Grant)
    record_revocation(room.journal, room.people["Paul"].id, "lost", None)
    room.now += timedelta(hours=9)
    room.approve("Ida", "it")
    assert "the key of Ida was revoked before: left the company" in refused(room.asked())


def test_a_stolen_key_voids_what_was_signed_since(agreed: Council) -> None:
    record_revocation(agreed.journal, agreed.people["Ida"].id, "stolen", START)
    assert "the key of Ida was compromised then: stolen" in refused(agreed.asked())


def test_whoever_a_stolen_key_vouched_for_is_vouched_for_by_nobody(agreed: Council) -> None:
    record_revocation(agreed.journal, agreed.people["Ida"].id, "stolen", START)
    agreed.join("Ian", "it")
    agreed.approve("Ian", "it")
    grant = agreed.asked()
    assert isinstance(grant, Grant)
    assert any("nobody vouches for Paul" in note for note in grant.notes)


def test_any_edit_voids(agreed: Council) -> None:
    plan = agreed.plan
    assert "was changed" in refused(agreed.asked(plan=replace(plan, author="nobody")))
    wider = replace(plan.measures[0], duration_s=7200)
    assert "was changed" in refused(agreed.asked(plan=replace(plan, measures=(wider,))))
    other = plan_for("payments", kind="address")
    assert "is not the plan of this name in the journal" in refused(agreed.asked(plan=other))
    register = Register(home_nets=("192.168.0.0/16",))
    assert "the register is not the one" in refused(agreed.asked(register=register))


def test_a_plan_is_rehearsed_before_it_is_approved(room: Council) -> None:
    room.approve("Ida", "it")
    room.approve("Paul", "business", "payments")
    assert "it was not rehearsed" in refused(room.asked())
    room.rehearse()
    assert "Ida approved before a rehearsal had passed" in refused(room.asked())


def test_a_rehearsal_that_fails_later_closes_the_gate(agreed: Council) -> None:
    agreed.rehearse(passed=False)
    assert "its latest rehearsal did not pass" in refused(agreed.asked())


def test_both_may_agree_to_go_without_and_their_words_say_so(room: Council) -> None:
    room.rehearse(passed=False)
    room.approve("Ida", "it", override="it spreads faster than we can rehearse")
    room.approve("Paul", "business", "payments")
    assert "Paul did not agree to do it without" in refused(room.asked())
    room.approve("Paul", "business", "payments", override="the loss is accepted")
    grant = room.asked()
    assert isinstance(grant, Grant)
    assert "Paul agreed without a rehearsal that passed: the loss is accepted" in grant.overrides
    room.now += timedelta(minutes=1)
    room.rehearse(passed=False)
    assert "agreed before the latest rehearsal failed" in refused(room.asked())


def test_a_signature_of_somebody_else_is_found(room: Council) -> None:
    room.rehearse()
    room.approve("Paul", "business", "payments")
    forged = sign(room.consent("Ida", "it"), room.keys["Paul"])
    record_word(room.journal, room.plan.id, forged)
    assert "the signature of Ida does not hold" in refused(room.asked())


def test_a_word_on_one_plan_is_none_on_another(room: Council) -> None:
    room.rehearse()
    room.approve("Paul", "business", "payments")
    room.approve("Ida", "it", plan_id="plan-0123456789")
    assert "Ida signed for another plan" in refused(room.asked())
    room.approve("Ida", "it", plan_hash="0" * 64)
    assert "Ida approved another state of the plan" in refused(room.asked())


def test_where_somebody_must_vouch_a_chain_leads_back_to_the_first(tmp_path) -> None:
    strict = Register(home_nets=("10.0.0.0/8",), vouched_only=True)
    room = council(tmp_path, plan_for("payments", register=strict), strict)
    room.rehearse()
    room.join("Eve", "business", lines=("payments",))
    room.join("Fay", "business", lines=("payments",), voucher="Eve")
    room.approve("Ida", "it")
    room.approve("Eve", "business", "payments")
    room.approve("Fay", "business", "payments")
    why = refused(room.asked())
    assert "nobody vouches for Eve" in why
    assert "nobody vouches for Fay" in why
    room.join("Gus", "business", lines=("payments",), voucher="Paul")
    room.approve("Gus", "business", "payments")
    grant = room.asked()
    assert isinstance(grant, Grant)
    assert [word.person.name for word in grant.words] == ["Ida", "Gus"]
    record_revocation(room.journal, room.people["Paul"].id, "stolen", START)
    assert "nobody vouches for Gus" in refused(room.asked())
    room.workspace.close()
