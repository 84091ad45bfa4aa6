"""Queries worth asking of any evidence, and how a saved one is read.

A question is one ``SELECT`` under a heading of comments: what it answers, and a line for each
parameter, ``-- $name = default: meaning`` (without ``=`` when it must be given).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

from netcordon.errors import UsageError

NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?\Z")
LONGEST = 100_000
"""Characters of a saved query."""

_PARAMETER = re.compile(r"--\s*\$(\w+)\s*(?:=\s*(.*?))?\s*:\s*(.*)")
_NAMED = re.compile(r"--[^\n]*|'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|\$([A-Za-z_]\w*)")

Value = str | int | float | bool | None


@dataclass(frozen=True, kw_only=True)
class Question:
    """A saved query.

    Attributes:
        doc: what it answers.
        defaults: parameter -> value when none is given.
        meanings: parameter -> what it means.
        is_shipped: it came with the program.
    """

    name: str
    sql: str
    doc: str
    defaults: Mapping[str, Value] = field(default_factory=dict)
    meanings: Mapping[str, str] = field(default_factory=dict)
    is_shipped: bool = False

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of the parameters that the query uses."""
        return tuple(dict.fromkeys(m[1] for m in _NAMED.finditer(self.sql) if m[1]))

    def bound(self, given: Mapping[str, Value]) -> dict[str, Value]:
        """Values for all parameters.

        Raises:
            UsageError: NC-305 one is missing, or there is none of that name.
        """
        known = ", ".join(f"${name}" for name in self.parameters) or "it has none"
        for name in given:
            if name not in self.parameters:
                raise _wrong(f"There is no parameter ${name}.", f"parameters: {known}")
        values = {**self.defaults, **given}
        for name in self.parameters:
            if name not in values:
                raise _wrong(f"The parameter ${name} is missing.", self.meanings.get(name, known))
        return {name: values[name] for name in self.parameters}


def question(name: str, text: str, *, is_shipped: bool = False) -> Question:
    """Read a query with its heading."""
    doc: list[str] = []
    defaults: dict[str, Value] = {}
    meanings: dict[str, str] = {}
    for line in text.strip().splitlines():
        if not line.startswith("--"):
            break
        said = _PARAMETER.match(line)
        if said is None:
            doc.append(line.lstrip("- ").strip())
            continue
        meanings[said[1]] = said[3]
        if said[2] is not None:
            defaults[said[1]] = value(said[2])
    return Question(
        name=name, sql=text.strip(), doc=" ".join(doc), defaults=defaults, meanings=meanings,
        is_shipped=is_shipped,
    )  # fmt: skip


def value(text: str) -> Value:
    """What a person typed: a number, ``true``, ``false``, ``null``, else a text, maybe quoted."""
    words: dict[str, Value] = {"true": True, "false": False, "null": None}
    if text.lower() in words:
        return words[text.lower()]
    if re.fullmatch(r"[+-]?\d{1,18}", text):
        return int(text)
    if re.fullmatch(r"[+-]?\d{1,18}\.\d{1,18}", text):
        return float(text)
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"" else text


def values(pairs: Sequence[str]) -> dict[str, Value]:
    """``name=value`` as typed.

    Raises:
        UsageError: NC-305 when one has no ``=``.
    """
    out: dict[str, Value] = {}
    for pair in pairs:
        name, equals, said = pair.partition("=")
        if not equals or not re.fullmatch(r"[A-Za-z_]\w*", name.lstrip("$")):
            raise _wrong(f"{pair!r} is no parameter.", "write --param name=value")
        out[name.lstrip("$")] = value(said)
    return out


@cache
def shipped() -> Mapping[str, Question]:
    """The questions that came with the program, by name."""
    found = sorted(
        (e for e in files("netcordon.tables.questions").iterdir() if e.name.endswith(".sql")),
        key=lambda entry: entry.name,
    )
    names = {entry.name.removesuffix(".sql"): entry.read_text("utf-8") for entry in found}
    return {name: question(name, text, is_shipped=True) for name, text in names.items()}


def _wrong(what: str, why: str) -> UsageError:
    return UsageError(
        "NC-305", what, why, "netcordon sql --list shows saved queries with their parameters"
    )
