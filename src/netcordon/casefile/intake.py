"""Reports of people in the journal: each is an entry, and so is what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from netcordon.casefile.canonical import instant
from netcordon.casefile.journal import Draft, Entry, Journal
from netcordon.model.handling import TLP
from netcordon.model.intake import (
    Attached,
    Channel,
    Filed,
    Hit,
    Hunted,
    Moment,
    Observable,
    Report,
    Reporter,
    Support,
)  # fmt: skip

RECEIVED = "intake.received"
REPEATED = "intake.repeated"
HUNTED = "intake.hunted"
LINKED = "intake.linked"
REPLIED = "intake.replied"
CLOSED = "intake.closed"
_KINDS = (RECEIVED, REPEATED, HUNTED, LINKED, REPLIED, CLOSED)


def next_intake(journal: Journal) -> str:
    """Id of the next report; ask within ``journal.alone``."""
    return f"intake-{1 + sum(1 for _ in journal.entries((RECEIVED,))):04d}"


def record_report(journal: Journal, intake_id: str, report: Report) -> None:
    """Put a report on record.

    Raises:
        WorkspaceError: when it cannot be written.
    """
    journal.append([Draft(RECEIVED, intake_id, report)])


def record_again(journal: Journal, intake_id: str, report: Report) -> None:
    """Put on record that the same matter was reported again, with what it adds."""
    journal.append([Draft(REPEATED, intake_id, report)])


def record_hunted(journal: Journal, intake_id: str, hunted: Hunted) -> None:
    """Put on record what the evidence showed of it."""
    journal.append([Draft(HUNTED, intake_id, hunted)])


def record_link(journal: Journal, intake_id: str, case_id: str, incident_id: str) -> None:
    """Say to which case, and incident if known, it belongs."""
    payload = {"case_id": case_id, "incident_id": incident_id}
    journal.append([Draft(LINKED, intake_id, payload)])


def record_reply(journal: Journal, intake_id: str, language: str, sha256: str) -> None:
    """Put on record that a reply was drafted."""
    journal.append([Draft(REPLIED, intake_id, {"language": language, "sha256": sha256})])


def record_closing(journal: Journal, intake_id: str, outcome: str) -> None:
    """Close it."""
    journal.append([Draft(CLOSED, intake_id, {"outcome": outcome})])


def filed_reports(journal: Journal) -> dict[str, Filed]:
    """All reports by id, oldest first."""
    found: dict[str, Filed] = {}
    for entry in journal.entries(_KINDS):
        known = found.get(entry.subject)
        if known is None:
            found[entry.subject] = Filed(
                id=entry.subject, report=_report(entry.payload), time=entry.time,
                author=entry.author,
            )  # fmt: skip
        else:
            found[entry.subject] = _next(known, entry)
    return found


def _next(known: Filed, entry: Entry) -> Filed:
    said = entry.payload
    if entry.kind == REPEATED:
        later = _report(said)
        added = {(o.type, o.value): o for o in (*later.observables, *known.report.observables)}
        report = replace(
            known.report,
            observables=tuple(added.values()),
            attached=tuple(dict.fromkeys((*known.report.attached, *later.attached))),
            left_out=tuple(dict.fromkeys((*known.report.left_out, *later.left_out))),
            **_stricter(known, later),
        )
        again = (*known.again, (later.sha256, entry.time))
        # A matter that comes back is open again.
        return replace(known, report=report, again=again, closed=None, closed_by="", outcome="")
    if entry.kind == HUNTED:
        return replace(known, hunted=_hunted(said))
    if entry.kind == LINKED:
        return replace(known, case_id=said["case_id"], incident_id=said["incident_id"])
    if entry.kind == REPLIED:
        return replace(known, replied=(*known.replied, entry.time))
    return replace(known, closed=entry.time, closed_by=entry.author, outcome=said["outcome"])


def _stricter(known: Filed, later: Report) -> dict[str, Any]:
    """Due date and marking of a matter that was reported again: what binds more.

    The date of a matter that was closed is past with it.
    """
    before = known.report
    binds: dict[str, Any] = {}
    if later.due and (known.closed or before.due is None or later.due < before.due):
        binds |= {"due": later.due, "due_why": later.due_why}
    levels = list(TLP)
    if later.is_tlp_stated and levels.index(later.tlp) > levels.index(before.tlp):
        binds |= {"tlp": later.tlp, "is_tlp_stated": True}
    return binds


def _report(said: Mapping[str, Any]) -> Report:
    who = said["reporter"]
    return Report(
        **{
            **said,
            "channel": Channel(said["channel"]),
            "reporter": Reporter(
                **{**who, "support": Support(who["support"]), "why": tuple(who["why"])}
            ),
            "written": _moment(said["written"]) if said["written"] else None,
            "seen": tuple(_moment(one) for one in said["seen"]),
            "due": _time(said["due"]),
            "tlp": TLP(said["tlp"]),
            "observables": tuple(Observable(**one) for one in said["observables"]),
            "attached": tuple(Attached(**one) for one in said["attached"]),
            "left_out": tuple(said["left_out"]),
        }
    )


def _moment(said: Mapping[str, Any]) -> Moment:
    return Moment(
        text=said["text"],
        time=_time(said["time"]),
        zone=said["zone"],
        assumed=said["assumed"],
    )


def _hunted(said: Mapping[str, Any]) -> Hunted:
    hits = tuple(
        Hit(
            **{
                **one,
                "hosts": tuple(one["hosts"]),
                "ways": tuple(one["ways"]),
                "first_seen_time": instant(one["first_seen_time"]),
                "last_seen_time": instant(one["last_seen_time"]),
            }
        )
        for one in said["hits"]
    )
    return Hunted(
        time=instant(said["time"]), searched=said["searched"], looked_for=said["looked_for"],
        hits=hits,
    )  # fmt: skip


def _time(text: str | None) -> datetime | None:
    return instant(text) if text else None
