"""Groups whose help is in sections, so that a command is found by what one is about to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import click

_WHOLE = 200
"""Characters of a line of help that are shown; all of ours."""


class SectionedGroup(click.Group):
    """A group that shows its commands in sections, in their order.

    Args:
        sections: title -> commands; help does not show what stands in none.
        settings: as for ``click.Group``.
    """

    def __init__(self, *, sections: Mapping[str, Sequence[str]], **settings: Any) -> None:
        super().__init__(**settings)
        self.sections = sections

    def list_commands(self, ctx: click.Context) -> list[str]:
        """As in help, then those that it does not show."""
        shown = [name for names in self.sections.values() for name in names]
        return [*shown, *(name for name in super().list_commands(ctx) if name not in shown)]

    def about(self, ctx: click.Context, name: str) -> str:
        """One line of help."""
        command = self.get_command(ctx, name)
        return command.get_short_help_str(limit=_WHOLE) if command else ""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """One column for all sections."""
        width = max(len(name) for names in self.sections.values() for name in names)
        for title, names in self.sections.items():
            with formatter.section(title):
                formatter.write_dl([(name.ljust(width), self.about(ctx, name)) for name in names])
