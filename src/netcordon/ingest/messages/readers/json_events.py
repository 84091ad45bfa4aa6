"""Events as JSON within messages of syslog, with or without the cookie ``@cee:``."""

from __future__ import annotations

from netcordon.ingest.messages.log import Found, Message, Reader
from netcordon.ingest.records.log import events_of, product_of
from netcordon.ingest.records.products import ALL
from netcordon.ingest.records.record import Record
from netcordon.ingest.text.carriers import unwrapped
from netcordon.ingest.text.head import json_object


def _read(message: Message) -> Found:
    text = message.text.removeprefix("@cee:").strip()
    if not text.startswith("{"):
        return None
    value = json_object(text.encode(errors="replace"))
    if value is None:
        return None
    record = Record(unwrapped(value))
    product = product_of(record, ALL)
    return None if product is None else events_of(record, product, message.clock)


JSON_EVENTS = Reader("json_events", _read)
