"""IKE (RFC 7296, RFC 2408): version and exchange; all else is sealed soon."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from netcordon.ingest.capture.application.datagram.bulk import BulkReader
from netcordon.ingest.capture.application.record.activity import detail
from netcordon.ingest.capture.events import chosen

Array = NDArray[Any]
_EXCHANGES = {
    (1, 1): "Base", (1, 2): "Identity Protection", (1, 3): "Authentication Only",
    (1, 4): "Aggressive", (1, 5): "Informational", (1, 6): "Transaction", (1, 32): "Quick Mode",
    (1, 33): "New Group Mode", (2, 34): "IKE_SA_INIT", (2, 35): "IKE_AUTH",
    (2, 36): "CREATE_CHILD_SA", (2, 37): "INFORMATIONAL", (2, 38): "IKE_SESSION_RESUME",
    (2, 43): "IKE_INTERMEDIATE", (2, 44): "IKE_FOLLOWUP_KE",
}  # fmt: skip
_HEADER = 28
_MARKER = 4
"""Octets of zero before a message on the port of ESP in UDP (RFC 3948 section 2.2)."""

_Told = set[tuple[int, int, bool]]


class IkeReader(BulkReader[tuple[int, _Told]]):
    """IKE of one capture; each kind of exchange is told once a direction of a flow."""

    service = "ike"

    def read(self, buffer: NDArray[np.uint8], events: Array) -> Array:
        """The header of each message; ESP and keep-alives are passed over."""
        places = events["offset"][:, None] + np.arange(_MARKER + _HEADER)
        head = buffer.take(places, mode="clip")  # what lies behind a datagram is told by its size
        size = events["length"]
        is_marked = (size >= _MARKER) & ~head[:, :_MARKER].any(axis=1)
        head = np.where(is_marked[:, None], head[:, _MARKER:], head[:, :_HEADER])
        claimed = np.ascontiguousarray(head[:, 24:28]).view(">u4")[:, 0]
        is_whole = size >= np.where(is_marked, _MARKER + _HEADER, _HEADER)
        self._malformed(chosen(events, is_marked & ~is_whole))
        is_message = is_whole & (is_marked | (claimed == events["wire_length"]))
        return self._take(chosen(events, is_message), head[is_message])

    def _take(self, events: Array, head: Array) -> Array:
        versions, exchanges = (head[:, 17] >> 4).tolist(), head[:, 18].tolist()
        flagged: list[bool] = (head[:, 19] & 0x20).astype(np.bool_).tolist()
        answered: list[bool] = np.any(head[:, 8:16], axis=1).tolist()
        told, kinds, answers, firsts = [], [], [], []
        for at, (flow, frame, direction, version, exchange) in enumerate(
            zip(
                events["flow"].tolist(), events["frame"].tolist(), events["direction"].tolist(),
                versions, exchanges, strict=True,
            )
        ):  # fmt: skip
            # Only the very first message of version 1 has no cookie of the responder.
            asks = direction if version == 2 or not answered[at] else 0
            (asks, known), is_new = self._state(flow, frame, (asks, set()))
            is_answer: bool = flagged[at] if version == 2 else direction != asks
            kind = (version, exchange, is_answer)
            if kind not in known:
                known.add(kind)
                told.append(at)
                kinds.append(kind)
                answers.append(is_answer)
                firsts.append(is_new)
        events, initiators = events.take(told), head[told, :8]
        client = events["direction"] ^ np.array(answers, dtype=np.uint8)
        columns = {
            "operation": [_EXCHANGES.get(kind[:2], str(kind[1])) for kind in kinds],
            "software": [f"IKEv{kind[0]}" for kind in kinds],
            "detail": [detail(initiator_spi=spi.tobytes().hex()) for spi in initiators],
        }
        return self._write(events, client, np.array(firsts, dtype=np.bool_), columns)
