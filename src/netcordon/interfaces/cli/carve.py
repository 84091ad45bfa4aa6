"""``netcordon carve``: packets back out of evidence."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from netcordon.interfaces.cli.options import now, workspace_option


@click.command(name="carve")
@click.argument("chosen", nargs=-1, metavar="[FINDING|INCIDENT|SHA256]...")
@workspace_option
@click.option("--filter", "filter_text", metavar="EXPRESSION",
              help="Choose frames instead, e.g. 'host 10.0.0.5 and port 443'.")  # fmt: skip
@click.option("-o", "--output", "out", metavar="FILE|DIR", required=True,
              type=click.Path(path_type=Path),
              help="The new pcapng file, or with --files the new directory.")  # fmt: skip
@click.option("--frames-only", is_flag=True,
              help="Only the frames named as evidence, not the rest of their flows.")  # fmt: skip
@click.option(
    "--files",
    "wants_files",
    is_flag=True,
    help="Write the files that were carried instead, each under its SHA-256.",
)
@click.option("--max-bytes", type=click.IntRange(1), default=1 << 30, show_default=True,
              help="With --files: size of all together that is allowed.")  # fmt: skip
@click.option("--prove", is_flag=True, help="Hash every parent whole first, however large.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(
    chosen: tuple[str, ...],
    workspace: Path,
    filter_text: str | None,
    out: Path,
    frames_only: bool,
    wants_files: bool,
    max_bytes: int,
    prove: bool,
    as_json: bool,
) -> int:
    """Write the packets behind a finding or incident, or those a filter matches, to a new file.

    With --files, write the files that the flows of a finding or incident carried, or those of a
    SHA-256, into a new directory, with a manifest. They may be malicious.

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
    from netcordon.workflow.carve import carve
    from netcordon.workflow.parents import Selection

    if wants_files:
        if not chosen or filter_text is not None or frames_only:
            raise click.UsageError("--files goes with findings, incidents or SHA-256 hashes alone")
        return _files(workspace, chosen, out, max_bytes, prove, as_json)
    if bool(chosen) == (filter_text is not None):
        raise click.UsageError("name findings or incidents, or write a --filter")
    if frames_only and filter_text is not None:
        raise click.UsageError("--frames-only belongs to findings and incidents")
    selection = Selection(ids=chosen, filter=filter_text, frames_only=frames_only, prove=prove)
    carved = carve(workspace, selection, out, clock=now)
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


def _files(
    workspace: Path, names: tuple[str, ...], out: Path, max_bytes: int, prove: bool, as_json: bool
) -> int:
    from netcordon.model.quantity import size_text
    from netcordon.reporting.visible import visible
    from netcordon.workflow.carve_files import FileSelection, carve_files
    from netcordon.workflow.file_manifest import NAME, WARNING

    selection = FileSelection(names=names, max_bytes=max_bytes, prove=prove)
    carved = carve_files(workspace, selection, out, clock=now)
    total = sum(carved.files.values())
    if as_json:
        shown = {
            "path": str(carved.path), "manifest": NAME, "warning": WARNING,
            "files": dict(carved.files), "bytes": total, "left_out": carved.left_out,
            "parents": dict(carved.parents),
        }  # fmt: skip
        sys.stdout.write(json.dumps(shown, indent=1) + "\n")
        return 0
    count = "1 file" if len(carved.files) == 1 else f"{len(carved.files):,} files"
    sys.stdout.write(f"{count}, {size_text(total)}: {visible(str(carved.path))}\n")
    if carved.left_out:
        sys.stdout.write(
            f"{carved.left_out:,} more are incomplete or too long; {NAME} names them\n"
        )
    sys.stdout.write(f"{WARNING}\n")
    return 0
