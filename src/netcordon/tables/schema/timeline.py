"""Events of timelines that other programs made."""

from __future__ import annotations

from netcordon.tables.schema.columns import Table, column

TIMELINE_EVENT = Table(
    "timeline_event",
    "One row an event of a timeline of another program (Timesketch, Plaso).",
    "time",
    ("time", "frame"),
    (
        column("time", "TIMESTAMP", "time of the event"),
        column("frame", "BIGINT", "line of the timeline, from 1; of several the first"),
        column(
            "time_text",
            "VARCHAR",
            "the time as it was written, with zone and all its digits; NULL when it was a number",
        ),
        column(
            "time_kind",
            "VARCHAR",
            "what happened then, in the words of the timeline: Start Time, Content Modification Time, ...",
        ),
        column("message", "VARCHAR", "the event in words (hostile text)"),
        column(
            "source",
            "VARCHAR",
            "what it was read from: data type, parser or source, as the timeline says",
        ),
        column("host", "VARCHAR", "host that it is about, as the timeline says, or NULL"),
        column("account", "VARCHAR", "user that it is about, as the timeline says, or NULL"),
        column("fields", "VARCHAR", "everything else the timeline says of it, as a JSON object"),
    ),
)
