"""``netcordon logging plan|receive|check``: verbose logs, kept where nobody changes them unseen."""

from __future__ import annotations

import asyncio
import json
import shutil
import signal
import sys
from pathlib import Path

import click

from netcordon.interfaces.cli.options import json_option, now

_PATH = click.Path(path_type=Path)
_PORT = 6514


@click.group(name="logging")
def command() -> None:
    """Turn on verbose logging, take it over TLS into a sealed log, prove that log."""


@command.command(name="plan")
@click.argument("targets", nargs=-1, metavar="[PLATFORM:HOST]...")
@click.option("--receiver", default="", help="The collector, as its certificate names it; needed.")
@click.option("--port", type=click.IntRange(1, 65535), default=_PORT, show_default=True)
@click.option("--mark", default="netcordon", show_default=True,
              help="Names everything that is made.")  # fmt: skip
@click.option("-o", "--output", metavar="DIR", type=_PATH, help="New folder for the texts.")
@json_option
def plan(
    targets: tuple[str, ...],
    receiver: str,
    port: int,
    mark: str,
    output: Path | None,
    as_json: bool,
) -> int:
    """What to turn on for each PLATFORM:HOST, and what turns exactly that off again.

    Without targets the platforms are listed. Nothing is connected to.

    \b
    Example
      netcordon logging plan rsyslog:app-01 sysmon:pc-042 --receiver log.corp.example -o logging
    """
    from netcordon.reporting.logging_text import platforms_text, steps_json, steps_text
    from netcordon.workflow.remote_logging import known_platforms, plan_logging, write_steps

    if not targets:
        known = known_platforms().values()
        sys.stdout.write(steps_json(list(known), "") if as_json else platforms_text(known))
        return 0
    if not receiver:
        raise click.UsageError("name the collector with --receiver")
    pairs = [target.partition(":")[::2] for target in targets]
    steps = plan_logging(pairs, receiver=receiver, port=port, mark=mark)
    if output is not None:
        write_steps(steps, output)
    folder = str(output) if output else ""
    width = min(shutil.get_terminal_size((100, 40)).columns, 110)
    sys.stdout.write(
        steps_json(steps, folder) if as_json else steps_text(steps, folder, width=width)
    )
    return 0


@command.command(name="receive")
@click.argument("folder", type=_PATH)
@click.option("--cert", type=_PATH, required=True, help="Certificate of this collector (PEM).")
@click.option("--key", type=_PATH, required=True, help="Its key (PEM).")
@click.option("--client-ca", type=_PATH, required=True, help="Who vouches for senders (PEM).")
@click.option("--address", default="127.0.0.1", show_default=True, help="Of this machine.")
@click.option("--port", type=click.IntRange(0, 65535), default=_PORT, show_default=True,
              help="0 takes a free one.")  # fmt: skip
@json_option
def receive(
    folder: Path, cert: Path, key: Path, client_ca: Path, address: str, port: int, as_json: bool
) -> int:
    """Take syslog over TLS (RFC 5425) into the sealed log in FOLDER, until interrupted.

    Senders must show a certificate. A new log shows its verification key once: keep it elsewhere,
    it proves the whole log. Gaps, wrong clocks, restarts and a full disk are records themselves.
    Exit status: 0.
    """
    from netcordon.reporting.visible import visible
    from netcordon.workflow.remote_logging import Receiving
    from netcordon.workflow.remote_logging import receive as take

    def say(kind: str, **facts: object) -> None:
        text = json.dumps({"event": kind, **facts}) if as_json else (
            f"{kind}: " + ", ".join(f"{k} {visible(str(v))}" for k, v in facts.items())
        )  # fmt: skip
        sys.stderr.write(text + "\n")
        sys.stderr.flush()

    def ready(at: int, first_key: bytes | None) -> None:
        if first_key is not None:
            say("verification key, shown once", key=first_key.hex())
        say("listening", address=address, port=at)

    async def run() -> int:
        stop = asyncio.Event()
        for wanted in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(wanted, stop.set)
        how = Receiving(
            folder=folder,
            certificate=cert,
            key=key,
            client_ca=client_ca,
            address=address,
            port=port,
        )
        return await take(
            how, clock=now, tell=lambda what: say("noted", what=what), ready=ready, stop=stop
        )

    taken = asyncio.run(run())
    say("done", messages=taken)
    return 0


@command.command(name="check")
@click.argument("folder", type=_PATH)
@click.option("--verification-key", default="", help="As it was shown when the log was made.")
@json_option
def check(folder: Path, verification_key: str, as_json: bool) -> int:
    """Read the whole log in FOLDER and name every record that was changed, removed or moved.

    Exit status: 0 it is as it was written, 1 it was changed.
    """
    from netcordon.reporting.logging_text import check_json, check_text
    from netcordon.workflow.remote_logging import check as prove

    found = prove(folder, verification_key)
    width = min(shutil.get_terminal_size((100, 40)).columns, 110)
    sys.stdout.write(check_json(found) if as_json else check_text(found, width=width))
    return int(bool(found.defects))
