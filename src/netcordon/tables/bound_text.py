"""A query with its parameters written in, for people to read and to run elsewhere."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

_PART = re.compile(r"--[^\n]*|'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|\$([A-Za-z_]\w*)")


def bound_text(sql: str, parameters: Mapping[str, object]) -> str:
    """Replace each ``$name`` that has a value; text in quotes and comments stays as it is."""

    def written(match: re.Match[str]) -> str:
        name = match[1]
        return match[0] if name is None or name not in parameters else literal(parameters[name])

    return _PART.sub(written, sql)


def literal(value: object) -> str:
    """The value as a SQL literal."""
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and not math.isfinite(value):
        return f"'{value}'::DOUBLE"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, list | tuple):
        return "[" + ", ".join(literal(item) for item in value) + "]"
    return "'" + str(value).replace("'", "''") + "'"
