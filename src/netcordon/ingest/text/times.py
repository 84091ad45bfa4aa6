"""Times of logs as microseconds since 1970 UTC."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from netcordon.ingest.text import values

LATEST_S = 7_258_118_400
"""The year 2200; a later time is no time."""

# ISO 8601 or RFC 3339 with a zone; digits beyond the microsecond are cut.
_ISO = (
    r"^(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})[T ](?P<time>[0-9]{2}:[0-9]{2}:[0-9]{2})"
    r"(?:[.,](?P<part>[0-9]{1,6})[0-9]{0,6})? ?(?P<zone>Z|[+-][0-9]{2}:?[0-9]{2})?$"
)


def microseconds(column: pa.Array) -> pa.Array:
    """Times, int64: epoch seconds (number or text), or ISO 8601 (UTC where no zone is given).

    NULL where it is none, or lies before 1970 or after 2200.
    """
    if not pa.types.is_string(column.type):
        return _in_range(values.number(column))
    ways = [lambda texts: _in_range(values.number(texts)), iso]
    if _seems_iso(column):
        ways.reverse()
    found = ways[0](column)
    return pc.coalesce(found, ways[1](column)) if found.null_count > column.null_count else found


def _seems_iso(column: pa.Array) -> bool:
    text = column[0].as_py() if len(column) else None
    return text is not None and text[4:5] == "-"


def iso(column: pa.Array) -> pa.Array:
    """Times, int64, from ISO 8601 texts."""
    try:
        parsed = column.cast(pa.timestamp("us", "UTC")).cast(pa.int64())
    except pa.ArrowInvalid:
        parsed = _parsed(column)
    fine = pc.and_(pc.greater_equal(parsed, 0), pc.less(parsed, LATEST_S * 1_000_000))
    return pc.if_else(fine, parsed, pa.scalar(None, pa.int64()))


def _in_range(seconds: pa.Array) -> pa.Array:
    fine = pc.and_(pc.greater_equal(seconds, 0), pc.less(seconds, LATEST_S))
    kept = pc.if_else(fine, seconds, pa.scalar(None, pa.float64()))
    return pc.round(pc.multiply(kept, 1e6)).cast(pa.int64())


def _parsed(column: pa.Array) -> pa.Array:
    found = pc.extract_regex(column, _ISO)
    day, time, part, zone = (found.field(i) for i in range(4))
    part = pc.if_else(pc.equal(part, ""), "0", part)
    zone = pc.replace_substring(pc.if_else(pc.equal(zone, ""), "Z", zone), ":", "")
    texts = pc.binary_join_element_wise(day, "T", time, ".", pc.utf8_rpad(part, 6, "0"), zone, "")
    texts = pc.if_else(found.is_valid(), texts, pa.scalar(None, pa.string()))
    words = texts.dictionary_encode()
    return pa.array([_one(w) for w in words.dictionary.to_pylist()], pa.int64()).take(words.indices)


def _one(text: str | None) -> int | None:
    try:
        value: int = pa.scalar(text, pa.string()).cast(pa.timestamp("us", "UTC")).value
    except pa.ArrowInvalid:
        return None  # the thirtieth of February
    return value
