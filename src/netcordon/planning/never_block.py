"""What no plan blocks wherever it is made: root name servers and public resolvers."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files

from netcordon.model.register import Protected


@cache
def shipped() -> tuple[Protected, ...]:
    """Entries that netcordon brings; each line of ``never_block.csv`` names its source."""
    text = files("netcordon.planning").joinpath("never_block.csv").read_text("utf-8")
    return tuple(
        Protected(network=row["network"], name=row["name"], reason=row["reason"], shipped=True)
        for row in csv.DictReader(text.splitlines())
    )
