"""``netcordon abuse draft|sent|list|package``: providers, and law enforcement."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import click

from netcordon.interfaces.cli.options import (
    Network,
    case_option,
    json_option,
    now,
    workspace_option,
)  # fmt: skip

_MOST = 16 << 20


@click.group(name="abuse")
def command() -> None:
    """Reports to the providers of an outside attacker; nothing is sent, a person sends."""


@command.command(name="draft")
@click.argument("target", metavar="[ADDRESS|NAME|INCIDENT]", required=False)
@click.option("--contacts", "files", multiple=True, metavar="FILE", type=click.Path(path_type=Path),
              help="RDAP answer or CSV: network,mail,source,date; repeat for more.")  # fmt: skip
@click.option("--org", default="", help="Who reports [default: as netcordon.toml says].")
@click.option("--mail", required=True, help="Where answers go.")
@click.option("--publish", multiple=True, type=Network(),
              help="Addresses of ours that may be told; others become our-host-1.")  # fmt: skip
@click.option("-o", "--output", metavar="DIR", type=click.Path(path_type=Path),
              help="New folder for reports (XARF 4) and mails (.eml).")  # fmt: skip
@case_option
@workspace_option
@json_option
def draft(
    target: str | None,
    files: tuple[Path, ...],
    org: str,
    mail: str,
    publish: tuple[str, ...],
    output: Path | None,
    case_id: str | None,
    workspace: Path,
    as_json: bool,
) -> int:
    """Draft a report for each outside end of an incident, or for one of them.

    Contacts come from files you fetched; nothing is looked up. Exit status: 0 every draft has a
    contact, 1 some have none.
    """
    from netcordon.reporting.abuse_text import drafts_json, drafts_text
    from netcordon.workflow.abuse import AbuseRequest, draft_abuse, write_drafts

    contents = []
    for path in files:
        with path.open("rb") as file:
            contents.append((path.name, file.read(_MOST + 1)))
    request = AbuseRequest(
        target=target, case_id=case_id, contacts=contents, org=org, mail=mail, publish=publish
    )
    drafts = draft_abuse(workspace, request, clock=now)
    if output is not None:
        write_drafts(drafts, output, clock=now)
    folder = str(output) if output else ""
    sys.stdout.write(
        drafts_json(drafts, folder) if as_json else drafts_text(drafts, folder, width=_width())
    )
    return int(any(one.contact is None for one in drafts))


@command.command(name="sent")
@click.argument("report")
@click.option("--reference", default="", help="That the provider gave.")
@workspace_option
@json_option
def sent(report: str, reference: str, workspace: Path, as_json: bool) -> None:
    """Record that somebody sent REPORT (its id)."""
    from netcordon.interfaces.cli.case_work import tell
    from netcordon.workflow.abuse import mark_sent

    one = mark_sent(workspace, report, reference, clock=now)
    tell(as_json, {"sent": one.id}, f"{one.id}: sent to {one.mail or 'somebody'}.", workspace)


@command.command(name="list")
@workspace_option
@json_option
def list_(workspace: Path, as_json: bool) -> int:
    """Every report and whether it was sent.

    Exit status: 0 all were, 1 some were not.
    """
    from netcordon.reporting.abuse_text import records_json, records_text
    from netcordon.workflow.abuse import abuse_reports

    found = abuse_reports(workspace, clock=now)
    sys.stdout.write(records_json(found) if as_json else records_text(found, width=_width()))
    return int(any(one.sent is None for one in found))


@command.command(name="package")
@case_option
@workspace_option
@json_option
def package(case_id: str | None, workspace: Path, as_json: bool) -> int:
    """What law enforcement gets of the case: there, missing, left out and why.

    Exit status: 0 nothing is missing, 1 something is.
    """
    from netcordon.reporting.abuse_text import package_json, package_text
    from netcordon.workflow.police import package as listed

    items = listed(workspace, case_id, clock=now)
    sys.stdout.write(package_json(items) if as_json else package_text(items, width=_width()))
    return int(any(item.state == "missing" for item in items))


def _width() -> int:
    return min(shutil.get_terminal_size((100, 40)).columns, 110)
