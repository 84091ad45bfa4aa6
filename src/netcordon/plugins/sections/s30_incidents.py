"""Each incident: what happened, what to do first, its story over time, who else shows the same."""

from __future__ import annotations

from netcordon.model.document import Document
from netcordon.model.incident import Incident, Party, Step
from netcordon.model.quantity import count_text, time_text, window_text
from netcordon.model.section import (
    Block,
    Code,
    Facts,
    Group,
    Items,
    Ref,
    Section,
    Table,
    Tag,
    Text,
    Timeline,
    TimelineStep,
    commas,
)

_MOST_INCIDENTS, _MOST_OPEN, _MOST_ROWS = 20, 3, 60


def write(document: Document) -> list[Block]:
    """A group for each incident, the most severe first."""
    incidents = document.worst_first()
    if not incidents:
        return [Text("No findings were joined into an incident.")]
    out: list[Block] = [
        _incident(incident, folded=place >= _MOST_OPEN)
        for place, incident in enumerate(incidents[:_MOST_INCIDENTS])
    ]
    if len(incidents) > _MOST_INCIDENTS:
        left = count_text(len(incidents) - _MOST_INCIDENTS, "more incident")
        out.append(Text(f"{left} of lower severity in report.json.", muted=True))
    return out


def _incident(incident: Incident, *, folded: bool) -> Group:
    blocks: list[Block] = [Text(incident.summary), _facts(incident)]
    if incident.first_actions:
        actions = Items(incident.first_actions, ordered=True)
        blocks.append(Group(heading="Do first", blocks=(actions,)))
    if incident.story:
        blocks.append(Group(heading="Timeline", blocks=_story(incident)))
    if incident.scope:
        blocks.append(Group(heading="Who else shows the same", blocks=(_scope(incident),)))
    tag = Tag(incident.severity, incident.severity.value)
    return Group(
        heading=(tag, " ", incident.title),
        blocks=tuple(blocks),
        anchor=incident.id,
        folded=folded,
    )


def _facts(incident: Incident) -> Facts:
    findings = commas([Ref(f, f) for f in incident.finding_ids[:30]])
    left = len(incident.finding_ids) - 30
    return Facts(
        (
            ("When", window_text(incident.first_seen_time, incident.last_seen_time)),
            ("Confidence", f"{incident.confidence:.0%}"),
            (
                "Course",
                " → ".join(t.replace("-", " ") for t in incident.kill_chain) or "not established",
            ),
            ("Techniques", ", ".join(incident.techniques) or "none assigned"),
            ("Findings", (*findings, f" and {left} more") if left > 0 else findings or "none"),
            ("Incident", Code(incident.id)),
        )
    )


def _names(incident: Incident) -> dict[str, Party]:
    return {p.ip: p for p in (*incident.actors, *incident.victims)}


def _short(ip: str, parties: dict[str, Party]) -> str:
    party = parties.get(ip)
    if party is None or not (party.name or party.user):
        return ip
    return f"{ip} {party.name or ''}" + (f" ({party.user})" if party.user else "")


def _story(incident: Incident) -> tuple[Block, ...]:
    parties = _names(incident)
    steps = tuple(
        TimelineStep(
            number=number,
            start=step.time,
            end=max(step.end_time, step.time),
            lane=_short(step.actor_ip, parties),
            label=f"{step.tactic.replace('-', ' ')}, {step.severity.value}",
            tone=step.severity.value,
        )
        for number, step in enumerate(incident.story, 1)
    )
    lanes = len({s.lane for s in steps})
    description = (
        f"{count_text(len(steps), 'step')} in {count_text(lanes, 'lane')}, one lane for each host "
        "that acted; numbers lead to the table below."
    )
    rows = tuple(
        (
            str(n),
            time_text(s.time),
            (Tag(s.severity, s.severity.value), " ", s.tactic.replace("-", " ")),
            s.text,
            _who(s, parties),
            Ref(s.finding_id, s.finding_id),
        )
        for n, s in enumerate(incident.story[:_MOST_ROWS], 1)
    )
    table = Table(
        caption="Steps in the order of time",
        columns=("#", "UTC", "Tactic", "What", "Who → whom", "Finding"),
        rows=rows,
        left_out=max(len(incident.story) - _MOST_ROWS, 0),
    )
    return (Timeline(title="Timeline of the incident", description=description, steps=steps), table)


def _who(step: Step, parties: dict[str, Party]) -> str:
    shown = ", ".join(_short(ip, parties) for ip in step.target_ips[:3])
    left = len(step.target_ips) - 3
    return f"{_short(step.actor_ip, parties)} → {shown}" + (f" and {left} more" if left > 0 else "")


def _scope(incident: Incident) -> Table:
    rows = tuple(
        (
            Code(s.ip),
            s.name or "unknown",
            s.relation,
            f"{s.count:,}",
            time_text(s.first_seen_time),
            time_text(s.last_seen_time),
        )
        for s in incident.scope[:_MOST_ROWS]
    )
    return Table(
        caption="Found by the same ends or the same shape of traffic; look at these next",
        columns=("Address", "Name", "Relation", "Times", "First, UTC", "Last, UTC"),
        rows=rows,
        left_out=max(len(incident.scope) - _MOST_ROWS, 0),
    )


SECTION = Section(heading="Incidents", irm=("I0", "I13", "I16", "L2", "L3"), write=write)
