r"""Fields of an object by their paths, however the product or what carried it nests them.

A path is names between dots. Names are compared without case. ``a.b`` finds ``{"a": {"b": 1}}``,
``{"a.b": 1}``, the first of ``{"a": [{"b": 1}, ...]}`` that says something, and what stands in
``{"a": "{\"b\": 1}"}``, JSON within a string. ``a[n]`` finds ``{"a": {"n": 1}}`` and the pair
``{"a": [{"name": "n", "value": 1}]}``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from netcordon.ingest.text.head import json_object

_STEP = re.compile(r"([^.\[\]]+)(?:\[([^\]]*)\])?")
_NOTHING = frozenset(("", "-", "null", "<null>", "none", "n/a", "(null)", "undefined"))
_NAMES = ("name", "key", "type", "label")
_VALUES = ("value", "intvalue", "boolvalue", "multivalue", "multiintvalue", "string_value")
_MOST_ITEMS = 32
"""Items of a list that are looked at."""
_MOST_TEXT = 1 << 16
"""Letters of a string that may hold JSON."""
MOST_LETTERS = 8192
"""Letters of a text that are kept."""

_DEEPEST = 24
"""Objects within objects that are looked into."""

Way = tuple[int, str, str | None]
"""The step after, the name, and the name of a pair within."""


class Record:
    """An object of JSON.

    Args:
        value: as ``json`` reads it, hostile.
        around: the record that it is part of, asked for what it lacks.
    """

    def __init__(self, value: Mapping[str, object], around: Record | None = None) -> None:
        self._value = value
        self._around = around
        self._folded: dict[int, dict[str, object]] = {}
        self._opened: dict[str, dict[str, object] | None] = {}
        self._holds_json = False
        self._places: dict[str, object] = {}
        self._place(value, "", 0)

    def find(self, path: str) -> object:
        """What stands at a path, or ``None``."""
        found = self._places.get(path.lower())
        if found is None and ("[" in path or (self._holds_json and "." in path)):
            found = self._within(self._value, _ways(path), 0)
        return self._around.find(path) if found is None and self._around else found

    def has(self, *paths: str) -> bool:
        """Whether all of these paths hold something."""
        return all(self.find(path) is not None for path in paths)

    def text(self, *paths: str) -> str | None:
        """The first of these paths that says something, as text."""
        for path in paths:
            found = as_text(self.find(path))
            if found is not None:
                return found
        return None

    def lower(self, *paths: str) -> str:
        """The same in lower case; empty where nothing is said."""
        return (self.text(*paths) or "").lower()

    def texts(self, *paths: str) -> list[str]:
        """A list of texts; of a text the parts between commas or semicolons."""
        for path in paths:
            found = self.find(path)
            if isinstance(found, list):
                return [text for item in found[:_MOST_ITEMS] if (text := as_text(item))]
            if (text := as_text(found)) is not None:
                return [part.strip() for part in re.split("[,;]", text) if part.strip()]
        return []

    def parts(self, path: str) -> Iterator[Record]:
        """The objects of a list as records of their own, which know what is around them."""
        found = self.find(path)
        for item in found[:_MOST_ITEMS] if isinstance(found, list) else ():
            if isinstance(item, Mapping):
                yield Record(item, self)

    def _place(self, node: Mapping[str, object], above: str, depth: int) -> None:
        """Note where everything stands: a record is asked for dozens of paths."""
        for name, value in node.items():
            if value is None:
                continue
            path = above + name.lower()
            self._places.setdefault(path, value)
            kind = type(value)
            if kind is str:
                self._holds_json = self._holds_json or value[:1] == "{"  # type: ignore[index]
            elif isinstance(value, Mapping):
                if depth < _DEEPEST:
                    self._place(value, path + ".", depth + 1)
            elif isinstance(value, list) and depth < _DEEPEST:
                for item in value[:_MOST_ITEMS]:
                    if isinstance(item, Mapping):
                        self._place(item, path + ".", depth + 1)

    def _within(self, node: object, ways: tuple[tuple[Way, ...], ...], at: int) -> object:
        if at == len(ways):
            return node
        if isinstance(node, str):
            node = self._open(node)
        if isinstance(node, list):
            for item in node[:_MOST_ITEMS]:
                if isinstance(item, Mapping | list):
                    found = self._within(item, ways, at)
                    if found is not None:
                        return found
            return None
        if not isinstance(node, Mapping):
            return None
        members = self._members(node)
        for end, name, key in ways[at]:
            found = members.get(name)
            if found is not None and key is not None:
                found = self._pair(found, key)
            if found is not None:
                found = self._within(found, ways, end)
            if found is not None:
                return found
        return None

    def _members(self, node: Mapping[str, object]) -> dict[str, object]:
        known = self._folded.get(id(node))
        if known is None:
            known = {str(name).lower(): value for name, value in node.items()}
            self._folded[id(node)] = known
        return known

    def _open(self, text: str) -> dict[str, object] | None:
        if not text.startswith("{") or len(text) > _MOST_TEXT:
            return None
        if text not in self._opened:
            self._opened[text] = json_object(text.encode(errors="replace"))
        return self._opened[text]

    def _pair(self, node: object, key: str) -> object:
        if isinstance(node, str):
            node = self._open(node)
        if isinstance(node, Mapping):
            return self._members(node).get(key)
        for item in node[: 4 * _MOST_ITEMS] if isinstance(node, list) else ():
            if isinstance(item, Mapping):
                pair = self._members(item)
                if any(str(pair.get(name, "")).lower() == key for name in _NAMES):
                    values = (pair[name] for name in _VALUES if pair.get(name) is not None)
                    return next(values, None)
        return None


def as_text(value: object) -> str | None:
    """A value as text; of a list its first; ``None`` for objects and for words for nothing."""
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value) if abs(value) < 1 << 63 else None
    if isinstance(value, float):
        if not math.isfinite(value):
            return None
        return str(int(value)) if value.is_integer() and abs(value) < 1 << 63 else repr(value)
    if not isinstance(value, str):
        return None
    text = value[:MOST_LETTERS].strip()
    # Half of a surrogate pair is no text.
    return None if text.lower() in _NOTHING else text.encode(errors="replace").decode()


@lru_cache(4096)
def _ways(path: str) -> tuple[tuple[Way, ...], ...]:
    """For each step, what may be asked for there: longer names with dots before shorter ones."""
    steps = [(name, key or None) for name, key in _STEP.findall(path.lower())]
    return tuple(
        tuple(
            (end, ".".join(name for name, _ in steps[at:end]), steps[end - 1][1])
            for end in range(len(steps), at, -1)
        )
        for at in range(len(steps))
    )
