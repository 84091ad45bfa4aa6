"""A file of nfdump, from its source to the tables."""

from __future__ import annotations

import struct
from collections import Counter
from datetime import UTC, datetime, timedelta

import numpy as np

from netcordon.ingest.capture.exports.exporters import Exporter, exporter_name
from netcordon.ingest.capture.exports.records import EXPORTED, copied
from netcordon.ingest.capture.exports.rows import flow_columns
from netcordon.ingest.capture.exports.telling import facts_of, health_columns
from netcordon.ingest.capture.layout import Octets, Records
from netcordon.ingest.nfcapd.layout import Block, NfcapdFile
from netcordon.ingest.nfcapd.records import OTHER, read_records
from netcordon.model.evidence import IngestWarning
from netcordon.model.parser import ByteSource, ParseResult, Progress, RowSink

_FLOWS, _OTHERS = 1 << 15, 1 << 10
_EXPORTER, _STATISTICS, _SAMPLER, _FILE_STATISTICS = 7, 8, 9, 0x8002
_AF_INET6 = 10
_MOST_EXPORTERS = 1 << 12
_VERSIONS = {9999: 0}
"""Number of a protocol in the file -> as ``Exporter.version`` has it: sFlow."""
_1970 = datetime(1970, 1, 1, tzinfo=UTC)


class NfcapdLog:
    """One file. Flows of an exporter are joined within the file.

    Args:
        source: its bytes.
        sink: takes the rows.
    """

    def __init__(self, source: ByteSource, sink: RowSink) -> None:
        self._file = NfcapdFile(source)
        self._sink = sink
        self._exporters: dict[int, Exporter] = {}
        self._flows = np.empty(_FLOWS, dtype=EXPORTED)
        self._others = np.empty(_OTHERS, dtype=OTHER)
        self._refused: Counter[str] = Counter()
        self._count = 0
        self._failures = 0
        self._first: int | None = None
        self._last: int | None = None

    def read(self, progress: Progress) -> ParseResult:
        """All of it."""
        for block in self._file.blocks():
            self._take(block)
            progress(self._count)
        for exporter in self._exporters.values():
            self._write(exporter, exporter.joining.finish())
        self._refused.update(self._file.unread)
        return self._result()

    def _take(self, block: Block) -> None:
        at, left = 0, block.records
        is_big = self._file.order == ">"
        while left > 0 and at >= 0:
            at, left, count, others = read_records(
                block.data, at, left, is_big, self._count, self._flows, self._others
            )
            for other in self._others[:others]:
                start, size = int(other["offset"]), int(other["size"])
                self._take_other(int(other["kind"]), block.data[start : start + size])
            self._count += count
            self._add(copied(self._flows[:count]))
        if left > 0:
            self._refused["a record that is damaged"] += 1
            self._file.is_whole = False

    def _add(self, flows: Records) -> None:
        systems = np.unique(flows["exporter"]).tolist()
        for system in systems:
            exporter = self._exporter(system)
            if exporter is None:
                continue
            mine = flows
            if len(systems) > 1:
                mine = flows.take(np.flatnonzero(flows["exporter"] == system))
            mine["exporter"] = exporter.number
            exporter.flows += len(mine)
            exporter.longest_us = max(
                exporter.longest_us, int((mine["end_us"] - mine["start_us"]).max())
            )
            exporter.was_heard(int(mine["start_us"].min()), int(mine["end_us"].max()))
            self._write(exporter, exporter.joining.add(mine))

    def _exporter(self, system: int) -> Exporter | None:
        """The exporter of the file's own number; one that is not introduced has no address."""
        known = self._exporters.get(system)
        if known is None:
            if len(self._exporters) >= _MOST_EXPORTERS:
                self._refused["exporters beyond the bound"] += 1
                return None
            known = Exporter(len(self._exporters), "nfcapd", 0)
            self._exporters[system] = known
        return known

    def _write(self, exporter: Exporter, flows: Records) -> None:
        if not len(flows):
            return
        flows = exporter.settled(flows)
        self._first = min(int(flows["start_us"].min()), self._first or int(flows["start_us"].min()))
        self._last = max(int(flows["end_us"].max()), self._last or 0)
        names = [one.name for one in self._exporters.values()]
        self._sink.append("network_activity", flow_columns(flows, names))

    def _take_other(self, kind: int, record: Octets) -> None:
        """Who exports, how it samples, and what the collector missed."""
        data, order = record.tobytes(), self._file.order
        if kind < 0:
            self._refused["a record without addresses"] += 1
        elif kind == _EXPORTER and len(data) >= 32:
            version, high, low, family, system, domain = struct.unpack_from(
                f"{order}IQQHHI", data, 4
            )
            if family != _AF_INET6:
                high, low = 0, 0xFFFF << 32 | low & 0xFFFFFFFF
            exporter = self._exporter(system)
            if exporter is not None:
                exporter.name = exporter_name(high, low, domain)
                exporter.version = _VERSIONS.get(version, version)
        elif kind == _STATISTICS and len(data) >= 8:
            (count,) = struct.unpack_from(f"{order}I", data, 4)
            for place in range(8, min(len(data), 8 + 24 * min(count, _MOST_EXPORTERS)) - 23, 24):
                system, failures, packets, _ = struct.unpack_from(f"{order}IIQQ", data, place)
                self._failures += failures
                if system in self._exporters:
                    self._exporters[system].datagrams = min(packets, 1 << 62)
        elif kind == _FILE_STATISTICS and len(data) >= 148:
            (failures,) = struct.unpack_from(f"{order}Q", data, 140)
            self._failures = max(self._failures, min(failures, 1 << 32))
        elif kind == _SAMPLER:
            self._take_sampler(data, order)

    def _take_sampler(self, data: bytes, order: str) -> None:
        """Version 1.6: id, interval, mode, exporter; 1.7: exporter, method, id, taken, left out."""
        if len(data) == 16:
            sampler, rate, _, system = struct.unpack_from(f"{order}iIHH", data, 4)
        elif len(data) >= 24:
            system, _, sampler, taken, skipped = struct.unpack_from(f"{order}HHqII", data, 4)
            rate = (taken + skipped) // max(taken, 1)
        else:
            return
        exporter = self._exporters.get(system)
        if exporter is None or not 0 < rate < 1 << 31:
            return
        if sampler < 0:
            exporter.options.sampling = rate
        else:
            exporter.options.samplers[sampler & 0x7FFFFFFF] = rate

    def _result(self) -> ParseResult:
        failures = max(self._failures, self._file.failures)
        records = self._count + sum(self._refused.values())
        self._sink.append("device_health", health_columns(list(self._exporters.values())))
        self._sink.append(
            "log_source",
            {
                "time": [self._first],
                "family": ["nfcapd"],
                "last_seen_time": [self._last],
                "lines": [records],
                "read_lines": [self._count],
                "comment_lines": [0],
                "refused_lines": [records - self._count],
            },
        )
        return ParseResult(
            records=records,
            refused=dict(sorted(self._refused.items())),
            first_time=_time(self._first),
            last_time=_time(self._last),
            warnings=[
                IngestWarning(code="NC-223", what=f"Records were not read: {reason}.", count=count)
                for reason, count in sorted(self._refused.items())
            ],
            facts={
                "is_log": True,
                "sequence_failures": failures,
                **facts_of(list(self._exporters.values()), "nfcapd"),
            },
            complete=self._file.is_whole,
        )


def _time(microseconds: int | None) -> datetime | None:
    return None if microseconds is None else _1970 + timedelta(microseconds=microseconds)
