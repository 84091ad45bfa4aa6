"""The part of ``netcordon.toml`` about devices' logs: ``[[log]]``."""

from __future__ import annotations

import zoneinfo
from collections.abc import Mapping

from netcordon.casefile.entries import Entry, entries
from netcordon.model.log_rule import LogRule

TEMPLATE = """\

# Logs whose times leave out their zone or year, by device or by file; the first that fits holds.
# [[log]]
# host = "fw-*"                         # as the device names itself in its messages
# file = "*.log"                        # the file's name, or its whole path
# zone = "Europe/Paris"                 # else --log-zone
# year = 2025                           # else the latest that is not after the file's own time
"""

SECTION = "log"
_KEYS = ("host", "file", "zone", "year")
_FIRST_YEAR, _LAST_YEAR = 1970, 2100


def read_logs(values: Mapping[str, object]) -> tuple[LogRule, ...]:
    """The rules in the order of the file.

    Raises:
        WrongKeyError: at the first key that cannot be used.
    """
    return tuple(_rule(entry) for entry in entries(values, SECTION))


def _rule(entry: Entry) -> LogRule:
    entry.check_keys(_KEYS)
    if not entry.given("host", "file"):
        raise entry.wrong("host", "is missing; name a host or a file")
    zone = entry.text("zone")
    if zone and zone != "UTC":
        try:
            zoneinfo.ZoneInfo(zone)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError) as error:
            raise entry.wrong("zone", f"{zone!r} is no zone such as Europe/Paris") from error
    year = entry.whole("year", _FIRST_YEAR, _LAST_YEAR) if entry.has("year") else None
    return LogRule(host=entry.text("host"), file=entry.text("file"), zone=zone, year=year)
