"""SSDP (UPnP Device Architecture 2.0, section 1): who searches, and what devices announce."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from netcordon.ingest.capture.application.datagram.bulk import BulkReader
from netcordon.ingest.capture.application.record.activity import detail
from netcordon.ingest.capture.application.record.text import safe_text
from netcordon.ingest.capture.application.record.text_headers import first_line, header_fields

Array = NDArray[Any]
_MOST_ROWS = 32
"""Of one flow."""
_LONGEST_KEPT = 1500


class _Message(NamedTuple):
    """What one message says.

    Attributes:
        key: two messages of one key are one announcement that is repeated.
    """

    key: tuple[str, ...]
    operation: str
    is_response: bool
    target: str | None
    software: str | None
    status: str | None
    detail: str | None


class SsdpReader(BulkReader[set[tuple[str, ...]]]):
    """SSDP of one capture; announcements repeat, so each is told once a flow."""

    service = "ssdp"

    def read(self, buffer: NDArray[np.uint8], events: Array) -> Array:
        """M-SEARCH, NOTIFY, or the answer to a search."""
        view = memoryview(np.ascontiguousarray(buffer).data)
        ends = events["offset"] + events["length"]
        columns = (events["flow"], events["frame"], events["offset"], ends)
        places, firsts = [], []
        messages: list[_Message] = []
        malformed = []
        for at, (flow, frame, begin, end) in enumerate(
            zip(*(column.tolist() for column in columns), strict=True)
        ):
            message = _message(bytes(view[begin:end]))
            if message is None:
                malformed.append(at)
                continue
            told, is_first = self._state(flow, frame, set())
            if message.key not in told and len(told) < _MOST_ROWS:
                told.add(message.key)
                places.append(at)
                firsts.append(is_first)
                messages.append(message)
        self._malformed(events.take(malformed))
        return self._tell(events.take(places), messages, np.array(firsts, dtype=np.bool_))

    def _tell(self, events: Array, messages: list[_Message], is_first: Array) -> Array:
        # The answer comes from a new port: it is often the first datagram of a flow of its own.
        is_response = np.array([m.is_response for m in messages], dtype=np.uint8)
        columns = {
            "operation": [m.operation for m in messages],
            "object": [m.target for m in messages],
            "software": [m.software for m in messages],
            "status": [m.status for m in messages],
            "detail": [m.detail for m in messages],
        }
        return self._write(events, events["direction"] ^ is_response, is_first, columns)


def _message(payload: bytes) -> _Message | None:
    """One message, ``None`` for what is none; hosts send the same ones for hours."""
    return _remembered(payload) if len(payload) <= _LONGEST_KEPT else _read(payload)


def _read(payload: bytes) -> _Message | None:
    line = first_line(payload)
    word = line.split(b" ", 1)[0]
    if word not in (b"M-SEARCH", b"NOTIFY") and not line.startswith(b"HTTP/1."):
        return None
    fields = header_fields(payload)
    is_response = line.startswith(b"HTTP/")
    operation = "answer" if is_response else word.decode()
    target = safe_text(fields.get(b"st") or fields.get(b"nt") or b"", 256)
    software = safe_text(fields.get(b"server") or fields.get(b"user-agent") or b"", 256)
    event = safe_text(fields.get(b"nts", b""), 64)
    location = safe_text(fields.get(b"location", b""))
    status = safe_text(line.split(b" ", 2)[1], 16) if line.count(b" ") else ""
    usn = safe_text(fields.get(b"usn", b""), 256)
    return _Message(
        key=(operation, target, software, event, location),
        operation=operation,
        is_response=is_response,
        target=target or None,
        software=software or None,
        status=(status or None) if is_response else None,
        detail=detail(event=event, location=location, usn=usn),
    )


_remembered = lru_cache(maxsize=1024)(_read)
