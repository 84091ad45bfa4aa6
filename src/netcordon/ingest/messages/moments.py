"""Times as devices write them, as microseconds since 1970 UTC.

What a log leaves out is settled openly: a missing zone is UTC or the
one that the user names, a missing year (RFC 3164) the latest
one in which the time is not later than a day after the file's own. Both are counted, for a warning.
"""

from __future__ import annotations

import re
import threading
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from netcordon.ingest.text.times import LATEST_S
from netcordon.model.evidence import IngestWarning

_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
    )
}
_CLOCK = r"(?P<H>\d{1,2}):(?P<M>\d{2})(?::(?P<S>\d{2})(?:[.,](?P<f>\d{1,9}))?)?"
NAMED_ZONES = {
    "WET": 0, "WEST": 1, "CET": 1, "CEST": 2, "EET": 2, "EEST": 3, "MSK": 3, "EST": -5, "EDT": -4,
    "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "AKST": -9, "AKDT": -8, "JST": 9,
    "KST": 9, "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13,
}  # fmt: skip
"""Zones whose letters mean one offset (hours); CST, IST, BST and others mean several."""
_ZONE = rf"(?: ?(?P<z>Z|[+-]\d{{2}}(?::?\d{{2}})?|UTC|GMT|{'|'.join(NAMED_ZONES)}))?"
_FORMS = tuple(
    re.compile(form + "$", re.ASCII)
    for form in (
        rf"(?P<y>\d{{4}})[-/](?P<m>\d{{1,2}})[-/](?P<d>\d{{1,2}})[T ]{_CLOCK}{_ZONE}",
        rf"(?P<b>[A-Za-z]{{3}}) +(?P<d>\d{{1,2}}) (?:(?P<y>\d{{4}}) )?{_CLOCK}{_ZONE}",
        rf"(?P<d>\d{{1,2}})[/-](?P<b>[A-Za-z]{{3}})[/-](?P<y>\d{{4}})[: ]{_CLOCK}{_ZONE}",
        rf"(?P<d>\d{{1,2}})(?P<b>[A-Za-z]{{3}})(?P<y>\d{{4}}) {_CLOCK}{_ZONE}",
        rf"(?:[A-Za-z]{{3}} )?(?P<b>[A-Za-z]{{3}}) +(?P<d>\d{{1,2}}) {_CLOCK} (?P<y>\d{{4}})",
        rf"(?P<m>\d{{1,2}})/(?P<d>\d{{1,2}})/(?P<y>\d{{2,4}}) {_CLOCK}(?P<p> [AP]M)?",
    )
)
_EPOCH = re.compile(r"(\d{9,11})(?:\.(\d{1,9}))?$", re.ASCII)
_EPOCH_LONG = re.compile(r"\d{13}$|\d{16}$|\d{19}$", re.ASCII)
_1970 = datetime(1970, 1, 1, tzinfo=UTC)
_LONGEST = 48

_Read = tuple[int, bool, int | None]
"""A time, whether its zone was named, and the year that was assumed."""


class Clock:
    """Reads times of one log.

    Args:
        modified: when the file was last written, microseconds since 1970 UTC; ``None`` where that
            is not known, and then a time without a year is none.
        zone: name (IANA) of the zone of times that name none.
        year: of times that name none; ``None`` for the latest that is not after ``modified``.

    Raises:
        ZoneInfoNotFoundError: no zone has this name.
    """

    def __init__(
        self, modified: int | None = None, zone: str = "UTC", year: int | None = None
    ) -> None:
        # Of zones only UTC is sure to be known to every system.
        self._zone_name, self._zone = zone, UTC if zone == "UTC" else ZoneInfo(zone)
        self._latest = None if modified is None else _datetime(modified) + timedelta(days=1)
        self._year, self._modified, self._written = year, modified, 0
        self._without_zone = 0
        self._years: dict[int, int] = {}
        self._lock = threading.Lock()
        self._read = lru_cache(4096)(self._parsed)

    def microseconds(self, text: str, zone: str = "") -> int | None:
        """A time, or ``None``.

        Args:
            text: in any of the forms, up to 48 characters.
            zone: offset that the log gives in a field of its own, such as ``+0100``.
        """
        found = self._read(text[: _LONGEST + 1].strip(), zone[:8])
        if found is None:
            return None
        self._count(found, 1)
        return found[0]

    def when_written(self) -> int | None:
        """The time of the file itself, for lines that have none; counted, for a warning."""
        with self._lock:
            self._written += 1
        return self._modified

    def column(self, texts: pa.DictionaryArray, where: NDArray[np.bool_]) -> pa.Array:
        """Times of a column, int64; NULL where ``where`` is not true, or the text is no time.

        Each text is read once, and what is assumed of it counted as often as it stands.
        """
        found = [self._read(text, "") for text in texts.dictionary.to_pylist()]
        indices = texts.indices.fill_null(0).to_numpy()
        counts = np.bincount(indices[where], minlength=len(found)).tolist()
        for read, count in zip(found, counts, strict=True):
            if read is not None and count:
                self._count(read, count)
        values = pa.array([None if read is None else read[0] for read in found], pa.int64())
        return pc.if_else(pa.array(where), values.take(texts.indices), pa.scalar(None, pa.int64()))

    def _count(self, found: _Read, count: int) -> None:
        """Note what was assumed of a time."""
        _, has_zone, year = found
        with self._lock:
            self._without_zone += 0 if has_zone else count
            if year is not None:
                self._years[year] = self._years.get(year, 0) + count

    def warnings(self) -> tuple[IngestWarning, ...]:
        """What was assumed."""
        found = []
        if self._without_zone:
            what = f"Times name no zone; they were read as {self._zone_name}."
            found.append(IngestWarning(code="NC-271", what=what, count=self._without_zone))
        if self._written:
            what = "Lines carry no time; they stand at the time at which the file was written."
            found.append(IngestWarning(code="NC-230", what=what, count=self._written))
        for year, count in sorted(self._years.items()):
            what = f"Times name no year; by the time of the file they were read as of {year}."
            found.append(IngestWarning(code="NC-272", what=what, count=count))
        return tuple(found)

    def _parsed(self, text: str, zone: str) -> _Read | None:
        if len(text) > _LONGEST:
            return None
        epoch = _epoch(text)
        if epoch is not None:
            return epoch, True, None
        for form in _FORMS:
            match = form.match(text)
            if match is not None:
                try:
                    return self._settled(match.groupdict(), zone)
                except (ValueError, OverflowError):
                    return None  # the thirtieth of February
        return None

    def _settled(self, part: dict[str, str | None], zone: str) -> _Read | None:
        named, year = part.get("b"), part.get("y")
        month = _MONTHS.get((named or "").lower()) or int(part.get("m") or 0)
        offset = _offset(zone) or _offset(part.get("z") or "")
        hour = int(part["H"] or 0)
        if part.get("p"):
            hour = hour % 12 + (12 if part["p"] == " PM" else 0)
        clock = (hour, int(part["M"] or 0), int(part["S"] or 0))
        micros = int((part["f"] or "")[:6].ljust(6, "0"))
        day = int(part["d"] or 0)

        def at(number: int) -> datetime:
            return datetime(number, month, day, *clock, micros, tzinfo=offset or self._zone)

        if year is not None:
            number = int(year) + (2000 if len(year) == 2 else 0)
            return _checked(_micros(at(number)), offset is not None, None)
        if self._year is not None:
            return _checked(_micros(at(self._year)), offset is not None, self._year)
        if self._latest is None:
            return None
        last = self._latest.year
        for number in range(last, last - 9, -1):
            try:
                when = at(number)
            except ValueError:  # the 29th of February is found in leap years only
                continue
            if when <= self._latest:
                return _checked(_micros(when), offset is not None, number)
        return None


def _epoch(text: str) -> int | None:
    match = _EPOCH.match(text)
    if match is not None:
        value = int(match[1]) * 1_000_000 + int((match[2] or "")[:6].ljust(6, "0"))
    elif _EPOCH_LONG.match(text):
        value = int(text) * 1000 if len(text) == 13 else int(text[:16])
    else:
        return None
    return value if value < LATEST_S * 1_000_000 else None


def _offset(text: str) -> timezone | None:
    if text in ("Z", "UTC", "GMT"):
        return UTC
    if text in NAMED_ZONES:
        return timezone(timedelta(hours=NAMED_ZONES[text]))
    digits = text[1:].replace(":", "")
    if text[:1] not in "+-" or not digits.isdecimal() or len(digits) not in (2, 4):
        return None
    minutes = int(digits[:2]) * 60 + int(digits[2:] or 0)
    if minutes >= 24 * 60:
        return None
    return timezone(timedelta(minutes=-minutes if text[0] == "-" else minutes))


def _datetime(microseconds: int) -> datetime:
    return _1970 + timedelta(microseconds=microseconds)


def _micros(when: datetime) -> int:
    return (when - _1970) // timedelta(microseconds=1)


def _checked(value: int, has_zone: bool, year: int | None) -> _Read | None:
    return (value, has_zone, year) if 0 <= value < LATEST_S * 1_000_000 else None
