"""``netcordon evidence seal|custody|hand-over|receive``."""

from __future__ import annotations

import shutil
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from netcordon.interfaces.cli.key_options import key_option, passphrase_of
from netcordon.interfaces.cli.options import Moment, json_option, now, workspace_option

if TYPE_CHECKING:
    from netcordon.model.acquisition import Custody

_FILE = click.Path(path_type=Path)


@click.command(name="seal")
@click.argument("files", nargs=-1, required=True, type=_FILE, metavar="FILE...")
@click.option("--collector", required=True, metavar="NAME", help="Who recorded or copied it.")
@click.option("--place", default="", metavar="TEXT",
              help='Where, e.g. "switch core-1 port 12, SPAN".')  # fmt: skip
@click.option("--filter", "filter_", default="", metavar="TEXT",
              help="Capture filter; leave it out when everything was recorded.")  # fmt: skip
@click.option("--tool", default="", metavar="TEXT", help='With version, e.g. "dumpcap 4.0.17".')
@click.option("--from", "started", type=Moment(), help="When the recording began.")
@click.option("--to", "ended", type=Moment(), help="When it ended.")
@click.option("--clock-offset", type=float, metavar="SECONDS",
              help="How far that clock was ahead of true time; negative: behind.")  # fmt: skip
@click.option("--note", default="", metavar="TEXT", help="What else must be known.")
@click.option("--keep", is_flag=True, help="Keep a copy in the workspace, write-protected.")
@workspace_option
@json_option
def seal(
    files: tuple[Path, ...],
    collector: str,
    place: str,
    filter_: str,
    tool: str,
    started: datetime | None,
    ended: datetime | None,
    clock_offset: float | None,
    note: str,
    keep: bool,
    workspace: Path,
    as_json: bool,
) -> None:
    """Hash each FILE as it is, and put on record who recorded it, where and how.

    Any file can be sealed: a capture, a log, a memory image. `netcordon verify` proves it from then
    on, `netcordon investigate` takes in its rows under the same id. Exit status: 0.

    \b
    Example
      netcordon evidence seal night.pcapng --collector "A. Diaz" --tool "dumpcap 4.0.17" \\
        --place "switch core-1 port 12, SPAN" --clock-offset -0.8 --keep
    """
    from netcordon.model.acquisition import Acquisition
    from netcordon.workflow.seal_evidence import seal_evidence

    told = Acquisition(
        collector=collector, place=place, filter=filter_, tool=tool, started_time=started,
        ended_time=ended, clock_offset_s=clock_offset, note=note,
    )  # fmt: skip
    _show(seal_evidence(workspace, files, told, keep=keep, clock=now), as_json)


@click.command(name="custody")
@click.argument("ids", nargs=-1, metavar="[EVIDENCE|SHA256]...")
@workspace_option
@json_option
def custody(ids: tuple[str, ...], workspace: Path, as_json: bool) -> int:
    """Who had each piece of EVIDENCE (all without an id), when, and what was made of it.

    Signatures are checked again. Exit status: 0 the chain is whole, 1 something in it is in doubt.
    """
    from netcordon.workflow.seal_evidence import custody as chains

    found = chains(workspace, ids, clock=now)
    _show(found, as_json)
    return int(any(one.doubts for one in found))


@click.command(name="hand-over")
@click.argument("ids", nargs=-1, required=True, metavar="EVIDENCE|SHA256...")
@click.option("--to", "receiver", required=True, metavar="NAME",
              help="Who gets it: a registered person, or anybody by name.")  # fmt: skip
@click.option("--reason", required=True, metavar="TEXT", help="Why.")
@key_option
@workspace_option
@json_option
def hand_over(
    ids: tuple[str, ...], receiver: str, reason: str, key: Path, workspace: Path, as_json: bool
) -> None:
    """Put on record, under your signature, that you give EVIDENCE to somebody.

    The receiver confirms it with `netcordon evidence receive`; until then the chain says so.
    """
    from netcordon.workflow.seal_evidence import hand_over as give

    id_, items = give(workspace, ids, receiver, reason, key, ask=passphrase_of, clock=now)
    _show(items, as_json, hand_over=id_)


@click.command(name="receive")
@click.argument("id_", metavar="HAND-OVER")
@click.argument("files", nargs=-1, type=_FILE, metavar="[FILE]...")
@key_option
@workspace_option
@json_option
def receive(id_: str, files: tuple[Path, ...], key: Path, workspace: Path, as_json: bool) -> None:
    """Confirm under your signature that you got what was handed over.

    Name the FILES you hold: they are hashed, and nothing is recorded unless they are the ones.
    """
    from netcordon.workflow.seal_evidence import receive as take

    _, items = take(workspace, id_, files, key, ask=passphrase_of, clock=now)
    _show(items, as_json, hand_over=id_)


def _show(items: tuple[Custody, ...], as_json: bool, *, hand_over: str = "") -> None:
    from netcordon.reporting.custody_text import custody_json, custody_text

    width = min(shutil.get_terminal_size((100, 40)).columns, 110)
    sys.stdout.write(
        custody_json(items, hand_over) if as_json else custody_text(items, hand_over, width=width)
    )
