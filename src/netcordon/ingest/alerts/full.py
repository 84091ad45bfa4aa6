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
    """Reads the lines; an alert is read where its ends stand, its other lines are remarks.

    Args:
        clock: reads the times.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._open: tuple[int, bytes, dict[str, Value]] | None = None
        self._row: Event | None = None

    def __call__(self, block: Block, tally: Tally) -> Iterable[Rows]:
        """Rows of a block, see ``text.reading.Format``."""
        ready: list[Event] = []
        for index, number in enumerate(block.numbers.tolist()):
            line = block.text(index)
            text = line[:_LONGEST].decode(errors="replace")
            told = title_of(text) if text.startswith("[**] [") else None
            if told is not None:
                self._refuse(tally)
                ready += self._done()
                self._open = (number, line, told)
                tally.comments += 1
            elif self._open is not None and self._begins(text):
                tally.read += 1
            else:
                tally.comments += 1
                if self._row is not None:  # the line behind the ends tells the protocol
                    header = _PROTOCOL.match(text)
                    self._row.values["protocol"] = header["proto"].lower() if header else None
                    ready += self._done()
        yield from table_rows(ready)

    def finish(self) -> Iterable[Rows]:
        """The last alert."""
        yield from table_rows(self._done())

    def _begins(self, text: str) -> bool:
        """Whether these are the ends of the alert that is open; then it is one."""
        assert self._open is not None
        number, _, told = self._open
        told.update({name: value for name, value in class_of(text).items() if value is not None})
        ends = _ENDS.match(text)
        if ends is None:
            return False
        time = self._clock.microseconds(written_time(ends["time"]))
        row = alert_of(told, "snort", time, (ends["src"], ends["dst"]), "")
        if undated(row):
            return False
        row.number = number
        self._row, self._open = row, None
        return True

    def _refuse(self, tally: Tally) -> None:
        """The alert before had no ends: its first line was no remark."""
        if self._open is not None:
            number, line, _ = self._open
            tally.comments -= 1
            tally.refuse_text("an alert without time and ends", number, line)

    def _done(self) -> list[Event]:
        row, self._row = self._row, None
        return [] if row is None else [row]
