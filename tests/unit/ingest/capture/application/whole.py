"""Whole captures through decoder and application layer, without a file."""

from __future__ import annotations

import io

from netcordon.ingest.capture.application import ApplicationLayer
from netcordon.ingest.capture.decode import decode
from netcordon.settings import DecodeLimits
from tests.unit.ingest.capture.application.talk import Row, Sink


def rows_of(capture: bytes, limits: DecodeLimits | None = None) -> dict[str, list[Row]]:
    """Rows of every table, in the order of their frames; nothing may be given up."""
    sink, layer = Sink(), ApplicationLayer(limits)
    result = decode(io.BytesIO(capture), sink, lambda _: None, layer, limits)
    assert result.complete
    assert "parser failed" not in layer.refused
    for rows in sink.rows.values():
        rows.sort(key=_frame)
    return sink.rows


def _frame(row: Row) -> int:
    frame = row.get("frame") or row.get("first_frame") or 0
    assert isinstance(frame, int)
    return frame
