"""The answer within ten seconds: what happened, who is hit, what to do first, how sure it is."""

from __future__ import annotations

from typing import cast

from netcordon.model.document import Document
from netcordon.model.evidence import Grade
from netcordon.model.incident import Incident, Party
from netcordon.model.quantity import count_text, window_text
from netcordon.model.section import Block, Card, Line, Ref, Section, Strong, Tag, Tone, Verdict

_MOST = 4


def write(document: Document) -> list[Block]:
    """One verdict with its cards."""
    incidents = document.worst_first()
    cards = [_happened(document, incidents)]
    if incidents:
        cards += [_hit(incidents), _first(incidents)]
    else:
        cards.append(_silence(document))
    cards.append(_trust(document))
    if not incidents:
        cards.append(_next(document))
    word, tone = document.headline()
    tag = Tag(word, cast("Tone", tone))
    return [Verdict(tag=tag, text=document.verdict, cards=tuple(cards))]


def _happened(document: Document, incidents: tuple[Incident, ...]) -> Card:
    if len(incidents) == 1:
        (only,) = incidents
        story: tuple[Line, ...] = (only.summary, Ref(only.id, "Timeline, parties and channels"))
        recorded = window_text(document.first_time, document.last_time)
        return Card(question="What happened", lines=(*story, f"Recorded {recorded}."))
    lines: list[Line] = [
        (Tag(i.severity, i.severity.value), " ", Ref(i.id, i.title)) for i in incidents[:_MOST]
    ]
    if len(incidents) > _MOST:
        lines.append(f"and {count_text(len(incidents) - _MOST, 'more incident')}")
    if not incidents:
        lines.append("No incident.")
    if document.first_time is None:
        lines.append("When this was recorded is unknown.")
    else:
        lines.append(f"Recorded {window_text(document.first_time, document.last_time)}.")
    return Card(question="What happened", lines=tuple(lines))


def _hit(incidents: tuple[Incident, ...]) -> Card:
    victims: dict[str, Party] = {}
    for incident in incidents:
        for party in incident.victims:
            victims.setdefault(party.ip, party)
    lines: list[Line] = []
    for party in list(victims.values())[: _MOST + 1]:
        name = " ".join(filter(None, (party.name, f"({party.user})" if party.user else None)))
        role = party.role.replace("_", " ")
        lines.append((Strong(name or party.ip), f" {party.ip}" if name else "", f", {role}"))
    if len(victims) > _MOST + 1:
        lines.append(f"and {count_text(len(victims) - _MOST - 1, 'more host')}")
    return Card(question="Who is hit", lines=tuple(lines) or ("No victim could be named.",))


def _first(incidents: tuple[Incident, ...]) -> Card:
    actions = list(dict.fromkeys(a for i in incidents for a in i.first_actions))
    lines = tuple(actions[:_MOST]) or ("Nothing is urgent; read the findings.",)
    left = len(actions) - _MOST
    return Card(
        question="Do first",
        lines=lines,
        ordered=len(lines) > 1,
        more=f"and {left} more under Incidents" if left > 0 else "",
    )


def _silence(document: Document) -> Card:
    ran = [c for c in document.checks if c.skipped is None]
    skipped = len(document.checks) - len(ran)
    lines: list[Line] = []
    if document.checks:
        lines.append(
            f"{count_text(len(ran), 'behaviour')} looked for: "
            + ", ".join(c.title for c in ran[:8])
        )
    if len(ran) > 8:
        lines.append(f"and {len(ran) - 8} more, listed below")
    if skipped:
        lines.append((Strong(f"{count_text(skipped, 'check')} could not run"), " on this evidence"))
    return Card(
        question="What was looked for",
        lines=tuple(lines) or ("Which detectors ran was not recorded.",),
    )


def _next(document: Document) -> Card:
    lines: list[Line] = []
    if document.findings:
        found = count_text(len(document.findings), "finding")
        lines.append((Ref("s50_findings", f"Read the {found}"), " kept as context."))
    if not document.silence_earned():
        lines.append("Before relying on this, read what could not be seen and what could not run.")
    lines.append(
        "If the suspicion stays, record again: whole packets, both directions, from before the "
        "first sign, on both sides of the host in question."
    )
    return Card(question="What to do now", lines=tuple(lines))


def _trust(document: Document) -> Card:
    order = list(Grade)
    lines: list[Line] = []
    for quality in sorted(document.capture_quality, key=lambda q: -order.index(q.grade))[:2]:
        lines.append((Tag(quality.grade, quality.grade.value), " ", quality.summary))
    if not lines:
        lines.append("The quality of the evidence was not assessed.")
    if document.not_seen:
        lines.append(
            Ref("s75_not_seen", f"{count_text(len(document.not_seen), 'thing')} could not be seen")
        )
    return Card(question="How far to trust this", lines=tuple(lines))


SECTION = Section(heading="Verdict", irm=("I0", "I16"), write=write)
