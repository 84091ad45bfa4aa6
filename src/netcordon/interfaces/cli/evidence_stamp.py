"""``netcordon evidence head|stamp``: what proves later how the journal stood today."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import click

from netcordon.interfaces.cli.options import json_option, now, workspace_option

_FILE = click.Path(path_type=Path)


@click.command(name="head")
@workspace_option
@json_option
def head(workspace: Path, as_json: bool) -> None:
    """Show how many entries the journal has and the hash of the last, in digits and in words.

    Keep it where somebody else holds it: on paper, in a mail to the CERT, read out on the
    telephone. `netcordon verify --head HEAD` proves later that nothing before it was changed.
    """
    from netcordon.reporting.custody_text import head_json, head_text
    from netcordon.workflow.stamp import head as read

    found = read(workspace, clock=now)
    sys.stdout.write(head_json(found) if as_json else head_text(found, width=_width()))


@click.command(name="stamp")
@click.option("--url", metavar="URL", help="Of a time-stamping authority that is asked over HTTP.")
@click.option("--request", type=_FILE, metavar="FILE",
              help="Write the question instead, to be carried to an authority.")  # fmt: skip
@click.option("--response", type=_FILE, metavar="FILE", help="Take the answer that came back.")
@click.option("--ca", type=_FILE, metavar="FILE",
              help="Certificates that vouch for it (PEM): prove the answer at once.")  # fmt: skip
@workspace_option
@json_option
def stamp(
    url: str | None,
    request: Path | None,
    response: Path | None,
    ca: Path | None,
    workspace: Path,
    as_json: bool,
) -> None:
    """Have an authority put its time under the journal's head (RFC 3161).

    It is sent a hash and nothing else. The answer is kept in the journal; `netcordon verify
    --tsa-ca FILE` proves it offline. Exit status: 0.

    \b
    By hand
      netcordon evidence head --json | jq -r .head.text > head.txt
      openssl ts -verify -data head.txt -in head.tsr -CAfile ca.pem
    """
    from netcordon.reporting.custody_text import asked_text, stamp_json, stamped_text
    from netcordon.reporting.one_object import one_object
    from netcordon.workflow.stamp import ask_authority, take_response, write_request

    if sum(each is not None for each in (url, request, response)) != 1:
        raise click.UsageError("name --url, or --request, or --response")
    if request is not None:
        count = write_request(workspace, request, clock=now).count
        asked = {"request_path": str(request), "count": count}
        sys.stdout.write(
            one_object("question", asked)
            if as_json
            else asked_text(count, str(request), width=_width())
        )
        return
    done = (
        ask_authority(workspace, url, ca, clock=now)
        if url is not None
        else take_response(workspace, response or Path(), ca, clock=now)
    )
    sys.stdout.write(stamp_json(done) if as_json else stamped_text(done, width=_width()))


def _width() -> int:
    return min(shutil.get_terminal_size((100, 40)).columns, 110)
