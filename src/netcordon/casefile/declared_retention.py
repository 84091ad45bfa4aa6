"""The parts of ``netcordon.toml`` about keeping: ``[retention]`` and ``[archive]``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from netcordon.casefile.entries import Entry
from netcordon.model.archive import ArchivePlace, LogClass, Retention

TEMPLATE = """\

# How long logs are kept, in days; IRM-5 asks for more than six months. A class may have its own:
# flows, names, web, logins, services, alerts, devices, originals (the files that were handed in).
# [retention]
# days = 183
# flows = 365
# hot_days = 30             # then tables may leave the workspace: netcordon archive put --move
# drill_days = 30           # so often a restore is tried: netcordon archive drill

# The archive: a folder, or a bucket of an S3-compatible server (credentials as for its own tools).
# [archive]
# place = "/srv/netcordon-archive"      # or "s3://bucket/prefix"
# endpoint = "https://s3.corp.example"  # left out: Amazon's
# region = "eu-west-3"
# fetch_gb = 20             # most that one question may fetch from a bucket
# sensors = { "fw-*" = "border-fw" }    # names of files -> what recorded them
"""

RETENTION_KEYS = ("days", "hot_days", "drill_days", *LogClass)
ARCHIVE_KEYS = ("place", "endpoint", "region", "fetch_gb", "sensors")
_LONGEST_DAYS = 36_500


def read_retention(values: Mapping[str, object]) -> Retention:
    """The times as declared.

    Raises:
        WrongKeyError: at the first key that cannot be used.
    """
    entry = _section(values, "retention")
    default = Retention()

    def days(key: str, otherwise: int) -> int:
        return entry.whole(key, 1, _LONGEST_DAYS) if entry.has(key) else otherwise

    return Retention(
        days=days("days", default.days),
        classes={each: days(each, 0) for each in LogClass if entry.has(each)},
        hot_days=days("hot_days", default.hot_days),
        drill_days=days("drill_days", default.drill_days),
    )


def read_archive(values: Mapping[str, object], workspace: Path) -> ArchivePlace:
    """The place as declared; a folder may be relative to the workspace.

    Raises:
        WrongKeyError: at the first key that cannot be used.
    """
    entry = _section(values, "archive")
    place, endpoint = entry.text("place"), entry.text("endpoint")
    if "://" in place and not place.startswith("s3://"):
        raise entry.wrong("place", f"{place!r} is neither a folder nor s3://bucket/prefix")
    if endpoint and not endpoint.startswith(("http://", "https://")):
        raise entry.wrong("endpoint", f"{endpoint!r} does not begin with https:// or http://")
    return ArchivePlace(
        url=place if "://" in place or not place else str((workspace / place).absolute()),
        endpoint=endpoint,
        region=entry.text("region"),
        sensors=entry.options("sensors"),
        fetch_bytes=(entry.whole("fetch_gb", 1, 1_000_000) if entry.has("fetch_gb") else 20)
        * 1_000_000_000,
    )


def _section(values: Mapping[str, object], name: str) -> Entry:
    section = values.get(name, {})
    return Entry(name, 1, section if isinstance(section, dict) else {})
