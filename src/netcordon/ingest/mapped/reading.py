"""A log by its mapping: blocks of lines become rows, and every line is accounted for."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable, Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from netcordon.ingest.mapped.definition import column_types
from netcordon.ingest.mapped.lines import keyed, separated
from netcordon.ingest.mapped.stamps import EPOCHS, microseconds, name_no_zone
from netcordon.ingest.text import values
from netcordon.ingest.text.addresses import addresses
from netcordon.ingest.text.blocks import Block
from netcordon.ingest.text.columns import Columns, refuse
from netcordon.ingest.text.head import Peeked
from netcordon.ingest.text.json_lines import json_columns
from netcordon.ingest.text.reading import Facts, read_lines
from netcordon.ingest.text.rows import Rows, rows
from netcordon.ingest.text.shaping import port, small, words
from netcordon.ingest.text.tally import Tally
from netcordon.model.evidence import IngestWarning
from netcordon.model.log_mapping import ColumnSource, LineFormat, LogMapping
from netcordon.model.parser import ByteSource, ParseResult, Progress, RowSink, Share
from netcordon.tables.schema import ADDRESS, TABLES

_FAMILY = "mapped"
_LONGEST = 8192
_TYPES = {
    "BIGINT": pa.int64(), "INTEGER": pa.int64(), "DOUBLE": pa.float64(), "BOOLEAN": pa.bool_(),
    "VARCHAR[]": pa.list_(pa.string()),
}  # fmt: skip


def read_mapped(
    source: ByteSource, sink: RowSink, progress: Progress, share: Share, mapping: LogMapping
) -> ParseResult:
    """Read a log to its end, see ``Parser.parse``."""
    peeked = Peeked(source)
    log = MappedLog(mapping, hashlib.sha256(peeked.head).hexdigest()[:12])
    return read_lines(
        peeked, sink, progress, share, log, _FAMILY, log.facts.found, warnings=log.warnings
    )


class MappedLog:
    """Reads lines by a mapping.

    Args:
        mapping: checked.
        salt: begins the ids of flows; differs from file to file.
    """

    def __init__(self, mapping: LogMapping, salt: str) -> None:
        self.facts = Facts(
            {"mapping": mapping.name, "mapping_sha256": mapping.sha256, "table": mapping.table}
        )
        self._mapping = mapping
        self._salt = salt
        self._names = mapping.names
        self._types = column_types(mapping.table)
        self._has_bare = False

    def __call__(self, block: Block, tally: Tally) -> Iterable[Rows]:
        """Rows of a block, see ``text.reading.Format``."""
        block = self._without_remarks(block, tally)
        if not len(block):
            return
        if self._mapping.format is LineFormat.CSV and not self._names:
            self._names = _heading(block.text(0), self._mapping.delimiter)
            tally.comments += 1
            block = block.select(np.arange(len(block)) > 0)
        yield from self._rows(self._split(block, tally), tally)

    def warnings(self) -> tuple[IngestWarning, ...]:
        """What was assumed."""
        if self._mapping.is_zone_said or not self._has_bare:
            return ()
        what = "Times in this log name no zone; they were read as UTC. Say zone in the mapping."
        return (IngestWarning(code="NC-271", what=what),)

    def _without_remarks(self, block: Block, tally: Tally) -> Block:
        comment = self._mapping.comment.encode()
        if not comment:
            return block
        is_remark = np.array(
            [block.text(i).startswith(comment) for i in range(len(block))], dtype=np.bool_
        )
        tally.comments += int(is_remark.sum())
        return block.select(~is_remark)

    def _split(self, block: Block, tally: Tally) -> Columns:
        mapping = self._mapping
        if mapping.format is LineFormat.CSV:
            known = set(self._names)
            lacking = [s.name for s in mapping.columns.values() if s.path and s.name not in known]
            if lacking:
                reason = f"the heading has no field {lacking[0][:40]}"
                refuse(block, np.ones(len(block), dtype=np.bool_), reason, tally)
                return Columns({}, block.select(np.zeros(len(block), dtype=np.bool_)))
            return separated(block, self._names, mapping.delimiter, tally)
        if mapping.format is LineFormat.PAIRS:
            wanted = dict.fromkeys(s.name for s in mapping.columns.values() if s.path)
            return keyed(block, tuple(wanted), tally)
        return json_columns(block, self._schema(), tally)

    def _rows(self, log: Columns, tally: Tally) -> Iterator[Rows]:
        if not len(log):
            return
        mapping, needed = self._mapping, TABLES[self._mapping.table].time
        good = {"no time, or none of the declared format": pc.is_valid(self._column(needed, log))}
        if mapping.table == "network_activity":
            for end in ("src_ip", "dst_ip"):
                good[f"no address in {end}"] = pc.is_valid(addresses(self._column(end, log)).text)
        log = log.required(tally, good)
        tally.read += len(log)
        if not len(log):
            return
        filled: dict[str, object] = {}
        for name in mapping.columns:
            column = self._column(name, log)
            if self._types[name] == ADDRESS:
                filled |= addresses(column).columns(name)
            else:
                filled[name] = column
        if mapping.table == "network_activity":
            self._complete(filled, log)
            self.facts.add("device_flows", len(log))
        yield rows(mapping.table, log.numbers, filled)

    def _complete(self, filled: dict[str, object], log: Columns) -> None:
        """What follows from the columns that are there: id, end and duration of a flow."""
        if "uid" not in filled:
            numbers = pa.array(log.numbers).cast(pa.string())
            filled["uid"] = pc.binary_join_element_wise(f"M{self._salt}", numbers, "-")
        start, end, lasted = (filled.get(n) for n in ("start_time", "end_time", "duration_s"))
        if end is None and lasted is not None:
            micro = pc.round(
                pc.multiply(pc.max_element_wise(lasted, 0.0, skip_nulls=False), 1e6)
            ).cast(pa.int64())
            filled["end_time"] = pc.add(start, micro)
        elif end is not None and lasted is None:
            span = pc.max_element_wise(pc.subtract(end, start), 0, skip_nulls=False)
            filled["duration_s"] = pc.divide(span.cast(pa.float64()), 1e6)
        # As with other logs: a flow of which no end is told was there at its start at least.
        filled["end_time"] = pc.coalesce(filled.get("end_time", start), start)

    def _column(self, name: str, log: Columns) -> pa.Array:
        source, type_ = self._mapping.columns[name], self._types[name]
        if source.constant is not None:
            arrow = _TYPES.get(type_, pa.string())
            return pa.repeat(pa.scalar(source.constant, arrow), len(log))
        raw = log.raw(source.name)
        if type_ == "TIMESTAMP":
            return self._times(source, raw)
        if type_ == "VARCHAR[]":
            return log.texts(source.name)
        if source.values:
            raw = _replaced(values.text(raw), source)
        if type_ in ("BIGINT", "INTEGER"):
            return _numbers(name, type_, raw, source.factor)
        if type_ == "DOUBLE":
            return pc.multiply(values.number(raw), source.factor)
        if type_ == "BOOLEAN":
            return values.flag(raw)
        text = pc.utf8_slice_codeunits(values.text(raw), 0, _LONGEST)
        return pc.utf8_lower(text) if name == "protocol" else text

    def _times(self, source: ColumnSource, raw: pa.Array) -> pa.Array:
        form = source.time_format or self._mapping.time_format
        self._has_bare |= name_no_zone(raw, form)
        found = microseconds(raw, form, self._mapping.zone)
        scaled = pc.multiply(found.cast(pa.float64()), source.factor)
        return found if source.factor == 1.0 else pc.round(scaled).cast(pa.int64())

    def _schema(self) -> pa.Schema:
        """The fields of JSON with the types that their columns suggest."""
        tree: dict[str, object] = {}
        for name, source in self._mapping.columns.items():
            if not source.path:
                continue
            node = tree
            for key in source.path[:-1]:
                child = node.get(key)
                if not isinstance(child, dict):
                    child = node[key] = {}
                node = child
            last, type_ = source.path[-1], self._json_type(name, source)
            before = node.get(last)
            if not isinstance(before, dict):
                node[last] = type_ if before in (None, type_) else pa.string()
        return pa.schema(_fields(tree))

    def _json_type(self, name: str, source: ColumnSource) -> pa.DataType:
        type_ = self._types[name]
        if type_ == "TIMESTAMP":
            form = source.time_format or self._mapping.time_format
            return (
                pa.string()
                if form not in EPOCHS
                else pa.float64()
                if form == "epoch"
                else pa.int64()
            )
        if source.values:
            return pa.int64() if all(key.isdigit() for key in source.values) else pa.string()
        if type_ in ("BIGINT", "INTEGER") and source.factor != 1.0:
            return pa.float64()
        return _TYPES.get(type_, pa.string())


def _fields(tree: dict[str, object]) -> list[pa.Field]:
    return [
        pa.field(name, pa.struct(_fields(node)) if isinstance(node, dict) else node)
        for name, node in tree.items()
    ]


def _heading(line: bytes, delimiter: str) -> tuple[str, ...]:
    """Names of the fields; equal ones are told apart by their place."""
    try:
        cells = next(csv.reader([line.decode(errors="replace")], delimiter=delimiter), [])
    except csv.Error:
        cells = []
    names: dict[str, None] = {}
    for place, cell in enumerate(cells):
        name = cell.strip()
        names[name if name not in names else f"{name} ({place + 1})"] = None
    return tuple(names)


def _replaced(texts: pa.Array, source: ColumnSource) -> pa.Array:
    if source.otherwise is None:
        return words(texts, source.values)
    found = words(texts, source.values, keep=False)
    if not source.otherwise:
        return found
    return pc.if_else(pc.is_valid(texts), pc.fill_null(found, source.otherwise), found)


def _numbers(name: str, type_: str, raw: pa.Array, factor: float) -> pa.Array:
    if factor == 1.0:
        found = values.whole(raw)
    else:
        scaled = pc.round(pc.multiply(values.number(raw), factor))
        fine = pc.less(pc.abs(scaled), 2.0**62)
        found = pc.if_else(fine, scaled, pa.scalar(None, pa.float64())).cast(pa.int64())
    if name.endswith("_port"):
        return port(found)
    return small(found) if type_ == "INTEGER" else found
