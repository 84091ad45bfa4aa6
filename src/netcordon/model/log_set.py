"""Logs that one kind of sensor wrote in many files, seen as one piece of evidence.

Zeek writes a file for each protocol and hour, and a flow's rows stand in several of them. Joined
by evidence and flow they would never meet. So queries see such logs under one name, and in each row
the place of its file among them beside the number of its line; what goes out to people names the
file.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

LINE_BITS = 40
"""Bits for the number of a line; above them stands the number of the file, from 1."""

_LINES = (1 << LINE_BITS) - 1


class LogSet(str):
    """The name under which logs are seen as one, with the pieces of evidence behind it."""

    __slots__ = ("members",)
    members: tuple[str, ...]

    def __new__(cls, name: str, members: Sequence[str]) -> LogSet:
        """A name that knows its members; the first is file number 1."""
        made = super().__new__(cls, name)
        made.members = tuple(members)
        return made


def places(evidence_id: object, frames: Iterable[int]) -> dict[str, list[int]]:
    """Piece of evidence -> frames or lines in it, for what a query calls ``evidence_id``."""
    if not isinstance(evidence_id, LogSet):
        return {str(evidence_id): list(frames)}
    found: dict[str, list[int]] = {}
    for frame in frames:
        member = evidence_id.members[(frame >> LINE_BITS) - 1]
        found.setdefault(member, []).append(frame & _LINES)
    return found


def line_of(frame: int) -> int:
    """The number of the frame or line, as people count."""
    return frame & _LINES


def as_seen(number: int, lines: Iterable[int]) -> list[int]:
    """Lines of file ``number`` as queries see them."""
    return [(number << LINE_BITS) + line for line in lines]
