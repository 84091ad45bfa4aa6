"""The crisis cell of a case, on a terminal and as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence

import netcordon
from netcordon.model.crisis import Crisis
from netcordon.model.measure_kind import STRATEGIC
from netcordon.model.person import Person
from netcordon.model.quantity import rfc3339, time_text
from netcordon.reporting.page import Page
from netcordon.reporting.people_text import roles
from netcordon.reporting.visible import visible


def crisis_text(
    case_id: str,
    cell: Crisis,
    banner: Sequence[str],
    reachable: Sequence[Person],
    *,
    width: int = 100,
) -> str:
    """How it stands.

    Args:
        case_id: of the case.
        cell: as it stands.
        banner: what stands above everything else.
        reachable: registered people with a contact out of band.
        width: of the terminal.
    """
    page = Page(width)
    if banner:
        page.say("Crisis", *(visible(text, limit=400) for text in banner))
    else:
        page.say("Crisis", f"none: nothing of {case_id} is strategic, and nobody called the cell")
    if cell.ended_time:
        page.say(
            "Stood down", f"{time_text(cell.ended_time)} UTC by {visible(cell.ended_by)}: "
            f"{visible(cell.ended_reason, limit=300)}",
        )  # fmt: skip
    page.gap()
    for number, member in enumerate(cell.members):
        page.say(
            "Cell" if not number else "",
            f"{visible(member.name, limit=80)}, {visible(member.function, limit=80)}: "
            f"{visible(member.contact, limit=100)}",
        )
    for number, person in enumerate(reachable):
        page.say(
            "Reachable" if not number else "",
            f"{visible(person.name, limit=80)}, {roles(person)}: {visible(person.contact)}",
        )
    page.gap()
    for number, decision in enumerate(cell.decisions):
        bears = f" [{decision.bearing}]" if decision.bearing else ""
        page.say(
            "Decisions" if not number else "",
            f"{time_text(decision.time)} UTC  {visible(decision.name, limit=80)}, "
            f"{decision.role.upper()}: {visible(decision.text, limit=400)}{bears}",
        )
    for number, report in enumerate(cell.sitreps[-5:]):
        page.say(
            "Reports" if not number else "",
            f"{report.number}  {time_text(report.time)} UTC by {visible(report.author)}, "
            f"SHA-256 {report.sha256[:16]}…",
        )
    return page.text()


def crisis_json(
    case_id: str,
    cell: Crisis,
    banner: Sequence[str],
    why: Sequence[str],
    reachable: Sequence[Person],
) -> str:
    """One object whose keys are stable."""
    waits = bool(why or cell.sits) and not cell.unlocked
    shown = {
        "version": netcordon.__version__,
        "case_id": case_id,
        "strategic": list(why),
        "banner": list(banner),
        "sits": cell.sits,
        "declared_time": rfc3339(cell.declared_time) if cell.declared_time else None,
        "declared_by": cell.declared_by or None,
        "reason": cell.reason or None,
        "posture": cell.posture.value,
        "tlp": cell.tlp.value,
        "sitrep_every_min": cell.every_min,
        "next_sitrep_time": rfc3339(cell.next_due) if cell.next_due else None,
        "locked": sorted(STRATEGIC) if waits else [],
        "members": [
            {"name": m.name, "function": m.function, "contact": m.contact} for m in cell.members
        ],
        "reachable": [{"id": p.id, "name": p.name, "contact": p.contact} for p in reachable],
        "decisions": [
            {"id": d.id, "time": rfc3339(d.time), "name": d.name, "role": d.role, "text": d.text,
             "bearing": d.bearing or None}
            for d in cell.decisions
        ],
        "sitreps": [
            {"number": s.number, "time": rfc3339(s.time), "sha256": s.sha256, "author": s.author}
            for s in cell.sitreps
        ],
        "ended_time": rfc3339(cell.ended_time) if cell.ended_time else None,
        "ended_by": cell.ended_by or None,
        "ended_reason": cell.ended_reason or None,
    }  # fmt: skip
    return json.dumps(shown, indent=2, ensure_ascii=True) + "\n"
