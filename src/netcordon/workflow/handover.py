"""Ask for help: a page for an expert, no object in it above a marking, its hash on record."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import cast

from netcordon.casefile.cases import Case
from netcordon.casefile.crisis import crisis
from netcordon.casefile.help_requests import (
    help_requests,
    next_help,
    record_answer,
    record_asked,
)  # fmt: skip
from netcordon.casefile.workspace import Workspace, effective_user, open_workspace
from netcordon.errors import UsageError
from netcordon.incidents.recorded import incident_of
from netcordon.model.handling import TLP
from netcordon.model.help_request import Handover, HelpRequest, TopFlow
from netcordon.model.incident import Incident
from netcordon.model.notice import permits
from netcordon.model.quantity import count_text, time_text, utc
from netcordon.reporting.handover import handover_markdown
from netcordon.tables.engine import Engine
from netcordon.tables.lake import Lake
from netcordon.workflow.casework import the_case
from netcordon.workflow.compartments import needs_request
from netcordon.workflow.intake import known_reports
from netcordon.workflow.new_file import NewFile
from netcordon.workflow.typed import PERSON, REASON, said

Clock = Callable[[], datetime]

_MOST_INCIDENTS, _MOST_REPORTS = 5, 10


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A question on record, with its page."""

    page: Handover
    text: str
    sha256: str


def ask_for_help(
    workspace: Path,
    case_id: str | None,
    question: str,
    expert: str,
    due: datetime,
    limit: TLP | None,
    output: Path | None,
    *,
    clock: Clock,
) -> Asked:
    """Compose the page, write it when a file is named, and record the question with its hash.

    Args:
        workspace: of the case.
        case_id: ``None`` for the latest open one.
        question: in the asker's words; it is on the page whatever the limit.
        expert: who is asked.
        due: until when the answer is needed.
        limit: nothing above this marking is on the page; ``None`` for the marking of the case.
        output: a new file.
        clock: stamps the page.

    Raises:
        UsageError: NC-530 it is due before now, NC-701 the file exists, NC-801 nothing was asked,
            NC-805, NC-810 no such open case.
    """
    question, expert = said(question, "the question", REASON), said(expert, "the expert", PERSON)
    with open_workspace(workspace, create=False, clock=clock, beside=True) as opened:
        case = the_case(opened, case_id)
        needs_request(opened, case.id)
        flows = _flows(opened, case)
        with opened.journal.alone():
            now = clock()
            if due <= now:
                raise UsageError(
                    "NC-530", "The answer would be due before it is asked for.",
                    f"{time_text(due)} UTC is past", "name a later time with --due",
                )  # fmt: skip
            page = _page(opened, case, question, expert, due, limit, flows, now)
            text = handover_markdown(page)
            digest = hashlib.sha256(text.encode()).hexdigest()
            if output is None:
                record_asked(opened.journal, page, digest)
                return Asked(page=page, text=text, sha256=digest)
            with closing(NewFile(output)) as file:
                file.write(text.encode())
                file.finish()
                record_asked(opened.journal, page, digest)
                file.keep()
        return Asked(page=page, text=text, sha256=digest)


def asked(workspace: Path, *, clock: Clock) -> tuple[HelpRequest, ...]:
    """All questions of cases that the viewer may know of, oldest first."""
    with open_workspace(workspace, create=False, clock=clock, readonly=True) as opened:
        return tuple(_known(opened).values())


def answer(workspace: Path, help_id: str, text: str, *, clock: Clock) -> HelpRequest:
    """Put an answer on record.

    Raises:
        UsageError: NC-531 there is no such question, NC-801 no answer was said.
    """
    text = said(text, "the answer", REASON)
    with open_workspace(workspace, create=False, clock=clock, beside=True) as opened:
        if help_id not in _known(opened):
            raise UsageError(
                "NC-531", f"There is no question {help_id!r}.", "", "netcordon case asked"
            )
        record_answer(opened.journal, help_id, text)
        return _known(opened)[help_id]


def _known(opened: Workspace) -> dict[str, HelpRequest]:
    return help_requests(opened.journal, [case.id for case in opened.cases.cases()])


def _page(
    opened: Workspace, case: Case, question: str, expert: str, due: datetime, limit: TLP | None,
    flows: Sequence[TopFlow], now: datetime,
) -> Handover:  # fmt: skip
    cell = crisis(opened.journal, case.id)
    own = opened.config.tlp or TLP.AMBER
    marking = max(own, cell.tlp, key=list(TLP).index) if cell.sits else own
    limit = limit or marking
    may = permits(limit, marking)
    mine = [one for one in known_reports(opened) if one.case_id == case.id]
    told = [one for one in mine if permits(limit, one.report.tlp)][:_MOST_REPORTS]
    above = len([one for one in mine if not permits(limit, one.report.tlp)])
    left_out = []
    if not may:
        left_out.append(f"the case, its flows and its evidence by name ({marking.value})")
    if above:
        left_out.append(count_text(above, "report of people", "reports of people"))
    # The question is of the case, so the page bears its marking, or the limit where that is lower.
    markings = [
        min(limit, marking, key=list(TLP).index),
        *([marking] if may else []),
        *(one.report.tlp for one in told),
    ]
    used = _used(case)
    evidence = [r.evidence for r in opened.register.all() if r.evidence.id in used]
    return Handover(
        id=next_help(opened.journal), case_id=case.id, question=question, expert=expert,
        author=effective_user(), time=now, due=due, limit=limit,
        tlp=max(markings, key=list(TLP).index),
        summary=tuple(_summary(opened, case)) if may else (),
        flows=tuple(flows) if may else (),
        hashes=tuple((e.kind if may else "evidence", e.bytes, e.sha256) for e in evidence),
        reports=tuple(
            f"{one.id}, {one.report.channel.value}, {one.report.tlp.value}: {one.report.subject}"
            for one in told
        ),
        left_out=tuple(left_out),
    )  # fmt: skip


def _summary(opened: Workspace, case: Case) -> list[str]:
    lines = [f"{case.title}; phase {case.phase}, opened {time_text(case.opened_time)} UTC"]
    for incident in _incidents(opened, case)[:_MOST_INCIDENTS]:
        ours = [party.label() for party in incident.victims if party.internal]
        lines.append(
            f"{incident.severity.value.upper()}: {incident.title} ({incident.confidence:.0%} sure, "
            f"{time_text(incident.first_seen_time)} to {time_text(incident.last_seen_time)} UTC); "
            f"hit: {', '.join(ours[:6]) or 'nobody of ours'}"
        )
    return lines


def _incidents(opened: Workspace, case: Case) -> list[Incident]:
    documents = opened.cases.incidents(case.runs[-1]) if case.runs else ()
    found = [incident_of(document) for document in documents]
    return sorted(found, key=lambda one: (-one.severity.rank, -one.confidence, one.id))


def _used(case: Case) -> set[str]:
    """Evidence that any run of the case rested on."""
    return {evidence_id for run in case.runs for evidence_id in run.evidence_ids}


def _flows(opened: Workspace, case: Case) -> tuple[TopFlow, ...]:
    """The largest flows with the attacker's ends; of all where no end is known."""
    ids = [
        r.evidence.id for r in opened.readable()
        if r.has_tables and r.evidence.id in _used(case)
    ]  # fmt: skip
    if not ids:
        return ()
    ends = sorted({p.ip for one in _incidents(opened, case) for p in one.actors if not p.internal})
    with Engine(Lake(opened.lake_dir), ids, logs_as_one=True) as engine:
        rows = engine.query(_LARGEST, {"ends": ends})
    return tuple(
        TopFlow(
            start=utc(cast(datetime, row["start_time"])),
            src=f"{row['src_ip']}:{row['src_port']}",
            dst=f"{row['dst_ip']}:{row['dst_port']}",
            protocol=f"{row['protocol'] or ''} {row['service'] or ''}".strip(),
            bytes_out=cast("int | None", row["out"]),
            bytes_in=cast("int | None", row["back"]),
            place=f"{row['evidence_id']} {row['first_frame']}",
        )
        for row in rows
    )


_LARGEST = """
SELECT start_time, src_ip, src_port, dst_ip, dst_port, protocol, service, evidence_id, first_frame,
       coalesce(ip_bytes_out, payload_bytes_out) AS out,
       coalesce(ip_bytes_in, payload_bytes_in) AS back
FROM network_activity
WHERE tunnel_parent IS NULL
  AND (len($ends) = 0 OR list_contains($ends, src_ip) OR list_contains($ends, dst_ip))
ORDER BY coalesce(out, 0) + coalesce(back, 0) DESC, start_time, evidence_id, first_frame LIMIT 10
"""
