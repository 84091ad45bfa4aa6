"""Data sets that came before their template, kept within bounds until it comes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from netcordon.ingest.capture.exports.records import HEAD, SET

Array = NDArray[Any]
MOST_BYTES = 8 << 20
"""Of all exporters; templates come every few minutes at most."""


@dataclass(frozen=True)
class Late:
    """Sets of one template.

    Attributes:
        block: their bytes.
        heads: headers of their datagrams, one a set.
        sets: where they stand in the block.
        frames: of the datagrams.
    """

    block: Array
    heads: Array
    sets: Array
    frames: Array

    def contents(self) -> Iterator[bytes]:
        """The content of each set."""
        for one in self.sets:
            yield self.block[one["offset"] : one["offset"] + one["length"]].tobytes()


class LateSets:
    """Sets that wait."""

    def __init__(self) -> None:
        self._kept: dict[tuple[int, int], list[tuple[bytes, Any, int]]] = {}
        self._bytes = 0
        self._beyond: Counter[int] = Counter()

    def keep(self, exporter: int, set_id: int, content: bytes, head: Any, frame: int) -> None:
        """Keep one set; beyond the bound it is counted only."""
        if self._bytes + len(content) + HEAD.itemsize > MOST_BYTES:
            self._beyond[exporter] += 1
            return
        self._bytes += len(content) + HEAD.itemsize
        self._kept.setdefault((exporter, set_id), []).append((content, head.copy(), frame))

    def pop(self, exporter: int, set_id: int) -> Late | None:
        """What waited for a template."""
        kept = self._kept.pop((exporter, set_id), None)
        if kept is None:
            return None
        contents = [content for content, _, _ in kept]
        self._bytes -= sum(len(content) + HEAD.itemsize for content in contents)
        sets = np.zeros(len(kept), dtype=SET)
        sets["head"], sets["id"] = np.arange(len(kept)), set_id
        sets["length"] = [len(content) for content in contents]
        sets["offset"][1:] = np.cumsum(sets["length"])[:-1]
        heads = np.array([head for _, head, _ in kept], dtype=HEAD)
        frames = np.array([frame for _, _, frame in kept], dtype=np.int64)
        block = np.frombuffer(bytearray(b"".join(contents)), dtype=np.uint8)
        return Late(block, heads, sets, frames)

    def left(self) -> Counter[int]:
        """Sets by exporter that wait, or were given up."""
        found = Counter(self._beyond)
        for (exporter, _), kept in self._kept.items():
            found[exporter] += len(kept)
        return found

    @property
    def count(self) -> int:
        """All of them."""
        return self.left().total()
