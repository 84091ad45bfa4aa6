"""What the latest plan of a case shows to the gates: rehearsed, approved, its owners agreed."""

from __future__ import annotations

from dataclasses import dataclass

from netcordon.casefile.actions import changes, latest
from netcordon.casefile.approvals import words
from netcordon.casefile.journal import Journal
from netcordon.casefile.people import people
from netcordon.casefile.plans import plan_documents, register_document
from netcordon.enforcement.approved import subject_of
from netcordon.enforcement.seats import Seats, judged
from netcordon.errors import WorkspaceError
from netcordon.model.enforced import ActionState
from netcordon.model.plan import CellState, Plan
from netcordon.model.quantity import count_text
from netcordon.planning.reading import plan_of, register_of


@dataclass(frozen=True, kw_only=True)
class PlanFacts:
    """Each in words; empty when nothing shows it."""

    planned: str = ""
    rehearsed: str = ""
    approved: str = ""
    owners_agreed: str = ""
    verified: str = ""


def plan_facts(journal: Journal, case_id: str) -> PlanFacts:
    """As people left it: approvals are judged at the time of the last word on the plan.

    They expire, and what was put in force under them stays approved.
    """
    documents = plan_documents(journal, case_id)
    if not documents:
        return PlanFacts()
    try:
        plan = plan_of(documents[-1])
    except WorkspaceError:
        return PlanFacts()
    planned = _planned(plan)
    known = register_document(journal, plan.register_hash)
    if known is None:
        return PlanFacts(planned=planned)
    verified = _verified(journal, plan)
    said = words(journal, plan.id, people(journal))
    last = max((word.recorded_time for word in said), default=plan.created_time)
    subject = subject_of(journal, plan, register_of(known), last)
    rehearsed = f"{plan.id} passed its rehearsal" if subject.passed else ""
    seats = judged(subject, said, last)
    if not isinstance(seats, Seats):
        return PlanFacts(planned=planned, rehearsed=rehearsed, verified=verified)
    owners = "; ".join(f"{line}: {w.person.name}" for line, w in seats.business.items() if line)
    return PlanFacts(
        planned=planned,
        rehearsed=rehearsed,
        verified=verified,
        approved=f"{plan.id}: " + ", ".join(f"{w.person.name}, {w.seat}" for w in seats.words),
        owners_agreed=owners or f"{plan.id} touches no business line",
    )


def _planned(plan: Plan) -> str:
    """Every way at every boundary is closed, seen to by somebody, or left by a decision."""
    if not plan.coverage or any(cell.state is CellState.GAP for cell in plan.coverage):
        return ""
    left = sorted({c.way_id for c in plan.coverage if c.state is CellState.LEFT})
    by = f"; {plan.author} left open {', '.join(left)}" if left else ""
    return f"{plan.id} has no gap in {count_text(len(plan.coverage), 'field')}{by}"


def _verified(journal: Journal, plan: Plan) -> str:
    """Every command that devices were to be told was seen to work, by probes or by traffic."""
    told = {(c.point, c.id) for measure in plan.measures for c in measure.commands}
    state = {
        (p, c): change.state for (_, p, c), change in latest(changes(journal, plan.id)).items()
    }
    if not told or any(state.get(place) is not ActionState.VERIFIED for place in told):
        return ""
    return f"{plan.id}: every command was seen to work"
