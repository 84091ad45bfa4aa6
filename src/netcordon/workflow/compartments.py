"""Restrict a case to readers, record written requests, see who tried; what a case then forbids."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from netcordon.casefile import compartments as kept
from netcordon.casefile.compartments import Compartment
from netcordon.casefile.workspace import Workspace, effective_user, open_workspace
from netcordon.errors import UsageError
from netcordon.workflow.typed import PERSON, REASON, said

Clock = Callable[[], datetime]


def restrict_case(
    workspace: Path, case_id: str, readers: Sequence[str], suspects: Sequence[str], reason: str,
    *, clock: Clock,
) -> tuple[Compartment, bool]:  # fmt: skip
    """Restrict a case; and whether the caller is among its readers.

    Raises:
        UsageError: NC-801 a reader or the reason is missing.
        WorkspaceError: NC-509 there is no such case.
    """
    who = tuple(dict.fromkeys(said(reader, "the reader", PERSON) for reader in readers))
    if not who:
        said("", "the reader")
    about = tuple(dict.fromkeys(said(person, "the suspect", PERSON) for person in suspects))
    reason = said(reason, "the reason", REASON)
    with open_workspace(workspace, create=False, clock=clock, beside=True) as opened:
        case = opened.cases.case(case_id)
        kept.restrict(opened.journal, case.id, who, about, reason)
        return kept.compartments(opened.journal)[case.id], effective_user() in who


def request_case(
    workspace: Path, case_id: str, person: str, reference: str, *, clock: Clock
) -> Compartment:
    """Put the written request for a restricted case on record.

    Raises:
        UsageError: NC-801 person or reference is missing, NC-940 the case is not restricted.
    """
    person, reference = said(person, "the person", PERSON), said(reference, "the reference", REASON)
    with open_workspace(workspace, create=False, clock=clock, beside=True) as opened:
        one = _compartment(opened, case_id)
        kept.request(opened.journal, one.case_id, person, reference)
        return kept.compartments(opened.journal)[one.case_id]


def release_case(workspace: Path, case_id: str, reason: str, *, clock: Clock) -> None:
    """Open a restricted case to everybody again.

    Raises:
        UsageError: NC-801 the reason is missing, NC-940 the case is not restricted.
    """
    reason = said(reason, "the reason", REASON)
    with open_workspace(workspace, create=False, clock=clock, beside=True) as opened:
        kept.release(opened.journal, _compartment(opened, case_id).case_id, reason)


def access_of(workspace: Path, case_id: str, *, clock: Clock) -> Compartment:
    """Readers, requests and attempts of a restricted case, for legal.

    Raises:
        UsageError: NC-940 the case is not restricted.
    """
    with open_workspace(workspace, create=False, clock=clock, readonly=True) as opened:
        return _compartment(opened, case_id)


def needs_request(opened: Workspace, case_id: str) -> None:
    """Refuse a technical step in a restricted case that nobody asked for in writing.

    Raises:
        UsageError: NC-941.
    """
    one = kept.compartments(opened.journal).get(case_id)
    if one is not None and not one.requests:
        raise UsageError(
            "NC-941",
            f"Case {case_id} is restricted, and nobody has asked for this in writing.",
            "what is done about a person needs a written request of management, HR or legal",
            f"netcordon case request {case_id} --from PERSON --reference WHERE-IT-IS-KEPT",
        )


def suspects_of(opened: Workspace, case_id: str) -> tuple[str, ...]:
    """Whom a restricted case concerns."""
    one = kept.compartments(opened.journal).get(case_id)
    return one.suspects if one is not None else ()


def _compartment(opened: Workspace, case_id: str) -> Compartment:
    case = opened.cases.case(case_id)
    found = kept.compartments(opened.journal).get(case.id)
    if found is None:
        raise UsageError(
            "NC-940",
            f"Case {case.id} is not restricted.",
            "everybody who works in this workspace knows of it",
            f"netcordon case restrict {case.id} --reader ACCOUNT --reason TEXT",
        )
    return found
