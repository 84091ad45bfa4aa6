"""Alerts and hits of honeypots as JSON behind an envelope of syslog (Vectra, Darktrace, others)."""

from __future__ import annotations

from netcordon.ingest.alerts.log import read_record
from netcordon.ingest.alerts.readers import ALL
from netcordon.ingest.alerts.record import Record
from netcordon.ingest.messages.log import Found, Message, Reader
from netcordon.ingest.text.head import json_object

_BEFORE = 64
"""Characters before the object: separators that senders leave (``-:``)."""


def _read(message: Message) -> Found:
    start = message.text.find("{", 0, _BEFORE)
    if start < 0 or not message.text.rstrip().endswith("}"):
        return None
    value = json_object(message.text[start:].encode())
    if value is None:
        return None
    record = Record(value, message.clock, reporter=message.envelope.host)
    _, found = read_record(record, ALL)
    if found is not None and not isinstance(found, str):
        for event in found:
            if event.values.get("time") is None:
                event.values["time"] = message.time()
    return found


JSON_ALERTS = Reader("json_alerts", _read)
