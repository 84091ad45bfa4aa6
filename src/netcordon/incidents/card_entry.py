"""How an entry of the card is put together from grouped rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from netcordon.incidents.behind import evidence_of
from netcordon.incidents.queries import Row
from netcordon.model.incident import CardEntry

NO_FLOWS = "no flow rows stand behind the findings of this incident"


def entries(
    count: int,
    rows: Sequence[Row],
    key: Callable[[Row], tuple[Any, ...]],
    value: Callable[[Sequence[Row]], Mapping[str, object] | None],
    *,
    reason: str = NO_FLOWS,
    extra: Sequence[Sequence[Mapping[str, object]]] | None = None,
) -> list[CardEntry]:
    """An entry for each incident from rows that were grouped by evidence, too.

    Args:
        count: number of incidents.
        rows: rows with ``incident``, ``evidence_id``, ``frames`` and ``total``, in order.
        key: what makes rows of several pieces of evidence one value.
        value: describes such rows (without ``evidence``, which is added), or drops them.
        reason: said of an incident without any value.
        extra: values to put first, by incident.
    """
    grouped: list[dict[tuple[Any, ...], list[Row]]] = [{} for _ in range(count)]
    for row in rows:
        grouped[row["incident"]].setdefault(key(row), []).append(row)
    out: list[CardEntry] = []
    for place, values in enumerate(grouped):
        lines: list[Mapping[str, object]] = list(extra[place]) if extra else []
        for same in values.values():
            line = value(same)
            if line is not None:
                lines.append({**line, "evidence": evidence_of(same)})
        if lines:
            out.append(CardEntry(values=tuple(lines)))
        else:
            out.append(CardEntry(not_assessed=reason))
    return out


def total(rows: Sequence[Row], column: str) -> int:
    """Sum of a column over the pieces of evidence."""
    return sum(int(row[column] or 0) for row in rows)


def span(rows: Sequence[Row]) -> dict[str, object]:
    """First and last time over the pieces of evidence."""
    return {
        "first_seen_time": min(row["first_seen_time"] for row in rows),
        "last_seen_time": max(row["last_seen_time"] for row in rows),
    }
