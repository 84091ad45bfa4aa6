"""Lines of one fixed build, cut into fields by the column."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from netcordon.ingest.text import template_kernels
from netcordon.ingest.text.cells import Cells

Mask = NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class Field:
    """A field of a line.

    Attributes:
        name: of the field.
        until: what stands behind it; empty for the end of the line.
        most: octets that it may have.
        least: octets that it must have.
        may_end: the line may end with it.
        is_padded: spaces may stand before it.
        like: its whole text; asked once a text, so for fields of few different ones.
    """

    name: str
    until: str
    most: int
    least: int = 1
    may_end: bool = False
    is_padded: bool = False
    like: re.Pattern[str] | None = None


@dataclass(frozen=True)
class Lines:
    """Lines of a block, as places in its bytes.

    Attributes:
        data: of the block, uint8.
        begins: of the lines, int64.
        finishes: of the lines.
        numbers: of the lines in the log.
    """

    data: NDArray[np.uint8]
    begins: NDArray[np.int64]
    finishes: NDArray[np.int64]
    numbers: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.numbers)

    def at(self, chosen: Mask | NDArray[np.int64]) -> Lines:
        """Some of the lines."""
        found = (self.begins[chosen], self.finishes[chosen], self.numbers[chosen])
        return Lines(self.data, *found)


@dataclass(frozen=True)
class Template:
    """How lines are built: one field after the other."""

    fields: Sequence[Field]

    @cached_property
    def _signs(self) -> tuple[NDArray[np.uint8], NDArray[np.int32]]:
        texts = [field.until.encode() for field in self.fields]
        places = np.cumsum([0, *map(len, texts)], dtype=np.int32)
        return np.frombuffer(b"".join(texts) + b"\n", dtype=np.uint8), places

    def cut(self, lines: Lines) -> tuple[dict[str, Cells], Mask]:
        """The fields by name, and which lines are built so; fields of others are of no use."""
        starts = np.zeros((len(self.fields), len(lines)), dtype=np.int32)
        ends = np.full_like(starts, -1)
        fine = np.empty(len(lines), dtype=np.bool_)
        signs, places = self._signs
        template_kernels.cut(
            lines.data, lines.begins, lines.finishes, signs, places,
            np.array([field.least for field in self.fields], dtype=np.int32),
            np.array([field.most for field in self.fields], dtype=np.int32),
            np.array([field.may_end for field in self.fields]),
            np.array([field.is_padded for field in self.fields]),
            starts, ends, fine,
        )  # fmt: skip
        ends[:, ~fine] = -1
        found = {}
        for place, field in enumerate(self.fields):
            cells = Cells(lines.data, starts[place], ends[place])
            found[field.name] = cells
            if field.like is not None:
                fine &= cells.matching(field.like)
        return found, fine
