"""One event of a timeline: which of its fields say what.

Timesketch wants ``message``, ``datetime`` (ISO 8601) and ``timestamp_desc`` and takes any field
beside them; Plaso writes the same names, and ``timestamp`` in microseconds since 1970 UTC.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

from netcordon.ingest.text.times import LATEST_S

NEEDED = ("message", "timestamp_desc")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SOURCES = ("data_type", "parser", "source_long", "source_short", "source", "sourcetype")
_HOSTS = ("hostname", "host", "computer_name", "host_name")
_ACCOUNTS = ("username", "user", "account", "user_name")
_OURS = frozenset({"message", "datetime", "timestamp", "timestamp_desc"})
_LONGEST_TEXT = 32_768
_MOST_FIELDS = 65_536
_EXACT = re.compile(r"-?[0-9]{1,18}\Z")


@dataclass(frozen=True)
class Event:
    """An event.

    Attributes:
        time: microseconds since 1970 UTC.
        values: of the columns of ``timeline_event`` beside time and line.
    """

    time: int
    values: Mapping[str, str | None]


def event_of(fields: Mapping[str, Any], zone: tzinfo) -> Event | str:
    """The event that fields make, or in a few words why there is none.

    Args:
        fields: name -> value, as JSON or CSV has them.
        zone: of times that name none.
    """
    message, kind = fields.get("message"), fields.get("timestamp_desc")
    if not isinstance(message, str) or not isinstance(kind, str):
        return "no message, or no timestamp_desc"
    text = fields.get("datetime")
    found = _told(text, zone) if isinstance(text, str) and text.strip() else None
    if found is None:
        found, text = _counted(fields.get("timestamp")), None
    if found is None or not 0 <= found < LATEST_S * 1_000_000:
        return "no time that can be read"
    rest = {name: value for name, value in fields.items() if name not in _OURS}
    return Event(
        found,
        {
            "time_text": text[:64] if isinstance(text, str) else None,
            "time_kind": kind[:200],
            "message": message[:_LONGEST_TEXT],
            "source": _first(fields, _SOURCES),
            "host": _first(fields, _HOSTS),
            "account": _first(fields, _ACCOUNTS),
            "fields": _rest(rest),
        },
    )


def _told(text: str, zone: tzinfo) -> int | None:
    try:
        moment = datetime.fromisoformat(text.strip().replace(",", "."))
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    try:
        return (moment - _EPOCH) // timedelta(microseconds=1)
    except OverflowError:
        return None


def _counted(value: object) -> int | None:
    """Whole microseconds; a float has lost some already, and is no number of them."""
    if isinstance(value, str) and _EXACT.match(value.strip()):
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _first(fields: Mapping[str, Any], names: tuple[str, ...]) -> str | None:
    values = (fields.get(name) for name in names)
    return next((v[:200] for v in values if isinstance(v, str) and v.strip(" -")), None)


def _rest(rest: Mapping[str, Any]) -> str | None:
    """Everything else as JSON; fields that do not fit any more are left out and named."""
    kept: dict[str, Any] = {}
    left_out: list[str] = []
    room = _MOST_FIELDS
    for name, value in rest.items():
        size = len(name) + len(json.dumps(value, ensure_ascii=True))
        if size <= room:
            kept[name] = value
            room -= size
        else:
            left_out.append(name[:100])
    if left_out:
        kept["netcordon_left_out"] = left_out[:100]
    return json.dumps(kept, sort_keys=True, ensure_ascii=True) if kept else None
