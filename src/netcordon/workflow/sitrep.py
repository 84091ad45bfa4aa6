"""A situation report: what the case knows now, written down, with its hash on record."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from netcordon.casefile.crisis import record_sitrep
from netcordon.casefile.plans import plan_documents
from netcordon.casefile.workspace import Workspace, effective_user, open_workspace
from netcordon.enforcement.approved import may_enforce
from netcordon.errors import WorkspaceError
from netcordon.incidents.strategic import banner
from netcordon.model.approval import Grant
from netcordon.reporting.sitrep import Situation, sitrep_markdown
from netcordon.workflow.cases import case_view
from netcordon.workflow.casework import the_case
from netcordon.workflow.contained import measure_lines
from netcordon.workflow.crisis import view
from netcordon.workflow.new_file import NewFile
from netcordon.workflow.the_plan import the_plan

Clock = Callable[[], datetime]


@dataclass(frozen=True, kw_only=True)
class Written:
    """A report that is on record."""

    number: int
    text: str
    sha256: str


def write_sitrep(
    workspace: Path, case_id: str | None, output: Path | None, *, clock: Clock
) -> Written:
    """Compose the report of a case, write it when a file is named, and record its hash.

    Raises:
        UsageError: NC-701 the file exists, NC-805, NC-810 no such open case.
    """
    with open_workspace(workspace, create=False, clock=clock, beside=True) as opened:
        with opened.journal.alone():
            now = clock()
            found = _situation(opened, case_id, now)
            text = sitrep_markdown(found)
            digest = hashlib.sha256(text.encode()).hexdigest()
            if output is None:
                record_sitrep(opened.journal, found.case.id, found.number, digest)
                return Written(number=found.number, text=text, sha256=digest)
            with closing(NewFile(output)) as file:
                file.write(text.encode())
                file.finish()
                record_sitrep(opened.journal, found.case.id, found.number, digest)
                file.keep()
        return Written(number=found.number, text=text, sha256=digest)


def _situation(opened: Workspace, case_id: str | None, now: datetime) -> Situation:
    case = the_case(opened, case_id)
    seen, cell = case_view(opened, case, now), view(opened, case, now)
    before = cell.cell.sitreps[-1] if cell.cell.sitreps else None
    since = before.time if before else case.opened_time
    return Situation(
        number=(before.number if before else 0) + 1,
        now=now,
        author=effective_user(),
        case=case,
        cell=cell.cell,
        banner=banner(cell.why, cell.cell, None),
        next_time=now + timedelta(minutes=cell.cell.every_min) if cell.cell.sits else None,
        since=since,
        incidents=seen.incidents,
        impacted=tuple((i.party.label(), i.party.role, i.declared) for i in seen.impacted),
        missing=tuple(c.condition.text for c in seen.board.checks if not c.met_by),
        plans=_plans(opened, case.id, now),
        measures=tuple(measure_lines(opened.journal, case.id)),
        reachable=cell.reachable,
    )


def _plans(opened: Workspace, case_id: str, now: datetime) -> tuple[tuple[str, ...], ...]:
    """The latest plan: what it is, and whether it may be put in force or why not."""
    documents = plan_documents(opened.journal, case_id)
    if not documents:
        return ()
    try:
        plan, register = the_plan(opened, str(documents[-1]["id"]))
    except WorkspaceError as error:
        return ((f"{documents[-1]['id']}: {error.why}",),)
    gate = may_enforce(opened.journal, plan, register, now)
    closed, by_hand, every = plan.covered
    head = f"{plan.id} by {plan.author}: {len(plan.measures)} measures"
    if every:
        head += f"; of {every} crossings {closed} closed by devices, {by_hand} by people"
    if isinstance(gate, Grant):
        names = ", ".join(word.person.name for word in gate.words)
        return ((head, f"approved by {names} until {gate.expires_time:%Y-%m-%d %H:%M} UTC"),)
    return ((head, *(f"not approved: {why}" for why in gate)),)
