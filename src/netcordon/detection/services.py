"""Well-known services: a visible term against a finding or a caution, never a filter."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files

import pyarrow as pa

from netcordon.tables.engine import Engine

_COLUMNS = ("registered_domain", "kind", "note")


def add_known_services(engine: Engine) -> None:
    """Put the table ``known_service(registered_domain, kind, note)`` beside the views.

    It holds one row for each registered domain of the table ``name`` that is on the list or under
    an entry of it; the longest entry wins. (Many services let customers register names below their
    own, so that ``x.duckdns.org`` is a registered domain by the Public Suffix List.)
    """
    seen = engine.query("SELECT DISTINCT registered_domain AS d FROM name ORDER BY d")
    rows = list(_matches(str(row["d"]) for row in seen if row["d"] is not None))
    columns = list(zip(*rows, strict=True)) or [(), (), ()]
    engine.add_table(
        "known_service",
        pa.table({n: pa.array(c, pa.string()) for n, c in zip(_COLUMNS, columns, strict=True)}),
    )


@cache
def known_services() -> dict[str, tuple[str, str]]:
    """Registered domain -> kind of service, and what to know about it."""
    text = files("netcordon.detection").joinpath("known_services.csv").read_text("utf-8")
    rows = csv.DictReader(text.splitlines())
    return {row["registered_domain"]: (row["kind"], row["note"]) for row in rows}


def known_service(domain: str) -> tuple[str, str] | None:
    """Kind and note of the longest entry that is the domain or a parent of it."""
    labels = domain.split(".")
    entries = (".".join(labels[start:]) for start in range(len(labels)))
    return next((known_services()[e] for e in entries if e in known_services()), None)


def _matches(domains: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    for domain in domains:
        found = known_service(domain)
        if found is not None:
            yield (domain, *found)
