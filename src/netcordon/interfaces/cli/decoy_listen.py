"""``netcordon decoy listen``: hear calls to the names that only decoys hold."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from pathlib import Path

import click

from netcordon.interfaces.cli.options import json_option, now, workspace_option


@click.command(name="listen")
@click.option("--address", default="127.0.0.1", show_default=True, help="Of this machine.")
@click.option("--http-port", type=click.IntRange(0, 65535), default=8080, show_default=True,
              help="0 takes a free one.")  # fmt: skip
@click.option("--dns-port", type=click.IntRange(0, 65535), default=5353, show_default=True,
              help="0 takes a free one.")  # fmt: skip
@workspace_option
@json_option
def listen(address: str, http_port: int, dns_port: int, workspace: Path, as_json: bool) -> int:
    """Listen for HTTP requests and DNS questions that name a decoy, until interrupted.

    Each goes into the journal and is printed (with --json, one object a line); every caller gets
    the same answer: nothing is there. Point the declared domain at this machine, or forward to it.
    Exit status: 0 nothing was heard, 1 a decoy was touched.
    """
    from netcordon.reporting.visible import visible
    from netcordon.workflow.decoy_listen import Listener
    from netcordon.workflow.decoy_listen import listen as hear

    def tell(copy: str, what: str) -> None:
        line = json.dumps({"copy": copy, "what": what}) if as_json else f"{copy}  {visible(what)}"
        sys.stdout.write(line + "\n")
        sys.stdout.flush()

    def ready(service: str, port: int) -> None:
        sys.stderr.write(f"{service} on {address} port {port}\n")
        sys.stderr.flush()

    async def run() -> int:
        listener = Listener(workspace, clock=now, tell=tell)
        stop = asyncio.Event()
        for wanted in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(wanted, stop.set)
        await hear(
            listener, address, http_port=http_port, dns_port=dns_port, ready=ready, stop=stop
        )
        sys.stderr.write(f"{listener.heard} calls named a decoy, {listener.others} did not\n")
        return int(listener.heard > 0)

    return asyncio.run(run())
