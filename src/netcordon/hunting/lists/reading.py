"""A list of indicators from bytes: its format recognised by content, its size bounded."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from netcordon.errors import UsageError
from netcordon.hunting.lists.markings import strictest
from netcordon.hunting.lists.misp import is_misp, read_misp
from netcordon.hunting.lists.plain import Entry, entry, read_text
from netcordon.hunting.lists.stix import is_stix, read_stix
from netcordon.model.hunt import HuntList, LeftOut, Wanted, WantedType

MOST_BYTES = 64 << 20
"""Size of one list."""

MOST_WANTED = 200_000
"""Indicators of one hunt."""


def read_list(
    content: bytes, name: str, *, forced: WantedType | None = None, with_context: bool = False
) -> HuntList:
    """Read a list of any format.

    Args:
        content: its bytes.
        name: of the file, to be shown.
        forced: the type of all entries of a text; STIX and MISP say their own.
        with_context: also what the list gives as context only (MISP without ``to_ids``).

    Raises:
        UsageError: NC-402 it is damaged, NC-403 it is too large.
    """
    if len(content) > MOST_BYTES:
        raise too_large(name, f"it has more than {MOST_BYTES >> 20} MiB")
    text = _decoded(content, name)
    value = _json(text, name)
    tags: list[str] = []
    entries: list[Entry]
    if value is None:
        format_, entries = read_text(text, forced)
    elif is_stix(value):
        format_ = "STIX 2.1"
        entries, tags = read_stix(value)
    elif is_misp(value):
        format_ = "MISP"
        entries, tags = read_misp(value, with_context=with_context)
    elif (own := _own(value)) is not None:
        format_, entries = "JSON", [entry(text, source, forced) for text, source in own]
    else:
        raise _damaged(name, "it is JSON, but neither STIX, MISP, a report nor a list of texts")
    tlp, pap = strictest(tags)
    return _listed(name, format_, hashlib.sha256(content).hexdigest(), entries, tlp, pap)


def typed(values: Sequence[str], forced: WantedType | None) -> HuntList:
    """Indicators that a person typed.

    Raises:
        UsageError: NC-401 when one is not understood: silence on a slip of the hand would deceive.
    """
    entries = [entry(value, f"argument {n}", forced) for n, value in enumerate(values, 1)]
    for one in entries:
        if isinstance(one, LeftOut):
            raise UsageError(
                "NC-401",
                f"{one.given!r} is not understood as an indicator.",
                one.why,
                "netcordon hunt --help lists the types; force one with --type",
            )
    digest = hashlib.sha256("\n".join(values).encode("utf-8", "backslashreplace")).hexdigest()
    return _listed("arguments", "typed", digest, entries, None, None)


def merged(lists: Sequence[HuntList]) -> tuple[tuple[Wanted, ...], int]:
    """Everything wanted by several lists once, and how many repetitions there were.

    Raises:
        UsageError: NC-403 too many, NC-404 none at all.
    """
    seen: dict[tuple[object, ...], Wanted] = {}
    total = 0
    for one in lists:
        for wanted in one.wanted:
            seen.setdefault(wanted.parts, wanted)
            total += 1
    if len(seen) > MOST_WANTED:
        raise too_large(lists[0].name, f"it has {len(seen):,} indicators, not {MOST_WANTED:,}")
    if not seen:
        reasons = Counter(out.why for one in lists for out in one.left_out)
        raise UsageError(
            "NC-404",
            "There is nothing to hunt for.",
            "; ".join(f"{n:,}: {why}" for why, n in reasons.most_common(3)) or "the list is empty",
            "netcordon hunt --help lists the types that are understood",
        )
    return tuple(seen.values()), total - len(seen)


def too_large(name: str, why: str) -> UsageError:
    """The error for a list beyond the bounds."""
    return UsageError(
        "NC-403", f"The list {name!r} is too large.", why, "hunt for it in several parts"
    )


def _listed(
    name: str, format_: str, digest: str, entries: Iterable[Entry], tlp: str | None, pap: str | None
) -> HuntList:
    every = list(entries)
    return HuntList(
        name=name,
        format=format_,
        sha256=digest,
        wanted=tuple(e for e in every if isinstance(e, Wanted)),
        left_out=tuple(e for e in every if isinstance(e, LeftOut)),
        tlp=tlp,
        pap=pap,
    )


def _decoded(content: bytes, name: str) -> str:
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise _damaged(name, f"it is no text: {error.reason} at byte {error.start:,}") from error
    if "\x00" in text:
        raise _damaged(name, "it is no text: it holds NUL characters")
    return text


def _json(text: str, name: str) -> Any:
    begin = text.lstrip()[:1]
    if begin not in ("{", "["):
        return None
    try:
        return json.loads(text)
    except RecursionError as error:
        raise _damaged(name, "its JSON is nested too deep") from error
    except ValueError as error:
        if begin == "[":  # an IPv6 address in brackets begins like an array
            return None
        raise _damaged(name, f"its JSON is damaged: {error}") from error


def _own(value: Any) -> list[tuple[str, str]] | None:
    """Indicators of one of our reports, or an array of texts."""
    if isinstance(value, dict) and isinstance(value.get("indicators"), list):
        value = [i.get("value") for i in value["indicators"] if isinstance(i, dict)]
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        return None
    return [(text, f"entry {n:,}") for n, text in enumerate(value, 1)]


def _damaged(name: str, why: str) -> UsageError:
    return UsageError(
        "NC-402",
        f"The list {name!r} cannot be read.",
        why,
        "hand in plain text, CSV, STIX 2.1 or MISP JSON",
    )
