"""How the reading went."""

from __future__ import annotations

from netcordon.tables.schema.columns import Table, column

FRAME_INDEX = Table(
    "frame_index",
    "Where frames stand in a capture, so that a slice of it can be read without the rest.",
    "time",
    ("place",),
    (
        column("time", "TIMESTAMP", "earliest frame of the stretch, NULL for an interface"),
        column("kind", "VARCHAR", "frames, or interface (a pcapng interface block)"),
        column("place", "BIGINT", "where it begins in the unpacked capture"),
        column("length", "BIGINT", "octets of the stretch, NULL for an interface"),
        column("section", "BIGINT", "offset of the pcapng section header it needs, else NULL"),
        column("interfaces", "INTEGER", "interfaces of the section before it (or its own number)"),
        column("first_frame", "BIGINT", "first frame of the stretch, NULL for an interface"),
        column("frames", "BIGINT", "frames of the stretch"),
        column("first_ns", "BIGINT", "earliest time among them, ns since 1970 UTC"),
        column("last_ns", "BIGINT", "latest time among them"),
        column("checksum", "UBIGINT", "of the octets; guards against mix-ups, not against forgers"),
    ),
)

LOG_SOURCE = Table(
    "log_source",
    "One row a text log that was read.",
    "time",
    ("time",),
    (
        column("time", "TIMESTAMP", "first time in it"),
        column("family", "VARCHAR", "what wrote it: zeek, eve, ..."),
        column("last_seen_time", "TIMESTAMP", "last time in it"),
        column("lines", "BIGINT", "lines, all of them"),
        column("read_lines", "BIGINT", "lines that became rows"),
        column("comment_lines", "BIGINT", "headers, remarks and blank lines"),
        column("refused_lines", "BIGINT", "lines that could not be read"),
    ),
)

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
        column("first_frame", "BIGINT", "first frame or line, NULL when it has none"),
        column("sample", "VARCHAR", "beginning of a line that could not be read, or NULL"),
    ),
)
