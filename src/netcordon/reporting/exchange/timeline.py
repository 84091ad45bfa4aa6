"""Timelines for Timesketch (JSON lines, CSV) and in Plaso's JSON lines.

https://timesketch.org/guides/user/import-from-json-csv/
https://plaso.readthedocs.io/en/latest/sources/user/Output-and-formatting.html
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable

from netcordon.model.timeline import TimelineEntry
from netcordon.reporting.visible import csv_cell

_ADDED = ("src_ip", "dst_ip", "hostname", "username", "severity", "id")
"""Fields that have a column of their own in CSV; all others stand in ``fields``."""
CSV_HEAD = (
    "message", "datetime", "timestamp_desc", "timestamp", "data_type", *_ADDED, "fields",
)  # fmt: skip
_RESERVED = frozenset({"message", "datetime", "timestamp_desc", "timestamp", "data_type"})

Line = Callable[[TimelineEntry], str]


def timesketch_jsonl(entry: TimelineEntry) -> str:
    """A line of JSON with what Timesketch wants, and the time in microseconds too."""
    return _json(_flat(entry))


def plaso_jsonl(entry: TimelineEntry) -> str:
    """A line as ``psort -o json_line`` writes it."""
    flat = _flat(entry)
    return _json(
        {
            "__container_type__": "event",
            "__type__": "AttributeContainer",
            "date_time": {
                "__class_name__": "PosixTimeInMicroseconds",
                "__type__": "DateTimeValues",
                "timestamp": entry.time,
            },
            "display_name": "netcordon",
            "parser": "netcordon",
            **flat,
        }
    )


def timesketch_csv(entry: TimelineEntry) -> str:
    """A row of CSV that no spreadsheet takes for a formula; what cannot be seen is spelt out."""
    told = dict(entry.fields)
    own = [told.pop(name, "") for name in _ADDED]
    cells = [
        entry.message, entry.datetime_text, entry.kind, str(entry.time), entry.data_type,
        *(each if isinstance(each, str) else _json(each) for each in own),
        _json(told).rstrip("\n") if told else "",
    ]  # fmt: skip
    return csv_row(cells)


def csv_row(cells: list[str]) -> str:
    """A row of CSV (RFC 4180)."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow([csv_cell(cell) for cell in cells])
    return out.getvalue()


FORMATS: dict[str, Line] = {
    "timesketch-jsonl": timesketch_jsonl,
    "timesketch-csv": timesketch_csv,
    "plaso-jsonl": plaso_jsonl,
}
"""Name of a format -> what writes a line of it."""


def head_of(name: str) -> str:
    """What stands before the first event."""
    return csv_row(list(CSV_HEAD)) if name == "timesketch-csv" else ""


def _flat(entry: TimelineEntry) -> dict[str, object]:
    rest = {name: value for name, value in entry.fields.items() if name not in _RESERVED}
    return {
        "message": entry.message,
        "datetime": entry.datetime_text,
        "timestamp": entry.time,
        "timestamp_desc": entry.kind,
        "data_type": entry.data_type,
        **rest,
    }


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=True, sort_keys=True) + "\n"
