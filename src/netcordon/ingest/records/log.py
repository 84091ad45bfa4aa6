"""A log of records: each goes to the product whose marks it has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from hashlib import blake2b

from netcordon.ingest.messages.events import Event, table_rows
from netcordon.ingest.messages.moments import Clock
from netcordon.ingest.records.product import Product
from netcordon.ingest.records.record import Record
from netcordon.ingest.text.addresses import canonical_text
from netcordon.ingest.text.blocks import Block
from netcordon.ingest.text.head import json_object
from netcordon.ingest.text.reading import Facts
from netcordon.ingest.text.rows import Rows
from netcordon.ingest.text.tally import Tally
from netcordon.tables.schema import TABLES


class RecordLog:
    """Reads lines that hold an object each.

    Args:
        products: asked in turn; whoever read the line before is asked first.
        clock: reads the times.
    """

    def __init__(self, products: Sequence[Product], clock: Clock) -> None:
        self.facts = Facts()
        self._products = list(products)
        self._clock = clock

    def __call__(self, block: Block, tally: Tally) -> Iterable[Rows]:
        """Rows of a block, see ``text.reading.Format``."""
        ready: list[Event] = []
        for index, number in enumerate(block.numbers.tolist()):
            line = block.text(index)
            value = json_object(line)
            if value is None:
                tally.refuse_text("not a JSON object", number, line)
                continue
            found = self._events(Record(value))
            if isinstance(found, str):
                tally.refuse_text(found, number, line)
                continue
            if not found:
                tally.comments += 1
                continue
            tally.read += 1
            for place, event in enumerate(found):
                event.number = number
                if event.table == "network_activity":
                    event.values["uid"] = event.values.get("uid") or _uid(line, number, place)
            ready += found
        yield from table_rows(ready)

    def _events(self, record: Record) -> list[Event] | str:
        """Rows, or why there are none; an empty list for what no table holds."""
        product = product_of(record, self._products)
        if product is None:
            return "no event of a known product"
        if product is not self._products[0]:
            self._products.remove(product)
            self._products.insert(0, product)
        self.facts.add(f"{product.name}_events", 1)
        return events_of(record, product, self._clock)


def events_of(record: Record, product: Product, clock: Clock) -> list[Event] | str:
    """Rows of a record, or why there are none; an empty list for what no table holds."""
    found, why = [], ""
    for event in product.events(record, clock):
        if event is None:
            why = why or "no table for such an event"
        elif event.values.get(TABLES[event.table].time) is None:
            why = "no time, or none that can be read"
        elif event.table == "network_activity" and not _has_ends(event):
            why = "an end of the connection is no address"
        else:
            found.append(event)
    return found or why or []


def product_of(record: Record, products: Iterable[Product]) -> Product | None:
    """The first product whose marks a record has."""
    return next((product for product in products if product.marks(record)), None)


def most_frequent(records: Sequence[Record], products: Sequence[Product]) -> Product | None:
    """The product that most records are of, where most are of any."""
    known = [found for record in records if (found := product_of(record, products))]
    if len(known) * 2 <= len(records):
        return None
    counts = Counter(product.name for product in known)
    name = max(sorted(counts), key=counts.__getitem__)
    return next(product for product in known if product.name == name)


def _has_ends(event: Event) -> bool:
    return all(canonical_text(event.values.get(end)) for end in ("src_ip", "dst_ip"))


def _uid(line: bytes, number: int, place: int) -> str:
    salt = ((number << 8) + place & (1 << 64) - 1).to_bytes(8, "big")
    return blake2b(line, digest_size=9, salt=salt).hexdigest()
