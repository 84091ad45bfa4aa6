"""Small steps on columns that every format needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pyarrow as pa
import pyarrow.compute as pc


def port(numbers: pa.Array) -> pa.Array:
    """Port numbers, NULL beyond 16 bits."""
    fine = pc.and_(pc.greater_equal(numbers, 0), pc.less(numbers, 65536))
    return pc.if_else(fine, numbers, pa.scalar(None, pa.int64()))


def small(numbers: pa.Array) -> pa.Array:
    """Numbers that fit 31 bits, NULL beyond."""
    fine = pc.and_(pc.greater(numbers, -(1 << 31)), pc.less(numbers, 1 << 31))
    return pc.if_else(fine, numbers, pa.scalar(None, pa.int64()))


def natural(numbers: pa.Array) -> pa.Array:
    """Counts; a negative one is none."""
    return pc.if_else(pc.greater_equal(numbers, 0), numbers, pa.scalar(None, pa.int64()))


def first(lists: pa.Array) -> pa.Array:
    """First item of each list, NULL where there is none."""
    if not pa.types.is_list(lists.type):
        return pa.nulls(len(lists), pa.string())
    if lists.null_count == len(lists):
        return pa.nulls(len(lists), lists.type.value_type)
    has = pc.fill_null(pc.greater(pc.list_value_length(lists), 0), False)
    padded = pc.if_else(has, lists, pa.scalar([None], lists.type))
    return pc.list_element(padded, 0)


def both(*lists: pa.Array) -> pa.Array:
    """The words of several lists as one, NULL where there are none; a word holds no comma."""
    parts = [
        pc.binary_join(each, ",") if pa.types.is_list(each.type) else each.cast(pa.string())
        for each in lists
    ]
    joined = pc.binary_join_element_wise(*parts, ",", null_handling="replace")
    return pc.split_pattern(where_told(pc.utf8_trim(joined, ",")), ",")


def constant(value: str, count: int) -> pa.Array:
    """The same text for every row."""
    return pa.repeat(pa.scalar(value, pa.string()), count)


def words(texts: pa.Array, known: Mapping[str, str], *, keep: bool = True) -> pa.Array:
    """Each text replaced by its word in ``known``; others stay, or become NULL."""
    dictionary = texts.dictionary_encode()
    told = [
        None if w is None else known.get(w, w if keep else None)
        for w in dictionary.dictionary.to_pylist()
    ]
    return pa.array(told, pa.string()).take(dictionary.indices)


def each(texts: pa.DictionaryArray, told: Callable[[str], object], type_: pa.DataType) -> pa.Array:
    """What is told of each text, asked once a text; NULL where it is."""
    found = [None if w is None else told(w) for w in texts.dictionary.to_pylist()]
    return pa.array(found, type_).take(texts.indices)


def lowered(texts: pa.DictionaryArray) -> pa.DictionaryArray:
    """Texts in lower case, still a dictionary."""
    return _renamed(texts, pc.utf8_lower(texts.dictionary))


def renamed(texts: pa.DictionaryArray, told: Callable[[str], str | None]) -> pa.DictionaryArray:
    """Each text replaced by another, or by NULL; still a dictionary."""
    found = [None if w is None else told(w) for w in texts.dictionary.to_pylist()]
    return _renamed(texts, pa.array(found, pa.string()))


def _renamed(texts: pa.DictionaryArray, found: pa.Array) -> pa.DictionaryArray:
    """Several texts may have become one, which a dictionary holds but once."""
    once = found.dictionary_encode()
    indices = once.indices.take(texts.indices)
    return pa.DictionaryArray.from_arrays(indices, once.dictionary)


def where_told(texts: pa.Array) -> pa.Array:
    """Texts, NULL where they are empty."""
    return pc.if_else(pc.equal(texts, ""), pa.scalar(None, pa.string()), texts)
