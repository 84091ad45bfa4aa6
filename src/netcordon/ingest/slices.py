"""Slices of captures: the frames of a choice, read again from evidence that is in the register."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from netcordon.errors import EvidenceError
from netcordon.evidence.window import Window, changed
from netcordon.ingest.capture.container.stretches import ChangedError, Part, Stretch, read_stretches
from netcordon.ingest.capture.protocols import IP_PROTOCOL_NAMES
from netcordon.ingest.capture.selection.choice import Choice, frames_of
from netcordon.ingest.capture.selection.terms import NOT_IP, Spans
from netcordon.tables.engine import Engine

_INDEX = """
SELECT kind, place, length, section, interfaces, first_frame, frames, first_ns, last_ns, checksum
FROM frame_index WHERE evidence_id = $evidence ORDER BY place
"""
# Columns named as the attributes of `Spans`.
_FLOWS = """
SELECT src_ip_hi AS src_hi, src_ip_lo AS src_lo, dst_ip_hi AS dst_hi, dst_ip_lo AS dst_lo,
       coalesce(src_port, 0) AS src_port, coalesce(dst_port, 0) AS dst_port,
       coalesce(try_cast(protocol AS BIGINT), {protocols}[protocol], -1) AS protocol,
       epoch_us(start_time) * 1000 AS first_ns, epoch_us(end_time) * 1000 + 999 AS last_ns,
       first_frame, coalesce(last_frame, first_frame) AS last_frame
FROM network_activity WHERE evidence_id = $evidence AND ({condition})
"""

_VOLUME = """
       (coalesce(wire_bytes_out, ip_bytes_out, payload_bytes_out, 0)
        + coalesce(wire_bytes_in, ip_bytes_in, payload_bytes_in, 0))::BIGINT AS octets,
       (coalesce(packets_out, 0) + coalesce(packets_in, 0))::BIGINT AS packets
"""
_PROTOCOLS = f"MAP { {name: number for number, name in IP_PROTOCOL_NAMES.items()} }"
"""Name of a protocol -> its number."""
_TOUCHING = """uid IN (
    WITH RECURSIVE carrying(uid, parent) AS (
        SELECT uid, tunnel_parent FROM network_activity WHERE evidence_id = $evidence
          AND (list_contains($hosts, src_ip) OR list_contains($hosts, dst_ip))
        UNION
        SELECT outside.uid, outside.tunnel_parent FROM network_activity AS outside JOIN carrying
          ON outside.uid = carrying.parent WHERE outside.evidence_id = $evidence
    )
    SELECT uid FROM carrying WHERE parent IS NULL
)"""


_HALF = np.uint64  # of an address


class Index:
    """The frame index of one piece of evidence.

    Attributes:
        stretches: in the order of their places.
        interfaces: section offset -> offsets of its interface blocks.
    """

    def __init__(self, engine: Engine, evidence_id: str) -> None:
        self.stretches: list[Stretch] = []
        self.interfaces: dict[int, list[int]] = {}
        rows = engine.arrow(_INDEX, {"evidence": evidence_id}).to_pylist()
        for row in rows:
            if row["kind"] == "interface":
                self.interfaces.setdefault(row["section"], []).append(row["place"])
            else:
                del row["kind"]
                self.stretches.append(Stretch(**row))

    def rows(self) -> Spans:
        """The stretches as rows to be judged: what they hold beside flows."""
        count = len(self.stretches)
        nothing = np.zeros(count, dtype=np.uint64)
        none = np.zeros(count, dtype=np.int64)
        first = _numbers([s.first_frame for s in self.stretches])
        return Spans(
            nothing, nothing, nothing, nothing, none, none, np.full(count, NOT_IP),
            _numbers([s.first_ns for s in self.stretches]),
            _numbers([s.last_ns for s in self.stretches]),
            first, first + _numbers([s.frames for s in self.stretches]) - 1,
        )  # fmt: skip

    def holding(self, choice: Choice, flows: Iterable[Spans]) -> list[Stretch]:
        """The stretches that a choice needs, of evidence that has these flows."""
        rows = self.rows()
        wanted = choice.takes_others(rows)
        steps = np.zeros(len(rows) + 1, dtype=np.int64)
        for first, last in choice.ranges(flows):
            begins = np.searchsorted(rows.last_frame, first, side="left")
            stops = np.searchsorted(rows.first_frame, last, side="right")
            np.add.at(steps, np.minimum(begins, len(rows)), 1)
            np.add.at(steps, np.maximum(begins, stops), -1)
        wanted = wanted | (np.cumsum(steps)[:-1] > 0)
        return [stretch for stretch, take in zip(self.stretches, wanted, strict=True) if take]


def every_flow(engine: Engine, evidence_id: str) -> Iterator[Spans]:
    """All flows as rows to be judged, in batches of no order: a flood has millions."""
    sql = _FLOWS.format(condition="true", protocols=_PROTOCOLS)
    for batch in engine.arrow_batches(sql, {"evidence": evidence_id}):
        yield _spans(batch)


def weighed_flows(
    engine: Engine, evidence_id: str
) -> Iterator[tuple[Spans, NDArray[np.int64], NDArray[np.int64]]]:
    """All flows but those inside others, with their octets on the wire and packets, as they come.

    Where the wire was not counted, octets of IP or of the payload stand for it.
    """
    sql = _FLOWS.format(condition="tunnel_parent IS NULL", protocols=_PROTOCOLS)
    sql = sql.replace("\nFROM ", f", {_VOLUME}\nFROM ", 1)
    for batch in engine.arrow_batches(sql, {"evidence": evidence_id}):
        octets, packets = (np.asarray(batch.column(name)) for name in ("octets", "packets"))
        yield (
            _spans(batch.drop_columns(["octets", "packets"])),
            octets.astype(np.int64),
            packets.astype(np.int64),
        )


def flows_of(engine: Engine, evidence_id: str, uids: Iterable[str]) -> Spans:
    """Flows of ``uids`` as rows to be judged."""
    values: dict[str, object] = {"evidence": evidence_id, "uids": list(uids)}
    return _ordered(engine, "uid IN (SELECT unnest($uids::VARCHAR[]))", values)


def flows_touching(engine: Engine, evidence_id: str, hosts: set[str], most: int) -> Spans | None:
    """Flows of these addresses, those within tunnels replaced by the ones that carry them.

    Returns:
        The flows; ``None`` when there are more than ``most``.
    """
    values: dict[str, object] = {"evidence": evidence_id, "hosts": sorted(hosts)}
    spans = _ordered(engine, _TOUCHING, values, f"LIMIT {most + 1}")
    return spans if len(spans) <= most else None


def _ordered(engine: Engine, condition: str, values: dict[str, object], limit: str = "") -> Spans:
    sql = _FLOWS.format(condition=condition, protocols=_PROTOCOLS)
    return _spans(engine.arrow(f"{sql} ORDER BY first_frame, uid {limit}", values))


def _spans(table: pa.Table | pa.RecordBatch) -> Spans:
    columns: dict[str, NDArray[Any]] = {
        name: np.asarray(column).astype(_HALF if name.endswith(("_hi", "_lo")) else np.int64)
        for name, column in zip(table.column_names, table.columns, strict=True)
    }
    return Spans(**columns, goes_both_ways=True)


def read_slice(
    window: Window, place: Path, index: Index, stretches: Sequence[Stretch], choice: Choice
) -> Iterator[tuple[Part, NDArray[np.int64]]]:
    """Parts of a capture that hold frames of the choice, and which of their packets these are.

    Args:
        window: the capture.
        place: where it stands, for errors.
        index: of its frames.
        stretches: those that the choice needs.
        choice: picks the frames.

    Raises:
        EvidenceError: NC-704 when the bytes are not those that were taken in.
    """
    try:
        for part in read_stretches(window, stretches, index.interfaces):
            owners = part.owners()
            matches = choice.pick(frames_of(part.packets, part.first_frame + owners))
            picked = np.unique(owners[matches])
            if len(picked):
                yield part, picked
    except ChangedError as error:
        raise changed(str(place)) from error


def no_index(name: str) -> EvidenceError:
    """The error for evidence of which no frame can be found again."""
    return EvidenceError(
        "NC-707",
        f"Frames of {name!r} cannot be found again.",
        "it has no frame index: it is no capture, or an earlier version took it in",
        "of a log, read the lines that `netcordon explain` names; a capture can be investigated "
        "again in a new workspace",
        path=name,
    )


def _numbers(values: list[int]) -> NDArray[np.int64]:
    return np.array(values, dtype=np.int64)
