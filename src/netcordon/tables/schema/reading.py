"""How the reading went."""

from __future__ import annotations

from netcordon.tables.schema.columns import Table, column

INGEST_WARNING = Table(
    "ingest_warning",
    "What could not be read, by reason.",
    "time",
    ("code", "first_frame"),
    (
        column("time", "TIMESTAMP", "time of the first occurrence, NULL when it has none"),
        column("code", "VARCHAR", "stable identifier"),
        column("what", "VARCHAR", "one sentence"),
        column("count", "BIGINT", "occurrences"),
        column("first_frame", "BIGINT", "first frame, NULL when it has none"),
    ),
)
