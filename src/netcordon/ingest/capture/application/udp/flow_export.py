"""NetFlow and IPFIX over UDP: the flows that devices report become rows of their own.

They never mix with the flows of the capture: ``exporter`` names who says so, and the flow that
carries the datagrams keeps its own row.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from netcordon.ingest.capture.application.datagram.bulk import BulkReader
from netcordon.ingest.capture.application.stream.conversation import Context
from netcordon.ingest.capture.events import FEEDBACK, ORIG
from netcordon.ingest.capture.exports.collector import Collector, Datagrams
from netcordon.ingest.capture.exports.rows import flow_columns
from netcordon.ingest.capture.exports.telling import export_facts, health_columns

Array = NDArray[Any]


class NetflowReader(BulkReader[bool]):
    """NetFlow 5, 7 and 9 of one capture."""

    service = "netflow"

    def __init__(self, context: Context, most_flows: int) -> None:
        super().__init__(context, most_flows)
        self._collector = Collector()

    def read(self, buffer: NDArray[np.uint8], events: Array) -> Array:
        """Each datagram by its headers, all records by the templates of their exporter."""
        is_sender = events["direction"] == ORIG
        halves = [
            np.where(is_sender, events[f"{one}_{half}"], events[f"{other}_{half}"]).tolist()
            for one, other in (("src", "dst"), ("dst", "src"))
            for half in ("hi", "lo")
        ]
        done, is_other = self._collector.take(
            Datagrams(
                buffer,
                np.ascontiguousarray(events["offset"]),
                np.ascontiguousarray(events["length"]),
                np.ascontiguousarray(events["frame"]),
                events["time_ns"] // 1000,
                list(zip(*halves, strict=True)),
            )
        )
        self._write_flows(done)
        for frame in events["frame"][is_other].tolist():
            self._context.give_up("flow export cut off or malformed", frame)
        return np.zeros(0, dtype=FEEDBACK)

    def finish(self) -> None:
        """Hand on the flows that were still waited for, and what was not read."""
        self._write_flows(self._collector.finish())
        self._collector.close()
        if self._collector.exporters:
            health = health_columns(self._collector.exporters)
            self._context.rows.add_columns("device_health", health)
        for reason, count in sorted(self._collector.refused.items()):
            for _ in range(count):
                self._context.give_up(reason, 0)

    @property
    def facts(self) -> Mapping[str, object]:
        """What the exporters said, and what of theirs is missing."""
        return export_facts(self._collector, self.service)

    def _write_flows(self, done: Iterable[Array]) -> None:
        for flows in done:
            if len(flows):
                columns = flow_columns(flows, self._collector.names)
                self._context.rows.add_columns("network_activity", columns)


class IpfixReader(NetflowReader):
    """IPFIX of one capture."""

    service = "ipfix"
