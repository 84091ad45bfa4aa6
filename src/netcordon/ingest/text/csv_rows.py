"""Rows of a table with a header as objects: events that a portal or a person exported as CSV.

A cell may go on over lines (RFC 4180). Names with dots are members of objects within, as JSON has
them; spaces in names are underscores. The header is a blank line to whoever counts.
"""

from __future__ import annotations

import codecs
import csv
import json
import re
from collections.abc import Iterator, Sequence

from netcordon.ingest.text.blocks import MOST_LINE_BYTES
from netcordon.ingest.text.head import PEEK_BYTES
from netcordon.model.parser import ByteSource

_PIECE = 1 << 20
_MOST_COLUMNS = 1024
_FEWEST_COLUMNS = 4
_SEPARATORS = (",", ";", "\t")
_NAME = re.compile(r"[A-Za-z_@][\w@.$ ()/:-]{0,127}$")
_DEEPEST = 8


def header(head: bytes) -> tuple[list[str], str] | None:
    """Names of the columns and what separates them, where this is a table with a header.

    Every name is a word that no other column has, and the next row has as many cells.
    """
    if head[:1] in (b"{", b"[", b"<", b"#", b"") or b"\0" in head[:1024]:
        return None
    text = head.removeprefix(codecs.BOM_UTF8).decode(errors="replace")
    lines = text.splitlines(keepends=True)
    if len(head) >= PEEK_BYTES:
        lines = lines[:-1]
    if len(lines) < 2 or len(lines[0]) > PEEK_BYTES // 2:
        return None
    separator = max(_SEPARATORS, key=lines[0].count)
    try:
        rows = csv.reader(lines, delimiter=separator)
        names, first = next(rows), next(rows)
    except (csv.Error, StopIteration):
        return None
    fine = _FEWEST_COLUMNS <= len(names) <= _MOST_COLUMNS and len(first) == len(names)
    known = {name.strip().lower() for name in names}
    if not fine or len(known) != len(names) or not all(_NAME.match(n.strip()) for n in names):
        return None
    return [name.strip() for name in names], separator


def first_rows(head: bytes, most: int) -> list[bytes]:
    """The first rows as JSON; none where this is no table."""
    found = header(head)
    if found is None:
        return []
    lines = head.decode(errors="replace").splitlines(keepends=True)
    if len(head) >= PEEK_BYTES:
        lines = lines[:-1]
    made = []
    for row in _rows(iter(lines[1:]), *found):
        made.append(row)
        if len(made) == most:
            break
    return made


def rows(source: ByteSource, head: bytes) -> Iterator[bytes]:
    """A line of JSON for each row, after a blank one for the header."""
    found = header(head)
    assert found is not None, "asked for where there is a header"
    lines = _lines(source)
    next(lines, None)
    yield b"\n"
    for row in _rows(lines, *found):
        yield row + b"\n"


def _rows(lines: Iterator[str], names: Sequence[str], separator: str) -> Iterator[bytes]:
    reader = csv.reader(lines, delimiter=separator)
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:  # a cell beyond all bounds
            yield b"a cell that is too long"
            reader = csv.reader(lines, delimiter=separator)
            continue
        if not cells:
            yield b""
        elif len(cells) != len(names):
            yield separator.join(cells)[:512].encode(errors="replace").replace(b"\n", b" ")
        else:
            yield json.dumps(_object(names, cells)).encode()


def _object(names: Sequence[str], cells: Sequence[str]) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, cell in zip(names, cells, strict=True):
        if cell:
            _put(found, name.replace(" ", "_"), cell)
    return found


def _put(found: dict[str, object], name: str, cell: str) -> None:
    *above, last = name.split(".", _DEEPEST)
    node = found
    for part in above:
        inner = node.setdefault(part, {})
        if not isinstance(inner, dict):  # ``a`` and ``a.b`` are both columns
            found.setdefault(name, cell)
            return
        node = inner
    node.setdefault(last, cell)


def _lines(source: ByteSource) -> Iterator[str]:
    """Lines with their ends; one that is too long is given out in parts, which no row fits."""
    decoder = codecs.getincrementaldecoder("utf-8-sig")("replace")
    room, kept, is_last = memoryview(bytearray(_PIECE)), "", False
    while not is_last:
        count = source.readinto(room)
        is_last = not count
        kept += decoder.decode(bytes(room[:count]), final=is_last)
        *whole, kept = kept.split("\n")
        for line in whole:
            yield line + "\n"
        if len(kept) > MOST_LINE_BYTES:
            yield kept
            kept = ""
    if kept:
        yield kept
