"""Hostile text made harmless: the one place where it happens, for every renderer.

Every string from traffic is written by the attacker. Nothing is dropped: what a reader could not
see, or what would act on the reader's program, is shown as an escape such as ``⟨U+202E⟩``
(RIGHT-TO-LEFT OVERRIDE, CVE-2021-42574). The bracket itself is escaped as well, so an escape in a
report is never something the attacker typed.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import groupby

MAX_TEXT = 400
"""Characters of one string shown in running text; the whole is in report.json."""

_MARKS_IN_A_ROW = 4
"""Combining marks believed on one character; scripts in use need at most three."""

_HIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_BLANK_LETTERS = frozenset("\u115f\u1160\u3164\uffa0\u2800\u034f\u17b4\u17b5")
"""Letters by category that show nothing: Hangul fillers, the blank Braille cell and their like."""

_PLAIN = re.compile(r"[ -~]*\Z")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "＝", "＋", "－", "＠")
_MARKDOWN = re.compile(r"([\\`*_{}\[\]#|~@$])")
_MARKDOWN_BULLET = re.compile(r"^(\s*)([-+=:])")
_MARKDOWN_NUMBER = re.compile(r"^(\s*\d+)([.)])(?=\s|$)")
_SCHEME = re.compile(r"(?i)\b(?:(h)tt(ps?)|(f)t(p))(?=:)")


@lru_cache(maxsize=4096)
def _is_hidden(char: str) -> bool:
    """Whether the character shows nothing, moves others, or is this module's own bracket."""
    if char in "⟨⟩" or char in _BLANK_LETTERS:
        return True
    category = unicodedata.category(char)
    return category in _HIDDEN_CATEGORIES or (category == "Zs" and char != " ")


def visible(text: str, *, limit: int | None = MAX_TEXT, lines: bool = False) -> str:
    """The text with everything that cannot be seen spelt out.

    Args:
        text: anything, lone surrogates included.
        limit: characters to show, escapes counted as they are shown; what is left out becomes ``…``
            and the full length in words. ``None`` shows all.
        lines: keep line feeds and tabs (for listings) instead of spelling them out.
    """
    if _PLAIN.match(text, 0, limit if limit is not None else len(text)):
        if limit is None or len(text) <= limit:
            return text
        return f"{text[:limit]}… ({len(text):,} characters)"
    room = sys.maxsize if limit is None else limit
    out: list[str] = []
    for piece in _pieces(text, "\n\t" if lines else ""):
        room -= len(piece)
        if room < 0:
            return f"{''.join(out)}… ({len(text):,} characters)"
        out.append(piece)
    return "".join(out)


def _pieces(text: str, kept: str) -> Iterator[str]:
    """Characters as they are shown; a run of one hidden character is one piece with a count."""
    marks = 0
    for char, run in groupby(text):
        if char in kept:
            yield from run
            continue
        is_mark = unicodedata.category(char) in ("Mn", "Me")
        if not is_mark and not _is_hidden(char):
            marks = 0
            yield from run
            continue
        count = sum(1 for _ in run)
        if is_mark and not _is_hidden(char):
            believed = max(min(count, _MARKS_IN_A_ROW - marks), 0)
            marks += believed
            yield char * believed
            count -= believed
        if count:
            yield f"⟨U+{ord(char):04X}⟩" if count == 1 else f"⟨U+{ord(char):04X} ×{count:,}⟩"


def _tame_scheme(text: str) -> str:
    return _SCHEME.sub(lambda m: f"{m[1]}xx{m[2]}" if m[1] else f"{m[3]}x{m[4]}", text)


def defanged(value: str) -> str:
    """An indicator nobody visits by accident: ``hxxps[:]//evil[.]example``.

    Every scheme loses its middle, every dot of a name or address is bracketed, and the last colon
    of an IPv6 address. The text is as hostile as before and still has to be made visible.
    """
    text = _tame_scheme(value).replace("://", "[:]//").replace("@", "[@]")
    if "." in text:
        return text.replace(".", "[.]")
    return "[:]".join(text.rsplit(":", 1)) if text.count(":") > 1 and "//" not in text else text


def csv_cell(value: str) -> str:
    """A cell no spreadsheet takes for a formula (OWASP, "CSV Injection"), whole and visible."""
    text = visible(value, limit=None)
    return f"'{text}" if value.lstrip(" ").startswith(_FORMULA_STARTS) else text


def markdown_text(value: str, *, limit: int | None = MAX_TEXT) -> str:
    """Text inert in Markdown (CommonMark and GitHub's dialect): no mark-up, HTML, or live links."""
    text = _tame_scheme(visible(value, limit=limit))
    text = re.sub(r"(?i)\bwww\.", "www[.]", text)
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    text = _MARKDOWN.sub(r"\\\1", text)
    return _MARKDOWN_NUMBER.sub(r"\1\\\2", _MARKDOWN_BULLET.sub(r"\1\\\2", text))


def markdown_code(value: str, *, limit: int | None = MAX_TEXT, in_table: bool = False) -> str:
    """A code span that its content cannot close, nor, in a table, end the cell."""
    text = visible(value, limit=limit)
    if in_table:
        text = text.replace("|", "\\|")
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if text.startswith("`") or text.endswith("`") or not text else ""
    return f"{fence}{pad}{text}{pad}{fence}"
