"""What ships with the collector as data: a folder of TOML files, one for each kind."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from importlib.resources import files
from typing import Any


def shipped(folder: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Name of each kind and what its file says, by name."""
    for entry in sorted((files("netcordon.collector") / folder).iterdir(), key=lambda e: e.name):
        name, _, ending = entry.name.rpartition(".")
        if ending == "toml":
            yield name, tomllib.loads(entry.read_text("utf-8"))
