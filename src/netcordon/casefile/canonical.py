"""Canonical JSON: one value, one text, so that a hash of the text is a hash of the value."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Set
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from enum import Enum
from numbers import Integral, Real
from pathlib import PurePath

Plain = None | bool | int | float | str | list["Plain"] | dict[str, "Plain"]
"""What JSON can say."""


def timestamp(moment: datetime) -> str:
    """RFC 3339 in UTC with microseconds, always 27 characters.

    Raises:
        ValueError: for a time without zone, which could mean anything.
    """
    if moment.tzinfo is None:
        raise ValueError("a time without zone cannot be recorded")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def instant(text: str) -> datetime:
    """The inverse of ``timestamp``."""
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def plain(value: object) -> Plain:
    """Dataclasses, times, days, enumerations, paths, NumPy scalars and containers as JSON values.

    Sets are sorted; a float that JSON cannot say becomes the text ``nan``, ``inf`` or ``-inf``.

    Raises:
        TypeError: for anything else.
    """
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, Enum):
        return plain(value.value)
    if isinstance(value, str):
        return str(value)
    if isinstance(value, Integral):
        return int(value)
    if isinstance(value, Real):
        number = float(value)
        return number if math.isfinite(number) else str(number)
    if isinstance(value, datetime):
        return timestamp(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, PurePath):
        return str(value)
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, Set):
        return [plain(item) for item in sorted(value)]
    raise TypeError(f"{type(value).__name__} has no canonical form")


def canonical(value: object) -> str:
    """ASCII text with sorted keys and no white space.

    Everything beyond ASCII is escaped, lone surrogates too: file names that are no valid UTF-8
    survive, and a database that refuses NUL or broken text never sees either.
    """
    return json.dumps(
        plain(value), sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False
    )
