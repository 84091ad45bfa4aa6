"""Messages of many flows at once: one row each, made by the column and not by the object.

What scanners send by the thousand, one datagram a flow, is read like this; a reader for each flow
would cost more than what it reads.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any, Generic, TypeVar

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from netcordon.ingest.capture.application.record.rows import ends_columns
from netcordon.ingest.capture.application.stream.conversation import Context
from netcordon.ingest.capture.events import FEEDBACK, ORIG, SERVICES, chosen
from netcordon.ingest.capture.words import words

Array = NDArray[Any]
State = TypeVar("State")


class BulkReader(ABC, Generic[State]):
    """A protocol over UDP whose messages are read a chunk at a time.

    Attributes:
        service: name of the protocol.
    """

    service = ""

    def __init__(self, context: Context, most_flows: int) -> None:
        self._context = context
        self._most_flows = most_flows
        self._flows: OrderedDict[int, State] = OrderedDict()  # silent longest in front

    @abstractmethod
    def read(self, buffer: NDArray[np.uint8], events: Array) -> Array:
        """Write the rows of the messages among datagrams.

        Args:
            buffer: the block.
            events: ``EVENT`` rows of this service; their bytes lie inside of the block.

        Returns:
            ``FEEDBACK`` of the flows that these messages turn round.
        """

    def end(self, flows: list[int]) -> None:
        """Flows are over: forget them."""
        for flow in flows:
            self._flows.pop(flow, None)

    def finish(self) -> None:
        """The capture is over: hand on what is left."""

    @property
    def facts(self) -> Mapping[str, object]:
        """Statistics for the quality verdict."""
        return {}

    def _state(self, flow: int, frame: int, new: State) -> tuple[State, bool]:
        """What is remembered of a flow, ``new`` when that is nothing, and whether it is new.

        Beyond the bound the flow that was silent longest is forgotten, and counted.
        """
        state = self._flows.get(flow)
        if state is not None:
            self._flows.move_to_end(flow)
            return state, False
        if len(self._flows) >= self._most_flows:
            self._flows.popitem(last=False)
            self._context.give_up("connections beyond the bound", frame)
        self._flows[flow] = new
        return new, True

    def _malformed(self, events: Array) -> None:
        for frame in events["frame"].tolist():
            self._context.give_up("datagram malformed", frame)

    def _write(
        self, events: Array, client: Array, is_first: Array, columns: Mapping[str, object]
    ) -> Array:
        """One row a message.

        Args:
            events: of the messages.
            client: ORIG or RESP, who is the client of each.
            is_first: whether it is its flow's first; that one says who is the flow's client.
            columns: of `application_activity`, beside those that every message has.

        Returns:
            ``FEEDBACK`` of the flows that are turned round.
        """
        if len(events):
            service = pa.array([self.service])
            self._context.rows.note_columns(
                "application_activity",
                len(events),
                {
                    **ends_columns(events, client != ORIG),
                    "protocol": words(pa.array(["udp"]), np.zeros(len(events))),
                    "service": words(service, np.zeros(len(events))),
                    "is_response": events["direction"] != client,
                    "bytes": events["wire_length"].astype(np.int64),
                    **columns,
                },
            )
        turned = chosen(events, np.asarray(is_first, dtype=np.bool_) & (client != ORIG))
        wishes = np.zeros(len(turned), dtype=FEEDBACK)
        wishes["flow"], wishes["slot"] = turned["flow"], turned["slot"]
        wishes["want"], wishes["flip"] = 3, 1
        wishes["service"] = SERVICES.index(self.service)
        return wishes
