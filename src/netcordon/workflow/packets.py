"""Header rows of single packets, decoded when somebody asks; nothing of them is stored."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa

from netcordon.casefile.workspace import open_workspace
from netcordon.ingest.capture.packet.packet_rows import inside_previous, packet_columns, packets_of
from netcordon.ingest.packet_flows import uids_of
from netcordon.reporting.rows import Rows
from netcordon.tables.arrow import to_arrow
from netcordon.tables.engine import Engine
from netcordon.tables.schema import TABLES
from netcordon.workflow.parents import Parent, Selection, open_parents
from netcordon.workflow.reaching import reach

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
SHORT = (
    "time", "frame", "uid", "src_ip", "src_port", "dst_ip", "dst_port", "protocol", "wire_bytes",
    "payload_bytes", "ttl", "tcp_flags", "not_decoded",
)  # fmt: skip
"""Columns that fit on a screen."""


@dataclass(frozen=True)
class PacketRows:
    """Rows of ``packet``, with ``evidence_id`` in front; ``has_more`` when the limit cut them."""

    rows: Rows
    has_more: bool


def list_packets(
    workspace: Path, selection: Selection, *, limit: int, columns: tuple[str, ...] | None = None
) -> PacketRows:
    """Packets of the chosen frames: by evidence in the order of the register, then by frame.

    A frame with a tunnel gives a row for its packet and one for each that is carried inside.

    Args:
        workspace: its directory.
        selection: which frames.
        limit: most rows.
        columns: those of the table to show; all by default.

    Raises:
        UsageError: NC-702 no such finding.
        QueryError: NC-706 the filter is not understood.
        EvidenceError: NC-703, NC-704, NC-707: a parent is gone, changed, or has no index.
        WorkspaceError: when there is no workspace.
    """
    names = columns or tuple(column.name for column in TABLES["packet"].flat())
    rows: list[tuple[object, ...]] = []
    with (
        open_workspace(workspace, create=False, clock=lambda: _NEVER, readonly=True) as opened,
        open_parents(opened, selection) as parents,
    ):
        for parent in parents:
            lake = reach(opened, [parent.registration]).lake
            with Engine(lake, [parent.registration.evidence.id]) as engine:
                rows += rows_of_parent(engine, parent, names, limit + 1 - len(rows))
    return PacketRows(Rows(("evidence_id", *names), tuple(rows[:limit])), len(rows) > limit)


def rows_of_parent(
    engine: Engine, parent: Parent, names: Sequence[str], most: int
) -> Iterator[tuple[object, ...]]:
    """Rows of one parent, with ``evidence_id`` in front, until there are ``most``."""
    id_ = parent.registration.evidence.id
    while most > 0 and (following := next(parent.parts, None)) is not None:
        part, picked = following
        packets, frames = packets_of(part, picked[:most])
        uids = uids_of(engine, id_, packets, frames, inside_previous(packets))
        table = to_arrow(TABLES["packet"], packet_columns(part.block, packets, frames, uids))
        most -= table.num_rows
        values = [_plain(table[name]) for name in names]
        yield from ((id_, *row) for row in zip(*values, strict=True))


def _plain(column: pa.ChunkedArray) -> list[object]:
    values: list[object] = column.to_pylist()
    return values
