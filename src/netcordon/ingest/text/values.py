"""Values of logs as numbers, booleans, texts and lists; NULL where they are none."""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

_WHOLE = r"^-?[0-9]{1,18}$"
_NUMBER = r"^-?[0-9]{1,30}(\.[0-9]{0,30})?([eE][+-]?[0-9]{1,2})?$"
_ESCAPED = r"\\x[0-9a-fA-F]{2}"
_ESCAPES = re.compile(r"(?:\\x[0-9a-fA-F]{2})+")
_MOST_WHOLE = 2.0**63
MOST_ITEMS = 64
"""Items of a list that are kept."""


def text(column: pa.Array) -> pa.Array:
    """Strings; numbers and booleans as text; NULL for lists and structures."""
    type_ = column.type
    if pa.types.is_string(type_):
        return column
    if pa.types.is_dictionary(type_) or pa.types.is_integer(type_) or pa.types.is_boolean(type_):
        return column.cast(pa.string())
    if pa.types.is_floating(type_):
        integral = pc.equal(pc.floor(column), column)
        as_whole = whole(column).cast(pa.string())
        return pc.if_else(integral, as_whole, column.cast(pa.string()))
    return pa.nulls(len(column), pa.string())


def whole(column: pa.Array) -> pa.Array:
    """Whole numbers, int64; a fraction or what goes beyond 64 bits is none."""
    type_ = column.type
    if pa.types.is_integer(type_):
        return column.cast(pa.int64())
    if pa.types.is_floating(type_):
        inside = pc.less(pc.abs(column), _MOST_WHOLE)
        integral = pc.and_(pc.equal(pc.floor(column), column), inside)
        return pc.if_else(integral, column, pa.scalar(None, pa.float64())).cast(pa.int64())
    if not pa.types.is_string(type_):
        return pa.nulls(len(column), pa.int64())
    try:
        return column.cast(pa.int64())
    except pa.ArrowInvalid:
        return _matching(column, _WHOLE).cast(pa.int64())


def number(column: pa.Array) -> pa.Array:
    """Finite numbers, float64."""
    type_ = column.type
    if pa.types.is_integer(type_) or pa.types.is_floating(type_):
        found = column.cast(pa.float64())
    elif pa.types.is_string(type_):
        try:
            found = column.cast(pa.float64())
        except pa.ArrowInvalid:
            found = _matching(column, _NUMBER).cast(pa.float64())
    else:
        return pa.nulls(len(column), pa.float64())
    return pc.if_else(pc.is_finite(found), found, pa.scalar(None, pa.float64()))


def flag(column: pa.Array) -> pa.Array:
    """Booleans; of texts ``T``, ``true``, ``yes``, ``1`` and their opposites."""
    if pa.types.is_boolean(column.type):
        return column
    words = pc.utf8_lower(text(column))
    yes = pc.is_in(words, pa.array(["t", "true", "yes", "1"]))
    no = pc.is_in(words, pa.array(["f", "false", "no", "0"]))
    return pc.if_else(pc.or_(yes, no), yes, pa.scalar(None, pa.bool_()))


def texts(column: pa.Array, separator: str = ",") -> pa.Array:
    """Lists of strings, at most ``MOST_ITEMS`` each; of a string its parts."""
    type_ = column.type
    if pa.types.is_list(type_):
        if not pa.types.is_string(type_.value_type):
            items = text(column.values)
            column = pa.ListArray.from_arrays(column.offsets, items, mask=column.is_null())
        return _shortened(column)
    if not pa.types.is_string(type_) or column.null_count == len(column):
        return pa.nulls(len(column), pa.list_(pa.string()))
    empty = pc.is_in(column, pa.array(["", "(empty)"]))
    parts = pc.split_pattern(column, separator, max_splits=MOST_ITEMS)
    parts = _shortened(parts)
    if not pc.any(empty).as_py():
        return parts
    none = pa.array([[]], pa.list_(pa.string())).take(pa.array(np.zeros(len(column), np.int64)))
    return pc.if_else(pc.fill_null(empty, False), none, parts)


def numbers(column: pa.Array) -> pa.Array:
    """Lists of finite numbers, from lists of strings or numbers."""
    if not pa.types.is_list(column.type):
        return pa.nulls(len(column), pa.list_(pa.float64()))
    return pa.ListArray.from_arrays(column.offsets, number(column.values), mask=column.is_null())


def unescaped(column: pa.Array) -> pa.Array:
    r"""Texts with ``\xNN`` read as octets where they are UTF-8; others stay as they are."""
    if not pc.any(pc.match_substring_regex(column, _ESCAPED)).as_py():
        return column
    words = column.dictionary_encode()
    plain = [None if w is None else _ESCAPES.sub(_octets, w) for w in words.dictionary.to_pylist()]
    return pa.array(plain, pa.string()).take(words.indices)


def _octets(match: re.Match[str]) -> str:
    try:
        return bytes.fromhex(match[0].replace("\\x", "")).decode()
    except UnicodeDecodeError:
        return match[0]


def _matching(column: pa.Array, pattern: str) -> pa.Array:
    fine = pc.match_substring_regex(column, pattern)
    return pc.if_else(fine, column, pa.scalar(None, pa.string()))


def _shortened(column: pa.Array) -> pa.Array:
    longest = pc.max(pc.list_value_length(column)).as_py()
    return column if (longest or 0) <= MOST_ITEMS else pc.list_slice(column, 0, MOST_ITEMS)
