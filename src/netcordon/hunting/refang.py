"""Defanged indicators made whole again: ``hxxps[:]//evil[.]example`` as a machine reads it."""

from __future__ import annotations

import re

_OPEN, _CLOSE = r"\s*[\[({<]\s*", r"\s*[\])}>]\s*"
_RULES = (
    (re.compile(rf"{_OPEN}(?:\.|dot|punkt|point){_CLOSE}", re.IGNORECASE), "."),
    (re.compile(rf"{_OPEN}(?:@|at){_CLOSE}", re.IGNORECASE), "@"),
    (re.compile(rf"{_OPEN}(:?//?|::?){_CLOSE}"), r"\1"),
    (re.compile(r"\[\.|\.\]|\\\.|[。．｡]"), "."),
    (re.compile(r"^\s*h(?:xx|XX|\*\*|__|tt)p(s?)(?:\[(s)\])?(?=\s*:)", re.IGNORECASE), r"http\1\2"),
    (re.compile(r"^\s*(?:fxp|f\*p)(s?)(?=\s*:)", re.IGNORECASE), r"ftp\1"),
    (re.compile(r"^\s*meow(?=://)", re.IGNORECASE), "http"),
)
_SPELT = ((re.compile(r"\s+(?:dot)\s+", re.IGNORECASE), "."),
          (re.compile(r"\s+(?:at)\s+", re.IGNORECASE), "@"))  # fmt: skip
_AROUND = " \t\r\n\"'`,;“”‘’"


_PLAIN = re.compile(r"[A-Za-z0-9.:/_?=&%+-]*\Z")
_TAMED = re.compile(r"h(?:xx|__)p|fxp|meow", re.IGNORECASE)


def refanged(text: str) -> str:
    """The text without the brackets and spellings that keep people from clicking.

    Words such as `` dot `` between spaces are only read as signs when nothing else of the text has
    a space, for sentences are no indicators.
    """
    out = text.strip(_AROUND)
    if _PLAIN.match(out) and not _TAMED.match(out):
        return out
    for rule, replacement in _RULES:
        out = rule.sub(replacement, out)
    spelt = out
    for rule, replacement in _SPELT:
        spelt = rule.sub(replacement, spelt)
    if not re.search(r"\s", spelt):
        out = spelt
    return out.removeprefix("<").removesuffix(">").rstrip(",;")
