"""Indicators as CSV (RFC 4180) for tools and spreadsheets; values as observed, never formulas."""

from __future__ import annotations

import csv
import io

from netcordon.model.document import Document
from netcordon.model.quantity import rfc3339
from netcordon.reporting.visible import csv_cell

COLUMNS = (
    "type", "value", "role", "confidence", "first_seen_time", "last_seen_time", "finding_ids",
    "caution", "tlp",
)  # fmt: skip


def render_csv(document: Document) -> str:
    """One row an indicator, every cell quoted; what cannot be seen in a value is spelt out."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for i in document.indicators:
        cells = (
            i.type,
            i.value,
            i.role,
            f"{i.confidence:.3f}",
            rfc3339(i.first_seen_time),
            rfc3339(i.last_seen_time),
            " ".join(i.finding_ids),
            i.caution or "",
            document.tlp.value,
        )
        writer.writerow([csv_cell(cell) for cell in cells])
    return out.getvalue()
