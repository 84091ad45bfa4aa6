"""``netcordon contain approve|refuse|withdraw``."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from netcordon.interfaces.cli.duration import Duration
from netcordon.interfaces.cli.key_options import key_option, passphrase_of
from netcordon.interfaces.cli.options import json_option, now, workspace_option

if TYPE_CHECKING:
    from netcordon.workflow.approvals import Standing

F = TypeVar("F", bound=Callable[..., Any])


def _seat_options(command: F) -> F:
    """``--as ROLE --line LINE``."""
    command = click.option(
        "--line", default="", metavar="LINE",
        help="Business line spoken for [default: each of theirs that the plan touches].",
    )(command)  # fmt: skip
    return click.option(
        "--as", "role", required=True, type=click.Choice(["it", "business"]), help="As whom."
    )(command)


@click.command(name="approve")
@click.argument("plan_id", metavar="PLAN")
@_seat_options
@key_option
@click.option("--expires", "expires_s", type=Duration(), default="8h", show_default=True,
              help="How long it holds, at most 7d.")  # fmt: skip
@click.option("--note", default="", help="What else is to be on record.")
@click.option("--override", default="", metavar="REASON",
              help="Do it without a rehearsal that passed, for this reason.")  # fmt: skip
@workspace_option
@json_option
def approve(
    plan_id: str,
    role: str,
    line: str,
    key: Path,
    expires_s: int,
    note: str,
    override: str,
    workspace: Path,
    as_json: bool,
) -> int:
    """Say yes to PLAN, signed with a key.

    What is signed names the plan's hash and its rehearsal: any edit voids it. Enforcement needs IT
    and the business of each line that is touched: two people, none of them the author.
    Exit status: 0 the plan may be put in force now, 1 something is still missing.
    """
    from netcordon.workflow.approvals import Vote
    from netcordon.workflow.approvals import approve as say

    vote = Vote(plan_id=plan_id, role=role, line=line, key=key)
    return show(
        say(
            workspace, vote, expires_s=expires_s, override=override, note=note, ask=passphrase_of,
            clock=now,
        ),
        as_json,
    )  # fmt: skip


@click.command(name="refuse")
@click.argument("plan_id", metavar="PLAN")
@_seat_options
@key_option
@click.option("--reason", default="", help="Why; needed.")
@workspace_option
@json_option
def refuse(
    plan_id: str,
    role: str,
    line: str,
    key: Path,
    reason: str,
    workspace: Path,
    as_json: bool,
) -> int:
    """Say no to PLAN, signed with a key.

    It stands in the way until it is withdrawn.
    Exit status: 0 the plan may be put in force all the same, 1 it may not.
    """
    from netcordon.workflow.approvals import Vote
    from netcordon.workflow.approvals import refuse as say

    vote = Vote(plan_id=plan_id, role=role, line=line, key=key)
    return show(say(workspace, vote, reason=reason, ask=passphrase_of, clock=now), as_json)


@click.command(name="withdraw")
@click.argument("plan_id", metavar="[PLAN]", required=False)
@key_option
@click.option("--reason", default="", help="Why; needed.")
@workspace_option
@json_option
def withdraw(plan_id: str | None, key: Path, reason: str, workspace: Path, as_json: bool) -> int:
    """Take back what somebody said of PLAN.

    All that the owner of the key said of it [default: the latest plan].
    Exit status: 0 the plan may be put in force now, 1 it may not.
    """
    from netcordon.workflow.approvals import withdraw as say

    done = say(workspace, plan_id, key_path=key, reason=reason, ask=passphrase_of, clock=now)
    return show(done, as_json)


def show(found: Standing, as_json: bool) -> int:
    """How a plan stands; 0 when it may be put in force."""
    from netcordon.model.approval import Grant
    from netcordon.reporting.approvals_text import approvals_json, approvals_text

    lines, signed = found.subject.lines, found.validations
    width = min(shutil.get_terminal_size((100, 40)).columns, 110)
    told = (found.plan, found.words, found.whys, found.gate)
    sys.stdout.write(
        approvals_json(*told, lines=lines, validations=signed, given=found.given)
        if as_json
        else approvals_text(*told, lines=lines, validations=signed, width=width)
    )
    return int(not isinstance(found.gate, Grant))
