"""A length of time from seconds to days, as people type it."""

from __future__ import annotations

import re

import click

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


class ShortSpan(click.ParamType[int]):
    """A whole number with its unit: ``90s``, ``30m``, ``12h``, ``7d``."""

    name = "duration"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> int:
        """Seconds."""
        if isinstance(value, int):
            return value
        found = re.fullmatch(r"([1-9][0-9]{0,4})([smhd])", str(value))
        if found is None:
            self.fail(f"{value!r} is no duration; write 90s, 30m, 12h or 7d", param, ctx)
        return int(found[1]) * _UNITS[found[2]]
