"""Rows of a query as a table for a terminal, as JSON, or as CSV."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from netcordon.model.quantity import rfc3339
from netcordon.reporting.visible import csv_cell, visible

_CELL = 60


@dataclass(frozen=True)
class Rows:
    """The result of a query: column names, and rows of plain Python values."""

    columns: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]


def render_rows(result: Rows, output: str) -> str:
    """The rows as ``table``, ``json`` (an array of objects) or ``csv`` (RFC 4180)."""
    if output == "json":
        records = [dict(zip(result.columns, map(_json, row), strict=True)) for row in result.rows]
        return json.dumps(records, indent=1) + "\n"
    if output == "csv":
        buffer = io.StringIO()
        writer = csv.writer(buffer)
        writer.writerow([csv_cell(name) for name in result.columns])
        writer.writerows([_csv(value) for value in row] for row in result.rows)
        return buffer.getvalue()
    return _table(result)


def render_tables(tables: Mapping[str, Sequence[tuple[str, str, str]]]) -> str:
    """Every table with its columns: name, type, meaning."""
    parts = []
    for name, columns in tables.items():
        width = max(len(column) for column, _, _ in columns)
        parts.append(name)
        parts.extend(f"  {column:{width}}  {type_:10}  {doc}" for column, type_, doc in columns)
        parts.append("")
    return "\n".join(parts)


def _table(result: Rows) -> str:
    cells = [[visible(_text(value), limit=_CELL) for value in row] for row in result.rows]
    heads = [visible(name, limit=_CELL) for name in result.columns]
    widths = [max([len(head), *(len(row[n]) for row in cells)]) for n, head in enumerate(heads)]
    numeric = [
        all(isinstance(row[n], int | float) or row[n] is None for row in result.rows)
        and bool(result.rows)
        for n in range(len(heads))
    ]  # fmt: skip

    def line(row: Sequence[str]) -> str:
        aligned = (
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(row, widths, numeric, strict=True)
        )
        return "  ".join(aligned).rstrip()

    rule = "  ".join("─" * width for width in widths)
    count = f"({len(cells):,} row{'' if len(cells) == 1 else 's'})"
    return "\n".join([line(heads), rule, *map(line, cells), count]) + "\n"


def _csv(value: object) -> str:
    # A number is a number even when it is negative; only text can be a formula.
    return _text(value) if isinstance(value, int | float) else csv_cell(_text(value))


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return rfc3339(value)
    if isinstance(value, list | tuple):
        return ", ".join(_text(item) for item in value)
    return str(value)


def _json(value: object) -> object:
    if isinstance(value, datetime):
        return rfc3339(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [_json(item) for item in value]
    if isinstance(value, dict):
        return {str(k): _json(v) for k, v in value.items()}
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, str | int | bool):
        return value
    return str(value)
