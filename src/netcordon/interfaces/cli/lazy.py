"""Groups whose commands are imported when they are called, so that help is quick."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click

from netcordon.interfaces.cli.sections import SectionedGroup


class LazyGroup(SectionedGroup):
    """A group that knows its commands by name, place and a line of help.

    Args:
        places: section -> command -> ``module:attribute`` within this package, and what it does.
        settings: as for ``click.Group``.
    """

    def __init__(
        self, *, places: Mapping[str, Mapping[str, tuple[str, str]]], **settings: Any
    ) -> None:
        sections = {title: tuple(commands) for title, commands in places.items()}
        super().__init__(sections=sections, **settings)
        self._places = {name: told for each in places.values() for name, told in each.items()}

    def about(self, ctx: click.Context, name: str) -> str:
        """One line of help, without importing the command."""
        return self._places[name][1]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self._places:
            return None
        module, _, name = self._places[cmd_name][0].partition(":")
        found = getattr(import_module(f"netcordon.interfaces.cli.{module}"), name)
        return found if isinstance(found, click.Command) else None
