"""Holds on an archive: forbid deletion for a case, end that, list them; and delete what is over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from netcordon.archive.expiring import Due, due, leftovers
from netcordon.archive.expiring import expire as delete
from netcordon.archive.holding import lay
from netcordon.archive.holding import release as end
from netcordon.archive.opening import open_existing
from netcordon.casefile.archived import record_expiry, record_hold, record_release
from netcordon.casefile.cases import latest_open
from netcordon.casefile.workspace import effective_user, open_workspace
from netcordon.errors import UsageError
from netcordon.model.archive import Hold
from netcordon.workflow.archive_put import declared_place

Clock = Callable[[], datetime]


@dataclass(frozen=True, kw_only=True)
class HoldRequest:
    """What is to be held.

    Attributes:
        case_id: empty means the latest open one.
        reason: why.
        first_day: with ``last_day``: everything of these days too, of ``sensors`` or of all.
    """

    case_id: str = ""
    reason: str = ""
    first_day: date | None = None
    last_day: date | None = None
    sensors: tuple[str, ...] = ()


def hold(workspace: Path, request: HoldRequest, *, clock: Clock, place: str = "") -> Hold:
    """Forbid to delete what a case rests on.

    Raises:
        WorkspaceError: when there is no workspace, or its journal cannot be written.
        UsageError: NC-560 no archive, NC-569 no reason, no case, or nothing to hold.
        ArchiveError: when the archive cannot be written.
    """
    with open_workspace(workspace, create=False, clock=clock, beside=True) as opened:
        catalogue = open_existing(declared_place(opened, place))
        cases = {case.id: case for case in opened.cases.cases()}
        latest = latest_open(tuple(cases.values()))
        case = cases.get(request.case_id) if request.case_id else latest
        if case is None:
            raise _nothing(f"there is no case {request.case_id!r}" if request.case_id
                           else "no case is open")  # fmt: skip
        if not request.reason.strip():
            raise _nothing("nobody said why; use --reason")
        evidence = sorted({i for run in case.runs for i in run.evidence_ids})
        if not evidence and request.first_day is None:
            raise _nothing("the case rests on no evidence; name days with --since and --until")
        laid = lay(
            catalogue,
            Hold(
                id="", case_id=case.id, reason=request.reason.strip(), author=effective_user(),
                time=clock(), evidence_ids=tuple(evidence), first_day=request.first_day,
                last_day=request.last_day or request.first_day, sensors=request.sensors,
            ),
        )  # fmt: skip
        facts = {"case_id": laid.case_id, "reason": laid.reason, "url": catalogue.store.url,
                 "evidence_ids": list(laid.evidence_ids)}  # fmt: skip
        record_hold(opened.journal, laid.id, facts)
        return laid


def release(workspace: Path, hold_id: str, why: str, *, clock: Clock, place: str = "") -> Hold:
    """End a hold; raises like ``hold``, and NC-566 when it is none."""
    with open_workspace(workspace, create=False, clock=clock, beside=True) as opened:
        if not why.strip():
            raise _nothing("nobody said why; use --reason")
        catalogue = open_existing(declared_place(opened, place))
        ended = end(catalogue, hold_id, by=effective_user(), why=why.strip(), now=clock())
        record_release(opened.journal, hold_id, why.strip())
        return ended


def holds(workspace: Path, *, clock: Clock, place: str = "") -> tuple[Hold, ...]:
    """Every hold, those that were released among them; raises like ``hold``."""
    with open_workspace(workspace, create=False, clock=clock, readonly=True) as opened:
        return open_existing(declared_place(opened, place)).holds()


def expire(
    workspace: Path, *, clock: Clock, place: str = "", really: bool = False
) -> tuple[Due, ...]:
    """Find what need not be kept any longer, and delete it when told so.

    Returns:
        All that is due; what is held was not deleted.

    Raises:
        WorkspaceError: when there is no workspace, or another run holds it.
        UsageError: NC-560 no archive is declared.
        ArchiveError: when the archive cannot be written.
    """
    with open_workspace(workspace, create=False, clock=clock, readonly=not really) as opened:
        catalogue = open_existing(declared_place(opened, place))
        now = clock()
        segments = catalogue.segments()
        found = due(segments, catalogue.holds(), opened.config.retention, now.date())
        if really:
            for name in leftovers(catalogue, segments):
                catalogue.store.remove(name)
            for one in found:
                if not one.holds:
                    record_expiry(opened.journal, catalogue.store.url, one.names)
                    delete(catalogue, one, now)
        return found


def _nothing(why: str) -> UsageError:
    return UsageError(
        "NC-569", "Nothing was held or released.", why, "netcordon archive hold --help"
    )
