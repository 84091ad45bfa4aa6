"""STIX 2.1 patterns of simple comparisons, as alternatives that are each looked for whole.

``[a OR b]`` and ``[a] OR [b]`` are two alternatives; ``[a AND b]`` is one with two parts that the
same flow must show. Whatever says more (order, time, repetition, negation, order of numbers,
wildcards) is refused by name, never approximated. Grammar: STIX 2.1, section 9.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import product
from typing import NamedTuple

MOST_ALTERNATIVES = 256
"""Alternatives of one pattern."""

_DEEPEST = 32

_TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^'\\]|\\.)*')"
    r"|(?P<op>!=|<>|<=|>=|==|=|<|>|\[|\]|\(|\)|,)"
    r"|(?P<number>[+-]?\d+(?:\.\d+)?(?![\w.-]))"
    r"|(?P<word>[A-Za-z_][\w-]*(?::(?:[\w-]+|'[^']*')(?:\.(?:[\w-]+|'[^']*')|\[[\w*]+\])*)?))"
)  # fmt: skip
_RICHER = {
    "FOLLOWEDBY": "an order of events", "WITHIN": "a span of time", "REPEATS": "a repetition",
    "START": "a span of time", "STOP": "a span of time", "NOT": "a negation",
    "LIKE": "a wildcard", "MATCHES": "a regular expression", "ISSUPERSET": "a set of networks",
    "EXISTS": "the mere presence of a property",
}  # fmt: skip


class RicherPatternError(ValueError):
    """A pattern says more than simple comparisons, or is damaged."""


class Comparison(NamedTuple):
    """``path = value``, or with ``is_subset`` that a network holds the address."""

    path: str
    value: str
    is_subset: bool = False


Alternatives = list[tuple[Comparison, ...]]


def alternatives(pattern: str) -> Alternatives:
    """Each alternative with the comparisons that must all hold in one observation.

    Raises:
        RicherPatternError: with what cannot be looked for.
    """
    parser = _Parser(_tokens(pattern))
    found = parser.observations()
    parser.end()
    return found


class _Token(NamedTuple):
    kind: str
    text: str


def _tokens(pattern: str) -> list[_Token]:
    out: list[_Token] = []
    place = 0
    text = pattern.rstrip()
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None or match.lastgroup is None:
            raise RicherPatternError(f"not understood at character {place + 1}")
        out.append(_Token(match.lastgroup, match[match.lastgroup]))
        place = match.end()
    return out


class _Parser:
    """Recursive descent; OR binds weaker than AND."""

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._place = 0
        self._depth = 0

    def observations(self) -> Alternatives:
        found = self._observation()
        while self._word("OR"):
            found = _limited(found + self._observation())
        if self._peek().text.upper() == "AND":
            raise RicherPatternError("it asks for two observations together")
        self._richer()
        return found

    def end(self) -> None:
        self._richer()
        if self._place < len(self._tokens):
            raise RicherPatternError(f"{self._peek().text!r} is not understood there")

    def _observation(self) -> Alternatives:
        if self._sign("("):
            found = self._nested(self.observations)
            self._expect(")")
        else:
            self._expect("[")
            found = self._either()
            self._expect("]")
        self._richer()
        return found

    def _either(self) -> Alternatives:
        found = self._together()
        while self._word("OR"):
            found = _limited(found + self._together())
        return found

    def _together(self) -> Alternatives:
        found = self._test()
        while self._word("AND"):
            other = self._test()
            if len(found) * len(other) > MOST_ALTERNATIVES:
                raise RicherPatternError(f"it has more than {MOST_ALTERNATIVES} alternatives")
            found = [(*a, *b) for a, b in product(found, other)]
        return found

    def _test(self) -> Alternatives:
        if self._sign("("):
            found = self._nested(self._either)
            self._expect(")")
            return found
        self._richer()
        path = self._next()
        if path.kind != "word" or ":" not in path.text:
            raise RicherPatternError(f"{path.text!r} is no property of an object")
        self._richer()
        operator = self._next()
        if operator.text in ("=", "=="):
            return [(Comparison(path.text, self._literal()),)]
        if operator.text.upper() == "ISSUBSET":
            return [(Comparison(path.text, self._literal(), is_subset=True),)]
        if operator.text.upper() == "IN":
            return self._set(path.text)
        raise RicherPatternError(f"it compares with {operator.text!r}")

    def _set(self, path: str) -> Alternatives:
        self._expect("(")
        values = [self._literal()]
        while self._sign(","):
            values.append(self._literal())
        self._expect(")")
        return _limited([(Comparison(path, value),) for value in values])

    def _literal(self) -> str:
        token = self._next()
        if token.kind == "text":
            return re.sub(r"\\(.)", r"\1", token.text[1:-1], flags=re.DOTALL)
        if token.kind == "number":
            return token.text
        raise RicherPatternError(f"{token.text!r} is no simple value")

    def _nested(self, read: Callable[[], Alternatives]) -> Alternatives:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise RicherPatternError(f"it is nested deeper than {_DEEPEST}")
        found = read()
        self._depth -= 1
        return found

    def _richer(self) -> None:
        word = self._peek()
        if word.kind == "word" and word.text.upper() in _RICHER:
            raise RicherPatternError(f"it asks for {_RICHER[word.text.upper()]} ({word.text})")

    def _peek(self) -> _Token:
        at_end = self._place >= len(self._tokens)
        return _Token("end", "the end") if at_end else self._tokens[self._place]

    def _next(self) -> _Token:
        token = self._peek()
        self._place += 1
        return token

    def _word(self, word: str) -> bool:
        token = self._peek()
        found = token.kind == "word" and token.text.upper() == word
        self._place += found
        return found

    def _sign(self, sign: str) -> bool:
        found = self._peek() == _Token("op", sign)
        self._place += found
        return found

    def _expect(self, sign: str) -> None:
        if not self._sign(sign):
            raise RicherPatternError(f"{sign!r} is missing before {self._peek().text!r}")


def _limited(found: Alternatives) -> Alternatives:
    if len(found) > MOST_ALTERNATIVES:
        raise RicherPatternError(f"it has more than {MOST_ALTERNATIVES} alternatives")
    return found
