"""``netcordon contain ask|answer``: a yes that is signed on another machine."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from netcordon.interfaces.cli.contain_approve import show
from netcordon.interfaces.cli.duration import Duration
from netcordon.interfaces.cli.options import json_option, now, workspace_option

_FILE = click.Path(path_type=Path)


@click.command(name="ask")
@click.argument("plan_id", metavar="PLAN")
@click.option("--person", "who", required=True, metavar="PERSON", help="Whom: id or name.")
@click.option("--as", "role", required=True, type=click.Choice(["it", "business"]), help="As whom.")
@click.option("--line", default="", metavar="LINE", help="Business line spoken for.")
@click.option("--expires", "expires_s", type=Duration(), default="8h", show_default=True,
              help="How long the yes holds from now, at most 7d.")  # fmt: skip
@click.option("--note", default="", help="What else is to be on record.")
@click.option("--override", default="", metavar="REASON",
              help="Do it without a rehearsal that passed, for this reason.")  # fmt: skip
@click.option("-o", "--output", type=_FILE, required=True, metavar="FILE",
              help="Where the statement goes.")  # fmt: skip
@workspace_option
@json_option
def ask(
    plan_id: str,
    who: str,
    role: str,
    line: str,
    expires_s: int,
    note: str,
    override: str,
    output: Path,
    workspace: Path,
    as_json: bool,
) -> None:
    """Write what PERSON signs elsewhere.

    So no key comes to this machine. What was signed is recorded with contain answer.
    """
    from netcordon.reporting.visible import visible
    from netcordon.workflow.approve_elsewhere import Question, ask_for

    question = Question(
        plan_id=plan_id, who=who, role=role, line=line, expires_s=expires_s, override=override,
        note=note,
    )  # fmt: skip
    says = ask_for(workspace, question, output, clock=now)
    if as_json:
        sys.stdout.write(json.dumps({"plan_id": says.plan_id, "person_id": says.person_id,
                                     "path": str(output)}, indent=1) + "\n")  # fmt: skip
        return
    path = visible(str(output), limit=300)
    sys.stdout.write(
        f"{path} is to be signed, with nothing added:\n"
        f"  openssl pkeyutl -sign -inkey KEY -rawin -in {path} -out signature\n"
        f"then: netcordon contain answer {path} signature\n"
    )


@click.command(name="answer")
@click.argument("statement", type=_FILE)
@click.argument("signature", type=_FILE)
@workspace_option
@json_option
def answer(statement: Path, signature: Path, workspace: Path, as_json: bool) -> int:
    """Record what was signed elsewhere.

    STATEMENT is the file that contain ask wrote, SIGNATURE what its person made of it.

    Exit status: 0 the plan may be put in force now, 1 something is still missing.
    """
    from netcordon.workflow.approve_elsewhere import answer as take

    return show(take(workspace, statement, signature, clock=now), as_json)
