"""``netcordon case restrict|request|access|release``: a case that few may know of."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from netcordon.interfaces.cli.case_work import tell
from netcordon.interfaces.cli.options import json_option, now, workspace_option


@click.command(name="restrict")
@click.argument("case")
@click.option(
    "--reader", "readers", multiple=True, metavar="ACCOUNT", help="May know of it; needed."
)
@click.option("--suspect", "suspects", multiple=True, metavar="PERSON",
              help="Whom it concerns: never told by a notice.")  # fmt: skip
@click.option("--reason", default="", help="Why; needed.")
@workspace_option
@json_option
def restrict(
    case: str,
    readers: tuple[str, ...],
    suspects: tuple[str, ...],
    reason: str,
    workspace: Path,
    as_json: bool,
) -> None:
    """Let only its readers know of CASE: for all others there is no such case.

    Its evidence is left out of their look-ups, and who asks for it is put on record. The files of
    the workspace are guarded by the rights of the file system alone: keep such a case in a
    workspace of its own.
    """
    from netcordon.workflow.compartments import restrict_case

    made, is_reader = restrict_case(workspace, case, readers, suspects, reason, clock=now)
    mind = "" if is_reader else " You are none of them: you will not see it again."
    tell(
        as_json,
        {"case_id": made.case_id, "readers": list(made.readers), "is_reader": is_reader},
        f"{made.case_id}: {len(made.readers)} may know of it.{mind}",
        workspace,
    )


@click.command(name="request")
@click.argument("case")
@click.option("--from", "person", default="", metavar="PERSON", help="Who asks; needed.")
@click.option("--reference", default="", help="Where the writing is kept; needed.")
@workspace_option
@json_option
def request(case: str, person: str, reference: str, workspace: Path, as_json: bool) -> None:
    """Record the written request for restricted CASE; technical steps wait for it."""
    from netcordon.workflow.compartments import request_case

    made = request_case(workspace, case, person, reference, clock=now)
    told = {"case_id": made.case_id, "requests": len(made.requests)}
    tell(as_json, told, f"{made.case_id}: request of {person} is on record.", workspace)


@click.command(name="release")
@click.argument("case")
@click.option("--reason", default="", help="Why; needed.")
@workspace_option
@json_option
def release(case: str, reason: str, workspace: Path, as_json: bool) -> None:
    """Let everybody know of CASE again."""
    from netcordon.workflow.compartments import release_case

    release_case(workspace, case, reason, clock=now)
    tell(as_json, {"case_id": case}, f"{case}: open to everybody again.", workspace)


@click.command(name="access")
@click.argument("case")
@workspace_option
@json_option
def access(case: str, workspace: Path, as_json: bool) -> int:
    """Who may know of restricted CASE, who asked for it, who tried to see it.

    Exit status: 0 nobody else tried, 1 somebody did.
    """
    from netcordon.reporting.access_text import access_object, access_text
    from netcordon.workflow.compartments import access_of

    found = access_of(workspace, case, clock=now)
    sys.stdout.write(
        json.dumps(access_object(found), indent=2) + "\n" if as_json else access_text(found)
    )
    return int(bool(found.attempts))
