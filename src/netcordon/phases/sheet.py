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


@dataclass(frozen=True, kw_only=True)
class Gate:
    """What must hold before a phase is left. Going on without it needs a recorded reason.

    Attributes:
        title: the gate in one sentence.
        conditions: id of the line that a condition belongs to -> the condition.
    """

    title: str
    conditions: tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class Phase:
    """One phase of the sheet, or the general lines (number 0)."""

    number: int
    letter: str
    title: str
    objective: str
    lines: tuple[Line, ...]
    gate: Gate | None = None


def done(id_: str, text: str, *where: str) -> Line:
    """A line that is done."""
    return Line(id=id_, text=text, status=Status.DONE, where=where)


def partial(id_: str, text: str, *where: str, missing: str) -> Line:
    """A line of which a part exists."""
    return Line(id=id_, text=text, status=Status.PARTIAL, where=where, missing=missing)


def not_built(id_: str, text: str, missing: str = "") -> Line:
    """A line of which nothing exists."""
    return Line(id=id_, text=text, status=Status.NOT_BUILT, missing=missing)
