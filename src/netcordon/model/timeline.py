"""An event of a timeline that is given to, or came from, another program."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

_ZONED = re.compile(r"(?:[zZ]|[+-][0-9]{2}:?[0-9]{2}(?::?[0-9]{2})?)\s*\Z")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class TimelineEntry:
    """One event.

    Attributes:
        time: microseconds since 1970 UTC.
        kind: what happened then, such as ``First Seen``.
        message: in words (hostile text).
        data_type: what it is made of, such as ``netcordon:finding``.
        time_text: as another program had written it, zone and digits included; empty for ours.
        fields: everything else.
    """

    time: int
    kind: str
    message: str
    data_type: str
    time_text: str = ""
    fields: Mapping[str, object] = field(default_factory=dict)

    @property
    def datetime_text(self) -> str:
        """ISO 8601 with zone: as it was written if it names one, else in UTC."""
        if _ZONED.search(self.time_text):
            return self.time_text
        moment = _EPOCH + timedelta(microseconds=self.time)
        return moment.isoformat(timespec="microseconds")


def microseconds(moment: datetime) -> int:
    """Of a moment with zone, since 1970 UTC."""
    return (moment - _EPOCH) // timedelta(microseconds=1)
