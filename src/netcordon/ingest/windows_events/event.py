"""Events of Windows by the names that Windows gives their data, whatever shape they came in."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from netcordon.ingest.text import times
from netcordon.ingest.text.columns import Columns
from netcordon.ingest.text.rows import Rows, rows
from netcordon.ingest.windows_events.fields import Shape

SYSMON = "Microsoft-Windows-Sysmon/Operational"
SECURITY = "Security"


class Events:
    """Events of one kind: their columns by the names that Windows gives them."""

    def __init__(self, log: Columns, shape: Shape) -> None:
        self._log = log
        self._shape = shape

    def __len__(self) -> int:
        return len(self._log)

    @property
    def time(self) -> pa.Array:
        """When it was logged, microseconds."""
        return self._log.time(*self._shape.time)

    @property
    def event(self) -> pa.Array:
        """Number of the event, as text."""
        return self._log.text(*self._shape.event)

    @property
    def channel(self) -> pa.Array:
        """Its log."""
        return self._log.text(*self._shape.channel)

    @property
    def computer(self) -> pa.Array:
        """Who logged it."""
        return self._log.text(*self._shape.computer)

    def text(self, *names: str) -> pa.Array:
        """Data of the event; NULL where Windows writes a dash for nothing."""
        found = self._log.text(*(self._shape.data + name for name in names))
        empty = pc.is_in(found, pa.array(["", "-", "N/A"]))
        return pc.if_else(pc.fill_null(empty, False), pa.scalar(None, pa.string()), found)

    def whole(self, *names: str) -> pa.Array:
        """A number of the event's data."""
        return self._log.whole(*(self._shape.data + name for name in names))

    def address(self, *names: str) -> dict[str, object]:
        """An address as the columns ``ip``, ``ip_hi``, ``ip_lo``."""
        return self._log.address(*(self._shape.data + name for name in names)).columns("ip")

    def sysmon_time(self) -> pa.Array:
        """When it happened as Sysmon says, else when it was logged."""
        return pc.coalesce(times.microseconds(self.text("UtcTime")), self.time)

    def where(self, chosen: pa.Array) -> Events:
        """Some of them."""
        return Events(self._log.where(chosen), self._shape)

    def rows(self, table: str, told: dict[str, object]) -> Rows:
        """Rows of a table, numbered as the events are."""
        return rows(table, self._log.numbers, told)


def of(events: Events, channel: str, *numbers: int) -> pa.Array:
    """Which of them are events of a log with one of these numbers."""
    here = pc.equal(pc.utf8_lower(events.channel), channel.lower())
    return pc.and_(here, pc.is_in(events.event, pa.array([str(n) for n in numbers])))


def end(events: Events, side: str, *names: str) -> dict[str, object]:
    """An address as columns of a side: ``src`` or ``dst``."""
    return {f"{side}_{key}": column for key, column in events.address(*names).items()}
