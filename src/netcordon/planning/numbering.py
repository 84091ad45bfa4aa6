"""Ids of commands within a case: numbers go on from plan to plan, and the same order keeps its own.

Rules on devices and the ledger know a command by its case and id, so two plans of one case must not
call different commands alike, nor one command differently.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from netcordon.model.command import Command


class Numbering:
    """Gives ids, one after the other."""

    def __init__(self, earlier: Iterable[Command] = ()) -> None:
        """Begin behind all commands of earlier plans of the case."""
        self._known: dict[Command, str] = {}
        self._last = 0
        for command in earlier:
            self._known.setdefault(replace(command, id=""), command.id)
            self._last = max(self._last, int(command.id.removeprefix("cmd-")))

    def numbered(self, command: Command) -> Command:
        """The command with the id that it has, or the next one that is free."""
        bare = replace(command, id="")
        if bare not in self._known:
            self._last += 1
            self._known[bare] = f"cmd-{self._last}"
        return replace(command, id=self._known[bare])
