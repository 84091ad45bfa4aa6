"""Well-known services: a visible term against a finding or a caution, never a filter."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files

import pyarrow as pa

_COLUMNS = ("registered_domain", "kind", "note")


@cache
def known_services() -> pa.Table:
    """The table ``known_service(registered_domain, kind, note)``, all text."""
    text = files("netcordon.detection").joinpath("known_services.csv").read_text("utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    return pa.table({name: pa.array([row[name] for row in rows], pa.string()) for name in _COLUMNS})
