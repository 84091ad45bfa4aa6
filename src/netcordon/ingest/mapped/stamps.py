"""Times in a declared format as microseconds since 1970 UTC, a column at a time."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from netcordon.ingest.text import times, values
from netcordon.ingest.text.times import LATEST_S

EPOCHS = {"epoch": 1e6, "epoch_ms": 1e3, "epoch_us": 1.0, "epoch_ns": 1e-3}
"""Names of counts since 1970 -> microseconds in one of theirs."""
_DIRECTIVES = {
    "Y": r"(?P<Y>[0-9]{4})", "y": r"(?P<y>[0-9]{2})", "m": r"(?P<m>[0-9]{1,2})",
    "d": r" ?(?P<d>[0-9]{1,2})", "H": r"(?P<H>[0-9]{1,2})", "I": r"(?P<I>[0-9]{1,2})",
    "M": r"(?P<M>[0-9]{2})", "S": r"(?P<S>[0-9]{2})", "f": r"(?P<f>[0-9]{1,9})",
    "b": r"(?P<b>[A-Za-z]{3})", "p": r"(?P<p>[AaPp][Mm])", "a": r"[A-Za-z]{3}",
    "A": r"[A-Za-z]{3,12}", "z": r"(?P<z>Z|UTC|GMT|[+-][0-9]{2}:?[0-9]{2})", "%": "%",
}  # fmt: skip
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_HAS_ZONE = r"([Zz]|UTC|[+-][0-9]{2}:?[0-9]{2})$"
_ISO_LIKE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}"
_COUNT = re.compile(r"[0-9]{9,20}(\.[0-9]{1,9})?$")
_SLOT_US = 900 * 1_000_000
"""Zones change their offset at quarters of an hour of local time."""

Numbers = NDArray[np.int64]


def check_format(text: str) -> str:
    """Why a format cannot be used; empty when it can."""
    if text == "iso" or text in EPOCHS:
        return ""
    said = re.findall(r"%(.)", text)
    if not said:
        return (
            f"{text!r} is neither iso, {', '.join(EPOCHS)} nor made of directives such as %Y-%m-%d"
        )
    if unknown := [one for one in said if one not in _DIRECTIVES]:
        return f"directive %{unknown[0]} is not known; known: %{', %'.join(_DIRECTIVES)}"
    if len({one for one in said if one != "%"}) < len([one for one in said if one != "%"]):
        return "a directive stands twice in it"
    if not {"d", "M"} <= set(said) or not {"Y", "y"} & set(said) or not {"m", "b"} & set(said):
        return "it must say year, month, day and time of day"
    if not {"H", "I"} & set(said) or ("I" in said) != ("p" in said):
        return "it must say the hour: %H, or %I with %p"
    return ""


def microseconds(column: pa.Array, form: str, zone: str) -> pa.Array:
    """Times, int64; NULL where a value is none in this format, or beyond 1970 to 2200.

    Args:
        column: texts, or numbers for counts since 1970.
        form: as ``LogMapping.time_format``.
        zone: of times that name none.
    """
    if form in EPOCHS:
        found = pc.multiply(values.number(column), EPOCHS[form])
        fine = pc.and_(pc.greater_equal(found, 0.0), pc.less(found, LATEST_S * 1e6))
        kept = pc.if_else(fine, found, pa.scalar(None, pa.float64()))
        return pc.round(kept).cast(pa.int64())
    texts = values.text(column)
    if form == "iso":
        found = times.iso(texts)
        bare = pc.invert(pc.fill_null(pc.match_substring_regex(texts, _HAS_ZONE), False))
        return _in_zone(found, bare, zone)
    return _written(texts, form, zone)


def seems(text: str, form: str) -> bool:
    """Whether a text is written so, at a glance; the number may still be none."""
    if form in EPOCHS:
        return _COUNT.match(text) is not None
    return re.match(_ISO_LIKE if form == "iso" else _pattern(form), text) is not None


def name_no_zone(column: pa.Array, form: str) -> bool:
    """Whether any of the times leaves its zone out."""
    if form != "iso":
        return form not in EPOCHS and "%z" not in form
    named = pc.match_substring_regex(values.text(column), _HAS_ZONE)
    return bool(pc.any(pc.invert(named)).as_py())


def _written(texts: pa.Array, form: str, zone: str) -> pa.Array:
    names = re.findall(r"\?P<(\w)>", _pattern(form))
    parts = pc.extract_regex(texts, _pattern(form))
    fine = parts.is_valid().to_numpy(zero_copy_only=False)
    text = {name: parts.field(i) for i, name in enumerate(names)}
    number = {n: _whole(text[n], len(texts)) for n in names if n not in "bpzf"}
    year = number["Y"] if "Y" in number else _century(number["y"])
    month = number["m"] if "m" in number else _months(text["b"])
    hour = number["H"] if "H" in number else _twelve(number["I"], text["p"])
    second = number.get("S", np.zeros(len(texts), dtype=np.int64))
    micro = _fraction(text["f"]) if "f" in text else np.zeros(len(texts), dtype=np.int64)
    fine = (
        fine & (year >= 1970) & (year < 2200) & (month >= 1) & (month <= 12) & (hour < 24)
        & (number["M"] < 60) & (second <= 60) & (number["d"] >= 1)
        & (number["d"] <= _days_in(year, month))
    )  # fmt: skip
    days = _days(year, month, number["d"])
    local = ((days * 24 + hour) * 60 + number["M"]) * 60 + second
    found = pa.array(local * 1_000_000 + micro, pa.int64(), mask=~fine)
    if "z" not in text:
        return _in_zone(found, pa.repeat(True, len(texts)), zone)
    offsets = text["z"].dictionary_encode()
    told = [_offset(one) for one in offsets.dictionary.to_pylist()]
    return pc.subtract(found, pa.array(told, pa.int64()).take(offsets.indices))


def _in_zone(found: pa.Array, bare: pa.Array, zone: str) -> pa.Array:
    """Times that were read as UTC where ``bare``, and are of another zone."""
    if zone == "UTC" or not len(found):
        return found
    slots = pc.divide(found, _SLOT_US).dictionary_encode()
    told = [_offset_at(slot, zone) for slot in slots.dictionary.to_pylist()]
    moved = pc.subtract(found, pa.array(told, pa.int64()).take(slots.indices))
    moved = pc.if_else(bare, moved, found)
    return pc.if_else(pc.greater_equal(moved, 0), moved, pa.scalar(None, pa.int64()))


@lru_cache(1 << 16)
def _offset_at(slot: int | None, zone: str) -> int | None:
    """Microseconds east of UTC of a quarter of an hour of local time."""
    if slot is None:
        return None
    local = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=slot * _SLOT_US)
    offset = local.replace(tzinfo=ZoneInfo(zone)).utcoffset()
    return None if offset is None else offset // timedelta(microseconds=1)


@lru_cache(64)
def _pattern(form: str) -> str:
    pieces = re.split(r"%(.)", form)
    return "^" + "".join(
        _DIRECTIVES[piece] if index % 2 else re.escape(piece) for index, piece in enumerate(pieces)
    ) + "$"  # fmt: skip


def _whole(column: pa.Array, count: int) -> Numbers:
    if not len(column):
        return np.zeros(count, dtype=np.int64)
    plain = pc.if_else(pc.equal(column, ""), "0", column)
    found: Numbers = pc.fill_null(plain, "0").cast(pa.int64()).to_numpy()
    return found


def _century(year: Numbers) -> Numbers:
    full: Numbers = np.where(year < 69, year + 2000, year + 1900)
    return full


def _months(names: pa.Array) -> Numbers:
    found = pc.index_in(pc.utf8_lower(names), pa.array(_MONTHS))
    months: Numbers = pc.fill_null(found, -1).to_numpy().astype(np.int64) + 1
    return months


def _twelve(hour: Numbers, half: pa.Array) -> Numbers:
    is_pm = pc.fill_null(pc.equal(pc.utf8_lower(half), "pm"), False).to_numpy(zero_copy_only=False)
    full: Numbers = np.where((hour >= 1) & (hour <= 12), hour % 12 + np.where(is_pm, 12, 0), 99)
    return full


def _fraction(digits: pa.Array) -> Numbers:
    padded = pc.utf8_slice_codeunits(pc.utf8_rpad(digits, 6, "0"), 0, 6)
    return _whole(padded, len(digits))


def _days(year: Numbers, month: Numbers, day: Numbers) -> Numbers:
    """Days since 1970 (H. Hinnant, "chrono-compatible low-level date algorithms")."""
    y = year - (month <= 2)
    era = y // 400
    of_era = y - era * 400
    of_year = (153 * (month + np.where(month > 2, -3, 9)) + 2) // 5 + day - 1
    of_days = of_era * 365 + of_era // 4 - of_era // 100 + of_year
    found: Numbers = era * 146_097 + of_days - 719_468
    return found


def _days_in(year: Numbers, month: Numbers) -> Numbers:
    following = np.where(month == 12, 1, month + 1)
    first = np.ones(len(month), dtype=np.int64)
    return _days(year + (month == 12), following, first) - _days(year, month, first)


def _offset(zone: str | None) -> int | None:
    if zone is None:
        return None
    if zone[:1] not in ("+", "-"):
        return 0
    digits = zone[1:].replace(":", "")
    minutes = int(digits[:2]) * 60 + int(digits[2:])
    return (minutes if zone[0] == "+" else -minutes) * 60_000_000
