"""Lines for a terminal with a label in front of each part, wrapped to its width."""

from __future__ import annotations

import textwrap

LABEL = 12
"""Columns of the label."""


class Page:
    """Lines in the making; what is put in must be harmless already (``visible``)."""

    def __init__(self, width: int) -> None:
        self._width = max(width, 40)
        self._lines: list[str] = []

    @property
    def room(self) -> int:
        """Columns behind the label."""
        return self._width - LABEL

    def say(self, label: str, *sentences: str) -> None:
        """Sentences under each other; the label stands before the first."""
        for sentence in sentences:
            self._lines += self._wrapped(sentence, label.ljust(LABEL), " " * LABEL)
            label = ""

    def row(self, text: str) -> None:
        """A line of a list; too long a one goes on below, further in."""
        indent = " " * (LABEL + len(text) - len(text.lstrip(" ")))
        self._lines += self._wrapped(text.lstrip(" "), indent, indent + " " * 4)

    def listing(self, text: str) -> None:
        """Lines as they are, set in."""
        self._lines += [" " * LABEL + line for line in text.splitlines()]

    def gap(self) -> None:
        """An empty line."""
        self._lines.append("")

    def text(self) -> str:
        """All of it."""
        return "\n".join(line.rstrip() for line in self._lines).rstrip("\n") + "\n"

    def _wrapped(self, text: str, first: str, following: str) -> list[str]:
        return textwrap.wrap(
            text, self._width, initial_indent=first, subsequent_indent=following,
            break_on_hyphens=False,
        ) or [first]  # fmt: skip
