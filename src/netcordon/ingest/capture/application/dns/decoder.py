"""DNS, mDNS, LLMNR and NBNS messages into `dns_activity`, whole blocks at a time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from netcordon.ingest.capture.addresses import uid_text
from netcordon.ingest.capture.application.dns.claims import note_claims, note_node_status
from netcordon.ingest.capture.application.dns.kernel import (
    CLAIM,
    DNS,
    MDNS,
    MESSAGE,
    NBNS,
    RECORD,
    decode_messages,
)
from netcordon.ingest.capture.application.dns.words import CODES, names_of_types
from netcordon.ingest.capture.application.record.rows import address_columns
from netcordon.ingest.capture.application.stream.conversation import Context
from netcordon.ingest.capture.events import ORIG, SERVICES
from netcordon.ingest.capture.words import words
from netcordon.model.parser import RowSink

Array = NDArray[Any]
_PORTS = {53: DNS, 5353: MDNS, 5355: SERVICES.index("llmnr"), 137: SERVICES.index("nbns")}
_MOST_MESSAGES = 1 << 14
_SERVICE_NAMES = pa.array(SERVICES)


class DnsDecoder:
    """Decodes messages and keeps their columns until they are handed on."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._batches: list[Mapping[str, object]] = []
        self._arenas = (
            np.empty(_MOST_MESSAGES, dtype=MESSAGE),
            np.empty(2 << 20, dtype=np.uint8),
            np.empty(4 * _MOST_MESSAGES, dtype=RECORD),
            np.empty(4 << 20, dtype=np.uint8),
            np.empty(1 << 12, dtype=CLAIM),
            np.empty(1 << 20, dtype=np.uint8),
        )
        self.messages = 0

    def decode(
        self, block: NDArray[np.uint8], events: Array, services: NDArray[np.uint8], protocol: str
    ) -> NDArray[np.bool_]:
        """Decode the payloads of ``events``; says of each whether it is a message."""
        is_message = np.zeros(len(events), dtype=np.bool_)
        offsets, lengths = (np.ascontiguousarray(events[f]) for f in ("offset", "length"))
        wire_lengths = np.ascontiguousarray(events["wire_length"])
        at = 0
        while at < len(events):
            begin = at
            at, count, used, stated = decode_messages(
                block, offsets, lengths, wire_lengths, services, begin, *self._arenas
            )
            messages = self._arenas[0][:count]
            is_message[messages["event"]] = True
            if count:
                self._keep(block, events, services, protocol, messages, used, stated)
        return is_message

    def _keep(
        self, block: NDArray[np.uint8], events: Array, services: NDArray[np.uint8],
        protocol: str, messages: Array, used: int, stated: int,
    ) -> None:  # fmt: skip
        _, names, records, texts, claims, owners = self._arenas
        self.messages += len(messages)
        of = events.take(messages["event"])
        service = services[messages["event"]]
        self._batches.append(
            {
                **_who(of, service, messages, protocol),
                **_question_columns(messages, names, service == NBNS),
                **_answer_columns(messages, records[:used], texts, service == NBNS),
            }
        )
        note_claims(self._context.identities, events, services, claims[:stated], owners)
        note_node_status(self._context.identities, block, of, service, messages)

    def hand_on(self, sink: RowSink) -> None:
        """Give the columns to the sink."""
        for batch in self._batches:
            sink.append("dns_activity", batch)
        self._batches.clear()


def asked_by_responder(of: Array, service: Array, is_response: Array) -> NDArray[np.bool_]:
    """Whether the flow's responder is the one who asks (a recording can begin with an answer)."""
    own = np.zeros(len(of), dtype=np.int64)
    for port, number in _PORTS.items():
        own[service == number] = port
    src_serves, dst_serves = of["src_port"] == own, of["dst_port"] == own
    # Between equal ports the asker sends questions and receives answers; what is sent to a group
    # was asked by nobody in particular and belongs to its sender.
    sent_by_asker = ~is_response | (service == MDNS)
    by_sender = (of["direction"] == ORIG) != sent_by_asker
    return np.asarray(np.where(src_serves != dst_serves, src_serves, by_sender), dtype=np.bool_)


def _who(of: Array, service: Array, messages: Array, protocol: str) -> dict[str, object]:
    flags = messages["flags"]
    swap = asked_by_responder(of, service, flags & 0x8000 != 0)
    ends = {}
    for name, straight, swapped in (("src_ip", "src", "dst"), ("dst_ip", "dst", "src")):
        high = np.where(swap, of[f"{swapped}_hi"], of[f"{straight}_hi"])
        low = np.where(swap, of[f"{swapped}_lo"], of[f"{straight}_lo"])
        ends.update(address_columns(name, high, low))
    return {
        "time": of["time_ns"] // 1000,
        "frame": of["frame"].copy(),
        "uid": uid_text(of["uid"]),
        **ends,
        "src_port": np.where(swap, of["dst_port"], of["src_port"]).astype(np.int32),
        "dst_port": np.where(swap, of["src_port"], of["dst_port"]).astype(np.int32),
        "protocol": words(pa.array([protocol]), np.zeros(len(of))),
        "service": words(_SERVICE_NAMES, service),
    }


def _question_columns(
    messages: Array, names: NDArray[np.uint8], is_netbios: NDArray[np.bool_]
) -> dict[str, object]:
    flags = messages["flags"]
    is_response = flags & 0x8000 != 0
    has_question = messages["kind"] >= 0
    return {
        "transaction_id": messages["id"].copy(),
        "is_response": is_response,
        "opcode": (flags >> 11) & 15,
        "rcode": words(CODES, flags & 15, ~is_response),
        "query": _strings(names, messages["name_end"], has_question),
        "query_type": names_of_types(messages["kind"], is_netbios),
        "query_bytes": pa.array(messages["name_bytes"], mask=~has_question),
        "aa": flags & 0x0400 != 0,
        "tc": flags & 0x0200 != 0,
        "rd": flags & 0x0100 != 0,
        "ra": flags & 0x0080 != 0,
        "message_bytes": messages["bytes"].copy(),
        "answer_count": messages["answers"].copy(),
        "answer_bytes": messages["answer_bytes"].copy(),
    }


def _answer_columns(
    messages: Array, records: Array, texts: NDArray[np.uint8], is_netbios: NDArray[np.bool_]
) -> dict[str, object]:
    offsets = np.zeros(len(messages) + 1, dtype=np.int32)
    np.cumsum(messages["kept"], out=offsets[1:])
    bounds = pa.array(offsets)
    types = names_of_types(records["kind"], np.repeat(is_netbios, messages["kept"]))
    return {
        "answers": pa.ListArray.from_arrays(bounds, _strings(texts, records["end"], None)),
        "answer_types": pa.ListArray.from_arrays(bounds, types),
        "answer_ttls": pa.ListArray.from_arrays(bounds, pa.array(records["ttl"].copy())),
    }


def _strings(
    arena: NDArray[np.uint8], ends: Array, valid: NDArray[np.bool_] | None
) -> pa.StringArray:
    """Column of strings that stand one behind the other in ``arena``."""
    offsets = np.zeros(len(ends) + 1, dtype=np.int32)
    offsets[1:] = ends
    bitmap = None if valid is None else pa.py_buffer(np.packbits(valid, bitorder="little"))
    text = arena[: offsets[-1]].copy()
    return pa.StringArray.from_buffers(len(ends), pa.py_buffer(offsets), pa.py_buffer(text), bitmap)
