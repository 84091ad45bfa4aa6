"""JSON files that others hand in: bounded, and one object."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from netcordon.errors import UsageError

_MOST = 16 << 20
"""Bytes of a file that are read."""


def read_object(path: Path) -> Mapping[str, Any]:
    """The object in a file.

    Raises:
        UsageError: NC-837 it cannot be read, is too large, or is no JSON object.
    """
    try:
        with path.open("rb") as file:
            data = file.read(_MOST + 1)
    except OSError as error:
        raise _unreadable(path, error.strerror or str(error)) from error
    if len(data) > _MOST:
        raise _unreadable(path, f"it has more than {_MOST >> 20} MiB")
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise _unreadable(path, "it is no JSON") from error
    if not isinstance(document, dict):
        raise _unreadable(path, "it is no JSON object")
    return document


def _unreadable(path: Path, why: str) -> UsageError:
    return UsageError(
        "NC-837",
        f"{str(path)!r} cannot be checked.",
        why,
        "contain approvals --export FILE and contain remedy -o FILE write such files",
    )
