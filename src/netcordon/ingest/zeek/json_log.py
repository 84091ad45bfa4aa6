"""Zeek's logs as JSON lines: one log, or many mixed as they come from a message bus."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from netcordon.ingest.text.blocks import Block
from netcordon.ingest.text.columns import Columns, refuse_by_name
from netcordon.ingest.text.head import json_object
from netcordon.ingest.text.json_lines import json_columns
from netcordon.ingest.text.reading import Facts
from netcordon.ingest.text.rows import Rows
from netcordon.ingest.text.tally import Tally
from netcordon.ingest.zeek.fields import schema
from netcordon.ingest.zeek.logs import READ, rows_of
from netcordon.ingest.zeek.telling import LOGS, log_of

_LOOKED_AT = 48
_NAMED = pa.schema([("_path", pa.string()), ("@stream", pa.string())])
_UNKNOWN = ""


class JsonLog:
    """Reads lines of JSON."""

    def __init__(self) -> None:
        self.facts = Facts()

    def __call__(self, block: Block, tally: Tally) -> Iterable[Rows]:
        """Rows of a block, see ``text.reading.Format``."""
        block, logs = _logs(block, tally)
        unknown = ~np.isin(logs, sorted(READ))
        refuse_by_name(block, unknown, logs, "no table for the log", tally)
        for log in sorted(set(logs[~unknown].tolist())):
            part = block.select(logs == log)
            fields = schema(log, has_iso_times=_has_iso_times(part))
            columns = json_columns(part, fields, tally)
            yield from rows_of(log, _dotted(columns, log), self.facts, tally)


def _logs(block: Block, tally: Tally) -> tuple[Block, NDArray[np.object_]]:
    """The log of each line: one for all where a few lines agree, else by each line itself."""
    seen = [json_object(block.text(i)) for i in _spread(len(block))]
    objects = [value for value in seen if value is not None]
    named = [value for value in objects if "_path" in value or "@stream" in value]
    if named:
        columns = json_columns(block, _NAMED, tally)
        logs = [name or _UNKNOWN for name in columns.text("_path", "@stream").to_pylist()]
        return columns.block, np.array(logs, dtype=object)
    found = {log_of(value) or _UNKNOWN for value in objects}
    if len(found) == 1:
        return block, np.full(len(block), found.pop(), dtype=object)
    each = (json_object(block.text(i)) for i in range(len(block)))
    return block, np.array([(log_of(v) if v else None) or _UNKNOWN for v in each], dtype=object)


def _spread(count: int) -> list[int]:
    step = max(1, count // _LOOKED_AT)
    return list(range(0, count, step))[:_LOOKED_AT]


def _has_iso_times(block: Block) -> bool:
    value = next((v for v in map(json_object, map(block.text, _spread(len(block)))) if v), {})
    return isinstance(value.get("ts"), str)


def _dotted(columns: Columns, log: str) -> Columns:
    """Fields under one name where an exporter wrote another."""
    fields = {"ts": columns.raw("ts")}
    for name in LOGS[log].split():
        array, other = columns.raw(name), name.replace(".", "_", 1)
        if other != name and array.null_count == len(array):
            array = columns.raw(other)
        if array.null_count < len(array):
            fields[name] = array
    return Columns(fields, columns.block)
