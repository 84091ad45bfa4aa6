"""Notices: draft what people who are affected are told, and record who has read it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from netcordon.casefile.notices import next_notice, notice_records, record_notice, record_reading
from netcordon.casefile.plans import plan_documents
from netcordon.casefile.workspace import Workspace, open_workspace
from netcordon.errors import UsageError
from netcordon.incidents.recorded import incident_of
from netcordon.model.handling import TLP
from netcordon.model.incident import Incident, Indicator
from netcordon.model.notice import Audience, Notice, NoticeRecord, Recipient
from netcordon.model.plan import Posture
from netcordon.notices.drafting import Matter
from netcordon.notices.drafting import draft as write
from netcordon.notices.recipients import DirectoryError, choose, read_directory
from netcordon.workflow.casework import the_case
from netcordon.workflow.compartments import needs_request, suspects_of
from netcordon.workflow.typed import PERSON, said

Clock = Callable[[], datetime]

_TOLD_DISCREETLY = (Audience.ADMINS, Audience.MANAGEMENT)


@dataclass(frozen=True, kw_only=True)
class NoticeRequest:
    """What is to be drafted.

    Attributes:
        case_id: ``None`` for the latest open one.
        incident_id: ``None`` for its gravest.
        people: a directory in CSV; ``None`` for none.
        excluded: persons who must not get it, by name, account or mail address.
        contact: whom readers call.
        posture: ``None`` for that of the latest plan.
    """

    audience: Audience
    language: str = "en"
    case_id: str | None = None
    incident_id: str | None = None
    people: bytes | None = None
    excluded: Sequence[str] = ()
    contact: str = ""
    posture: Posture | None = None


def draft_notice(workspace: Path, request: NoticeRequest, *, clock: Clock) -> Notice:
    """Draft a notice and put it on record; nothing is sent.

    Raises:
        UsageError: NC-910 there is nothing to tell of, NC-911 the posture is discreet, NC-912 the
            directory cannot be used.
        WorkspaceError: when there is no workspace, or it cannot be written.
    """
    contact = said(request.contact, "the contact", PERSON) if request.contact else ""
    with open_workspace(workspace, create=False, clock=clock, beside=True) as opened:
        case, incident = chosen_incident(opened, request.case_id, request.incident_id)
        discreet = _posture(opened, case, request) is Posture.DISCREET
        if discreet and request.audience not in _TOLD_DISCREETLY:
            raise UsageError(
                "NC-911",
                f"{request.audience.value.capitalize()} are not told of a case that is contained "
                "discreetly.",
                "what many people know, the attacker learns before the measures are in force",
                "tell admins and management, or say --posture fast when all is cut at once",
            )
        lines = business_lines(opened, incident)
        chosen = choose(
            _people(request.people), lines if request.audience is Audience.USERS else (),
            (*request.excluded, *suspects_of(opened, case), *suspects_in(incident)),
            [p.user for p in incident.victims if p.internal and p.user],
        )  # fmt: skip
        with opened.journal.alone():
            notice_id = next_notice(opened.journal)
            matter = Matter(
                incident=incident, indicators=outside_ends(incident), reference=notice_id,
                marking=opened.config.tlp or TLP.AMBER, business_lines=lines, contact=contact,
                discreet=discreet,
            )  # fmt: skip
            drafted = write(request.audience, request.language, matter)
            notice = Notice(
                id=notice_id, case_id=case, incident_id=incident.id, audience=request.audience,
                language=request.language, tlp=drafted.tlp, subject=drafted.subject,
                text=drafted.text, business_lines=lines, recipients=chosen.told,
                left_out=(*chosen.left_out, *drafted.held_back),
                warnings=_warnings(request, lines, chosen.told),
            )  # fmt: skip
            record_notice(opened.journal, notice)
    return notice


def confirm_reading(workspace: Path, notice_id: str, person: str, *, clock: Clock) -> NoticeRecord:
    """Put on record that somebody read a notice.

    Raises:
        UsageError: NC-801 nobody is named, NC-913 no such notice, or it was not for this person.
    """
    person = said(person, "the person", PERSON)
    with open_workspace(workspace, create=False, clock=clock, beside=True) as opened:
        found = notice_records(opened.journal).get(notice_id)
        if found is None or (found.recipients and person not in found.recipients):
            why = "none is called so" if found is None else f"it was not for {person!r}"
            raise UsageError(
                "NC-913", f"Nobody read {notice_id!r} so.", why, "netcordon notice list"
            )
        record_reading(opened.journal, notice_id, person)
        return notice_records(opened.journal)[notice_id]


def notices(workspace: Path, *, clock: Clock) -> tuple[NoticeRecord, ...]:
    """All notices, oldest first."""
    with open_workspace(workspace, create=False, clock=clock, readonly=True) as opened:
        return tuple(notice_records(opened.journal).values())


def chosen_incident(
    opened: Workspace, case_id: str | None, incident_id: str | None
) -> tuple[str, Incident]:
    """A case and the incident of its latest run that is meant, else the gravest.

    Raises:
        UsageError: NC-910 there is none, NC-805, NC-810 as ``the_case``.
    """
    case = the_case(opened, case_id)
    needs_request(opened, case.id)
    documents = opened.cases.incidents(case.runs[-1]) if case.runs else ()
    found = [incident_of(document) for document in documents]
    if incident_id is not None:
        found = [incident for incident in found if incident.id == incident_id]
    if not found:
        raise UsageError(
            "NC-910",
            "There is nothing to tell of.",
            f"{case.id} holds no incident" + (f" {incident_id!r}" if incident_id else ""),
            "netcordon case show lists incidents; netcordon investigate CAPTURE finds them",
        )
    found.sort(key=lambda incident: (-incident.severity.rank, -incident.confidence, incident.id))
    return case.id, found[0]


def business_lines(opened: Workspace, incident: Incident) -> tuple[str, ...]:
    """Lines that the hosts of an incident serve, as declared."""
    business = opened.config.business
    assets = [business.asset_of(p.ip, p.name) for p in incident.victims if p.internal]
    return tuple(sorted({asset.business_line for asset in assets if asset and asset.business_line}))


def outside_ends(incident: Incident) -> tuple[Indicator, ...]:
    """Names and addresses of the attacker's side of an incident."""
    found: dict[tuple[str, str], Indicator] = {}
    for party in incident.actors:
        if party.internal:
            continue
        kind = "ipv6-addr" if ":" in party.ip else "ipv4-addr"
        for type_, value in (("domain-name", party.name or ""), (kind, party.ip)):
            if value:
                found[type_, value] = Indicator(
                    type=type_, value=value, role=party.role, confidence=incident.confidence,
                    first_seen_time=incident.first_seen_time,
                    last_seen_time=incident.last_seen_time, finding_ids=incident.finding_ids,
                )  # fmt: skip
    return tuple(found.values())


def suspects_in(incident: Incident) -> tuple[str, ...]:
    """Accounts on the hosts that an incident starts from, when nothing outside takes part in it."""
    if any(not party.internal for party in incident.actors):
        return ()
    return tuple(sorted({p.user for p in incident.actors if p.internal and p.user}))


def _posture(opened: Workspace, case_id: str, request: NoticeRequest) -> Posture:
    if request.posture is not None:
        return request.posture
    plans = plan_documents(opened.journal, case_id)
    return Posture(plans[-1].get("posture", Posture.FAST)) if plans else Posture.FAST


def _people(content: bytes | None) -> tuple[Recipient, ...]:
    if content is None:
        return ()
    try:
        return read_directory(content)
    except DirectoryError as error:
        raise UsageError(
            "NC-912",
            "The list of people cannot be used.",
            str(error),
            "CSV with a heading: name,mail,account,business_line",
        ) from error


def _warnings(
    request: NoticeRequest, lines: Sequence[str], told: Sequence[Recipient]
) -> tuple[str, ...]:
    out = []
    if request.people is None:
        out.append("No recipients: name a directory with --people.")
    elif not told:
        out.append("Nobody of the directory is to be told.")
    if not lines:
        out.append(
            "No business line is known to be affected: declare [[asset]] business_line in "
            "netcordon.toml."
        )
    if not request.contact:
        out.append("No contact: name a telephone with --contact.")
    return tuple(out)
