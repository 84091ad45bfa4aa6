"""The help of every command fits a terminal, and its examples stand on lines of their own."""

from __future__ import annotations

from collections.abc import Iterator

import click

from netcordon.interfaces.cli.main import cli


def _helps(command: click.Command, above: click.Context | None, name: str) -> Iterator[str]:
    context = click.Context(
        command, info_name=name, parent=above, terminal_width=100, **command.context_settings
    )
    yield command.get_help(context)
    if isinstance(command, click.Group):
        for each in command.list_commands(context):
            found = command.get_command(context, each)
            assert found is not None
            yield from _helps(found, context, each)


def test_every_help_fits_and_keeps_its_lines() -> None:
    helps = list(_helps(cli, None, "netcordon"))
    assert len(helps) > 60
    for text in helps:
        assert "\\b" not in text, text
        assert max(map(len, text.splitlines())) <= 100, text
