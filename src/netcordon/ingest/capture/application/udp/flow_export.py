"""NetFlow, IPFIX and sFlow over UDP: the flows that devices report become rows of their own.

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
from netcordon.ingest.capture.events import FEEDBACK, ORIG, chosen
from netcordon.ingest.capture.exports.agents import Agents
from netcordon.ingest.capture.exports.collector import Collector, Datagrams
from netcordon.ingest.capture.exports.rows import flow_columns
from netcordon.ingest.capture.exports.telling import export_facts, facts_of, health_columns

Array = NDArray[Any]


class _ExportReader(BulkReader[bool]):
    """What readers of exports share: flows go on as rows, and what was not read is counted."""

    _source: Collector | Agents

    def finish(self) -> None:
        """Hand on the flows that were still waited for, and what was not read."""
        self._write_flows(self._source.finish())
        if self._source.exporters:
            health = health_columns(self._source.exporters)
            self._context.rows.add_columns("device_health", health)
        for reason, count in sorted(self._source.refused.items()):
            for _ in range(count):
                self._context.give_up(reason, 0)

    @property
    def facts(self) -> Mapping[str, object]:
        """What the exporters said, and what of theirs is missing."""
        return facts_of(self._source.exporters, self.service) if self._source.exporters else {}

    def _write_flows(self, done: Iterable[Array]) -> None:
        for flows in done:
            if len(flows):
                names = [exporter.name for exporter in self._source.exporters]
                columns = flow_columns(flows, names)
                self._context.rows.add_columns("network_activity", columns)

    def _refuse(self, events: Array) -> Array:
        for frame in events["frame"].tolist():
            self._context.give_up("flow export cut off or malformed", frame)
        return np.zeros(0, dtype=FEEDBACK)


class NetflowReader(_ExportReader):
    """NetFlow 5, 7 and 9 of one capture."""

    service = "netflow"

    def __init__(self, context: Context, most_flows: int) -> None:
        super().__init__(context, most_flows)
        self._source: Collector = Collector()

    def read(self, buffer: NDArray[np.uint8], events: Array) -> Array:
        """Each datagram by its headers, all records by the templates of their exporter."""
        is_sender = events["direction"] == ORIG
        halves = [
            np.where(is_sender, events[f"{one}_{half}"], events[f"{other}_{half}"]).tolist()
            for one, other in (("src", "dst"), ("dst", "src"))
            for half in ("hi", "lo")
        ]
        done, is_other = self._source.take(
            Datagrams(
                buffer,
                *_places(events),
                np.ascontiguousarray(events["frame"]),
                events["time_ns"] // 1000,
                list(zip(*halves, strict=True)),
            )
        )
        self._write_flows(done)
        return self._refuse(chosen(events, is_other))

    def finish(self) -> None:
        """Hand on what is left; sets that no template came for are counted."""
        self._source.close()
        super().finish()

    @property
    def facts(self) -> Mapping[str, object]:
        """What the exporters said, what of theirs is missing, and their templates."""
        return export_facts(self._source, self.service)


class IpfixReader(NetflowReader):
    """IPFIX of one capture."""

    service = "ipfix"


class SflowReader(_ExportReader):
    """Version 5 of sFlow in one capture: each sampled packet is a record."""

    service = "sflow"

    def __init__(self, context: Context, most_flows: int) -> None:
        super().__init__(context, most_flows)
        self._source: Agents = Agents()

    def read(self, buffer: NDArray[np.uint8], events: Array) -> Array:
        """The headers of the sampled packets, read like those of a capture."""
        times_ns, frames = (np.ascontiguousarray(events[name]) for name in ("time_ns", "frame"))
        done, is_other = self._source.take(buffer, *_places(events), times_ns, frames)
        self._write_flows(done)
        return self._refuse(chosen(events, is_other))


def _places(events: Array) -> tuple[Array, Array]:
    """Where the datagrams stand in the block, and their octets."""
    return np.ascontiguousarray(events["offset"]), np.ascontiguousarray(events["length"])
