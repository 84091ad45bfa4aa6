"""What a file of approvals proves, on a terminal and as JSON."""

from __future__ import annotations

import json

import netcordon
from netcordon.model.approval import Checked
from netcordon.model.quantity import rfc3339, time_text
from netcordon.model.statement import Consent
from netcordon.reporting.approvals_text import word_object
from netcordon.reporting.page import Page
from netcordon.reporting.people_text import person_object, roles
from netcordon.reporting.visible import visible

_LIMIT = (
    "that nothing was taken back or revoked since, and whose keys these are: compare the "
    "fingerprints with their owners by another way"
)


def checked_text(found: Checked, *, width: int = 100) -> str:
    """All of it."""
    page = Page(width)
    page.say("Signatures", "HOLD" if not found.faults else "DO NOT HOLD")
    page.say("", *(visible(fault, limit=300) for fault in found.faults))
    if found.subject is None:
        return page.text()
    subject = found.subject
    page.say(
        "Plan", f"{visible(subject.id)}  for {visible(subject.case_id)}, made by "
        f"{visible(subject.author)}", f"hash {visible(subject.hash)}",
        "the plan that was given is this one"
        if found.compared and not found.faults
        else "compared with a plan that was given"
        if found.compared
        else "no plan was given to compare (--plan FILE)",
    )  # fmt: skip
    for number, word in enumerate(found.words):
        what = "yes" if isinstance(word.says, Consent) else "NO"
        end = word.says.expires_time if isinstance(word.says, Consent) else None
        until = f", until {time_text(end)} UTC" if end else ""
        page.say(
            "Said" if not number else "",
            f"{what}  {visible(word.person.name, limit=80)}, {visible(word.seat, limit=100)}, "
            f"{time_text(word.says.time)} UTC{until}",
        )
        if word.void or word.withdrawn:
            page.row(f"  does not count: {visible(word.void or word.withdrawn, limit=300)}")
    for number, person in enumerate(found.people):
        gone = ", REVOKED" if person.revoked else ""
        page.say("People" if not number else "", f"{visible(person.name)}, {roles(person)}{gone}")
        page.row(f"  fingerprint {person.fingerprint}")
    if found.open_until:
        page.say("Approved", f"by all who were needed, until {time_text(found.open_until)} UTC")
    else:
        page.say("Approved", "NO", *(visible(why, limit=300) for why in found.missing))
    page.say("Not proven", _LIMIT)
    return page.text()


def checked_json(found: Checked) -> str:
    """One object whose keys are stable."""
    shown = {
        "version": netcordon.__version__,
        "holds": not found.faults,
        "faults": list(found.faults),
        "approved": found.open_until is not None,
        "approved_until": rfc3339(found.open_until) if found.open_until else None,
        "missing": list(found.missing),
        "plan_id": found.subject.id if found.subject else None,
        "plan_hash": found.subject.hash if found.subject else None,
        "compared": found.compared,
        "words": [word_object(word, word.void or word.withdrawn) for word in found.words],
        "people": [person_object(person) for person in found.people],
    }
    return json.dumps(shown, indent=2, ensure_ascii=True) + "\n"
