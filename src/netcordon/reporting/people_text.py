"""People who may decide, on a terminal and as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence

import netcordon
from netcordon.model.person import Person
from netcordon.model.quantity import rfc3339, time_text
from netcordon.reporting.page import Page
from netcordon.reporting.visible import visible


def people_text(people: Sequence[Person], faults: Sequence[str], *, width: int = 100) -> str:
    """Everybody."""
    page = Page(width)
    if not people:
        page.say("People", "nobody yet: netcordon person add NAME --role it")
    for number, person in enumerate(people):
        _person(page, "People" if not number else "", person)
    for number, fault in enumerate(faults):
        page.say("Void" if not number else "", visible(fault, limit=200))
    return page.text()


def added_text(person: Person, *, key_path: str | None, width: int = 100) -> str:
    """Somebody who was registered just now."""
    page = Page(width)
    _person(page, "Registered", person)
    if key_path:
        page.say("Key", f"{visible(key_path)}: for nobody else; there is no second copy")
    if person.first:
        page.say(
            "Trust", "the first person of this workspace: nobody could vouch; who reads this "
            "compares the fingerprint with them by telephone",
        )  # fmt: skip
    elif not person.vouched_by:
        page.say("Trust", "nobody vouches for them (--vouched-by KEY); every approval will say so")
    if not person.os_users:
        page.say("Accounts", "none declared (--user): that they made no plan rests on their word")
    return page.text()


def _person(page: Page, label: str, person: Person) -> None:
    page.say(label, f"{person.id}  {visible(person.name, limit=80)}, {roles(person)}")
    page.row(f"  fingerprint {person.fingerprint}")
    said = [
        f"accounts {', '.join(visible(user, limit=40) for user in person.os_users)}"
        if person.os_users
        else "no account declared",
        f"vouched for by {visible(person.vouched_name, limit=80)}"
        if person.vouched_by
        else "nobody vouches" + (", the first here" if person.first else ""),
        f"registered {time_text(person.registered_time)} UTC by {visible(person.registered_by)}",
    ]
    page.row(f"  {'; '.join(said)}")
    if person.contact:
        page.row(f"  out of band {visible(person.contact, limit=100)}")
    if person.revoked:
        r = person.revoked
        void = f"; void since {time_text(r.void_since)} UTC" if r.void_since else ""
        page.row(
            f"  REVOKED {time_text(r.time)} UTC by {visible(r.author)}: "
            f"{visible(r.reason, limit=200)}{void}"
        )


def roles(person: Person) -> str:
    """``IT, business (payments)``."""
    lines = f" ({', '.join(visible(line, limit=40) for line in person.lines)})"
    return ", ".join(
        role.label + (lines if role == "business" and person.lines else "") for role in person.roles
    )


def person_object(person: Person) -> dict[str, object]:
    """A person; keys are stable."""
    r = person.revoked
    return {
        "id": person.id,
        "name": person.name,
        "roles": [role.value for role in person.roles],
        "lines": list(person.lines),
        "os_users": list(person.os_users),
        "contact": person.contact or None,
        "public_key": person.public_key,
        "fingerprint": person.fingerprint,
        "registered_time": rfc3339(person.registered_time),
        "registered_by": person.registered_by,
        "vouched_by": person.vouched_by or None,
        "first": person.first,
        "revoked": r and {
            "time": rfc3339(r.time), "reason": r.reason, "author": r.author,
            "void_since": rfc3339(r.void_since) if r.void_since else None,
        },
    }  # fmt: skip


def person_json(person: Person, *, key_path: str | None) -> str:
    """One person as one object."""
    shown = {
        "version": netcordon.__version__,
        "person": person_object(person),
        "key_path": key_path,
    }
    return json.dumps(shown, indent=2, ensure_ascii=True) + "\n"


def people_json(people: Sequence[Person], faults: Sequence[str]) -> str:
    """Everybody as one object."""
    shown = {
        "version": netcordon.__version__,
        "people": [person_object(person) for person in people],
        "faults": list(faults),
    }
    return json.dumps(shown, indent=2, ensure_ascii=True) + "\n"
