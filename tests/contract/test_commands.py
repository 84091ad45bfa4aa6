"""What help and README say of the commands is so."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from netcordon.interfaces.cli.main import cli
from netcordon.interfaces.cli.sections import SectionedGroup

README = Path(__file__).parents[2] / "README.md"
_CALL = re.compile(r"^(?:.*\| )?netcordon (.+?)(?: +# .*)?$")


def groups(group: click.Group, path: str = "netcordon") -> Iterator[tuple[str, click.Group]]:
    yield path, group
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from groups(command, f"{path} {name}")


def calls() -> list[str]:
    blocks = re.findall(r"^```\n(.*?)^```", README.read_text("utf-8"), re.M | re.S)
    lines = [line for block in blocks for line in block.splitlines()]
    return [found[1] for line in lines if (found := _CALL.match(line))]


def test_help_shows_every_command_once_and_in_a_section() -> None:
    sectioned = [(path, g) for path, g in groups(cli) if isinstance(g, SectionedGroup)]
    assert {path for path, _ in sectioned} >= {
        "netcordon", "netcordon case", "netcordon contain"
    }  # fmt: skip
    for path, group in sectioned:
        context = click.Context(group)
        found = {n: group.get_command(context, n) for n in group.list_commands(context)}
        shown = [name for names in group.sections.values() for name in names]
        assert sorted(shown) == sorted(n for n, c in found.items() if c and not c.hidden), path
        assert all(group.about(context, name) for name in shown), path
        assert all(name in found for name in shown), path


@pytest.mark.parametrize("line", calls())
def test_the_program_understands_what_the_readme_types(line: str) -> None:
    words = shlex.split(line.partition(" > ")[0])
    command: click.Command = cli
    while isinstance(command, click.Group):
        found = command.get_command(click.Context(command), words[0])
        assert found is not None, words[0]
        command, words = found, words[1:]
    # Values are not looked at: files and findings of an example are not here.
    _, left, _ = command.make_parser(click.Context(command)).parse_args(words)
    assert not left


def test_the_readme_shows_every_group_and_what_is_asked_most() -> None:
    shown = {shlex.split(line)[0] for line in calls()}
    assert shown >= set(cli.list_commands(click.Context(cli))) - {"plugins", "phases"}
