"""Looking at a foreign document: what is wrong is said with its place, and nothing is believed."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

MOST_REMARKS = 200
MOST_BYTES = 16 << 20
_DEEPEST = 64
_SHOWN = 80
UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"


@dataclass(frozen=True, kw_only=True)
class Remark:
    """One thing that is wrong.

    Attributes:
        place: keys from the root, joined by dots: ``workflow.action--….agent``; hostile text.
        text: one sentence; hostile text.
    """

    place: str
    text: str


class _Twice(ValueError):  # noqa: N818 - it is what is wrong, not an error of ours
    pass


def parsed(text: str) -> Any:
    """The document.

    Raises:
        ValueError: it is no JSON, says a key twice, or is too large or deep to be looked at.
    """
    if len(text) > MOST_BYTES:
        raise ValueError(f"it is longer than {MOST_BYTES:,} characters")
    try:
        value = json.loads(text, object_pairs_hook=_once)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    except (json.JSONDecodeError, _Twice):
        raise
    except ValueError as error:
        raise ValueError("a number in it has thousands of digits") from error
    if _depth(value) > _DEEPEST:
        raise ValueError(f"it is nested more than {_DEEPEST} deep")
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise _Twice(f"the key {shown(key)} stands twice in one object")
        found[key] = value
    return found


def _depth(value: Any) -> int:
    deepest, waiting = 0, [(value, 1)]
    while waiting:
        each, depth = waiting.pop()
        deepest = max(deepest, depth)
        inner = each.values() if isinstance(each, dict) else each if isinstance(each, list) else ()
        waiting += [(one, depth + 1) for one in inner]
    return deepest


def shown(value: object) -> str:
    """A value of the document in a sentence, short."""
    text = value if isinstance(value, str) else json.dumps(value, default=str)
    return repr(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…")


class Inspector:
    """Collects remarks; every question answers ``None`` for what is not as it should be."""

    def __init__(self) -> None:
        self.remarks: list[Remark] = []

    def say(self, place: str, text: str) -> None:
        """Something is wrong."""
        if len(self.remarks) < MOST_REMARKS:
            self.remarks.append(Remark(place=place, text=text))

    def table(self, value: object, place: str) -> Mapping[str, Any] | None:
        """It is an object."""
        if isinstance(value, dict):
            return value
        self.say(place, f"must be an object, is {shown(value)}")
        return None

    def keys(
        self, table: Mapping[str, Any], place: str, needed: Collection[str], more: Collection[str]
    ) -> None:
        """It has what is needed and nothing that is unknown."""
        for key in needed:
            if key not in table:
                self.say(place, f"lacks {key}")
        for key in table:
            if key not in needed and key not in more:
                self.say(f"{place}.{key}" if place else key, "is no property of this object")

    def listing(self, value: object, place: str) -> Sequence[Any] | None:
        """It is a list that is not empty and says nothing twice."""
        if not isinstance(value, list):
            self.say(place, f"must be a list, is {shown(value)}")
            return None
        if not value:
            self.say(place, "is an empty list; leave it out")
        said = [json.dumps(each, sort_keys=True, default=str) for each in value]
        if len(set(said)) < len(said):
            self.say(place, "says something twice")
        return value

    def text(self, value: object, place: str) -> str | None:
        """It is a text that is not empty."""
        if isinstance(value, str) and value.strip():
            return value
        self.say(place, f"must be a text, is {shown(value)}")
        return None

    def whole(self, value: object, place: str, least: int, most: int) -> int | None:
        """It is a whole number within bounds, both included."""
        if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
            return value
        self.say(place, f"must be a whole number from {least} to {most}, is {shown(value)}")
        return None

    def one_of(self, value: object, place: str, known: Collection[str]) -> str | None:
        """It is one of some words."""
        if isinstance(value, str) and value in known:
            return value
        self.say(place, f"{shown(value)} is none of {', '.join(sorted(known))}")
        return None

    def matches(self, value: object, place: str, pattern: str, what: str) -> str | None:
        """It is a text of a form."""
        if isinstance(value, str) and re.fullmatch(pattern, value, re.A):
            return value
        self.say(place, f"{shown(value)} is no {what}")
        return None


def names(value: object, known: Collection[str]) -> bool:
    """Whether a value, which may be anything, is one of some names."""
    return isinstance(value, str) and value in known


def texts(value: object, place: str) -> Iterator[tuple[str, str]]:
    """Every text within, with its place; keys are texts too."""
    waiting = [(value, place)]
    while waiting:
        each, at = waiting.pop()
        if isinstance(each, str):
            yield at, each
        elif isinstance(each, dict):
            waiting += [(inner, f"{at}.{key}") for key, inner in each.items()]
        elif isinstance(each, list):
            waiting += [(inner, f"{at}[{n}]") for n, inner in enumerate(each)]
