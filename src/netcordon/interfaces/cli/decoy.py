"""``netcordon decoy …``: marked documents, and whose copy a found one was."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import click

from netcordon.interfaces.cli.decoy_listen import listen
from netcordon.interfaces.cli.options import json_option, now, text_or_input, workspace_option

_MOST = 64 << 20


@click.group(name="decoy")
def command() -> None:
    """Marked documents: put out copies that each carry marks of their own, name a found one.

    What only a copy says (a host name, a mail address) is watched for in every capture that is
    investigated or hunted through from then on.
    """


command.add_command(listen)


@command.command(name="make")
@click.argument("template", required=False)
@click.option("--copies", type=click.IntRange(1, 1000), help="How many [default: one each].")
@click.option("--for", "list_", metavar="LIST", help="File with a recipient a line; - for input.")
@click.option("--place", "places", multiple=True, help="Where copies are put; they take turns.")
@click.option("--format", "format_", type=click.Choice(["docx", "pdf", "txt", "xlsx", "csv"]),
              help="[default: docx for text, xlsx for tables].")  # fmt: skip
@click.option("--domain", default="", help="Yours; names in the copies end in it "
              "[default: as netcordon.toml says].")  # fmt: skip
@click.option("-o", "--output", metavar="DIR", type=click.Path(path_type=Path),
              help="New folder for the copies; needed.")  # fmt: skip
@workspace_option
@json_option
def make(
    template: str | None,
    copies: int | None,
    list_: str | None,
    places: tuple[str, ...],
    format_: str | None,
    domain: str,
    output: Path | None,
    workspace: Path,
    as_json: bool,
) -> int:
    """Make marked copies of TEMPLATE: a document of yours or one that ships.

    Yours may be DOCX, XLSX (first sheet, values), CSV or plain text; {{host}}, {{url}}, {{mail}},
    {{reference}} stand for what each copy has for itself. Without TEMPLATE those that ship are
    listed. Exit status: 0 made.

    \b
    Examples
      netcordon decoy make board-paper --for people.txt -o copies
      netcordon decoy make salaries --copies 5 --place '\\\\fs-01\\hr' -o bait
    """
    from netcordon.reporting.decoy_text import made_json, made_text
    from netcordon.reporting.visible import visible
    from netcordon.workflow.decoys import DecoyRequest, templates
    from netcordon.workflow.decoys import make as make_copies

    if template is None:
        width = max(len(name) for name in templates())
        sys.stdout.write("".join(f"{n:{width}}  {visible(t)}\n" for n, t in templates().items()))
        return 0
    if output is None:
        raise click.UsageError("name a new folder for the copies with -o")
    made = make_copies(
        workspace,
        DecoyRequest(
            template=template,
            copies=copies,
            recipients=_lines(list_) if list_ else (),
            places=places,
            format=format_,
            domain=domain,
        ),
        output,
        clock=now,
    )
    folder = str(made.folder)
    sys.stdout.write(
        made_json(made.batch, folder, made.warnings)
        if as_json
        else made_text(made.batch, folder, made.warnings, width=_width())
    )
    return 0


@command.command(name="list")
@click.option("-v", "--verbose", is_flag=True, help="Every copy.")
@workspace_option
@json_option
def list_(verbose: bool, workspace: Path, as_json: bool) -> int:
    """Which copies there are, who got them, and what touched them."""
    from netcordon.reporting.decoy_text import batches_json, batches_text
    from netcordon.workflow.decoys import batches, touches

    found, touched = batches(workspace, clock=now), touches(workspace, clock=now)
    sys.stdout.write(
        batches_json(found, touched)
        if as_json
        else batches_text(found, touched, width=_width(), every=verbose)
    )
    return 0


@command.command(name="retire")
@click.argument("decoy", metavar="COPY|BATCH")
@click.option("--reason", default="", help="Why; needed.")
@workspace_option
@json_option
def retire(decoy: str, reason: str, workspace: Path, as_json: bool) -> None:
    """End the watch over a copy or a batch; a file can be traced to it all the same."""
    from netcordon.interfaces.cli.case_work import tell
    from netcordon.workflow.decoys import retire as end

    ended = end(workspace, decoy, reason, clock=now)
    more = f" and {len(ended) - 1} more" if ended[1:] else ""
    tell(as_json, {"retired": list(ended)}, f"{ended[0]}{more}: watched no longer.", workspace)


@command.command(name="trace")
@click.argument("file")
@workspace_option
@json_option
def trace(file: str, workspace: Path, as_json: bool) -> int:
    """Name the copy that FILE was, with the odds of chance; - reads standard input.

    DOCX, XLSX, PDF, OpenDocument, HTML, RTF and text are read, whatever the name says. The journal
    keeps what was said. Exit status: 0 no copy of ours, 1 it is ours.
    """
    from netcordon.model.decoy import Verdict
    from netcordon.reporting.decoy_text import trace_json, trace_text
    from netcordon.reporting.visible import visible
    from netcordon.workflow.decoys import trace_file

    if file == "-":
        content = sys.stdin.buffer.read(_MOST + 1)
    else:
        with Path(file).open("rb") as opened:
            content = opened.read(_MOST + 1)
    found, not_recorded = trace_file(workspace, file, content, clock=now)
    shown = trace_json(found, not_recorded) if as_json else trace_text(found, width=_width())
    sys.stdout.write(shown)
    if not_recorded:
        sys.stderr.write(f"This trace is not in the journal: {visible(not_recorded)}\n")
    return int(found.verdict is not Verdict.NOT_OURS)


def _lines(name: str) -> tuple[str, ...]:
    text = text_or_input("-") if name == "-" else Path(name).read_bytes().decode("utf-8", "replace")
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def _width() -> int:
    return min(shutil.get_terminal_size((100, 40)).columns, 110)
