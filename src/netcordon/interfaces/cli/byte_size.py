"""A size as people type it."""

from __future__ import annotations

import re

import click

_UNITS = {"k": 1000, "M": 1_000_000, "G": 1_000_000_000, "T": 1_000_000_000_000}


class ByteSize(click.ParamType[int]):
    """A whole number of bytes with its unit: ``500M``, ``10G``."""

    name = "size"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> int:
        """Bytes."""
        if isinstance(value, int):
            return value
        found = re.fullmatch(r"([1-9][0-9]{0,5})([kMGT])B?", str(value))
        if found is None:
            self.fail(f"{value!r} is no size; write 500M or 10G", param, ctx)
        return int(found[1]) * _UNITS[found[2]]
