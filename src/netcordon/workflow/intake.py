"""Reports of people: take them in, look for what they name, link, reply, close."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from netcordon.casefile.intake import (
    filed_reports,
    next_intake,
    record_again,
    record_closing,
    record_hunted,
    record_link,
    record_report,
)  # fmt: skip
from netcordon.casefile.workspace import Workspace, open_workspace
from netcordon.errors import UsageError
from netcordon.hunting.sweep import sweep
from netcordon.incidents.addresses import HomeNets, is_private
from netcordon.ingest.letters.kind import kind_of
from netcordon.ingest.letters.mail import MOST_BYTES
from netcordon.ingest.letters.outlook import is_outlook
from netcordon.intake.form import report_of
from netcordon.intake.observables import Ours
from netcordon.intake.reading import Circumstances, read_report
from netcordon.intake.same import same_matter
from netcordon.intake.wanted import hunted, wanted
from netcordon.model.form import Form
from netcordon.model.handling import TLP
from netcordon.model.intake import Channel, Filed, Hunted, Report
from netcordon.tables.engine import Engine
from netcordon.tables.lake import Lake
from netcordon.workflow.casework import the_case
from netcordon.workflow.looking import home_nets
from netcordon.workflow.typed import NOTE, PERSON, REASON, said

Clock = Callable[[], datetime]

LETTER_KINDS = ("mail", "msg", "xarf")
"""Kinds of evidence that are reports of people; what they say is no traffic that was seen."""


@dataclass(frozen=True, kw_only=True)
class Taken:
    """What became of a report: it is on record, alone or joined to an earlier one."""

    filed: Filed
    is_new: bool


def take_files(
    workspace: Path,
    files: Sequence[Path],
    *,
    channel: Channel | None,
    tlp: TLP | None,
    clock: Clock,
) -> tuple[Taken, ...]:
    """Put mails and reports in files on record, and look for what they name in all evidence.

    The workspace is made when it is missing.

    Raises:
        UsageError: NC-510 a file that is no mail and no report, or cannot be read.
        WorkspaceError: when the workspace cannot be written.
    """
    contents = [(path, _content(path)) for path in files]
    with open_workspace(workspace, create=True, clock=clock, beside=True) as opened:
        around = circumstances(opened, clock(), channel=channel, tlp=tlp)
        return tuple(
            file_report(opened, read_report(content, str(path.absolute()), around), clock)
            for path, content in contents
        )


def take_form(workspace: Path, form: Form, *, clock: Clock) -> Taken:
    """Put a form on record, and look for what it names.

    Raises:
        UsageError: NC-801 a form without reporter or observation, or with a text that is too long.
        WorkspaceError: when the workspace cannot be written.
    """
    form = replace(
        form,
        reporter=said(form.reporter, "the reporter", PERSON),
        what=said(form.what, "what was seen", NOTE),
        mail=_bounded(form.mail, "the mail address"),
        device=_bounded(form.device, "the device"),
        interface=_bounded(form.interface, "the interface"),
        counter=_bounded(form.counter, "the counter"),
        reference=_bounded(form.reference, "the reference"),
    )
    with open_workspace(workspace, create=True, clock=clock, beside=True) as opened:
        around = circumstances(opened, clock(), channel=form.channel, tlp=form.tlp)
        return file_report(opened, report_of(form, around), clock)


def circumstances(
    opened: Workspace, now: datetime, *, channel: Channel | None = None, tlp: TLP | None = None
) -> Circumstances:
    """What is known beside the bytes of a report."""
    rules = opened.config.intake
    return Circumstances(
        now=now, rules=rules, ours=_ours(opened, rules.domains), channel=channel, tlp=tlp
    )


def file_report(opened: Workspace, report: Report, clock: Clock) -> Taken:
    """Put a report on record, joined to an earlier one of the same matter where there is one."""
    with opened.journal.alone():
        before = same_matter(report, filed_reports(opened.journal).values())
        intake_id = before.id if before else next_intake(opened.journal)
        known = before is not None and report.sha256 in (
            before.report.sha256, *(digest for digest, _ in before.again)
        )  # fmt: skip
        if before is None:
            record_report(opened.journal, intake_id, report)
        elif not known:
            record_again(opened.journal, intake_id, report)
        filed = filed_reports(opened.journal)[intake_id]
    seen, last = _look(opened, filed, clock()), filed.hunted
    # The same answer once more is no news, and the journal is not for repeating.
    if seen is not None and (last is None or seen != replace(last, time=seen.time)):
        record_hunted(opened.journal, intake_id, seen)
    return Taken(filed=filed_reports(opened.journal)[intake_id], is_new=before is None)


def look_again(workspace: Path, intake_id: str, *, clock: Clock) -> Filed:
    """Look for what a report names once more: evidence may have come since.

    Raises:
        UsageError: NC-512 there is no such report, NC-405 there is no evidence.
    """
    with open_workspace(workspace, create=False, clock=clock, beside=True) as opened:
        filed = the_report(opened, intake_id)
        seen = _look(opened, filed, clock())
        if seen is None:
            raise UsageError(
                "NC-405", "There is no evidence to look through.",
                "no run of this workspace took any in, or the report names nothing to look for",
                "netcordon investigate CAPTURE",
            )  # fmt: skip
        record_hunted(opened.journal, filed.id, seen)
        return the_report(opened, intake_id)


def reports(workspace: Path, *, clock: Clock) -> tuple[Filed, ...]:
    """All reports that the viewer may know of, oldest first."""
    with open_workspace(workspace, create=False, clock=clock, readonly=True) as opened:
        return known_reports(opened)


def report_named(workspace: Path, intake_id: str, *, clock: Clock) -> Filed:
    """One report.

    Raises:
        UsageError: NC-512 there is none of that id.
    """
    with open_workspace(workspace, create=False, clock=clock, readonly=True) as opened:
        return the_report(opened, intake_id)


def link(
    workspace: Path, intake_id: str, case_id: str | None, incident_id: str, *, clock: Clock
) -> Filed:
    """Say to which case, and incident if known, a report belongs.

    Raises:
        UsageError: NC-512 there is no such report, NC-513 the case has no such incident, NC-810 no
            case is open.
    """
    with open_workspace(workspace, create=False, clock=clock, beside=True) as opened:
        filed, case = the_report(opened, intake_id), the_case(opened, case_id)
        known = {incident for run in case.runs for incident in run.incident_ids}
        if incident_id and incident_id not in known:
            raise UsageError(
                "NC-513", f"{case.id} has no incident {incident_id!r}.", "",
                "netcordon case show lists its incidents",
            )  # fmt: skip
        record_link(opened.journal, filed.id, case.id, incident_id)
        return the_report(opened, intake_id)


def close(workspace: Path, intake_id: str, outcome: str, *, clock: Clock) -> Filed:
    """Close a report with its outcome.

    Raises:
        UsageError: NC-512 there is no such report, NC-801 no outcome was said.
    """
    outcome = said(outcome, "the outcome", REASON)
    with open_workspace(workspace, create=False, clock=clock, beside=True) as opened:
        filed = the_report(opened, intake_id)
        record_closing(opened.journal, filed.id, outcome)
        return the_report(opened, intake_id)


def the_report(opened: Workspace, intake_id: str) -> Filed:
    """One report by its id or number.

    Raises:
        UsageError: NC-512 there is none, or none that the viewer may know of.
    """
    wanted_id = (
        f"intake-{int(intake_id):04d}" if intake_id.isascii() and intake_id.isdigit() else intake_id
    )
    for filed in known_reports(opened):
        if filed.id == wanted_id:
            return filed
    raise UsageError("NC-512", f"There is no report {intake_id!r}.", "", "netcordon intake list")


def known_reports(opened: Workspace) -> tuple[Filed, ...]:
    """All but those of cases that the viewer may not know of."""
    cases = {case.id for case in opened.cases.cases()}
    filed = filed_reports(opened.journal).values()
    return tuple(one for one in filed if not one.case_id or one.case_id in cases)


def _look(opened: Workspace, filed: Filed, now: datetime) -> Hunted | None:
    """What the evidence shows of a report; ``None`` where there is nothing to look for or through.

    Reports themselves are no evidence of what they claim, so they are left out.
    """
    sought = wanted(filed.report.observables, filed.id)
    ids = tuple(
        r.evidence.id for r in opened.readable()
        if r.has_tables and r.evidence.kind not in LETTER_KINDS
    )  # fmt: skip
    if not sought or not ids:
        return None
    with Engine(Lake(opened.lake_dir), ids, logs_as_one=True) as engine:
        engine.set_home_nets(home_nets(opened))
        return hunted(sweep(engine, sought, ids), filed.report.observables, now)


def _ours(opened: Workspace, domains: Sequence[str]) -> Ours:
    home = HomeNets(home_nets(opened))

    def ours(type_: str, value: str) -> bool:
        if type_ == "address":
            return home.holds(value) if home.networks else is_private(value)
        if type_ in ("domain", "mail"):
            name = value.rpartition("@")[2]
            return any(name == own or name.endswith(f".{own}") for own in domains)
        return False

    return ours


def _bounded(text: str, what: str) -> str:
    return said(text, what) if text.strip() else ""


def _content(path: Path) -> bytes:
    """The bytes of a letter."""
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise _unusable(path, error.strerror or str(error)) from error
    if len(content) > MOST_BYTES:
        raise _unusable(path, f"it has more than {MOST_BYTES >> 20} MiB")
    if kind_of(content[:65_536]) is None and not is_outlook(content):
        raise _unusable(path, "its first bytes are neither those of a mail nor of a XARF report")
    return content


def _unusable(path: Path, why: str) -> UsageError:
    return UsageError(
        "NC-510", f"{str(path)!r} is no report that can be taken in.", why,
        "hand in a mail (.eml or .msg, saved whole) or a XARF report, or use the form",
    )  # fmt: skip
