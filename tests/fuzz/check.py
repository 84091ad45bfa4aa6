"""What must hold of every capture, however damaged: decode it and look."""

from __future__ import annotations

import io
import time
from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from netcordon.ingest.capture.application import ApplicationLayer
from netcordon.ingest.capture.decode import decode
from netcordon.model.parser import ParseResult
from netcordon.settings import DecodeLimits
from netcordon.tables.arrow import to_arrow
from netcordon.tables.schema import TABLES

SLOWEST_S = 20.0
"""A case of a few hundred frames that takes longer counts as a hang."""
_LIMITS = DecodeLimits(max_flows=1 << 12, stream_total_bytes=8 << 20, stream_buffer_bytes=64 << 10)


class InvariantError(AssertionError):
    """Something that must hold does not."""


class _Layer(ApplicationLayer):
    """An application layer that lets a parser's exception out instead of counting it."""

    def _give_up(self, conversation: object) -> None:
        raise  # the exception of the parser that is being handled


class _Sink:
    def __init__(self) -> None:
        self.rows: dict[str, list[pa.Table]] = {}

    def append(self, table: str, columns: Mapping[str, object]) -> None:
        rows = to_arrow(TABLES[table], columns)
        rows.validate(full=True)
        self.rows.setdefault(table, []).append(rows)

    def table(self, name: str) -> pa.Table | None:
        return pa.concat_tables(self.rows[name]) if name in self.rows else None


def check(content: bytes, block_bytes: int = 1 << 16, *, hurry: bool = True) -> dict[str, int]:
    """Decode a capture; say how many rows each table got.

    Args:
        content: a pcap or pcapng file.
        block_bytes: decoded at a time.
        hurry: whether taking long is a failure.

    Raises:
        InvariantError: an invariant does not hold.
        Exception: whatever the decoder let out, which it must not.
    """
    sink, begun = _Sink(), time.monotonic()
    limits = DecodeLimits(
        block_bytes=block_bytes,
        max_flows=_LIMITS.max_flows,
        stream_buffer_bytes=_LIMITS.stream_buffer_bytes,
        stream_total_bytes=_LIMITS.stream_total_bytes,
    )
    result = decode(io.BytesIO(content), sink, lambda _: None, _Layer(limits), limits)
    if hurry and time.monotonic() - begun > SLOWEST_S:
        raise InvariantError(f"took {time.monotonic() - begun:.0f} s")
    _packets_are_accounted_for(result, sink)
    _rows_belong_to_flows(sink)
    return {name: sum(part.num_rows for part in parts) for name, parts in sorted(sink.rows.items())}


def _packets_are_accounted_for(result: ParseResult, sink: _Sink) -> None:
    facts, refused = result.facts, sum(result.refused.values())
    kinds = ("ip_frames", "arp_frames", "wifi_frames")
    told = sum(int(str(facts[kind])) for kind in kinds) + refused
    if told != result.records:
        raise InvariantError(f"{result.records} frames, {told} accounted for")
    flows = sink.table("network_activity")
    counted = 0
    if flows is not None:
        # What devices report of flows elsewhere is no packet of this capture.
        seen = pc.and_(pc.is_null(flows["tunnel_parent"]), pc.is_null(flows["exporter"]))
        outer = flows.filter(seen)
        counted = sum(pc.sum(outer[f"packets_{way}"]).as_py() or 0 for way in ("out", "in"))
    if counted != facts["ip_frames"]:
        raise InvariantError(f"{facts['ip_frames']} IP frames, {counted} packets in outer flows")


def _rows_belong_to_flows(sink: _Sink) -> None:
    flows = sink.table("network_activity")
    known = flows["uid"].combine_chunks() if flows is not None else pa.array([], pa.string())
    if len(known.unique()) != len(known):
        raise InvariantError("two flows have one uid")
    for name in sink.rows:
        rows = sink.table(name)
        if name == "network_activity" or rows is None or "uid" not in rows.column_names:
            continue
        strangers = pc.sum(pc.invert(pc.is_in(rows["uid"].drop_null(), known))).as_py()
        if strangers:
            raise InvariantError(f"{strangers} rows of {name} name no flow")
