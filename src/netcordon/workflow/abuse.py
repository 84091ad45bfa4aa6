"""Abuse: draft reports to providers whose hosts took part in an incident; a person sends them."""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import cast

from netcordon.casefile.abuse import abuse_records, next_abuse, record_abuse, record_sent
from netcordon.casefile.workspace import open_workspace
from netcordon.errors import UsageError
from netcordon.model.abuse import AbuseContact, AbuseDraft, AbuseMatter, AbuseRecord
from netcordon.model.handling import TLP
from netcordon.model.incident import Incident, Party
from netcordon.notices.complaint import complaint, subject
from netcordon.notices.contacts import ContactsError, contact_for, is_registry, read_contacts
from netcordon.notices.mail import draft_mail
from netcordon.notices.xarf import faults, report
from netcordon.tables.engine import Engine
from netcordon.workflow.looking import looking
from netcordon.workflow.new_folder import NewFolder
from netcordon.workflow.notices import chosen_incident
from netcordon.workflow.typed import PERSON, said

Clock = Callable[[], datetime]

_MOST_LINES = 200
_AROUND = timedelta(seconds=1)
_HEADING = "time (UTC)            source:port > destination:port  protocol  bytes out/in"
_DID = {
    "command_server": "A host of ours was controlled by malware that called this address.",
    "tunnel_endpoint": "A host of ours sent hidden data through this address.",
    "staging_server": "A host of ours fetched malware from this address.",
    "exfil_destination": "Data stolen from us was sent to this address.",
}
"""By role; what is told to strangers is said in words of our own."""


@dataclass(frozen=True, kw_only=True)
class AbuseRequest:
    """What is to be reported.

    Attributes:
        target: an incident, or an address or name of its outside ends; ``None`` for all ends of the
            gravest incident.
        contacts: name and content of files with contacts.
        org: who reports; empty for the name in ``netcordon.toml``.
        mail: where answers go.
        publish: networks of ours whose addresses may be told.
    """

    mail: str
    target: str | None = None
    case_id: str | None = None
    contacts: Sequence[tuple[str, bytes]] = ()
    org: str = ""
    publish: Sequence[str] = ()


def draft_abuse(workspace: Path, request: AbuseRequest, *, clock: Clock) -> tuple[AbuseDraft, ...]:
    """Draft a report for each outside source and put it on record; nothing is sent.

    Raises:
        UsageError: NC-930 the reporter is not known, NC-931 contacts that cannot be used, NC-932
            nothing to report, NC-910 no incident.
    """
    contacts = _contacts(request.contacts)
    with looking(workspace, clock) as (opened, engine, _, _):
        of_incident = request.target if (request.target or "").startswith("inc-") else None
        case_id, incident = chosen_incident(opened, request.case_id, of_incident)
        org = _org(request.org or opened.config.name or "", request.mail)
        ends = _ends(incident, None if of_incident else request.target)
        matters = [_matter(engine, incident, end, request.publish) for end in ends]
    now = clock()
    with (
        open_workspace(workspace, create=False, clock=clock, beside=True) as opened,
        opened.journal.alone(),
    ):
        first = next_abuse(opened.journal)
        drafts = [
            _draft(number, case_id, incident, matter, recorded, contacts, org, request.mail, now)
            for number, (matter, recorded) in enumerate(matters, first)
        ]
        for draft in drafts:
            record_abuse(opened.journal, draft)
    return tuple(drafts)


def write_drafts(drafts: Sequence[AbuseDraft], folder: Path, *, clock: Clock) -> None:
    """Write report and mail of each into a new folder.

    Raises:
        UsageError: NC-701 there is something in it.
    """
    with closing(NewFolder(folder)) as target:
        for draft in drafts:
            mail = draft_mail(
                subject=draft.subject, text=draft.text, tlp=TLP.GREEN, time=clock(),
                to=[draft.contact.mail] if draft.contact else [],
                attachments=[("xarf.json", "application/json", draft.xarf.encode())],
            )  # fmt: skip
            for ending, content in (("json", draft.xarf.encode()), ("eml", mail)):
                part = target.part()
                part.write(content)
                part.keep_as(f"{draft.id}.{ending}")
        target.finish()
        target.keep()


def mark_sent(workspace: Path, draft_id: str, reference: str, *, clock: Clock) -> AbuseRecord:
    """Put on record that a draft was sent.

    Raises:
        UsageError: NC-933 there is no such draft.
    """
    reference = said(reference, "the reference", PERSON) if reference else ""
    with open_workspace(workspace, create=False, clock=clock, beside=True) as opened:
        if draft_id not in abuse_records(opened.journal):
            raise UsageError(
                "NC-933", f"There is no abuse report {draft_id!r}.", "", "netcordon abuse list"
            )
        record_sent(opened.journal, draft_id, reference)
        return abuse_records(opened.journal)[draft_id]


def abuse_reports(workspace: Path, *, clock: Clock) -> tuple[AbuseRecord, ...]:
    """All drafts, oldest first."""
    with open_workspace(workspace, create=False, clock=clock, readonly=True) as opened:
        return tuple(abuse_records(opened.journal).values())


def _draft(
    number: int, case_id: str, incident: Incident, matter: AbuseMatter, recorded: int,
    contacts: Sequence[AbuseContact], org: str, mail: str, now: datetime,
) -> AbuseDraft:  # fmt: skip
    draft_id = f"abuse-{number:04d}"
    xarf = report(matter, org=org, mail=mail, time=now)
    contact = contact_for(matter.source, contacts)
    warnings = [f"The XARF report is not sound: {fault}." for fault in faults(xarf)]
    if contact is None:
        warnings.append("No contact is known: hand in the RDAP answer of this address.")
    elif is_registry(contact.mail):
        warnings.append(f"{contact.mail} is a registry's; it asks not to be written to.")
        contact = None
    elif not contact.dated:
        warnings.append(f"Nobody says how old the contact is ({contact.source}): check it.")
    return AbuseDraft(
        id=draft_id, case_id=case_id, incident_id=incident.id, source=matter.source,
        contact=contact, subject=f"{subject(matter)} [{draft_id}]",
        text=complaint(matter, org=org, reference=draft_id, recorded=recorded),
        xarf=json.dumps(xarf, indent=2, ensure_ascii=True) + "\n", lines=len(matter.lines),
        recorded=recorded, warnings=tuple(warnings),
    )  # fmt: skip


def _ends(incident: Incident, wanted: str | None) -> list[Party]:
    outside = [party for party in incident.actors if not party.internal]
    found = [
        p for p in outside if wanted is None or wanted.lower() in (p.ip, (p.name or "").lower())
    ]
    if not found:
        raise UsageError(
            "NC-932",
            "There is nobody outside to report.",
            f"{incident.id} names {', '.join(p.ip for p in outside) or 'no outside end'}"
            + (f", not {wanted!r}" if wanted else ""),
            "netcordon case show; a source inside is a matter for management, HR and legal",
        )
    return found


def _matter(
    engine: Engine, incident: Incident, end: Party, publish: Sequence[str]
) -> tuple[AbuseMatter, int]:
    """What a source did, and how many connections were recorded."""
    bound = {
        "ip": end.ip,
        "first": incident.first_seen_time - _AROUND,
        "last": incident.last_seen_time + _AROUND,
    }
    rows = engine.query(_FLOWS, {**bound, "most": _MOST_LINES})
    counted = engine.query(_COUNTED, bound)[0]
    recorded, from_there = cast(int, counted["flows"]), cast(int, counted["from_there"])
    attacks = from_there * 2 > recorded
    names = _Names(end.ip, publish)
    lines = tuple(_line(row, names) for row in rows)
    at = next((row for row in rows if (row["src_ip"] == end.ip) == attacks), None)
    port = cast("int | None", at["src_port" if attacks else "dst_port"]) if at else None
    ours = str(at["dst_ip"] if attacks else at["src_ip"]) if at else ""
    did = "Hosts of ours were attacked from this address." if attacks else _DID.get(
        end.role, "Hosts of ours were in contact with this address during an intrusion."
    )  # fmt: skip
    urls = engine.query(_URLS, bound) if end.role == "staging_server" else []
    return AbuseMatter(
        source=end.ip, name=end.name or "", role=end.role, attacks_us=attacks,
        techniques=incident.techniques,
        description=f"{did} It was part of an intrusion that we recorded.",
        confidence=incident.confidence, first_seen=_first(rows, incident.first_seen_time),
        last_seen=cast(datetime, counted["last"]) or incident.last_seen_time,
        protocol=str(at["protocol"]) if at else "tcp", source_port=port or None,
        destination_ip=ours if names.is_published(ours) else "",
        destination_port=cast("int | None", at["dst_port"]) if at and attacks else None,
        url=str(urls[0]["url"]) if urls else "", heading=_HEADING, lines=lines,
    ), recorded  # fmt: skip


def _first(rows: Sequence[dict[str, object]], otherwise: datetime) -> datetime:
    return cast(datetime, rows[0]["start_time"]) if rows else otherwise


def _line(row: dict[str, object], names: _Names) -> str:
    start = cast(datetime, row["start_time"])
    ends = [f"{names.of(str(row[f'{e}_ip']))}:{row[f'{e}_port']}" for e in ("src", "dst")]
    return (
        f"{start:%Y-%m-%d %H:%M:%S}Z  {ends[0]} > {ends[1]}  {row['protocol']}  "
        f"{row['out']}/{row['back']}"
    )


class _Names:
    """Addresses as strangers may read them: theirs, and ours only where that is declared."""

    def __init__(self, source: str, publish: Sequence[str]) -> None:
        self._source = source
        self._publish = [ipaddress.ip_network(network) for network in publish]
        self._known: dict[str, str] = {}

    def is_published(self, ip: str) -> bool:
        """Whether an address of ours may be told."""
        try:
            address = ipaddress.ip_address(ip)
        except ValueError:
            return False
        return any(address in network for network in self._publish)

    def of(self, ip: str) -> str:
        """The address, or a name that says nothing."""
        if ip == self._source or self.is_published(ip):
            return ip
        return self._known.setdefault(ip, f"our-host-{len(self._known) + 1}")


def _org(org: str, mail: str) -> str:
    org = org.strip()
    if not org or "@" not in mail.strip("@ ") or not mail.isprintable():
        raise UsageError(
            "NC-930",
            "Nobody is named who reports.",
            "a provider answers to somebody, and XARF asks for organisation and mail address",
            "set [organisation] name in netcordon.toml or --org, and --mail abuse@YOUR-DOMAIN",
        )
    return org


def _contacts(files: Sequence[tuple[str, bytes]]) -> tuple[AbuseContact, ...]:
    out: list[AbuseContact] = []
    for name, content in files:
        try:
            out += read_contacts(content, name)
        except ContactsError as error:
            raise UsageError(
                "NC-931",
                f"The contacts in {name!r} cannot be used.",
                str(error),
                "an RDAP answer (application/rdap+json), or CSV: network,mail,source,date",
            ) from error
    return tuple(out)


_FLOWS = """
SELECT start_time, src_ip, src_port, dst_ip, dst_port, protocol, payload_bytes_out AS out,
       payload_bytes_in AS back
FROM network_activity
WHERE (src_ip = $ip OR dst_ip = $ip) AND start_time BETWEEN $first AND $last
  AND tunnel_parent IS NULL
ORDER BY start_time, evidence_id, first_frame LIMIT $most
"""
_COUNTED = """
SELECT count(*) AS flows, count(*) FILTER (src_ip = $ip) AS from_there, max(end_time) AS last
FROM network_activity
WHERE (src_ip = $ip OR dst_ip = $ip) AND start_time BETWEEN $first AND $last
  AND tunnel_parent IS NULL
"""
# Without what follows the question mark: that is often ours.
_URLS = """
SELECT 'http://' || host || split_part(uri, '?', 1) AS url FROM http_activity
WHERE dst_ip = $ip AND time BETWEEN $first AND $last AND host IS NOT NULL AND uri LIKE '/%'
ORDER BY time, evidence_id, frame LIMIT 1
"""
