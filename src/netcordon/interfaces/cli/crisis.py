"""``netcordon crisis show|declare|decide|override|sitrep|stand-down``."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from netcordon.interfaces.cli.key_options import key_option, passphrase_of
from netcordon.interfaces.cli.options import case_option, json_option, now, workspace_option

if TYPE_CHECKING:
    from netcordon.workflow.crisis import CrisisView

_TLP = ("clear", "green", "amber", "amber+strict", "red")


@click.group(name="crisis")
def command() -> None:
    """The crisis cell of a case: when it is called, who sits in it, what it decides.

    netcordon.toml says what makes a case strategic ([crisis], tags of assets). Then measures of
    line C9 wait for the CISO's decision, or an override on record.
    """


@command.command(name="show")
@case_option
@workspace_option
@json_option
def show(case_id: str | None, workspace: Path, as_json: bool) -> int:
    """Why the case is strategic, and what waits.

    Who sits in the cell, how to reach them, what it decided, which report is due.

    Exit status: 0 nothing waits for the cell, 1 strategic measures are locked or a report is due.
    """
    from netcordon.workflow.crisis import show as look

    return _show(look(workspace, case_id, clock=now), as_json)


@command.command(name="declare")
@click.option("--reason", default="", help="Why; needed.")
@click.option("--posture", type=click.Choice(["fast", "discreet"]),
              help="How the case is worked on [default: netcordon.toml, else fast].")  # fmt: skip
@click.option("--tlp", type=click.Choice(_TLP), default="amber+strict", show_default=True,
              help="Marking of situation reports.")  # fmt: skip
@click.option("--every", "every_min", type=click.IntRange(5, 10_080), metavar="MINUTES",
              help="Between situation reports [default: netcordon.toml, else 120].")  # fmt: skip
@click.option("--member", "members", multiple=True, type=(str, str, str),
              metavar="NAME FUNCTION CONTACT",
              help="Who sits in it and how to reach them out of band; repeat.")  # fmt: skip
@case_option
@workspace_option
@json_option
def declare(
    reason: str,
    posture: str | None,
    tlp: str,
    every_min: int | None,
    members: tuple[tuple[str, str, str], ...],
    case_id: str | None,
    workspace: Path,
    as_json: bool,
) -> int:
    """Call the crisis cell.

    Once more: say anew how it works.

    Exit status: 0 nothing waits for the cell, 1 strategic measures are locked until the CISO
    decides.
    """
    from netcordon.model.handling import TLP
    from netcordon.workflow.crisis import Call
    from netcordon.workflow.crisis import declare as call

    told = Call(
        reason=reason, posture=posture, tlp=TLP(f"TLP:{tlp.upper()}"), every_min=every_min,
        members=members,
    )  # fmt: skip
    return _show(call(workspace, case_id, told, clock=now), as_json)


@command.command(name="decide")
@click.argument("text")
@key_option
@click.option("--as", "role", type=click.Choice(["ciso", "it", "business"]),
              help="As whom [default: CISO if they are].")  # fmt: skip
@click.option("--keep-locked", is_flag=True, help="The CISO: strategic measures stay locked.")
@case_option
@workspace_option
@json_option
def decide(
    text: str,
    key: Path,
    role: str | None,
    keep_locked: bool,
    case_id: str | None,
    workspace: Path,
    as_json: bool,
) -> int:
    """Put decision TEXT into the log, signed.

    The CISO's unlocks strategic measures, unless they say --keep-locked.

    Exit status: 0 nothing waits for the cell, 1 strategic measures are locked or a report is due.
    """
    from netcordon.workflow.crisis import decide as take

    done = take(
        workspace, case_id, text, key_path=key, role=role,
        bearing="lock" if keep_locked else "", ask=passphrase_of, clock=now,
    )  # fmt: skip
    return _show(done, as_json)


@command.command(name="override")
@click.option("--reason", default="", help="Why it cannot wait for the CISO; needed.")
@key_option
@case_option
@workspace_option
@json_option
def override(reason: str, key: Path, case_id: str | None, workspace: Path, as_json: bool) -> int:
    """Unlock strategic measures without the CISO.

    It stays on record, signed by IT, the business or the CISO.

    Exit status: 0 nothing waits for the cell, 1 a report is due.
    """
    from netcordon.workflow.crisis import decide as take

    done = take(
        workspace, case_id, reason, key_path=key, role=None, bearing="override",
        ask=passphrase_of, clock=now,
    )  # fmt: skip
    return _show(done, as_json)


@command.command(name="stand-down")
@click.option("--reason", default="", help="Why; needed.")
@key_option
@case_option
@workspace_option
@json_option
def stand_down(reason: str, key: Path, case_id: str | None, workspace: Path, as_json: bool) -> int:
    """End the crisis.

    The CISO does, with their key.

    Exit status: 0 nothing waits for the cell, 1 strategic measures are still locked.
    """
    from netcordon.workflow.crisis import stand_down as end

    done = end(workspace, case_id, reason, key_path=key, ask=passphrase_of, clock=now)
    return _show(done, as_json)


@command.command(name="sitrep")
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE",
              help="Write it to a new file [default: standard output].")  # fmt: skip
@case_option
@workspace_option
@json_option
def sitrep(output: Path | None, case_id: str | None, workspace: Path, as_json: bool) -> None:
    """Write a situation report.

    Markdown, of the case as it stands; its hash goes on record.
    """
    from netcordon.workflow.sitrep import write_sitrep

    done = write_sitrep(workspace, case_id, output, clock=now)
    if as_json:
        shown = {"number": done.number, "sha256": done.sha256, "markdown": done.text,
                 "path": str(output) if output else None}  # fmt: skip
        sys.stdout.write(json.dumps(shown, indent=1) + "\n")
    elif output is None:
        sys.stdout.write(done.text)
    else:
        sys.stdout.write(f"Situation report {done.number} is written, SHA-256 {done.sha256}.\n")


def _show(found: CrisisView, as_json: bool) -> int:
    from netcordon.reporting.crisis_text import crisis_json, crisis_text

    cell, case_id = found.cell, found.case.id
    width = min(shutil.get_terminal_size((100, 40)).columns, 110)
    sys.stdout.write(
        crisis_json(case_id, cell, found.banner, found.why, found.reachable)
        if as_json
        else crisis_text(case_id, cell, found.banner, found.reachable, width=width)
    )
    late = cell.next_due is not None and cell.next_due <= found.now
    return int(late or (bool(found.banner) and not cell.unlocked))
