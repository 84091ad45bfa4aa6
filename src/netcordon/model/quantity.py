"""How quantities read: times, spans, sizes and counts, the same wherever they are shown."""

from __future__ import annotations

import math
from datetime import UTC, datetime

_UNITS = frozenset({"s", "ms", "us", "bytes", "bits", "percent", "hosts", "per_s"})
_SIZES = ("B", "kB", "MB", "GB", "TB", "PB")


def utc(moment: datetime) -> datetime:
    """The moment in UTC; a time without a zone is UTC already."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def rfc3339(moment: datetime) -> str:
    """``2026-11-03T08:12:03.123456Z``, always with microseconds (RFC 3339, section 5.6)."""
    return utc(moment).isoformat(timespec="microseconds").replace("+00:00", "Z")


def time_text(moment: datetime | None) -> str:
    """``2026-11-03 08:12:03``, in UTC, to the second."""
    return "unknown" if moment is None else f"{utc(moment):%Y-%m-%d %H:%M:%S}"


def window_text(first: datetime | None, last: datetime | None) -> str:
    """``2026-11-03 08:12:03 to 09:40:00 UTC (1 h 27 min)``; the date once when it is one day."""
    if first is None or last is None:
        return "unknown"
    one_day = utc(first).date() == utc(last).date()
    end = f"{utc(last):%H:%M:%S}" if one_day else time_text(last)
    return f"{time_text(first)} to {end} UTC ({span_text((last - first).total_seconds())})"


def span_text(seconds: float) -> str:
    """``350 ms``, ``25.1 s``, ``4 min 10 s``, ``1 h 27 min``, ``3 d 4 h``."""
    if not math.isfinite(seconds):
        return "unknown"
    if seconds < 1:
        return f"{max(seconds, 0) * 1000:.0f} ms"
    if seconds < 60:
        return f"{min(seconds, 60):.3g} s"
    whole = round(seconds)
    for unit, size, smaller, small in (("d", 86400, "h", 3600), ("h", 3600, "min", 60)):
        if whole >= size:
            rest = whole % size // small
            return f"{whole // size:,} {unit}" + (f" {rest} {smaller}" if rest else "")
    return f"{whole // 60} min" + (f" {whole % 60} s" if whole % 60 else "")


def size_text(count: float) -> str:
    """``999 B``, ``2.4 MB``: bytes with decimal prefixes."""
    if not math.isfinite(count):
        return "unknown"
    unit = 0
    while abs(count) >= 999.5 and unit < len(_SIZES) - 1:
        count /= 1000
        unit += 1
    return f"{count:.0f} {_SIZES[unit]}" if unit == 0 else f"{number_text(count)} {_SIZES[unit]}"


def number_text(value: float) -> str:
    """``0.57``, ``12.5``, ``1,790``: three significant digits, never an exponent.

    Magnitudes below 0.001 are 0.
    """
    if not math.isfinite(value):
        return "unknown"
    if abs(value) < 0.001:
        return "0"
    places = 2 - math.floor(math.log10(abs(value)))
    text = f"{round(value, places):,.{max(places, 0)}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def share_text(share: float) -> str:
    """``18 %``, ``0.5 %``, ``under 0.1 %``: a share of 1 in percent."""
    if not math.isfinite(share):
        return "unknown"
    percent = 100 * share
    if 0 < percent < 0.1:
        return "under 0.1 %"
    return f"{percent:.0f} %" if percent >= 2 else f"{number_text(round(percent, 1))} %"


def count_text(count: int, one: str, many: str | None = None) -> str:
    """``1 host``, ``3,000 hosts``."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def name_text(name: str) -> str:
    """``median_gap_s`` as ``median gap (s)``: words, and the unit that the name ends with."""
    stem, _, unit = name.rpartition("_")
    if stem and unit in _UNITS:
        return f"{stem.replace('_', ' ')} ({unit})"
    return name.replace("_", " ")
