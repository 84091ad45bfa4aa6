"""Times as people and their programs write them: the words stay, with their zone, beside UTC."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice

from netcordon.model.intake import Moment

_MOST = 2000
_ZONES = {
    "z": 0, "utc": 0, "gmt": 0, "ut": 0, "wet": 0, "west": 60, "bst": 60, "cet": 60, "cest": 120,
    "mez": 60, "mesz": 120, "eet": 120, "eest": 180, "est": -300, "edt": -240, "cst": -360,
    "cdt": -300, "mst": -420, "mdt": -360, "pst": -480, "pdt": -420,
}  # fmt: skip
"""Minutes east of UTC (those of America as RFC 5322, section 4.3)."""
_MONTHS = {name: n for n, name in enumerate(
    ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
)}  # fmt: skip
_NAMES = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
_ZONE = (
    r"(?P<zone>[+-]\d\d:?\d\d(?!\d)|Z\b|\b(?:"
    + "|".join(sorted((name.upper() for name in _ZONES if name != "z"), key=len, reverse=True))
    + r")\b)?"
)
_CLOCK = r"(?P<h>[0-2]?\d):(?P<m>[0-5]\d)(?::(?P<s>[0-6]\d)(?:[.,](?P<f>\d{1,9}))?)?"
_WAYS = tuple(
    re.compile(pattern + r"[ \t]{0,2}[(\[]?" + _ZONE, re.ASCII)
    for pattern in (
        rf"(?<!\d)(?P<y>\d{{4}})[-/](?P<mon>\d\d)[-/](?P<d>\d\d)(?:[T ]|[ ]?at[ ]){_CLOCK}",
        rf"(?<!\d)(?P<d>\d{{1,2}})[ /-](?P<name>{_NAMES})[a-z]{{0,6}}[ /-](?P<y>\d{{4}})"
        rf"[ :,]{{1,2}}{_CLOCK}",
        rf"(?<![\d.])(?P<d>\d{{1,2}})\.(?P<mon>\d{{1,2}})\.(?P<y>\d{{4}})[ ,]{{1,2}}(?:um[ ])?"
        rf"{_CLOCK}",
        rf"(?<![A-Za-z])(?P<name>{_NAMES})[ ]{{1,2}}(?P<d>\d{{1,2}})[ ]{_CLOCK}",
    )
)


@dataclass(frozen=True, kw_only=True)
class Setting:
    """Where a text was written, for times that do not say all.

    Attributes:
        written: when; gives lines without a year theirs.
        zone: in which zone, e.g. ``+0100``; times without one are read in it, and it is said.
    """

    written: datetime | None = None
    zone: str = ""


NOWHERE = Setting()
"""Nothing is known: times without zone are read as UTC, those without a year not at all."""


def moments(text: str, here: Setting = NOWHERE) -> list[Moment]:
    """The first times in a text, in order of their place.

    Args:
        text: bounded by the caller.
        here: where it was written.
    """
    found = sorted(
        {
            (m.start(), m.end()): m for way in _WAYS for m in islice(way.finditer(text), _MOST)
        }.items()
    )
    out: list[Moment] = []
    after = 0
    for (begin, end), match in found[:_MOST]:
        if begin >= after:
            out.append(_moment(match, here))
            after = end
    return out


def moment(text: str, here: Setting = NOWHERE) -> Moment | None:
    """The first time in a text; ``None`` without one."""
    return next(iter(moments(text[:400], here)), None)


def span(found: list[Moment]) -> tuple[Moment, ...]:
    """The first and the last of several; one where they are the same."""
    dated = sorted(_dated(found), key=lambda pair: pair[0])
    if not dated:
        return tuple(found[:1])
    first, last = dated[0], dated[-1]
    return (first[1],) if first[0] == last[0] else (first[1], last[1])


def _dated(found: list[Moment]) -> Iterator[tuple[datetime, Moment]]:
    for one in found:
        if one.time is not None:
            yield one.time, one


def _moment(match: re.Match[str], here: Setting) -> Moment:
    said, written = match.groupdict(), here.written
    text = match[0].strip(" \t([")
    zone = said.get("zone") or ""
    assumed = "" if zone else here.zone or "UTC"
    month = int(said["mon"]) if said.get("mon") else _MONTHS[str(said["name"]).lower()]
    year = said.get("y")
    if year is None and written is None:
        return Moment(text=text, time=None, zone=zone)
    micro = int((said.get("f") or "0").ljust(6, "0")[:6])
    try:
        local = datetime(
            int(year) if year else written.year if written else 1970, month, int(said["d"]),
            int(said["h"]), int(said["m"]), min(int(said.get("s") or 0), 59), micro, tzinfo=UTC,
        )  # fmt: skip
        time = local - timedelta(minutes=_offset(zone or here.zone))
        if year is None and written is not None and time > written + timedelta(days=2):
            time = time.replace(year=time.year - 1)  # a report of January tells of December
    except (ValueError, OverflowError):
        return Moment(text=text, time=None, zone=zone)
    return Moment(text=text, time=time, zone=zone, assumed=assumed)


def _offset(zone: str) -> int:
    if not zone:
        return 0
    if zone[0] in "+-":
        digits = zone[1:].replace(":", "")
        minutes = int(digits[:2]) * 60 + int(digits[2:])
        return minutes if zone[0] == "+" else -minutes
    return _ZONES[zone.lower()]
