"""``netcordon archive …``: evidence outside the workspace, kept, provable, and still asked."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

import click

from netcordon.interfaces.cli.archive_find import find
from netcordon.interfaces.cli.archive_keep import expire, hold
from netcordon.interfaces.cli.archive_options import as_day, place_option, sensor_option, width
from netcordon.interfaces.cli.options import Moment, json_option, now, workspace_option


@click.group(name="archive")
def command() -> None:
    """Evidence outside the workspace: kept as long as it must be, provable, and still asked.

    netcordon.toml says where ([archive]) and how long ([retention]; 183 days when it does not).
    """


command.add_command(hold)
command.add_command(expire)
command.add_command(find)


@command.command(name="put")
@click.argument("evidence", nargs=-1, metavar="[EVIDENCE]...")
@click.option("--older-than", "older_than", type=click.IntRange(0), metavar="DAYS",
              help="Only evidence whose last row is older.")  # fmt: skip
@click.option("--move", "moves", is_flag=True,
              help="Then remove the tables here; hunt and sql go on asking them.")  # fmt: skip
@click.option("--tables-only", is_flag=True, help="Without the files that were handed in.")
@click.option("--sensor", default="",
              help="What recorded it [default: netcordon.toml, else its kind].")  # fmt: skip
@place_option
@workspace_option
@json_option
def put(
    evidence: tuple[str, ...],
    older_than: int | None,
    moves: bool,
    tables_only: bool,
    sensor: str,
    place: str,
    workspace: Path,
    as_json: bool,
) -> int:
    """Copy EVIDENCE (all, without any) to the archive, prove the copies, and enter them.

    What was entered is there whole. With --move the tables leave the workspace, by default those
    older than hot_days; killed at any moment, nothing is lost and nothing counts twice.

    \b
    Examples
      netcordon archive put --sensor border-fw
      netcordon archive put --move --older-than 30
    """
    from netcordon.reporting.archive_put_text import PutLine, put_text
    from netcordon.reporting.one_object import one_object
    from netcordon.workflow.archive_put import PutRequest, put_evidence

    request = PutRequest(
        evidence=evidence, older_than_days=older_than, sensor=sensor, moves=moves,
        with_originals=not tables_only, place=place,
    )  # fmt: skip
    done = put_evidence(workspace, request, clock=now)
    lines = [
        PutLine(
            one.segment.evidence_id, one.segment.label, one.segment.sensor, one.segment.records,
            one.stored_bytes, one.was_there, one.segment.evidence_id in done.moved,
            "" if tables_only else one.without_original,
        )
        for one in done.put
    ]  # fmt: skip
    told = {"url": done.url, "put": [line._asdict() for line in lines], "younger": done.younger,
            "restricted": done.restricted}  # fmt: skip
    sys.stdout.write(
        one_object("archive", told) if as_json
        else put_text(done.url, lines, done.younger, done.restricted, width=width())
    )  # fmt: skip
    return 0


@command.command(name="check")
@click.option("--hashes", is_flag=True, help="Compute the SHA-256 of every object anew.")
@click.option("-v", "--verbose", is_flag=True, help="Every gap and every damaged object.")
@place_option
@workspace_option
@json_option
def check(hashes: bool, verbose: bool, place: str, workspace: Path, as_json: bool) -> int:
    """Is everything kept long enough, whole, and was restoring tried?

    By sensor and class: days short of the retention, gaps, room that the whole time needs.

    Exit status: 0 all is well, 1 too short, gaps, damage, or a drill is due.
    """
    from netcordon.reporting.archive_text import check_text
    from netcordon.reporting.one_object import one_object
    from netcordon.workflow.archive_check import check as judge

    found = judge(workspace, clock=now, place=place, hashes=hashes)
    told = check_text(found, width=width(), detail=verbose)
    sys.stdout.write(one_object("archive", found) if as_json else told)
    return 0 if found.ok else 1


@command.command(name="drill")
@click.option("--day", type=Moment(), help="Instead of one that chance chooses.")
@click.option("--seed", default="", help="For the choice, to repeat one.")
@click.option("--scratch", type=click.Path(path_type=Path, exists=True, file_okay=False),
              help="Folder to restore in for a moment [default: the system's].")  # fmt: skip
@place_option
@workspace_option
@json_option
def drill(
    day: datetime | None, seed: str, scratch: Path | None, place: str, workspace: Path,
    as_json: bool,
) -> int:  # fmt: skip
    """Restore a day that chance chooses, prove it, and keep the dated proof.

    Hashes, rows, times, and a row that was remembered when the evidence was put.

    Exit status: 0 it can be restored and read, 1 it cannot.
    """
    from netcordon.reporting.archive_text import drill_text
    from netcordon.reporting.one_object import one_object
    from netcordon.workflow.archive_drill import drill as try_it

    done, name = try_it(
        workspace, clock=now, place=place, day=as_day(day), seed=seed, scratch=scratch
    )
    told = {"ok": done.ok, "proof": name, "drill": done}
    sys.stdout.write(
        one_object("archive", told) if as_json else drill_text(done, name, width=width())
    )
    return 0 if done.ok else 1


@command.command(name="restore")
@click.argument("evidence", nargs=-1, metavar="[EVIDENCE]...")
@click.option("--day", type=Moment(), help="All of this UTC day.")
@sensor_option
@click.option("-o", "--output", metavar="DIR", type=click.Path(path_type=Path),
              help="A new folder for tables and originals, instead of the workspace.")  # fmt: skip
@place_option
@workspace_option
@json_option
def restore(
    evidence: tuple[str, ...],
    day: datetime | None,
    sensors: tuple[str, ...],
    output: Path | None,
    place: str,
    workspace: Path,
    as_json: bool,
) -> int:
    """Bring EVIDENCE, or a day, back from the archive, each file proved by its hash.

    Exit status: 0 it is back.
    """
    from netcordon.model.quantity import count_text, size_text
    from netcordon.reporting.one_object import one_object
    from netcordon.workflow.archive_restore import restore as bring

    back = bring(
        workspace, evidence, clock=now, day=as_day(day), sensors=sensors, output=output,
        place=place,
    )  # fmt: skip
    told = [{"evidence_id": one.segment.evidence_id, "bytes": one.bytes, "original": one.original}
            for one in back]  # fmt: skip
    where = "the workspace" if output is None else "the new folder"
    text = (
        f"{count_text(len(back), 'piece')} of evidence back in {where} "
        f"({size_text(sum(one.bytes for one in back))}), every file proved.\n"
    )
    sys.stdout.write(one_object("restored", told) if as_json else text)
    return 0
