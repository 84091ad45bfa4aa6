"""The shape of the checklist: phases, their lines, and the gate at the end of each."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """What exists of a line. ``done`` means its acceptance test can be run and passes."""

    DONE = "done"
    PARTIAL = "partial"
    NOT_BUILT = "not built"


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of the sheet.

    Attributes:
        id: stable identifier, e.g. ``I15b``.
        text: what the line asks for, in our words.
        status: what exists of it.
        where: modules (under ``netcordon/``) that do it; empty when nothing does.
        missing: what does not exist; empty when the line is done.
    """

    id: str
    text: str
    status: Status
    where: tuple[str, ...] = ()
    missing: str = ""


@dataclass(frozen=True)
class Condition:
    """One thing that must hold at a gate.

    Attributes:
        id: the line it belongs to, a dot and a word: ``I16.machines``.
        text: what must hold.
        fact: name of what a case knows that shows it (see ``workflow.gates``); without one only a
            person's statement does.
        supply: the command that supplies it; without one, a statement.
    """

    id: str
    text: str
    fact: str = ""
    supply: str = ""

    @property
    def line(self) -> str:
        """Id of the line of the sheet."""
        return self.id.split(".")[0]

    def command(self) -> str:
        """What to type to have it."""
        return self.supply or f'netcordon case confirm {self.id} "WHAT WAS DONE, BY WHOM"'


@dataclass(frozen=True, kw_only=True)
class Gate:
    """What must hold at one end of a phase. Going on without it needs a recorded reason.

    Attributes:
        title: the gate in one sentence.
    """

    title: str
    conditions: tuple[Condition, ...]


@dataclass(frozen=True, kw_only=True)
class Phase:
    """One phase of the sheet, or the general lines (number 0).

    Attributes:
        entry: what must hold to enter it, ``None`` where anybody may.
        gate: what must hold to leave it.
    """

    number: int
    letter: str
    title: str
    objective: str
    lines: tuple[Line, ...]
    gate: Gate | None = None
    entry: Gate | None = None

    @property
    def name(self) -> str:
        """The title as a case says it: ``lessons learned``."""
        return self.title.lower()


def done(id_: str, text: str, *where: str) -> Line:
    """A line that is done."""
    return Line(id=id_, text=text, status=Status.DONE, where=where)


def partial(id_: str, text: str, *where: str, missing: str) -> Line:
    """A line of which a part exists."""
    return Line(id=id_, text=text, status=Status.PARTIAL, where=where, missing=missing)


def not_built(id_: str, text: str, missing: str = "") -> Line:
    """A line of which nothing exists."""
    return Line(id=id_, text=text, status=Status.NOT_BUILT, missing=missing)
