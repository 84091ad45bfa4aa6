"""A log of JSON records: each goes to the first reader that knows it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from netcordon.ingest.alerts.record import Found, Memory, Record, RecordReader
from netcordon.ingest.messages.events import Event, table_rows
from netcordon.ingest.messages.moments import Clock
from netcordon.ingest.text.blocks import Block
from netcordon.ingest.text.head import json_object
from netcordon.ingest.text.reading import Facts
from netcordon.ingest.text.rows import Rows
from netcordon.ingest.text.tally import Tally
from netcordon.tables.schema import TABLES


def inner(value: dict[str, object]) -> dict[str, object]:
    """A record without what a search engine's export (``_source``) puts around it."""
    found = value.get("_source")
    return found if isinstance(found, dict) and "_index" in value else value


def read_record(record: Record, readers: Sequence[RecordReader]) -> tuple[str, Found]:
    """Name of the reader that knows a record, and what it makes of it."""
    for reader in readers:
        found = reader.read(record)
        if found is not None:
            return reader.name, found
    return "", None


class AlertLog:
    """Reads lines of JSON objects.

    Args:
        readers: asked in turn.
        clock: reads the times.
    """

    def __init__(self, readers: Sequence[RecordReader], clock: Clock) -> None:
        self.facts = Facts()
        self.clock = clock
        self._readers = readers
        self._memory = Memory()

    def __call__(self, block: Block, tally: Tally) -> Iterable[Rows]:
        """Rows of a block, see ``text.reading.Format``."""
        ready: list[Event] = []
        for index, number in enumerate(block.numbers.tolist()):
            line = block.text(index)
            value = json_object(line)
            if value is None:
                tally.refuse_text("not a JSON object", number, line)
                continue
            found = self._found(inner(value))
            if found is None:
                found = "no record of a known kind"
            elif not isinstance(found, str) and any(undated(event) for event in found):
                found = "no time, or none that can be read"
            if isinstance(found, str):
                tally.refuse_text(found, number, line)
                continue
            if not found:
                tally.comments += 1
                continue
            tally.read += 1
            for event in found:
                event.number = number
                ready.append(event)
        yield from table_rows(ready)

    def _found(self, value: dict[str, object]) -> Found:
        name, found = read_record(Record(value, self.clock, self._memory), self._readers)
        if name:
            self.facts.add(f"{name}_records", 1)
        return found


def undated(event: Event) -> bool:
    """Whether a row has no time."""
    return event.values.get(TABLES[event.table].time) is None
