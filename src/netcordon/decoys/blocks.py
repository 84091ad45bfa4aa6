"""A document as blocks: the paragraphs of a text, or the cells of a table, in reading order."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

MOST_BLOCKS = 20_000
MOST_CHARACTERS = 1 << 20
"""Of a template: a decoy is read by people."""


@dataclass(frozen=True)
class Template:
    """A document to be marked.

    Attributes:
        kind: ``prose`` (a block is a paragraph) or ``table`` (a block is a cell).
        widths: cells of each row, for tables.
        package: the bytes of a word processor's or spreadsheet's file whose layout is kept.
    """

    name: str
    kind: str
    blocks: tuple[str, ...]
    widths: tuple[int, ...] = ()
    package: bytes = b""

    def rows(self, blocks: Sequence[str]) -> list[list[str]]:
        """Cells as rows."""
        out: list[list[str]] = []
        at = 0
        for width in self.widths:
            out.append(list(blocks[at : at + width]))
            at += width
        return out


def prose(name: str, text: str) -> Template:
    """A text with one paragraph a line; ``#`` begins a heading, empty lines do nothing."""
    blocks = tuple(line.strip() for line in text.splitlines() if line.strip())
    return Template(name=name, kind="prose", blocks=blocks)


def table(name: str, text: str) -> Template:
    """A table as CSV.

    Raises:
        csv.Error: when it is none.
    """
    rows = list(csv.reader(io.StringIO(text), strict=True))
    return table_of(name, [row for row in rows if row])


def table_of(name: str, rows: Sequence[Sequence[str]], package: bytes = b"") -> Template:
    """A table from its rows."""
    return Template(
        name=name, kind="table", blocks=tuple(cell for row in rows for cell in row),
        widths=tuple(len(row) for row in rows), package=package,
    )  # fmt: skip


def heading(block: str) -> tuple[int, str]:
    """Level of a heading (0 for a paragraph) and its text."""
    level = len(block) - len(block.lstrip("#"))
    return (level, block[level:].strip()) if 0 < level <= 3 else (0, block)
