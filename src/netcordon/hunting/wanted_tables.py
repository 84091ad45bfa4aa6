"""What is wanted, as tables that are joined: addresses by their halves, names by their suffixes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

import pyarrow as pa

from netcordon.hunting.canonical import NotUnderstoodError, of_type
from netcordon.hunting.places import FLOW_ENDS, LOGGED_ENDS, NAMES, TOLD_ADDRESSES
from netcordon.hunting.spans import Span, halves, spans
from netcordon.model.hunt import Atom, WantedType
from netcordon.tables.engine import Engine

Numbered = Mapping[Atom, int]
"""Each thing wanted with the number that stands for it."""

_W = WantedType
_SPAN = pa.schema(
    [("hi", pa.uint64()), ("first", pa.uint64()), ("last", pa.uint64()),
     ("nos", pa.list_(pa.int64()))]
)  # fmt: skip
_ADDRESS = pa.schema(
    [("no", pa.int64()), ("text", pa.string()), ("hi", pa.uint64()), ("lo", pa.uint64()),
     ("is_exact", pa.bool_())]
)  # fmt: skip
_ENDS = (*FLOW_ENDS, *LOGGED_ENDS)
_SEEN_ENDS = f"""
SELECT DISTINCT value AS text, hi, lo FROM (
    {" UNION ALL ".join(f"SELECT value, hi, lo FROM ({p.rows})" for p in _ENDS)})
"""
_WITHIN = """
SELECT no, text, hi, lo, is_exact FROM exact_address
UNION
SELECT unnest(p.nos), s.text, s.hi, s.lo, true
FROM seen_address s ASOF JOIN wide_span p ON s.hi >= p.first WHERE s.hi <= p.last
UNION
SELECT unnest(p.nos), s.text, s.hi, s.lo, true
FROM seen_address s ASOF JOIN narrow_span p ON s.hi = p.hi AND s.lo >= p.first WHERE s.lo <= p.last
"""
_BELOW = """
WITH part AS (SELECT name, string_split(name, '.') AS labels FROM seen_name),
suffix AS (
    SELECT name, unnest(list_transform(
        list_filter($lengths::BIGINT[], lambda n: n <= len(labels)),
        lambda n: array_to_string(labels[len(labels) - n + 1:], '.'))) AS suffix
    FROM part
)
SELECT d.no, s.name AS key, d.is_exact FROM suffix s JOIN wanted_domain d ON d.name = s.suffix
WHERE d.is_exact
UNION
SELECT no, name, is_exact FROM wanted_domain
"""


def register(engine: Engine, numbered: Numbered) -> None:
    """Put ``wanted_address``, ``wanted_name``, ``wanted_text``, ``wanted_url`` beside the views."""
    urls = [(atom.value, no) for atom, no in numbered.items() if atom.type is _W.URL]
    _addresses(engine, numbered, urls)
    _names(engine, numbered, urls)
    _texts(engine, numbered)
    _urls(engine, urls)


def _addresses(engine: Engine, numbered: Numbered, urls: Sequence[tuple[str, int]]) -> None:
    exact = [(no, atom.value, True) for atom, no in numbered.items() if atom.type is _W.ADDRESS]
    hosts = [(no, *_url_host(url)) for url, no in urls]
    exact += [(no, host, False) for no, host, type_ in hosts if type_ is _W.ADDRESS]
    rows = [(no, text, *halves(text), is_exact) for no, text, is_exact in exact]
    engine.add_table("exact_address", _table(rows, _ADDRESS))
    prefixes = [(no, atom.value) for atom, no in numbered.items() if atom.type is _W.PREFIX]
    if not prefixes:
        engine.add_view("wanted_address", "SELECT * FROM exact_address")
        return
    wide, narrow = spans(prefixes)
    for name, of in (("wide_span", wide), ("narrow_span", narrow)):
        engine.add_table(name, _table(of, _SPAN))
    engine.keep("seen_end", _SEEN_ENDS)
    engine.add_table("told_address", _told(engine, wide, narrow))
    engine.add_view("seen_address", "SELECT * FROM seen_end UNION SELECT * FROM told_address")
    engine.keep("wanted_address", _WITHIN)


def _told(engine: Engine, wide: Sequence[Span], narrow: Sequence[Span]) -> pa.Table:
    """Addresses that stand as text only, with their halves."""
    schema = pa.schema([("text", pa.string()), ("hi", pa.uint64()), ("lo", pa.uint64())])
    if not wide and not narrow:
        return _table([], schema)
    union = " UNION ".join(f"SELECT key FROM ({place.rows})" for place in TOLD_ADDRESSES)
    rows: list[tuple[str, int, int]] = []
    for row in engine.query(
        f"SELECT key FROM ({union}) WHERE regexp_matches(key, '^[0-9a-f:.]+$') ORDER BY key"
    ):
        try:
            rows.append((str(row["key"]), *halves(str(row["key"]))))
        except ValueError:
            continue
    return _table(rows, schema)


def _names(engine: Engine, numbered: Numbered, urls: Sequence[tuple[str, int]]) -> None:
    wanted = [(no, atom.value, True) for atom, no in numbered.items() if atom.type is _W.DOMAIN]
    hosts = [(no, *_url_host(url)) for url, no in urls]
    wanted += [(no, name, False) for no, name, type_ in hosts if type_ is _W.DOMAIN]
    schema = pa.schema([("no", pa.int64()), ("name", pa.string()), ("is_exact", pa.bool_())])
    engine.add_table("wanted_domain", _table(wanted, schema))
    lengths = sorted({name.count(".") + 1 for _, name, is_exact in wanted if is_exact})
    if lengths:
        keys = " UNION ALL ".join(f"SELECT key FROM ({place.rows})" for place in NAMES)
        engine.keep("seen_name", f"SELECT DISTINCT key AS name FROM ({keys}) WHERE key <> ''")
        engine.keep("wanted_name", _BELOW, {"lengths": lengths})
    else:
        engine.add_view("wanted_name", "SELECT no, name AS key, is_exact FROM wanted_domain")


def _texts(engine: Engine, numbered: Numbered) -> None:
    rows: list[tuple[int, str, str, str | None, bool]] = []
    for atom, no in numbered.items():
        if atom.type is _W.ACCOUNT:
            realm, slash, user = atom.value.rpartition("\\")
            if not slash:
                user, _, realm = atom.value.partition("@")
            rows.append((no, atom.type.value, user, realm.partition(".")[0] or None, True))
        else:
            rows.append((no, atom.type.value, atom.value.lower(), None, True))
    schema = pa.schema(
        [("no", pa.int64()), ("type", pa.string()), ("key", pa.string()), ("realm", pa.string()),
         ("is_exact", pa.bool_())]
    )  # fmt: skip
    engine.add_table("wanted_text", _table(rows, schema))


def _urls(engine: Engine, urls: Sequence[tuple[str, int]]) -> None:
    rows = []
    for url, no in urls:
        parts = urlsplit(url)
        rows.append((no, f"{parts.hostname}{parts.path}", parts.query or None, parts.port, True))
    schema = pa.schema(
        [("no", pa.int64()), ("key", pa.string()), ("query", pa.string()), ("port", pa.int64()),
         ("is_exact", pa.bool_())]
    )  # fmt: skip
    engine.add_table("wanted_url", _table(rows, schema))


def _url_host(url: str) -> tuple[str, WantedType]:
    host = urlsplit(url).hostname or ""
    try:
        atom = of_type(_W.ADDRESS, host)[0]
    except NotUnderstoodError:
        return host, _W.DOMAIN
    return atom.value, _W.ADDRESS


def _table(rows: Sequence[tuple[Any, ...]], schema: pa.Schema) -> pa.Table:
    columns = list(zip(*rows, strict=True)) or [()] * len(schema)
    arrays = [pa.array(c, f.type) for c, f in zip(columns, schema, strict=True)]
    return pa.table(arrays, schema=schema)
