"""What other programs put around an event when they hand it on.

A document of Elasticsearch (``_source``), a result of Splunk (``result``, ``_raw``), an event of
its collector (``event``), a row of Log Analytics or of a shipper (``message`` with JSON within), a
file of CloudWatch (``message``), EventBridge (``detail``), Azure's logs of clusters
(``properties.log``).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from netcordon.ingest.text.head import json_object

_MOST_LAYERS = 4
_CARRIERS = ("_source", "result", "_raw", "event", "message", "detail", "RawEvent", "original")
_OF_COLLECTOR = ("sourcetype", "index", "source")
_SMALL = 14
"""Members of a carrier: an event has more beside a member that is an object."""


def opened(record: bytes) -> bytes:
    """The event that a record carries; the record itself where it carries none."""
    value = json_object(record)
    if value is None:
        return record
    inner = unwrapped(value)
    if inner is value:
        return record
    return json.dumps(inner, ensure_ascii=True).encode()


def unwrapped(value: Mapping[str, object]) -> Mapping[str, object]:
    """The innermost event of a carrier."""
    for _ in range(_MOST_LAYERS):
        inner = _inner(value)
        if inner is None:
            return value
        value = inner
    return value


def carry(records: Sequence[bytes]) -> bool:
    """Whether most of these records are carriers."""
    values = [value for record in records if (value := json_object(record))]
    return bool(values) and sum(_inner(v) is not None for v in values) * 2 > len(values)


def _inner(value: Mapping[str, object]) -> Mapping[str, object] | None:
    """What a carrier carries, ``None`` where it is an event itself."""
    properties = value.get("properties")
    if isinstance(properties, Mapping):
        log = properties.get("log")
        is_event = isinstance(log, str) and log.lstrip().startswith("{")
        return json_object(str(log).encode(errors="replace")) if is_event else None
    if not _is_carrier(value):
        return None
    for name in _CARRIERS:
        inner = value.get(name)
        if isinstance(inner, str) and inner.lstrip().startswith("{"):
            inner = json_object(inner.encode(errors="replace"))
        if isinstance(inner, Mapping) and len(inner) > 1:
            return inner
    return None


def _is_carrier(value: Mapping[str, object]) -> bool:
    if len(value) > _SMALL:
        return False
    names = value.keys()
    return (
        ("_source" in names and "_index" in names)
        or ("result" in names and ("preview" in names or "offset" in names))
        or "_raw" in names
        or ("event" in names and any(isinstance(value.get(n), str) for n in _OF_COLLECTOR))
        or ("message" in names and bool({"timestamp", "@timestamp", "ingestionTime"} & names))
        or {"detail-type", "detail"} <= names
        or {"metadata", "event"} == set(names)
    )
