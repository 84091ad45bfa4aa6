"""What goes into the filter of a file, and what is asked of it: both from the places of a hunt.

A hunt looks for a value in *places* (``hunting.places``), each a query that yields keys. The keys
that these queries yield for a file are its tokens, so whatever a hunt can find in it is in its
filter. Beside addresses stand the networks around them, so that prefixes can be asked for too;
names stand with all the suffixes that hunting for a domain matches.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator
from itertools import chain
from urllib.parse import urlsplit

import numpy as np
import numpy.typing as npt

from netcordon.archive.bloom import hash_of
from netcordon.hunting.places import (
    ACCOUNTS,
    FLOW_ENDS,
    LOGGED_ENDS,
    NAMES,
    TEXTS,
    TOLD_ADDRESSES,
    URLS,
    Place,
)  # fmt: skip
from netcordon.model.hunt import Atom, WantedType
from netcordon.tables.engine import Engine

FOUR, SIX = (24, 16), (64, 48, 32)
"""Lengths of the prefixes that stand in filters; shorter ones are looked for in every file."""

_MOST_LABELS = 12
"""Suffixes of a name that are kept; deeper ones are rare, and then the file is read in vain."""

_MAPPED = "hi = 0 AND lo >> 32 = 65535"
_END_TOKENS = (
    "'i:' || value",
    *(f"CASE WHEN {_MAPPED} THEN 'p{n}:' || ((lo & 4294967295) >> {32 - n}) END" for n in FOUR),
    *(f"CASE WHEN NOT ({_MAPPED}) THEN 'p{n}:' || (hi >> {64 - n}) END" for n in SIX),
)
_SUFFIXES = f"""
SELECT 'n:' || array_to_string(labels[n:], '.') AS token FROM (
    SELECT labels,
           unnest(range(greatest(1, len(labels) - {_MOST_LABELS} + 1), len(labels) + 1)) AS n
    FROM (SELECT string_split(key, '.') AS labels FROM keys WHERE key <> ''))
UNION SELECT 'n:' || key FROM keys
"""
_ENDS = (*FLOW_ENDS, *LOGGED_ENDS)


def tokens_of(engine: Engine, table: str) -> npt.NDArray[np.uint64]:
    """Hashes of all tokens of a table's rows.

    Args:
        engine: whose view of the table shows the rows, and whose other views show none.
        table: whose places are asked.

    Raises:
        QueryError: when the rows cannot be read.
    """
    plain = [f"SELECT unnest([{', '.join(_END_TOKENS)}]) AS token FROM "
             f"(SELECT DISTINCT value, hi, lo FROM ({place.rows}))"
             for place in _ENDS if place.table == table]  # fmt: skip
    for places, mark in ((TEXTS, "t"), (ACCOUNTS, "a"), ((URLS,), "u"), (TOLD_ADDRESSES, "i")):
        plain += [f"SELECT '{mark}:' || key AS token FROM ({place.rows})" for place in places
                  if place.table == table]  # fmt: skip
    names = " UNION ".join(_keys(NAMES, table))
    if names:
        plain.append(f"SELECT token FROM (WITH keys AS ({names}) {_SUFFIXES})")
    hashes: list[npt.NDArray[np.uint64]] = [np.empty(0, dtype=np.uint64)]
    if plain:
        rows = engine.arrow(
            "SELECT DISTINCT md5_number_lower(token) AS h FROM "
            f"({' UNION ALL '.join(plain)}) WHERE token IS NOT NULL ORDER BY h"
        )
        hashes.append(rows.column("h").to_numpy().astype(np.uint64))
    told = " UNION ".join(_keys(TOLD_ADDRESSES, table))
    if told:
        keys = engine.query(f"SELECT key FROM ({told}) WHERE key IS NOT NULL ORDER BY key")
        made = chain.from_iterable(_networks(str(row["key"])) for row in keys)
        hashes.append(np.fromiter((hash_of(token) for token in made), dtype=np.uint64))
    return np.concatenate(hashes)


def asked(atom: Atom) -> tuple[int, ...] | None:
    """Hashes of which a file that shows the atom holds at least one.

    Returns:
        ``None`` when filters cannot tell: every file may show it.
    """
    tokens = _asked(atom)
    return None if tokens is None else tuple(hash_of(token) for token in tokens)


def _asked(atom: Atom) -> tuple[str, ...] | None:
    value = atom.value
    if atom.type is WantedType.ADDRESS:
        return (f"i:{value}",)
    if atom.type is WantedType.PREFIX:
        return _around(value)
    if atom.type is WantedType.DOMAIN:
        return (f"n:{value}",) if value.count(".") < _MOST_LABELS else None
    if atom.type is WantedType.URL:
        parts = urlsplit(value)
        host = parts.hostname or ""
        return (f"n:{host}", f"i:{host}", f"u:{host}{parts.path}")
    if atom.type is WantedType.ACCOUNT:
        _, slash, user = value.rpartition("\\")
        return (f"a:{user if slash else value.partition('@')[0]}",)
    return None if atom.type is WantedType.PORT else (f"t:{value.lower()}",)


def _around(prefix: str) -> tuple[str, ...] | None:
    """The token of the shortest network of a kept length that is no shorter than needed."""
    network = ipaddress.ip_network(prefix)
    for length in FOUR if network.version == 4 else SIX:
        if network.prefixlen >= length:
            number = int(network.network_address) >> (network.max_prefixlen - length)
            return (f"p{length}:{number}",)
    return None


def _networks(text: str) -> Iterator[str]:
    try:
        ip = ipaddress.ip_address(text)
    except ValueError:
        return
    for length in FOUR if ip.version == 4 else SIX:
        yield f"p{length}:{int(ip) >> (ip.max_prefixlen - length)}"


def _keys(places: Iterable[Place], table: str) -> list[str]:
    return [f"SELECT key FROM ({place.rows})" for place in places if place.table == table]
