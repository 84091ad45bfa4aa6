"""Tables of hosts that are complained of, as Shadowserver's daily reports (CSV, times in UTC)."""

from __future__ import annotations

import csv
import io
import re

from netcordon.model.letter import Complaint

_TIMES = ("timestamp", "time", "date", "datetime")
_SOURCES = ("ip", "src_ip", "source_ip", "source")
_MOST_ROWS, _MOST_CELLS, _LONGEST = 2000, 200, 4096
_STAMP = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?\Z")


def table_complaints(text: str) -> list[Complaint]:
    """A complaint a row; none where the heading does not name a time and an address."""
    lines = text.lstrip("\ufeff").splitlines()
    if len(lines) < 2 or "," not in lines[0] or len(lines[0]) > _LONGEST:
        return []
    heading = [cell.strip().strip('"').lower() for cell in lines[0].split(",")]
    time = next((heading.index(name) for name in _TIMES if name in heading), None)
    source = next((heading.index(name) for name in _SOURCES if name in heading), None)
    if time is None or source is None or len(heading) > _MOST_CELLS:
        return []
    body = "\n".join(line for line in lines[1 : _MOST_ROWS + 1] if len(line) <= _LONGEST)
    found: list[Complaint] = []
    try:
        for row in csv.reader(io.StringIO(body)):
            if len(row) == len(heading):
                found.append(_row(dict(zip(heading, row, strict=True)), row[time], row[source]))
    except csv.Error:
        pass  # what was read until then stands
    return found


def _row(cells: dict[str, str], time: str, source: str) -> Complaint:
    def first(*names: str) -> str:
        return next((cells[name].strip() for name in names if cells.get(name)), "")

    def port(*names: str) -> int | None:
        text = first(*names)
        return int(text) if re.fullmatch(r"[1-9][0-9]{0,4}", text) and int(text) < 65_536 else None

    written = time.strip()
    return Complaint(
        format="table of hosts",
        kind=first("tag", "infection", "type", "vulnerability", "application"),
        source=source.strip(),
        source_port=port("src_port", "port"),
        destination=first("dst_ip", "cc_ip", "destination_ip"),
        destination_port=port("dst_port", "cc_port", "destination_port"),
        protocol=first("protocol").lower(),
        # Shadowserver documents its times as UTC and writes no zone.
        first=f"{written}Z" if _STAMP.match(written) else written,
        urls=tuple(filter(None, (first("http_host", "domain", "cc_dns"), first("url")))),
    )
