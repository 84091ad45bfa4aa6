"""A mapping from its file: TOML, every key checked, nothing in it is code."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from netcordon.errors import UsageError
from netcordon.ingest.mapped.stamps import check_format
from netcordon.model.log_mapping import ColumnSource, LineFormat, LogMapping
from netcordon.tables.schema import ADDRESS, TABLES

MOST_BYTES = 256 << 10
_KEYS = ("name", "format", "table", "delimiter", "names", "comment", "time_format", "zone",
         "columns")  # fmt: skip
_COLUMN_KEYS = ("field", "path", "constant", "values", "otherwise", "factor", "time_format")
_MOST_NAMES, _MOST_VALUES, _LONGEST, _DEEPEST = 2000, 10_000, 200, 16
_WORD = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}\Z")
NOT_MAPPED = ("packet", "frame_index", "log_source", "ingest_warning")
"""Tables that netcordon fills about its own reading."""
_PLACES = ("frame", "first_frame", "last_frame")
"""Columns that hold the number of the line."""
_TYPES = ("VARCHAR", "BIGINT", "INTEGER", "DOUBLE", "BOOLEAN", "TIMESTAMP", "VARCHAR[]", ADDRESS)


def read_mapping(content: bytes, path: str) -> LogMapping:
    """Read and check a mapping.

    Args:
        content: of the file.
        path: for messages.

    Raises:
        UsageError: NC-520 with the key that is wrong.
    """
    if len(content) > MOST_BYTES:
        raise wrong(path, f"it has more than {MOST_BYTES >> 10} KiB")
    try:
        said = tomllib.loads(content.decode("utf-8-sig"))
        mapping = _mapping(said, hashlib.sha256(content).hexdigest())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError, _BadKeyError) as error:
        raise wrong(path, str(error)) from error
    except ValueError as error:
        raise wrong(path, "a number in it has thousands of digits") from error
    return mapping


def wrong(path: str, why: str) -> UsageError:
    """The error for a mapping that cannot be used."""
    return UsageError(
        "NC-520", f"The mapping {path!r} cannot be used.", why,
        "netcordon map propose FILE writes one to begin with",
    )  # fmt: skip


def column_types(table: str) -> dict[str, str]:
    """Columns that a mapping may fill, with their type; addresses as ``address``."""
    columns = TABLES[table].columns
    return {c.name: c.type for c in columns if c.type in _TYPES and c.name not in _PLACES}


def is_name(text: str) -> bool:
    """Whether a text can name a mapping."""
    return _WORD.match(text) is not None


class _BadKeyError(ValueError):
    """Which key, and why."""


def _mapping(said: Mapping[str, Any], sha256: str) -> LogMapping:
    _known(said, _KEYS, "")
    table = _text(said, "table", "")
    if table not in TABLES or table in NOT_MAPPED:
        known = ", ".join(name for name in TABLES if name not in NOT_MAPPED)
        raise _BadKeyError(f"table: {table!r} is none of {known}")
    form = _text(said, "format", "")
    if form not in set(LineFormat):
        raise _BadKeyError(f"format: {form!r} is none of {', '.join(LineFormat)}")
    name = _text(said, "name", "log")
    if not is_name(name):
        raise _BadKeyError(f"name: {name!r} is no word of small letters and digits")
    mapping = LogMapping(
        name=name,
        format=LineFormat(form),
        table=table,
        delimiter=_delimiter(said),
        names=_names(said),
        comment=_text(said, "comment", ""),
        time_format=_time_format(said, "time_format", "iso"),
        zone=_zone(said),
        is_zone_said="zone" in said,
        columns=_columns(said, table, LineFormat(form)),
        sha256=sha256,
    )
    needed = [TABLES[table].time]
    if table == "network_activity":
        needed += ["src_ip", "dst_ip"]
    for column in needed:
        if column not in mapping.columns:
            raise _BadKeyError(f"columns: {column} is missing; without it there is no row")
    return mapping


def _columns(said: Mapping[str, Any], table: str, form: LineFormat) -> dict[str, ColumnSource]:
    found = said.get("columns")
    if not isinstance(found, dict) or not found:
        raise _BadKeyError("columns: is missing; write [columns] and a line a column")
    types = column_types(table)
    out = {}
    for column, source in found.items():
        if column not in types:
            known = ", ".join(types)
            raise _BadKeyError(
                f"columns: {table} has no column {column!r} to fill; it has: {known}"
            )
        out[column] = _source(column, types[column], source, form)
    return out


def _source(column: str, type_: str, source: object, form: LineFormat) -> ColumnSource:
    if isinstance(source, str):
        source = {"field": source}
    if not isinstance(source, dict):
        raise _BadKeyError(f"columns.{column}: write the name of a field, or a table of keys")
    _known(source, _COLUMN_KEYS, f"columns.{column}.")
    given = [key for key in ("field", "path", "constant") if key in source]
    if len(given) != 1:
        raise _BadKeyError(f"columns.{column}: needs exactly one of field, path, constant")
    path: tuple[str, ...] = ()
    if "constant" not in source:
        path = _path(column, source, form)
    constant = source.get("constant")
    if constant is not None and not _fits(constant, type_):
        raise _BadKeyError(
            f"columns.{column}.constant: {constant!r} is no value of type {type_.lower()}"
        )
    factor = source.get("factor", 1.0)
    is_number = isinstance(factor, int | float) and not isinstance(factor, bool)
    if not is_number or not 1e-12 <= abs(factor) <= 1e12:
        raise _BadKeyError(
            f"columns.{column}.factor: {factor!r} is no number that can be multiplied with"
        )
    return ColumnSource(
        path=path,
        constant=constant,
        values=_values(column, source),
        otherwise=_text(source, "otherwise", "") if "otherwise" in source else None,
        factor=float(factor),
        time_format=_time_format(source, "time_format", ""),
    )


def _path(column: str, source: Mapping[str, Any], form: LineFormat) -> tuple[str, ...]:
    if "path" in source:
        keys = source["path"]
        if form is not LineFormat.JSON or not isinstance(keys, list) or not keys:
            raise _BadKeyError(f"columns.{column}.path: a list of keys, and only of JSON")
    else:
        field = _text(source, "field", "")
        keys = field.split(".") if form is LineFormat.JSON else [field]
    if not all(isinstance(key, str) and 0 < len(key) <= _LONGEST for key in keys):
        raise _BadKeyError(f"columns.{column}: a name is empty, no text, or too long")
    if len(keys) > _DEEPEST or (len(keys) > 1 and any("." in key for key in keys)):
        raise _BadKeyError(
            f"columns.{column}: this path cannot be followed: too deep, or dots within it"
        )
    return tuple(keys)


def _fits(value: object, type_: str) -> bool:
    if type_ == "BOOLEAN":
        return isinstance(value, bool)
    if type_ in ("BIGINT", "INTEGER"):
        most = 63 if type_ == "BIGINT" else 31
        return type(value) is int and -(1 << most) <= value < 1 << most
    if type_ == "DOUBLE":
        return isinstance(value, int | float) and not isinstance(value, bool)
    return type_ in ("VARCHAR", ADDRESS) and isinstance(value, str) and len(value) <= _LONGEST


def _values(column: str, source: Mapping[str, Any]) -> dict[str, str]:
    found = source.get("values", {})
    is_map = isinstance(found, dict) and len(found) <= _MOST_VALUES
    if not is_map or not all(isinstance(v, str) and len(v) <= _LONGEST for v in found.values()):
        raise _BadKeyError(
            f'columns.{column}.values: write it like {{ "6" = "tcp", "17" = "udp" }}'
        )
    return dict(found)


def _delimiter(said: Mapping[str, Any]) -> str:
    text = _text(said, "delimiter", ",")
    if len(text) != 1 or not text.isascii() or text in '"\r\n\0':
        raise _BadKeyError(
            f"delimiter: {text!r} is not one character that can stand between fields"
        )
    return text


def _names(said: Mapping[str, Any]) -> tuple[str, ...]:
    found = said.get("names", [])
    if not isinstance(found, list) or not all(isinstance(name, str) for name in found):
        raise _BadKeyError('names: write it like ["time", "source", "destination"]')
    if len(found) > _MOST_NAMES:
        raise _BadKeyError(f"names: more than {_MOST_NAMES:,}")
    return tuple(found)


def _time_format(said: Mapping[str, Any], key: str, default: str) -> str:
    text = _text(said, key, default)
    if text and (why := check_format(text)):
        raise _BadKeyError(f"{key}: {why}")
    return text


def _zone(said: Mapping[str, Any]) -> str:
    name = _text(said, "zone", "UTC")
    if name == "UTC":
        return name
    try:
        return ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise _BadKeyError(f"zone: {name!r} is no time zone, such as Europe/Vienna") from None


def _text(said: Mapping[str, Any], key: str, default: str) -> str:
    value = said.get(key, default)
    if not isinstance(value, str) or len(value) > _LONGEST:
        raise _BadKeyError(f"{key}: is no text of at most {_LONGEST} characters")
    return value


def _known(said: Mapping[str, Any], known: tuple[str, ...], where: str) -> None:
    for key in said:
        if key not in known:
            raise _BadKeyError(f"unknown key {where}{str(key)[:60]!r}; known: {', '.join(known)}")
