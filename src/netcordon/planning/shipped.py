"""What no plan blocks anywhere: the entries of ``never_block.csv``, shipped with netcordon."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files

from netcordon.model.register import Protected


@cache
def shipped() -> tuple[Protected, ...]:
    """Public resolvers and the DNS root servers, each with its reason."""
    text = files(__package__).joinpath("never_block.csv").read_text("utf-8")
    return tuple(
        Protected(network=row["network"], reason=row["reason"], shipped=True)
        for row in csv.DictReader(text.splitlines())
    )
