"""Lines that are JSON objects, as columns.

A block is read as a whole by Arrow, with the fields and types that the format declares. Where a
line is broken, or a value of another type, Arrow refuses the block: then its lines are read one by
one, which gives the same columns for what is sound, and a reason for what is not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.json as pjson

from netcordon.ingest.text.blocks import Block
from netcordon.ingest.text.columns import Columns
from netcordon.ingest.text.head import json_object
from netcordon.ingest.text.tally import Tally

_OPEN, _CLOSE = ord("{"), ord("}")
_MOST_ITEMS = 256

Value = Callable[[object], object]


def json_columns(block: Block, fields: pa.Schema, tally: Tally) -> Columns:
    """Read lines of JSON objects; those that are none are refused.

    Args:
        block: the lines.
        fields: which fields are wanted, with types: string, int64, float64, bool, lists and
            structures of them. Others are passed over.
        tally: takes what is refused.
    """
    table = _whole(block, fields)
    if table is None:
        block, table = _one_by_one(block, fields, tally)
    arrays = {field.name: table.column(field.name).combine_chunks() for field in fields}
    told = {name: array for name, array in arrays.items() if array.null_count < len(array)}
    return Columns(told, block)


def schema_of(kinds: Mapping[str, pa.DataType]) -> pa.Schema:
    """A schema from dotted paths: ``{"dns.rrname": string}`` makes a structure ``dns``."""
    tree: dict[str, object] = {}
    for path, type_ in kinds.items():
        *above, last = path.split(".")
        node = tree
        for name in above:
            child = node.setdefault(name, {})
            assert isinstance(child, dict)
            node = child
        node[last] = type_
    return pa.schema(_fields(tree))


def _fields(tree: Mapping[str, object]) -> list[pa.Field]:
    return [
        pa.field(name, pa.struct(_fields(node)) if isinstance(node, dict) else node)
        for name, node in tree.items()
    ]


def _whole(block: Block, fields: pa.Schema) -> pa.Table | None:
    """All lines at once, or ``None`` where one of them needs a closer look.

    A line that begins with a brace after one that ended with a brace begins an object at the top,
    or the text is no JSON; so as many objects as lines means one object a line.
    """
    if not len(block):
        return fields.empty_table()
    if (block.first_octets() != _OPEN).any() or (block.last_octets() != _CLOSE).any():
        return None
    if b"\0" in block.data or b"\\u0000" in block.data:
        return None
    try:
        table = pjson.read_json(
            pa.BufferReader(block.data),
            read_options=pjson.ReadOptions(use_threads=False, block_size=len(block.data) + 1),
            parse_options=pjson.ParseOptions(
                explicit_schema=fields, unexpected_field_behavior="ignore"
            ),
        )
    except (pa.ArrowException, UnicodeDecodeError):
        return None
    return table if table.num_rows == len(block) else None


def _one_by_one(block: Block, fields: pa.Schema, tally: Tally) -> tuple[Block, pa.Table]:
    readers = [(field.name, _reader(field.type)) for field in fields]
    found: list[list[object]] = [[] for _ in readers]
    sound = np.ones(len(block), dtype=np.bool_)
    for index in range(len(block)):
        line = block.text(index)
        value = json_object(line)
        if value is None:
            sound[index] = False
            tally.refuse_text("not a JSON object", int(block.numbers[index]), line)
            continue
        for column, (name, reader) in zip(found, readers, strict=True):
            column.append(reader(value.get(name)))
    arrays = [pa.array(column, field.type) for column, field in zip(found, fields, strict=True)]
    return block.select(sound), pa.table(arrays, schema=fields)


def _reader(type_: pa.DataType) -> Value:
    """What turns a value of JSON into one of this type, or ``None``."""
    if pa.types.is_string(type_):
        return _text
    if pa.types.is_integer(type_):
        return _whole_number
    if pa.types.is_floating(type_):
        return _number
    if pa.types.is_boolean(type_):
        return _flag
    if pa.types.is_list(type_):
        return _items(_reader(type_.value_type))
    return _members([(field.name, _reader(field.type)) for field in type_])


def _text(value: object) -> object:
    if isinstance(value, str):
        return value.encode(errors="replace").decode()  # half of a surrogate pair is no text
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int) and abs(value) < 1 << 63 else None


def _whole_number(value: object) -> object:
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 18:
        return int(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return value if type(value) is int and -(1 << 63) <= value < 1 << 63 else None


def _number(value: object) -> object:
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return None
    if type(value) is int and abs(value) < 1 << 63:
        return float(value)
    finite = isinstance(value, float) and np.isfinite(value)
    return value if finite else None


def _flag(value: object) -> object:
    return value if isinstance(value, bool) else None


def _items(reader: Value) -> Value:
    def read(value: object) -> object:
        if not isinstance(value, Sequence) or isinstance(value, str):
            return None
        return [reader(item) for item in value[:_MOST_ITEMS]]

    return read


def _members(readers: Iterable[tuple[str, Value]]) -> Value:
    known = list(readers)

    def read(value: object) -> object:
        if not isinstance(value, dict):
            return None
        return {name: reader(value.get(name)) for name, reader in known}

    return read
