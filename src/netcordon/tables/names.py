"""The table ``name``: host names seen, with the registered domain by the Public Suffix List."""

from __future__ import annotations

import ipaddress
from functools import cache

import pyarrow as pa
from publicsuffixlist import PublicSuffixList

from netcordon.tables.engine import Engine

_DISTINCT_NAMES = """
SELECT DISTINCT lower(n) AS n FROM (
    SELECT query AS n FROM dns_activity WHERE service = 'dns'
    UNION ALL SELECT regexp_replace(host, ':[0-9]+$', '') FROM http_activity
    UNION ALL SELECT server_name FROM tls_activity
) WHERE n IS NOT NULL AND n <> '' ORDER BY n
"""


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()


def registered_domain(name: str) -> str | None:
    """The registrable part of a name (``a.b.example.co.uk`` -> ``example.co.uk``).

    Returns:
        ``None`` for addresses, single labels and public suffixes themselves.
    """
    name = name.rstrip(".").lower()
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        found = _suffixes().privatesuffix(name) if "." in name else None
        return str(found) if found else None
    return None


@cache
def _known_suffixes() -> PublicSuffixList:
    return PublicSuffixList(accept_unknown=False)


def has_known_suffix(name: str) -> bool:
    """Whether a name ends in a public suffix of the list, which names of files seldom do."""
    return bool(_known_suffixes().publicsuffix(name.rstrip(".").lower()))


def add_names(engine: Engine) -> None:
    """Put the table ``name(name, registered_domain)`` beside the views; names in lower case."""
    names = [str(row["n"]) for row in engine.query(_DISTINCT_NAMES)]
    engine.add_table(
        "name",
        pa.table(
            {"name": names, "registered_domain": [registered_domain(name) for name in names]},
            schema=pa.schema([("name", pa.string()), ("registered_domain", pa.string())]),
        ),
    )
