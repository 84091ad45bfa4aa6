"""A proposed mapping as the text of a file."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from netcordon.errors import UsageError
from netcordon.ingest.mapped.definition import is_name
from netcordon.ingest.mapped.proposal import Proposal
from netcordon.ingest.mapped.writing import mapping_toml
from netcordon.workflow.new_file import NewFile


def proposal_text(proposal: Proposal, name: str, origin: str) -> str:
    """The TOML of a proposal.

    Raises:
        UsageError: NC-523 the name is no word.
    """
    if not is_name(name):
        raise UsageError(
            "NC-523", f"{name!r} is no name of a mapping.", "", "small letters, digits, - and _"
        )
    return mapping_toml(proposal, name, origin)


def write_proposal(text: str, path: Path) -> None:
    """Write it into a new file.

    Raises:
        UsageError: NC-701 when there is something of that name.
    """
    with closing(NewFile(path)) as file:
        file.write(text.encode())
        file.finish()
        file.keep()
