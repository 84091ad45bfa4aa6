"""The first lines of a log as fields and their values, whatever way they are written."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from netcordon.ingest.messages.pairs import pairs
from netcordon.ingest.text.head import first_objects
from netcordon.model.log_mapping import LineFormat

MOST_LINES = 400
_MOST_FIELDS, _DEEPEST, _LONGEST = 400, 6, 400
_DELIMITERS = (",", ";", "\t", "|")
_BARE_VALUE = re.compile(r"^-?[0-9.:]+$")


@dataclass(frozen=True, kw_only=True)
class Sample:
    """What the first lines look like.

    Attributes:
        format: of lines.
        delimiter: of CSV.
        names: of fields of CSV whose first line does not name them.
        comment: what remarks begin with; empty for none.
        fields: keys that lead to a field -> its values, as text, of the lines that have it.
        lines: that were looked at.
    """

    format: LineFormat
    fields: Mapping[tuple[str, ...], Sequence[str]]
    lines: int
    delimiter: str = ","
    names: tuple[str, ...] = ()
    comment: str = ""


def sampled(head: bytes) -> Sample | None:
    """A sample of the first bytes; ``None`` where no format fits.

    Args:
        head: up to a few hundred KiB; a last line that is cut off is left out by the caller.
    """
    text = head.decode("utf-8-sig", "replace")
    lines = [line for line in text.splitlines() if line.strip()][:MOST_LINES]
    comment = "#" if lines and lines[0].startswith("#") else ""
    lines = [line for line in lines if not comment or not line.startswith("#")]
    if not lines:
        return None
    return _json(lines) or _table(lines, comment) or _pairs(lines)


def _json(lines: Sequence[str]) -> Sample | None:
    head = "\n".join(lines).encode("utf-8", "replace")
    if not first_objects(head[: 64 << 10]):
        return None
    fields: dict[tuple[str, ...], list[str]] = {}
    for line in lines:
        try:
            said = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(said, dict):
            for path, value in _leaves(said, ()):
                if path in fields or len(fields) < _MOST_FIELDS:
                    fields.setdefault(path, []).append(value[:_LONGEST])
    return Sample(format=LineFormat.JSON, fields=fields, lines=len(lines)) if fields else None


def _leaves(
    node: Mapping[str, object], path: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], str]]:
    for key, value in list(node.items())[:_MOST_FIELDS]:
        here = (*path, str(key))
        if isinstance(value, dict) and len(here) < _DEEPEST:
            yield from _leaves(value, here)
        elif isinstance(value, bool):
            yield here, "true" if value else "false"
        elif isinstance(value, str | int | float):
            yield here, str(value)


def _table(lines: Sequence[str], comment: str) -> Sample | None:
    counts = {d: Counter(_cells(line, d) for line in lines) for d in _DELIMITERS}
    wide = {d: max(c.items(), key=lambda pair: (pair[1], pair[0])) for d, c in counts.items()}
    delimiter = max(_DELIMITERS, key=lambda d: (wide[d][0] > 2, wide[d][1], wide[d][0]))
    width, agreeing = wide[delimiter]
    if width < 3 or agreeing * 10 < len(lines) * 8:
        return None
    rows = [row for line in lines if len(row := _row(line, delimiter)) == width]
    is_named = _is_heading(rows)
    heading = rows[0] if is_named else [f"field{n}" for n in range(1, width + 1)]
    names = tuple(cell.strip() for cell in heading)
    fields: dict[tuple[str, ...], list[str]] = {}
    for place, name in enumerate(names[:_MOST_FIELDS]):
        fields.setdefault((name,), [row[place][:_LONGEST] for row in rows[is_named:]])
    return Sample(
        format=LineFormat.CSV, fields=fields, lines=len(lines), delimiter=delimiter,
        names=() if is_named else names, comment=comment,
    )  # fmt: skip


def _cells(line: str, delimiter: str) -> int:
    return len(_row(line, delimiter))


def _row(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line.replace("\0", "")], delimiter=delimiter), [])
    except csv.Error:
        return []


def _is_heading(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first row names fields: it has no numbers, and no name twice."""
    first = [cell.strip() for cell in rows[0]]
    return (
        len(rows) > 1
        and len(set(first)) == len(first)
        and not any(_BARE_VALUE.match(cell) or not cell for cell in first)
    )


def _pairs(lines: Sequence[str]) -> Sample | None:
    fields: dict[tuple[str, ...], list[str]] = {}
    told = 0
    for line in lines:
        said = pairs(line)
        told += len(said) >= 3
        for key, value in list(said.items())[:_MOST_FIELDS]:
            if (key,) in fields or len(fields) < _MOST_FIELDS:
                fields.setdefault((key,), []).append(value[:_LONGEST])
    if told * 2 < len(lines):
        return None
    return Sample(format=LineFormat.PAIRS, fields=fields, lines=len(lines))
