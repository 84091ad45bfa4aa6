"""A situation report as Markdown, for people who were not there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from netcordon.casefile.case_state import Case
from netcordon.model.crisis import Crisis
from netcordon.model.person import Person
from netcordon.model.plan import Posture
from netcordon.model.quantity import time_text
from netcordon.reporting.visible import markdown_text

_DISCREET = (
    "DISCREET: the attacker must not notice. Do not scan, block or log off anything; do not speak "
    "of it over systems that the attacker may read."
)
_MOST = 40


@dataclass(frozen=True, kw_only=True)
class Situation:
    """What a report is made of.

    Attributes:
        number: of the report within the case.
        banner: what makes the case strategic and what waits.
        next_time: when the next report is due; ``None`` when no cell sits.
        since: time of the report before, or of the opening.
        incidents: documents of the latest run, the most urgent first.
        impacted: label, role and declared worth of our hosts that are hit.
        missing: conditions of the gate before the case that nothing shows yet.
        plans: of the latest plan, its head line and how it stands.
        measures: of every plan of which something was done, each measure and where it is now.
        reachable: people with a contact out of band.
    """

    number: int
    now: datetime
    author: str
    case: Case
    cell: Crisis
    banner: tuple[str, ...]
    next_time: datetime | None
    since: datetime
    incidents: Sequence[Mapping[str, Any]]
    impacted: tuple[tuple[str, str, str], ...]
    missing: tuple[str, ...]
    plans: tuple[tuple[str, ...], ...]
    measures: tuple[str, ...]
    reachable: tuple[Person, ...]


def sitrep_markdown(found: Situation) -> str:
    """The whole; the same situation gives the same bytes."""
    case, tlp = found.case, f"**{markdown_text(found.cell.tlp.value)}**"
    due = f"The next one is due {time_text(found.next_time)} UTC. " if found.next_time else ""
    parts = [
        tlp,
        f"# Situation report {found.number}: {markdown_text(case.id)}",
        f"{markdown_text(case.title)}\n\n{time_text(found.now)} UTC, by "
        f"{markdown_text(found.author)}. {due}Phase {markdown_text(case.phase)}, "
        f"{found.cell.posture.value} posture.",
        f"**{_DISCREET}**" if found.cell.posture is Posture.DISCREET else "",
        _list("Why this is strategic", found.banner),
        _list("What is known", [_incident(each) for each in found.incidents]),
        _list(
            "Hosts of ours that are hit",
            [f"{who}, {role.replace('_', ' ')}; {worth}" for who, role, worth in found.impacted],
        ),
        _list("What is planned against it", [line for plan in found.plans for line in plan]),
        _list("What was done against it", found.measures),
        _list("Decided", _decisions(found)),
        _list(f"Noted since {time_text(found.since)} UTC", _news(found)),
        _list("Not shown yet", found.missing),
        _list("Who to reach, and how", _people(found)),
        tlp,
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _list(heading: str, texts: Sequence[str]) -> str:
    if not texts:
        return f"## {markdown_text(heading)}\n\nNothing."
    rows = [f"- {markdown_text(text)}" for text in texts[:_MOST]]
    if len(texts) > _MOST:
        rows.append(f"- and {len(texts) - _MOST} more (netcordon case show)")
    return f"## {markdown_text(heading)}\n\n" + "\n".join(rows)


def _incident(document: Mapping[str, Any]) -> str:
    return (
        f"{str(document['severity']).upper()}: {document['title']} ({document['id']}, "
        f"{document['first_seen_time']} to {document['last_seen_time']})"
    )


def _decisions(found: Situation) -> list[str]:
    return [
        f"{time_text(d.time)} UTC, {d.name} ({d.role.upper()}): {d.text}"
        + (f" [strategic measures: {d.bearing}]" if d.bearing else "")
        for d in found.cell.decisions
    ]


def _news(found: Situation) -> list[str]:
    notes = [
        (note.wordings[-1].time, f"{note.wordings[-1].author}: {note.text}")
        for note in found.case.notes
    ]
    moves = [
        (move.time, f"{move.author} took the case from {move.origin} to {move.target}")
        for move in found.case.moves
    ]
    runs = [
        (run.time, f"{run.author} investigated {len(run.evidence_ids)} pieces of evidence")
        for run in found.case.runs
    ]
    told = [each for each in (*notes, *moves, *runs) if each[0] > found.since]
    return [f"{time_text(time)} UTC, {text}" for time, text in sorted(told)]


def _people(found: Situation) -> list[str]:
    cell = [f"{m.name}, {m.function}: {m.contact}" for m in found.cell.members]
    known = [
        f"{p.name}, {', '.join(role.label for role in p.roles)}: {p.contact}"
        for p in found.reachable
    ]
    return [*cell, *known]
