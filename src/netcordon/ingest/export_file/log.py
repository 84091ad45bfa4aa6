"""A file of export datagrams, from its source to the tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import numpy as np

from netcordon.ingest.capture.exports.collector import Collector, Datagrams
from netcordon.ingest.capture.exports.rows import flow_columns
from netcordon.ingest.capture.exports.telling import export_facts, health_columns
from netcordon.ingest.capture.layout import Records
from netcordon.ingest.export_file.splitting import LONGEST_HEAD, is_head, length_of
from netcordon.model.evidence import IngestWarning
from netcordon.model.parser import ByteSource, ParseResult, Progress, RowSink

_PIECE = 4 << 20
_NOWHERE = (0, 0, 0, 0)
"""The file does not say who sent its datagrams."""
_1970 = datetime(1970, 1, 1, tzinfo=UTC)


class ExportFile:
    """One file; the number of a row's frame is that of its datagram.

    Args:
        source: its bytes.
        sink: takes the rows.
    """

    def __init__(self, source: ByteSource, sink: RowSink) -> None:
        self._source = source
        self._sink = sink
        self._collector = Collector()
        self._count = 0
        self._refused: Counter[str] = Counter()
        self._span: list[int] = []

    def read(self, progress: Progress) -> ParseResult:
        """All of it; what stands behind damage is looked for again from the next header on."""
        kept = b""
        room = memoryview(bytearray(_PIECE))
        while True:
            got = self._source.readinto(room)
            data = kept + bytes(room[:got])
            kept = self._take(data, is_last=got == 0)
            progress(self._count)
            if got == 0:
                break
        self._write(self._collector.finish())
        self._collector.close()
        self._sink.append("device_health", health_columns(self._collector.exporters))
        self._refused.update({k: n for k, n in self._collector.refused.items() if n})
        return self._result()

    def _take(self, data: bytes, *, is_last: bool) -> bytes:
        """Read the whole datagrams; returns what is left for the next time."""
        at, places = 0, []
        while at < len(data):
            if len(data) - at < LONGEST_HEAD and not is_last:
                break
            if not is_head(data, at):
                skipped = _next_head(data, at + 1)
                if skipped < 0 and not is_last:
                    break
                self._refused["octets between datagrams"] += 1
                at = len(data) if skipped < 0 else skipped
                continue
            length = length_of(data, at, is_last=is_last)
            if length == 0:
                break
            places.append((at, length))
            at += length
        if places:
            self._read(data, places)
        return data[at:][-_PIECE:]

    def _read(self, data: bytes, places: list[tuple[int, int]]) -> None:
        offsets, lengths = (np.array(column) for column in zip(*places, strict=True))
        count = len(places)
        frames = np.arange(self._count + 1, self._count + count + 1, dtype=np.int64)
        self._count += count
        datagrams = Datagrams(
            np.frombuffer(bytearray(data), dtype=np.uint8), offsets.astype(np.int64),
            lengths.astype(np.int32), frames, None, [_NOWHERE] * count,
        )  # fmt: skip
        self._write(self._collector.take(datagrams)[0])

    def _write(self, done: Iterable[Records]) -> None:
        for flows in done:
            if len(flows):
                self._span += [int(flows["start_us"].min()), int(flows["end_us"].max())]
                columns = flow_columns(flows, self._collector.names)
                self._sink.append("network_activity", columns)

    def _result(self) -> ParseResult:
        first, last = (min(self._span), max(self._span)) if self._span else (None, None)
        unread = self._refused["octets between datagrams"]
        self._sink.append(
            "log_source",
            {
                "time": [first],
                "family": ["exports"],
                "last_seen_time": [last],
                "lines": [self._count + unread],
                "read_lines": [self._count],
                "comment_lines": [0],
                "refused_lines": [unread],
            },
        )
        return ParseResult(
            records=self._count + unread,
            refused=dict(sorted(self._refused.items())),
            first_time=_time(first),
            last_time=_time(last),
            warnings=[
                IngestWarning(code="NC-223", what=f"Records were not read: {reason}.", count=count)
                for reason, count in sorted(self._refused.items())
            ],
            facts={"is_log": True, **export_facts(self._collector, "netflow")},
            complete=not unread,
        )


def _next_head(data: bytes, at: int) -> int:
    """Where the next header stands, -1 without one."""
    for place in range(at, len(data)):
        if data[place] == 0 and is_head(data, place):
            return place
    return -1


def _time(microseconds: int | None) -> datetime | None:
    return None if microseconds is None else _1970 + timedelta(microseconds=microseconds)
