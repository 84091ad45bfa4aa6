"""``netcordon notice draft|list|read``: what affected people are told."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import click

from netcordon.interfaces.cli.options import case_option, json_option, now, workspace_option
from netcordon.model.notice import LANGUAGES, Audience
from netcordon.model.plan import Posture

_MOST = 8 << 20


@click.group(name="notice")
def command() -> None:
    """Tell affected people what to do and what not; nothing is sent, a person sends."""


@command.command(name="draft")
@click.option("--audience", type=click.Choice([a.value for a in Audience]), required=True,
              help="Who reads it.")  # fmt: skip
@click.option("--lang", "language", type=click.Choice(LANGUAGES), default="en", show_default=True)
@click.option("--incident", "incident_id", metavar="ID", help="[default: the gravest].")
@click.option("--people", metavar="CSV", type=click.Path(path_type=Path),
              help="Directory: name,mail,account,business_line.")  # fmt: skip
@click.option("--exclude", "excluded", multiple=True, metavar="PERSON",
              help="Must not get it: name, account or mail address.")  # fmt: skip
@click.option("--contact", default="", help="Whom readers call.")
@click.option("--posture", type=click.Choice([p.value for p in Posture]),
              help="[default: that of the latest plan, else fast].")  # fmt: skip
@click.option("-o", "--output", metavar="FILE", type=click.Path(path_type=Path),
              help="Write the draft as a mail file (.eml).")  # fmt: skip
@case_option
@workspace_option
@json_option
def draft(
    audience: str,
    language: str,
    incident_id: str | None,
    people: Path | None,
    excluded: tuple[str, ...],
    contact: str,
    posture: str | None,
    output: Path | None,
    case_id: str | None,
    workspace: Path,
    as_json: bool,
) -> int:
    """Draft a notice for one audience and put it on record.

    What is marked higher than the audience may read is left out; users of business lines that are
    not affected are, and so is whoever the incident suspects. Contained discreetly, only
    administrators and management are told. Exit status: 0 drafted.
    """
    from netcordon.reporting.notice_text import notice_json, notice_text
    from netcordon.workflow.notice_mail import write_mail
    from netcordon.workflow.notices import NoticeRequest, draft_notice

    content = None
    if people is not None:
        with people.open("rb") as file:
            content = file.read(_MOST)
    request = NoticeRequest(
        audience=Audience(audience),
        language=language,
        case_id=case_id,
        incident_id=incident_id,
        people=content,
        excluded=excluded,
        contact=contact,
        posture=Posture(posture) if posture else None,
    )
    notice = draft_notice(workspace, request, clock=now)
    if output is not None:
        write_mail(notice, output, clock=now)
    width = min(shutil.get_terminal_size((100, 40)).columns, 110)
    sys.stdout.write(notice_json(notice) if as_json else notice_text(notice, width=width))
    return 0


@command.command(name="list")
@workspace_option
@json_option
def list_(workspace: Path, as_json: bool) -> int:
    """Every notice, and who has not confirmed it.

    Exit status: 0 everybody has, 1 somebody has not.
    """
    from netcordon.reporting.notice_text import records_json, records_text
    from netcordon.workflow.notices import notices

    found = notices(workspace, clock=now)
    width = min(shutil.get_terminal_size((100, 40)).columns, 110)
    sys.stdout.write(records_json(found) if as_json else records_text(found, width=width))
    return int(any(one.unread for one in found))


@command.command(name="read")
@click.argument("notice")
@click.argument("person")
@workspace_option
@json_option
def read(notice: str, person: str, workspace: Path, as_json: bool) -> None:
    """Record that PERSON has read NOTICE."""
    from netcordon.interfaces.cli.case_work import tell
    from netcordon.workflow.notices import confirm_reading

    record = confirm_reading(workspace, notice, person, clock=now)
    left = len(record.unread)
    tell(
        as_json,
        {"notice": notice, "person": person, "unread": list(record.unread)},
        f"{notice}: recorded; {left} to go." if left else f"{notice}: recorded; nobody is left.",
        workspace,
    )
