"""``netcordon carve``: packets back out of evidence."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from netcordon.interfaces.cli.options import now, workspace_option


@click.command(name="carve")
@click.argument("chosen", nargs=-1, metavar="[FINDING|INCIDENT]...")
@workspace_option
@click.option("--filter", "filter_text", metavar="EXPRESSION",
              help="Choose frames instead, e.g. 'host 10.0.0.5 and port 443'.")  # fmt: skip
@click.option("-o", "--output", "out", metavar="FILE", required=True,
              type=click.Path(path_type=Path), help="The new pcapng file.")  # fmt: skip
@click.option("--frames-only", is_flag=True,
              help="Only the frames named as evidence, not the rest of their flows.")  # fmt: skip
@click.option("--prove", is_flag=True, help="Hash every parent whole first, however large.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(
    chosen: tuple[str, ...],
    workspace: Path,
    filter_text: str | None,
    out: Path,
    frames_only: bool,
    prove: bool,
    as_json: bool,
) -> int:
    r"""Write the packets behind a finding or incident, or those a filter matches, to a new file.

    The slice keeps times, lengths and link types, and names its parents by their SHA-256; the
    journal remembers it, and `netcordon verify` knows it.

    \b
    A filter is made of
      [src|dst] host ADDRESS | net CIDR | port NUMBER[-NUMBER]
      proto NAME | tcp | udp | icmp | icmp6 | ip | arp (every frame without IP)
      since TIME | until TIME | frame NUMBER[-NUMBER]
    joined by and, or, not and parentheses.
    """
    from netcordon.model.quantity import size_text
    from netcordon.reporting.visible import visible
    from netcordon.workflow.carve import CarveSettings, carve

    if bool(chosen) == (filter_text is not None):
        raise click.UsageError("name findings or incidents, or write a --filter")
    if frames_only and filter_text is not None:
        raise click.UsageError("--frames-only belongs to findings and incidents")
    settings = CarveSettings(ids=chosen, filter=filter_text, frames_only=frames_only, prove=prove)
    carved = carve(workspace, settings, out, clock=now)
    if as_json:
        shown = {
            "path": str(carved.path), "sha256": carved.sha256, "bytes": carved.bytes,
            "frames": carved.frames, "parents": dict(carved.parents),
            "read_bytes": carved.read_bytes,
        }  # fmt: skip
        sys.stdout.write(json.dumps(shown, indent=1) + "\n")
        return 0
    sys.stdout.write(
        f"{carved.frames:,} frames, {size_text(carved.bytes)}: {visible(str(carved.path))}\n"
        f"sha256 {carved.sha256}\n"
        f"{size_text(carved.read_bytes)} of the evidence read\n"
    )
    return 0
