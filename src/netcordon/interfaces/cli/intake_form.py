"""``netcordon intake form``: by options, or by questions on a terminal."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

import click

from netcordon.interfaces.cli.intake_take import NOTHING, SEEN, TLPS, width
from netcordon.interfaces.cli.options import Moment, Zone, json_option, now, workspace_option
from netcordon.model.intake import Channel

_MOST = 64 << 20


class _LocalTime(click.ParamType[datetime]):
    """A time that keeps its zone; without one it is in ``--zone``."""

    name = "time"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        if isinstance(value, datetime):
            return value
        try:
            return datetime.fromisoformat(str(value).strip())
        except ValueError:
            self.fail(f"{value!r} is no time; write 2026-11-21 22:30 or …T22:30+01:00", param, ctx)


@click.command(name="form")
@click.option("--channel", type=click.Choice([c.value for c in Channel]), help="By whom.")
@click.option("--reporter", help="Who reports.")
@click.option("--mail", default="", help="Their mail address.")
@click.option("--what", help="What was seen, in words; - reads standard input.")
@click.option("--when", type=_LocalTime(), help="When it was seen.")
@click.option("--zone", type=Zone(), default="UTC", show_default=True,
              help="Zone of --when, e.g. Europe/Paris.")  # fmt: skip
@click.option("--device", default="", help="On which device.")
@click.option("--interface", default="", help="On which interface of it.")
@click.option("--counter", default="", help="What it counted, e.g. 'ifInErrors 12 -> 48211'.")
@click.option("--reference", default="", help="Number of a ticket.")
@click.option("--due", type=Moment(), help="Until when an answer is due (UTC).")
@click.option("--tlp", type=click.Choice(list(TLPS)), help="Marking [default: amber].")
@click.option("--attach", "files", multiple=True, metavar="FILE", type=click.Path(path_type=Path),
              help="Something that goes with it: hashed, not opened; repeat for more.")  # fmt: skip
@workspace_option
@json_option
def form(
    channel: str | None,
    reporter: str | None,
    mail: str,
    what: str | None,
    when: datetime | None,
    zone: str,
    device: str,
    interface: str,
    counter: str,
    reference: str,
    due: datetime | None,
    tlp: str | None,
    files: tuple[Path, ...],
    workspace: Path,
    as_json: bool,
) -> int:
    """Put on record what somebody tells you, or what you have seen on a device.

    On a terminal, what is missing is asked. Exit status: 0 nothing of it stands in the evidence, 1
    something does.
    """
    from netcordon.interfaces.cli.options import text_or_input
    from netcordon.model.form import Form
    from netcordon.reporting.intake_data import filed_json
    from netcordon.reporting.intake_text import report_text
    from netcordon.workflow.intake import take_form

    channel = channel or _asked("Channel", [c.value for c in Channel])
    reporter = reporter or _asked("Who reports")
    what = text_or_input(None) if what == "-" else what or _asked("What was seen")
    attachments = []
    for path in files:
        with path.open("rb") as file:
            attachments.append((path.name, file.read(_MOST)))
    filled = Form(
        channel=Channel(channel), reporter=reporter, what=what, mail=mail, when=when, zone=zone,
        device=device, interface=interface, counter=counter, reference=reference, due=due,
        tlp=TLPS[tlp] if tlp else None, attachments=attachments,
    )  # fmt: skip
    taken = take_form(workspace, filled, clock=now)
    if as_json:
        sys.stdout.write(filed_json([taken.filed], now()))
    else:
        sys.stdout.write(report_text(taken.filed, now(), width=width(), is_new=taken.is_new))
    return SEEN if taken.filed.hunted and taken.filed.hunted.hits else NOTHING


def _asked(question: str, choices: list[str] | None = None) -> str:
    """An answer typed on the terminal.

    Raises:
        click.UsageError: there is no terminal.
    """
    if sys.stdin is None or not sys.stdin.isatty():
        option = {"Channel": "--channel", "Who reports": "--reporter"}.get(question, "--what")
        raise click.UsageError(f"{option} is missing, and there is no terminal to ask on")
    answer = click.prompt(question, type=click.Choice(choices) if choices else str, err=True)
    return str(answer)
