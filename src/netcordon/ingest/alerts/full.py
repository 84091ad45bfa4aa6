"""Snort's ``alert_full``: an alert on several lines, with an empty one behind it.

``[**] [gid:sid:rev] message [**]``, ``[Classification: c] [Priority: n]``, time and ends, headers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from netcordon.ingest.alerts.fast import alert_of, class_of, title_of, written_time
from netcordon.ingest.alerts.log import undated
from netcordon.ingest.messages.events import Event, Value, table_rows
from netcordon.ingest.messages.moments import Clock
from netcordon.ingest.text.blocks import Block
from netcordon.ingest.text.rows import Rows
from netcordon.ingest.text.tally import Tally

_LONGEST = 4096
_ENDS = re.compile(
    r"(?P<time>\d\d/\d\d(?:/\d\d)?-\d\d:\d\d:\d\d(?:\.\d{1,9})?) "
    r"(?:[0-9A-F:]{11,17} -> [0-9A-F:]{11,17} type:\S{1,8} len:\S{1,8} )?"
    r"(?P<src>[\w.:%-]{2,64}) -> (?P<dst>[\w.:%-]{2,64})", re.ASCII,
)  # fmt: skip
_PROTOCOL = re.compile(r"(?P<proto>[A-Z][\w-]{1,15}) TTL:\d", re.ASCII)


def is_title(line: str) -> bool:
    """Whether an alert begins on this line."""
    return line.startswith("[**] [") and title_of(line) is not None


class FullAlerts:
    """Reads the lines; an alert counts as its first line, the others are remarks.

    Args:
        clock: reads the times.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._open: tuple[int, bytes, dict[str, Value]] | None = None
        self._row: Event | None = None
        self._tally: Tally | None = None

    def __call__(self, block: Block, tally: Tally) -> Iterable[Rows]:
        """Rows of a block, see ``text.reading.Format``."""
        self._tally = tally
        ready: list[Event] = []
        for index, number in enumerate(block.numbers.tolist()):
            line = block.text(index)
            text = line[:_LONGEST].decode(errors="replace")
            told = title_of(text) if text.startswith("[**] [") else None
            if told is not None:
                ready += self._closed(tally)
                self._open = (number, line, told)
                continue
            tally.comments += 1
            self._more(text)
        yield from table_rows(ready)

    def finish(self) -> Iterable[Rows]:
        """The last alert."""
        if self._tally is not None:
            yield from table_rows(self._closed(self._tally))

    def _more(self, text: str) -> None:
        if self._open is None:
            return
        number, _, told = self._open
        if self._row is None:
            told.update({name: v for name, v in class_of(text).items() if v is not None})
            ends = _ENDS.match(text)
            if ends is not None:
                time = self._clock.microseconds(written_time(ends["time"]))
                self._row = alert_of(told, "snort", time, (ends["src"], ends["dst"]), "")
                self._row.number = number
        elif self._row.values["protocol"] is None and (header := _PROTOCOL.match(text)):
            self._row.values["protocol"] = header["proto"].lower()

    def _closed(self, tally: Tally) -> list[Event]:
        """The alert that was open, when the next one begins."""
        begun, row = self._open, self._row
        self._open = self._row = None
        if begun is None:
            return []
        number, line, _ = begun
        if row is None or undated(row):
            tally.refuse_text("an alert without time and ends", number, line)
            return []
        tally.read += 1
        return [row]
