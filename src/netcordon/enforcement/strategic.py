"""Measures of line C9 wait for the crisis cell while an incident is strategic."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from netcordon.casefile.case_state import KINDS, Case, fold
from netcordon.casefile.cases import CaseBook
from netcordon.casefile.crisis import crisis
from netcordon.casefile.journal import Journal
from netcordon.casefile.triage import Triage
from netcordon.incidents.recorded import incident_of
from netcordon.incidents.strategic import hits
from netcordon.model.casework import Ruling
from netcordon.model.measure_kind import STRATEGIC
from netcordon.model.register import Register


def locked(
    journal: Journal, case: Case, kinds: Iterable[str], register: Register, at: datetime
) -> tuple[str, ...]:
    """Why measures of these kinds may not be taken now, one sentence each; empty when they may.

    Args:
        journal: of the workspace.
        case: that the measures are for.
        kinds: of measures, as in the catalogue.
        register: what is declared: tags of assets, what calls the cell.
        at: the time of judging.
    """
    waiting = sorted(set(kinds) & STRATEGIC)
    if not waiting:
        return ()
    cell = crisis(journal, case.id, at)
    why = strategic(journal, case, register)
    if cell.sits and not why:
        why = (f"the crisis cell was called: {cell.reason}",)
    if not why or cell.unlocked:
        return ()
    asked = (
        f"the CISO locked them: {cell.ruling.text}"
        if cell.ruling
        else "no decision by the CISO is recorded (netcordon crisis decide)"
    )
    what = ", ".join(waiting)
    return tuple(f"waits for the crisis cell: {what}; {each}; {asked}" for each in why)


def strategic(journal: Journal, case: Case, register: Register) -> tuple[str, ...]:
    """Why the latest run of a case calls the crisis cell; empty when it does not."""
    if not case.runs:
        return ()
    book = CaseBook(journal, lambda: case.opened_time)
    rulings = Triage(journal).judgements()
    standing = [
        document
        for document in book.incidents(case.runs[-1])
        if any(
            finding not in rulings or rulings[finding].ruling is Ruling.TRUE
            for finding in map(str, document["finding_ids"])
        )
    ]
    return hits(list(map(incident_of, standing)), register.business, register.crisis)


def case_of(journal: Journal, case_id: str) -> Case | None:
    """A case as the journal tells it."""
    return fold(journal.entries(KINDS)).get(case_id)
