"""Whether a case may go on: the conditions of the gates, and what of the case shows each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from netcordon.casefile.cases import Case, JsonObject
from netcordon.casefile.lookups import SCOPED
from netcordon.casefile.taken_hosts import TakenHost, taken_hosts
from netcordon.casefile.workspace import Workspace
from netcordon.model.casework import Judgement, Ruling
from netcordon.model.quantity import count_text
from netcordon.phases.checklist import SIX
from netcordon.phases.intrusion import SHEETS
from netcordon.phases.sheet import Condition, Phase
from netcordon.workflow.plan_facts import PlanFacts, plan_facts

_GRAVE = frozenset({"high", "critical"})


@dataclass(frozen=True, kw_only=True)
class Known:
    """What a case knows that gates ask for.

    Attributes:
        incidents: documents of the latest run in which not every finding was ruled away.
        findings: documents of the latest run that are not set aside.
        scoped: time of the latest scope query about this case; ``None`` when there was none, or
            evidence came after.
        plan: what its latest plan shows.
        hosts: computers that are named compromised.
    """

    case: Case
    incidents: Sequence[Mapping[str, Any]]
    findings: Sequence[Mapping[str, Any]]
    judgements: Mapping[str, Judgement]
    scoped: datetime | None
    plan: PlanFacts
    hosts: Sequence[TakenHost] = ()


@dataclass(frozen=True, kw_only=True)
class Check:
    """A condition, and what shows that it holds.

    Attributes:
        met_by: empty when nothing does.
        command: what supplies it, with the ids of this case.
    """

    condition: Condition
    met_by: str
    command: str


def known(workspace: Workspace, case: Case) -> Known:
    """Read what the gates ask for."""
    latest = case.runs[-1] if case.runs else None
    incidents = workspace.cases.incidents(latest) if latest else ()
    findings = workspace.cases.findings(latest) if latest else ()
    return known_of(workspace, case, incidents, findings)


def known_of(
    workspace: Workspace,
    case: Case,
    incidents: Sequence[JsonObject],
    findings: Sequence[JsonObject],
) -> Known:
    """The same, when the documents of the latest run were read already."""
    judgements = workspace.triage.judgements()
    hosts = tuple(taken_hosts(workspace.journal, case.id).values())
    if not case.runs:
        return Known(
            case=case, incidents=(), findings=(), judgements=judgements, scoped=None,
            plan=PlanFacts(), hosts=hosts,
        )  # fmt: skip
    latest = case.runs[-1]
    aside = latest.outcome.get("set_aside", {})
    counting = [
        incident
        for incident in incidents
        if any(_counts(judgements.get(str(f))) for f in incident["finding_ids"])
    ]
    return Known(
        case=case,
        incidents=counting,
        findings=[f for f in findings if f["id"] not in aside],
        judgements=judgements,
        scoped=_scoped(workspace, case),
        plan=plan_facts(workspace.journal, case.id),
        hosts=hosts,
    )


def phase_named(text: str) -> Phase | None:
    """The phase that a letter, a name or the beginning of one stands for."""
    wanted = text.strip().lower().replace("-", " ").replace("_", " ")
    for phase in SIX:
        if wanted and (wanted == phase.letter.lower() or phase.name.startswith(wanted)):
            return phase
    return None


def phase_of(case: Case) -> Phase:
    """The phase a case is in."""
    return next(phase for phase in SIX if phase.name == case.phase)


def between(origin: Phase, target: Phase | None) -> tuple[Condition, ...]:
    """Conditions on the way forward: of leaving each phase passed and of entering the next.

    Args:
        origin: the phase the case is in.
        target: where it is to go; ``None`` for the end, the case closed as true.
    """
    last = target.number if target else SIX[-1].number + 1
    found: list[Condition] = []
    for phase in SIX:
        if origin.number < phase.number <= last and phase.entry:
            found += phase.entry.conditions
        if origin.number <= phase.number < last and phase.gate:
            found += phase.gate.conditions
    return tuple(found)


def checked(conditions: Sequence[Condition], known: Known) -> tuple[Check, ...]:
    """Each condition with what shows it: what the case knows, else a person's latest statement."""
    said = {s.condition: f"{s.author}: {s.text}" for s in known.case.statements}
    return tuple(
        Check(
            condition=c,
            met_by=(FACTS[c.fact](known) if c.fact else "") or said.get(c.id, ""),
            command=_with_ids(c.command(), known),
        )
        for c in conditions
    )


def _with_ids(command: str, known: Known) -> str:
    """The command with the worst incident and the worst finding without a ruling filled in."""
    unruled = [f for f in known.findings if str(f["id"]) not in known.judgements]
    for word, documents in (("INCIDENT", known.incidents), ("FINDING", unruled)):
        if documents:
            command = command.replace(word, str(documents[0]["id"]))
    return command


def _counts(judgement: Judgement | None) -> bool:
    return judgement is None or judgement.ruling is Ruling.TRUE


def _scoped(workspace: Workspace, case: Case) -> datetime | None:
    """When the scope was last asked for, if such queries covered all evidence of the case."""
    ids = {i for run in case.runs for i in (*run.finding_ids, *run.incident_ids)}
    unasked = set(case.runs[-1].evidence_ids)
    last: datetime | None = None
    for entry in workspace.journal.entries((SCOPED,)):
        if entry.subject in ids:
            unasked -= set(entry.payload["evidence_ids"])
            last = entry.time
    return None if unasked else last


def _impacted(known: Known) -> str:
    hosts = {str(v["ip"]) for i in known.incidents for v in i["victims"] if v["internal"]}
    return f"{count_text(len(hosts), 'impacted host')} with evidence" if hosts else ""


def _techniques(known: Known) -> str:
    names = sorted({str(t) for i in known.incidents for t in i["techniques"]})
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return ", ".join(names[:5]) + more


def _scope(known: Known) -> str:
    return f"scope query of {known.scoped:%Y-%m-%d %H:%M} UTC" if known.scoped else ""


def _unknowns(known: Known) -> str:
    listed = known.case.runs[-1].outcome.get("not_seen") if known.case.runs else None
    if listed is None:
        return ""
    return f"{count_text(int(listed), 'sentence')} in the report of {known.case.runs[-1].id}"


def _led(known: Known) -> str:
    return f"{known.case.assignee} leads" if known.case.assignee else ""


def _ruled_true(known: Known) -> str:
    true = [
        str(f["id"])
        for f in known.findings
        if (j := known.judgements.get(str(f["id"]))) and j.ruling is Ruling.TRUE
    ]
    return (
        f"{true[0]} is true" + (f", and {len(true) - 1} more" if true[1:] else "") if true else ""
    )


def _all_ruled(known: Known) -> str:
    grave = [f for f in known.findings if f["severity"] in _GRAVE]
    if not known.case.runs or any(str(f["id"]) not in known.judgements for f in grave):
        return ""
    return f"all {len(grave)} were ruled on" if grave else "there is none"


def _sheets(known: Known) -> str:
    steps = [
        host.has_done(step.id) for host in known.hosts for step in SHEETS[host.system].steps
    ]  # fmt: skip
    if not known.hosts or not all(steps):
        return ""
    return f"{len(steps)} steps on {count_text(len(known.hosts), 'computer')}"


FACTS: Mapping[str, Callable[[Known], str]] = {
    "impacted": _impacted,
    "techniques": _techniques,
    "scoped": _scope,
    "unknowns": _unknowns,
    "led": _led,
    "ruled_true": _ruled_true,
    "all_ruled": _all_ruled,
    "sheets": _sheets,
    "planned": lambda known: known.plan.planned,
    "rehearsed": lambda known: known.plan.rehearsed,
    "approved": lambda known: known.plan.approved,
    "verified": lambda known: known.plan.verified,
    "owners_agreed": lambda known: known.plan.owners_agreed,
}
"""Name of a fact -> what shows it, in words; empty when nothing does."""
