"""A piece of evidence between its decoding and its place in lake and register."""

from __future__ import annotations

from dataclasses import dataclass

from netcordon.evidence.source import Intake
from netcordon.model.parser import ParseResult
from netcordon.tables.lake import Staging


@dataclass(frozen=True)
class Decoded:
    """A piece of evidence that was read to its end and whose rows are staged.

    Attributes:
        path: as it was named.
        kind: what it is.
        intake: hashes and what is known of the file.
        result: what the parser says.
        staging: holds the rows.
    """

    path: str
    kind: str
    intake: Intake
    result: ParseResult
    staging: Staging
