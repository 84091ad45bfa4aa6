"""SNMP versions 1, 2c and 3 (RFC 1157, 3416, 3412); a community is never kept."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from netcordon.ingest.capture.application.datagram.bulk import BulkReader
from netcordon.ingest.capture.application.record.activity import detail
from netcordon.ingest.capture.application.record.text import safe_text
from netcordon.ingest.capture.application.stream.conversation import Context
from netcordon.ingest.capture.application.udp.snmp_kernel import (
    MESSAGE,
    REPORT,
    RESPONSE,
    read_snmp,
)
from netcordon.ingest.capture.events import chosen
from netcordon.ingest.capture.words import words

Array = NDArray[Any]
_OPERATIONS = pa.array(
    ("encrypted", "get", "get-next", "response", "set", "trap", "get-bulk", "inform", "report")
)
_OPERATION = np.array([1, 2, 3, 4, 5, 6, 7, 5, 8], dtype=np.int32)
"""Which of them each PDU is, from tag A0 on; A4 and A7 are the traps of versions 1 and 2."""
_ERRORS = (
    "noError", "tooBig", "noSuchName", "badValue", "readOnly", "genErr", "noAccess", "wrongType",
    "wrongLength", "wrongEncoding", "wrongValue", "noCreation", "inconsistentValue",
    "resourceUnavailable", "commitFailed", "undoFailed", "authorizationError", "notWritable",
    "inconsistentName",
)  # fmt: skip
_VERSIONS = {0: "1", 1: "2c", 3: "3"}
_MOST_MESSAGES = 1 << 12


class SnmpReader(BulkReader[bool]):
    """SNMP of one capture."""

    service = "snmp"

    def __init__(self, context: Context, most_flows: int) -> None:
        super().__init__(context, most_flows)
        self._messages = np.empty(_MOST_MESSAGES, dtype=MESSAGE)
        self._names = np.empty(1 << 18, dtype=np.uint8)

    def read(self, buffer: NDArray[np.uint8], events: Array) -> Array:
        """The header of each message, then its PDU."""
        offsets, lengths = (np.ascontiguousarray(events[f]) for f in ("offset", "length"))
        is_message = np.zeros(len(events), dtype=np.bool_)
        wishes, at = [], 0
        while at < len(events):
            at, count = read_snmp(buffer, offsets, lengths, at, self._messages, self._names)
            messages = self._messages[:count]
            is_message[messages["event"]] = True
            wishes.append(self._take(buffer, events.take(messages["event"]), messages))
        self._malformed(chosen(events, ~is_message))
        return np.concatenate(wishes)

    def _take(self, buffer: NDArray[np.uint8], events: Array, messages: Array) -> Array:
        pdu = messages["pdu"]
        is_answer = (pdu == RESPONSE) | (pdu == REPORT)
        client = events["direction"] ^ is_answer
        flows, frames = events["flow"].tolist(), events["frame"].tolist()
        is_first = [self._state(*of, True)[1] for of in zip(flows, frames, strict=True)]
        operation = np.where(pdu == 0, 0, _OPERATION[np.maximum(pdu, 0xA0) - 0xA0])
        columns = {
            "operation": words(_OPERATIONS, operation),
            "object": self._objects(messages["names_end"]),
            "account": _users(buffer, messages),
            "status": [_status(number) for number in messages["status"].tolist()],
            "detail": _details(messages),
        }
        return self._write(events, client, np.array(is_first), columns)

    def _objects(self, ends: Array) -> pa.Array:
        offsets = np.zeros(len(ends) + 1, dtype=np.int32)
        offsets[1:] = ends
        valid = np.packbits(offsets[1:] > offsets[:-1], bitorder="little")
        text = self._names[: offsets[-1]].copy()
        return pa.StringArray.from_buffers(
            len(ends), pa.py_buffer(offsets), pa.py_buffer(text), pa.py_buffer(valid)
        )


def _users(buffer: NDArray[np.uint8], messages: Array) -> pa.Array:
    if not messages["user_bytes"].any():
        return pa.nulls(len(messages), pa.string())
    return pa.array(
        [
            safe_text(buffer[at : at + size].tobytes()) or None
            for at, size in zip(
                messages["user_at"].tolist(), messages["user_bytes"].tolist(), strict=True
            )
        ],
        pa.string(),
    )


def _status(number: int) -> str | None:
    if number < 0:
        return None
    return _ERRORS[number] if number < len(_ERRORS) else str(number)


def _details(messages: Array) -> pa.Array:
    """The few facts that there are, each put into words once."""
    packed = messages["version"].astype(np.int64) << 16
    packed |= messages["level"].astype(np.int64) << 8 | messages["is_default"]
    kinds, index = np.unique(packed, return_inverse=True)
    said = []
    for kind in kinds.tolist():
        version, level = kind >> 16, kind >> 8
        facts = (
            {"is_authenticated": bool(level & 1), "is_encrypted": bool(level & 2)}
            if version == 3
            else {"is_default_community": bool(kind & 1)}
        )
        said.append(detail(version=_VERSIONS.get(version, str(version)), **facts))
    return words(pa.array(said, pa.string()), index)
