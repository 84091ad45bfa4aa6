"""``netcordon investigate EVIDENCE…``: the one command that answers."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

import click

from netcordon.interfaces.cli.options import Moment, Network, Zone, now, workspace_option
from netcordon.model.handling import TLP

_TLP = {tlp.value.removeprefix("TLP:").lower(): tlp for tlp in TLP}


@click.command(name="investigate")
@click.argument("evidence", nargs=-1, required=False)
@workspace_option
@click.option("--since", type=Moment(), help="Leave out what ended before this time (UTC).")
@click.option("--until", type=Moment(), help="Leave out what began after this time (UTC).")
@click.option(
    "--home-net", "home_nets", type=Network(), multiple=True, metavar="CIDR",
    help="A network of the organisation; repeat for more. Inferred (and said so) when not given.",
)  # fmt: skip
@click.option(
    "--tlp", type=click.Choice(list(_TLP)), default=None,
    help="Traffic Light Protocol marking of the report; amber when nobody says otherwise.",
)  # fmt: skip
@click.option(
    "--case",
    "case_id",
    metavar="ID",
    help="Case it belongs to [default: the latest open one, or a new one].",
)
@click.option(
    "--log-zone", type=Zone(), default="UTC", metavar="ZONE", show_default=True,
    help="Zone of times in logs that name none, e.g. Europe/Vienna; what is read already stays.",
)  # fmt: skip
@click.option(
    "--suricata", is_flag=True,
    help="Let Suricata read the captures too (it must be installed); its alerts are weighed.",
)  # fmt: skip
@click.option(
    "--rules", type=click.Path(exists=True, path_type=Path), metavar="FILE|FOLDER",
    help="Rules for --suricata, and implies it [default: the machine's own].",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON object.")
@click.option("--open", "open_report", is_flag=True, help="Open the report in a browser.")
@click.option("-v", "--verbose", count=True, help="Say more; -vv for every finding and its terms.")
def command(
    evidence: tuple[str, ...],
    workspace: Path,
    since: datetime | None,
    until: datetime | None,
    home_nets: tuple[str, ...],
    tlp: str | None,
    case_id: str | None,
    log_zone: str,
    suricata: bool,
    rules: Path | None,
    as_json: bool,
    open_report: bool,
    verbose: int,
) -> int:
    """Investigate EVIDENCE: files, directories, globs, or - for standard input.

    Captures (pcap, pcapng; plain, gzip, zstd) are hashed, registered and decoded; the same evidence
    handed in again adds nothing. Without EVIDENCE, all that the workspace holds is investigated
    again, or with --case what that case rests on.
    """
    if since and until and since > until:
        raise click.UsageError("--since is later than --until; nothing would be left")
    from netcordon.interfaces.cli.progress import observer
    from netcordon.reporting import render_json, terminal_summary
    from netcordon.settings import InvestigateSettings
    from netcordon.workflow.investigate import investigate

    settings = InvestigateSettings(
        workspace=workspace,
        since=since,
        until=until,
        home_nets=home_nets,
        tlp=_TLP[tlp] if tlp else None,
        case_id=case_id,
        log_zone=log_zone,
        suricata=suricata or rules is not None,
        rules=rules,
    )
    with observer(verbose) as watching:
        outcome = investigate(evidence, settings, clock=now, observer=watching)
    if as_json:
        sys.stdout.write(render_json(outcome.document))
    else:
        width, colour = _screen()
        sys.stdout.write(terminal_summary(outcome.document, width, colour=colour, detail=verbose))
    if open_report:
        click.launch(outcome.report.as_uri())
    return outcome.exit_status


def _screen() -> tuple[int, bool]:
    """Columns to write on, and whether colours make sense."""
    import os
    import shutil

    interactive = sys.stdout.isatty()
    columns = shutil.get_terminal_size((100, 40)).columns
    return min(columns, 110), interactive and "NO_COLOR" not in os.environ
