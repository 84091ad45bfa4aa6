"""Decode one capture: blocks through framing, parsing and flow tracking into rows.

The application layer is a parameter: anything that keeps the protocol of ``Application``.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Protocol

import numpy as np

from netcordon.ingest.capture.collector import rare_collections
from netcordon.ingest.capture.container.blocks import BlockReader
from netcordon.ingest.capture.container.frame_index import FrameIndex
from netcordon.ingest.capture.container.reader import Container
from netcordon.ingest.capture.flow.feedback import apply_feedback
from netcordon.ingest.capture.flow.flowtable import (
    FlowTable,
    close_all,
    new_table,
    with_larger_index,
)
from netcordon.ingest.capture.flow.rows import flow_columns
from netcordon.ingest.capture.flow.settle import settle
from netcordon.ingest.capture.flow.track import track_packets
from netcordon.ingest.capture.layout import MOST_INNER, PACKET, TALLY, Octets, Records
from netcordon.ingest.capture.measure import Measurements
from netcordon.ingest.capture.packet import verdicts
from netcordon.ingest.capture.packet.defragment import Defragmenter
from netcordon.ingest.capture.packet.parse import parse_packets
from netcordon.ingest.capture.shares import Division
from netcordon.ingest.capture.wireless.watch import RadioWatch
from netcordon.model.evidence import IngestWarning
from netcordon.model.parser import WHOLE, ByteSource, ParseResult, Progress, RowSink, Share
from netcordon.settings import DecodeLimits

CHUNK_PACKETS = 8192
_BATCH_ROWS = 1 << 14
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Application(Protocol):
    """What understands payload; see ``events`` for the two record types."""

    def on_block(self, buffer: Octets, events: Records, /) -> Records:
        """Take the events of a chunk; answer with FEEDBACK records."""

    def flush(self, sink: RowSink, /) -> None:
        """Hand over the rows that are done."""

    def finish(self, sink: RowSink, /) -> None:
        """Hand over all that is left; the capture is over."""


def decode(
    source: ByteSource,
    sink: RowSink,
    progress: Progress,
    application: Application,
    limits: DecodeLimits | None = None,
    share: Share = WHOLE,
) -> ParseResult:
    """Decode a capture, or one share of it, to its end.

    Args:
        source: unpacked bytes of a pcap or pcapng.
        sink: takes rows of ``network_activity``, sorted within each batch, and those of the
            application layer.
        progress: told the frames read so far, after each block.
        application: the application layer.
        limits: bounds of memory.
        share: which packets to follow; all are read.

    Returns:
        What was read. Damage is a warning, never an exception; what the source itself raises
        passes through.
    """
    limits = limits or DecodeLimits()
    decoder = Decoder(sink, application, limits, share)
    with rare_collections() as collect, BlockReader(source, limits.block_bytes) as reader:
        for block in reader:
            reader.carry = decoder.take(block)
            collect()
            progress(decoder.frames)
        return decoder.finish()


class Decoder:
    """One capture on its way through the kernels."""

    def __init__(
        self, sink: RowSink, application: Application, limits: DecodeLimits, share: Share
    ) -> None:
        self._sink = sink
        self._share = share
        self._division = Division(share)
        self._application = application
        self._table: FlowTable = new_table(limits.max_flows, _BATCH_ROWS, CHUNK_PACKETS)
        self._packets = np.zeros((1 + MOST_INNER) * CHUNK_PACKETS, dtype=PACKET)
        self._tally = np.zeros(1, dtype=TALLY)
        self._fragments = Defragmenter(CHUNK_PACKETS, limits.block_bytes)
        self._radio = RadioWatch(counts=share.index == 0)
        self._verdicts = np.zeros(verdicts.SIZE, dtype=np.int64)
        self._settled = np.empty_like(self._table.closed_flows)
        self._settled_sides = np.empty_like(self._table.closed_sides)
        self._container = Container()
        self._measurements = Measurements()
        self._index = FrameIndex(self._container)

    @property
    def frames(self) -> int:
        """Frames read so far."""
        return int(self._table.counters["frames"][0])

    def take(self, block: Octets) -> int:
        """Decode a block; return how many octets at its end are to come again."""
        frames = self._packets[:CHUNK_PACKETS]
        self._container.begin_block(block)
        while (count := self._next_frames(block, frames)) > 0:
            self._take_chunk(block, count)
        self._index.hand_on(self._sink)
        self._radio.flush(self._sink)
        self._application.flush(self._sink)
        return self._container.end_block(block)

    def _next_frames(self, block: Octets, frames: Records) -> int:
        if self._share.index == 0:
            self._index.begin()
        count = self._container.next_packets(block, frames)
        if count and self._share.index == 0:
            self._index.take(block, frames, count, self.frames + 1)
        return count

    def _take_chunk(self, block: Octets, count: int) -> None:
        counters = self._table.counters[0]
        counters["chunk"] += 1
        counters["events"] = 0
        first_row = int(counters["closed"])
        first_frame = self.frames + 1
        used = parse_packets(block, self._packets, count, self._verdicts, self._tally)
        if self._tally["chunk_other_links"][0]:
            radio, packets = self._radio, self._packets
            used = radio.take(block, packets, count, used, first_frame, self._tally)
        if self._tally["chunk_fragments"][0]:
            block, used = self._fragments.take(block, self._packets, count, used, self._tally)
        if self._share.index == 0:
            self._measurements.take(block, self._packets, count, first_frame)
        self._division.disown(self._packets, count)
        done = 0
        while True:
            done = track_packets(block, self._packets, done, count, first_frame, self._table)
            if done == count:
                break
            self._table = with_larger_index(self._table)
        self._hear(block, first_row)

    def _hear(self, block: Octets, first_row: int) -> None:
        """Hand the chunk's events on, apply the answers, and pass on full batches of rows."""
        counters = self._table.counters[0]
        events = self._table.events[: int(counters["events"])]
        if len(events):
            apply_feedback(self._table, self._application.on_block(block, events), first_row)
        while int(counters["closed"]) >= _BATCH_ROWS:
            self._emit(_BATCH_ROWS)

    def _emit(self, rows: int) -> None:
        table, counters = self._table, self._table.counters[0]
        flows, sides = table.closed_flows[:rows], table.closed_sides[:rows]
        to, to_sides = self._settled[:rows], self._settled_sides[:rows]
        order = settle(flows, sides, to, to_sides)
        bursts = table.closed_bursts[order[to["bursts"] > 1]]
        self._measurements.take_flows(to_sides, to["protocol"] == 6)
        layouts = table.layouts[: int(counters["layouts"])]
        self._sink.append("network_activity", flow_columns(to, to_sides, bursts, layouts))
        rest = int(counters["closed"]) - rows
        table.closed_flows[:rest] = table.closed_flows[rows : rows + rest]
        table.closed_sides[:rest] = table.closed_sides[rows : rows + rest]
        several = np.flatnonzero(table.closed_flows["bursts"][:rest] > 1)
        table.closed_bursts[several] = table.closed_bursts[rows + several]
        counters["closed"] = rest

    def finish(self) -> ParseResult:
        """Close what is open, hand over all rows, and say what was read."""
        counters = self._table.counters[0]
        nothing = np.empty(0, dtype=np.uint8)
        slot = 0
        while slot < int(counters["high_water"]):
            counters["events"] = 0
            first_row = int(counters["closed"])
            slot = close_all(self._table, slot, CHUNK_PACKETS)
            self._hear(nothing, first_row)
        if int(counters["closed"]):
            self._emit(int(counters["closed"]))
        self._radio.finish(self._sink)
        self._application.finish(self._sink)
        self._index.hand_on(self._sink, is_last=True)
        evictions = []
        if int(counters["evicted"]):
            evictions.append(
                IngestWarning(
                    code="NC-215",
                    what="More flows were open at once than the flow table holds; idle ones were "
                    "ended early and may appear as several rows.",
                    count=int(counters["evicted"]),
                )
            )
        if self._share.index:
            facts = self._measurements.flow_facts(self._table)
            return ParseResult(records=0, warnings=tuple(evictions), facts=facts)
        facts = self._measurements.facts(self._table, self._container, self._verdicts)
        has_frames = self.frames > 0
        return ParseResult(
            records=self.frames,
            refused=verdicts.refusals(self._verdicts),
            first_time=_time(int(counters["first_ns"])) if has_frames else None,
            last_time=_time(int(counters["last_ns"])) if has_frames else None,
            warnings=(*self._container.warnings(self.frames), *evictions),
            facts=facts | self._fragments.facts | self._inner_facts(),
            complete=self._container.is_complete,
        )

    def _inner_facts(self) -> dict[str, int]:
        """What was found beside and inside the packets of frames."""
        tally = self._tally[0]
        return {
            "inner_packets": int(tally["inner"]),
            "tunnels_without_ip": int(tally["inner_other"]),
            "tunnels_unsound": int(tally["inner_unsound"]),
            "aggregated_packets": int(tally["beside"]),
            "aggregated_without_ip": int(tally["beside_other"]),
        }


def _time(ns: int) -> datetime:
    return _EPOCH + timedelta(microseconds=ns // 1000)
