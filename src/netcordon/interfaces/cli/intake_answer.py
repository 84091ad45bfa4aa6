"""``netcordon intake reply|link|close|attachments``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from netcordon.interfaces.cli.intake_take import width
from netcordon.interfaces.cli.options import case_option, json_option, now, workspace_option
from netcordon.model.notice import LANGUAGES


@click.command(name="reply")
@click.argument("report")
@click.option("--lang", "language", type=click.Choice(LANGUAGES), default="en", show_default=True)
@click.option("-o", "--output", metavar="FILE", type=click.Path(path_type=Path),
              help="Write the draft as a mail file (.eml).")  # fmt: skip
@workspace_option
@json_option
def reply(report: str, language: str, output: Path | None, workspace: Path, as_json: bool) -> int:
    """Draft an answer to REPORT; nothing is sent, a person sends.

    It quotes the reporter's number, bears the marking, and tells nothing of what was found. Exit
    status: 0 drafted.
    """
    from netcordon.reporting.one_object import one_object
    from netcordon.reporting.reply_text import reply_text
    from netcordon.workflow.intake_reply import draft_reply, write_reply

    drafted = draft_reply(workspace, report, language, clock=now)
    if output is not None:
        write_reply(drafted, output, clock=now)
    shown = one_object("reply", drafted) if as_json else reply_text(drafted, width=width())
    sys.stdout.write(shown)
    return 0


@click.command(name="link")
@click.argument("report")
@click.option("--incident", "incident_id", default="", metavar="ID", help="Incident of the case.")
@case_option
@workspace_option
@json_option
def link(
    report: str, incident_id: str, case_id: str | None, workspace: Path, as_json: bool
) -> None:
    """Say that REPORT belongs to a case, and to one of its incidents."""
    from netcordon.interfaces.cli.case_work import tell
    from netcordon.workflow.intake import link as bind

    filed = bind(workspace, report, case_id, incident_id, clock=now)
    done = {"report": filed.id, "case_id": filed.case_id, "incident_id": filed.incident_id}
    belongs = f"{filed.case_id} {filed.incident_id}".strip()
    tell(as_json, done, f"{filed.id} belongs to {belongs}.", workspace)


@click.command(name="close")
@click.argument("report")
@click.option("--outcome", required=True, help="What became of it; the reply quotes this.")
@workspace_option
@json_option
def close(report: str, outcome: str, workspace: Path, as_json: bool) -> None:
    """Close REPORT; the same matter reported again opens it."""
    from netcordon.interfaces.cli.case_work import tell
    from netcordon.workflow.intake import close as end

    filed = end(workspace, report, outcome, clock=now)
    tell(
        as_json, {"report": filed.id, "outcome": filed.outcome}, f"{filed.id} is closed.", workspace
    )


@click.command(name="attachments")
@click.argument("report")
@click.option("-o", "--output", "folder", metavar="DIR", required=True,
              type=click.Path(path_type=Path),
              help="New folder; files are called by hash.")  # fmt: skip
@workspace_option
@json_option
def attachments(report: str, folder: Path, workspace: Path, as_json: bool) -> None:
    """Write what is attached to REPORT to disk. It may be malicious: do not open it here."""
    from netcordon.interfaces.cli.case_work import tell
    from netcordon.workflow.intake_attachments import write_attachments

    hashes = write_attachments(workspace, report, folder, clock=now)
    done = {"report": report, "sha256": list(hashes), "folder": str(folder)}
    tell(as_json, done, f"{len(hashes)} written to {folder}, not executable.", workspace)
