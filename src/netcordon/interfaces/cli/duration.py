"""A length of time as people type it."""

from __future__ import annotations

import re

import click

_UNITS = {"m": 60, "h": 3600, "d": 86_400}


class Duration(click.ParamType[int]):
    """A whole number with its unit: ``30m``, ``24h``, ``7d``."""

    name = "duration"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> int:
        """Seconds."""
        if isinstance(value, int):
            return value
        found = re.fullmatch(r"([1-9][0-9]{0,4})([mhd])", str(value))
        if found is None:
            self.fail(f"{value!r} is no duration; write 30m, 24h or 7d", param, ctx)
        return int(found[1]) * _UNITS[found[2]]
