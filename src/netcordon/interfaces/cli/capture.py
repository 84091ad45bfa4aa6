"""``netcordon capture plan|run``: recordings that stand up as evidence."""

from __future__ import annotations

import shutil
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from netcordon.interfaces.cli.byte_size import ByteSize
from netcordon.interfaces.cli.options import json_option, now, workspace_option
from netcordon.interfaces.cli.short_span import ShortSpan

if TYPE_CHECKING:
    from netcordon.model.recording import RecordingState

F = TypeVar("F", bound=Callable[..., Any])


@click.group(name="capture")
def command() -> None:
    """Record traffic: plan it (commands, ring, size, mirror port), or do it here."""


def _wish_options(function: F) -> F:
    for option in reversed(
        (
            click.option("-i", "--interface", required=True, metavar="NAME", help="Where."),
            click.option("--filter", "filter_", default="", metavar="EXPRESSION",
                         help="As for `carve`, e.g. 'host 10.0.0.5 and port 443'."),
            click.option("--bpf", default="", metavar="TEXT",
                         help="A filter of libpcap instead, as it is."),
            click.option("--tagged", is_flag=True, help="Frames may carry a VLAN tag (a trunk)."),
            click.option("--snaplen", type=click.IntRange(0, 262_144), default=0,
                         help="Octets of each frame [default: all]."),
            click.option("--duration", "duration_s", type=ShortSpan(), default="1h",
                         show_default=True, help="How long: 90s, 30m, 12h, 7d."),
            click.option("--disk", "disk_bytes", type=ByteSize(), default="10G", show_default=True,
                         help="Room for the ring of files."),
        )
    ):  # fmt: skip
        function = option(function)
    return function


@command.command(name="plan")
@_wish_options
@click.option("--switch", default="", metavar="KIND",
              help="Also what the switch is told; `list` shows the kinds.")  # fmt: skip
@click.option("--source", default="", metavar="PORT", help="Port that is watched.")
@click.option("--destination", default="", metavar="PORT", help="Port where one records.")
@click.option("--session", type=click.IntRange(1, 66), default=1, show_default=True)
@click.option("--bridge", default="br0", show_default=True, help="Of Open vSwitch.")
@workspace_option
@json_option
def plan(
    interface: str,
    filter_: str,
    bpf: str,
    tagged: bool,
    snaplen: int,
    duration_s: int,
    disk_bytes: int,
    switch: str,
    source: str,
    destination: str,
    session: int,
    bridge: str,
    workspace: Path,
    as_json: bool,
) -> None:
    """The commands of dumpcap, tcpdump, tshark, windump and pktmon for one and the same recording.

    How large it will be is told by the evidence of the workspace. Nothing is run or asked.
    Exit status: 0.

    \b
    Example
      netcordon capture plan -i eth1 --filter "host 10.20.1.142" --duration 12h \\
        --switch cisco-ios --source Gi1/0/12 --destination Gi1/0/48
    """
    from netcordon.reporting.capture_text import plan_text
    from netcordon.reporting.one_object import one_object
    from netcordon.workflow.capture_plan import Wish, plan_capture, switch_kinds

    if switch == "list":
        kinds = switch_kinds()
        width = max(map(len, kinds))
        sys.stdout.write("".join(f"{kind:{width}}  {title}\n" for kind, title in kinds.items()))
        return
    _one_filter(filter_, bpf)
    wish = Wish(
        interface=interface, filter=filter_, bpf=bpf, tagged=tagged, snaplen=snaplen,
        duration_s=duration_s, disk_bytes=disk_bytes, switch=switch, source=source,
        destination=destination, session=session, bridge=bridge,
    )  # fmt: skip
    made = plan_capture(workspace, wish, clock=now)
    sys.stdout.write(one_object("plan", made) if as_json else plan_text(made, width=_width()))


@command.command(name="run")
@_wish_options
@click.option("--collector", required=True, metavar="NAME", help="Who records.")
@click.option("--place", default="", metavar="TEXT", help="What the interface is connected to.")
@click.option("--clock-offset", type=float, metavar="SECONDS",
              help="How far this machine's clock is ahead of true time.")  # fmt: skip
@click.option("--note", default="", metavar="TEXT", help="What else must be known.")
@click.option("--tool", type=click.Choice(["dumpcap", "tcpdump"]),
              help="[default: the first that is here].")  # fmt: skip
@click.option("--max-size", type=ByteSize(), default="100G", show_default=True,
              help="End when so much was written in all.")  # fmt: skip
@click.option("--min-free", type=ByteSize(), default="1G", show_default=True,
              help="End when the disk has less room than that.")  # fmt: skip
@workspace_option
@json_option
def run(
    interface: str,
    filter_: str,
    bpf: str,
    tagged: bool,
    snaplen: int,
    duration_s: int,
    disk_bytes: int,
    collector: str,
    place: str,
    clock_offset: float | None,
    note: str,
    tool: str | None,
    max_size: int,
    min_free: int,
    workspace: Path,
    as_json: bool,
) -> None:
    """Record into the workspace until the time is over or you interrupt it, and seal the files.

    What is recorded is on record with tool, filter, place, times and drops; `netcordon
    investigate` reads it. Needs the rights to record. Exit status: 0.
    """
    from netcordon.model.acquisition import Acquisition
    from netcordon.reporting.capture_text import recording_text
    from netcordon.reporting.one_object import one_object
    from netcordon.workflow.capture_plan import Wish
    from netcordon.workflow.capture_run import run_capture

    _one_filter(filter_, bpf)
    wish = Wish(
        interface=interface, filter=filter_, bpf=bpf, tagged=tagged, snaplen=snaplen,
        duration_s=duration_s, disk_bytes=disk_bytes,
    )  # fmt: skip
    told = Acquisition(
        collector=collector, place=place, clock_offset_s=clock_offset, note=note
    )  # fmt: skip
    with _interrupted() as stop:
        done = run_capture(
            workspace, wish, told, tool=tool or "", most_bytes=max_size, free_bytes=min_free,
            tell=_Statistics(), stop=stop, clock=now,
        )  # fmt: skip
    if sys.stderr.isatty():
        sys.stderr.write("\n")  # behind the last line of statistics
    sys.stdout.write(
        one_object("recording", done)
        if as_json
        else recording_text(done, str(workspace), width=_width())
    )


class _Statistics:
    """A line a second on a terminal, one a minute elsewhere."""

    def __init__(self) -> None:
        self._is_terminal = sys.stderr.isatty()
        self._next_s = 0.0 if self._is_terminal else 60.0

    def __call__(self, state: RecordingState) -> None:
        from netcordon.reporting.capture_text import state_text

        if state.seconds < self._next_s:
            return
        self._next_s = state.seconds + (1.0 if self._is_terminal else 60.0)
        end = "\r" if self._is_terminal else "\n"
        sys.stderr.write(
            f"{state_text(state.seconds, state.bytes, state.files, state.packets)}{end}"
        )
        sys.stderr.flush()


@contextmanager
def _interrupted() -> Iterator[Callable[[], bool]]:
    """Asked whether somebody has pressed Ctrl-C; the recording then ends in order."""
    wanted = threading.Event()
    before = {
        each: signal.signal(each, lambda *_: wanted.set())
        for each in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield wanted.is_set
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def _one_filter(filter_: str, bpf: str) -> None:
    if filter_ and bpf:
        raise click.UsageError("--filter or --bpf, not both")


def _width() -> int:
    return min(shutil.get_terminal_size((100, 40)).columns, 110)
