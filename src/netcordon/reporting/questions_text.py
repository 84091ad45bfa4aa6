"""Saved queries as a list for a terminal."""

from __future__ import annotations

from collections.abc import Iterable

from netcordon.reporting.visible import visible
from netcordon.tables.saved import Question


def questions_text(found: Iterable[Question]) -> str:
    """Each with what it answers, and its parameters with their defaults."""
    lines: list[str] = []
    for one in found:
        mark = "" if one.is_shipped else "  (saved here)"
        lines.append(f"{one.name}{mark}")
        lines.append(f"    {visible(one.doc) or 'nobody said what it answers'}")
        for name in one.parameters:
            default = f" = {visible(str(one.defaults[name]))}" if name in one.defaults else ""
            lines.append(f"    ${name}{default}  {visible(one.meanings.get(name, ''))}".rstrip())
    return "\n".join(lines) + "\n"
