"""JSON lines: read as a whole where all are sound, one by one where one is not, with equal rows."""

from __future__ import annotations

import json

import pyarrow as pa

from netcordon.ingest.text.blocks import blocks
from netcordon.ingest.text.columns import Columns
from netcordon.ingest.text.json_lines import json_columns, schema_of
from netcordon.ingest.text.tally import Tally
from tests.unit.ingest.text.logs import Source

FIELDS = pa.schema(
    [
        ("name", pa.string()), ("count", pa.int64()), ("ratio", pa.float64()), ("ok", pa.bool_()),
        ("list", pa.list_(pa.string())), ("in", pa.struct([("deep", pa.string())])),
    ]
)  # fmt: skip


def columns(data: bytes) -> tuple[Columns, Tally]:
    tally = Tally()
    (block,) = blocks(Source(data), tally)
    return json_columns(block, FIELDS, tally), tally


def sound(count: int) -> bytes:
    return b"".join(
        json.dumps(
            {"name": f"n{i}", "count": i, "ratio": i / 4, "ok": i % 2 == 0, "list": ["a", str(i)],
             "in": {"deep": "d" * i}, "other": [{"x": None}]}
        ).encode() + b"\n"
        for i in range(count)
    )  # fmt: skip


def test_one_broken_line_changes_nothing_for_the_others() -> None:
    whole, _ = columns(sound(50))
    mixed, tally = columns(sound(25) + b'{"name": \n' + sound(50)[len(sound(25)) :])
    for name in FIELDS.names:
        assert mixed.raw(name).to_pylist() == whole.raw(name).to_pylist(), name
    assert mixed.numbers.tolist() == [*range(1, 26), *range(27, 52)]
    assert dict(tally.refused) == {"not a JSON object": 1}


def test_what_is_no_object_a_line_is_never_a_row() -> None:
    hostile = [
        b'{"count": 1}{"count": 2}', b"[1]", b'"x"', b"{" * 5000, b'{"in":' * 5000,
        b'{"count": 1', b"\x00", b'{"name": "a\x00b"}', b"null", b'{"count": 1}}',
    ]  # fmt: skip
    found, tally = columns(b"\n".join([*hostile, b'{"count": 3}']) + b"\n")
    assert found.whole("count").to_pylist() == [3]
    assert dict(tally.refused) == {"not a JSON object": len(hostile)}


def test_values_of_other_types_are_nothing_and_break_nothing() -> None:
    lines = [
        {"name": 5, "count": "7", "ratio": "x", "ok": "yes", "list": "a", "in": [1]},
        {"name": {"a": 1}, "count": 1 << 70, "ratio": 2, "ok": None, "list": [1, "b"], "in": {}},
    ]
    text = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
    found, tally = columns(text + b'{"name":"a","name":"b","count":NaN}\n')
    assert found.raw("name").to_pylist() == ["5", None, "b"]
    assert found.raw("count").to_pylist() == [7, None, None]
    assert found.raw("ratio").to_pylist() == [None, 2.0, None]
    assert found.raw("list").to_pylist() == [None, ["1", "b"], None]
    assert not tally.refused


def test_names_with_dots_lead_into_structures() -> None:
    assert schema_of({"in.deep": pa.string()}) == pa.schema(
        [("in", pa.struct([("deep", pa.string())]))]
    )
    found, _ = columns(b'{"in": {"deep": "x"}}\n{"count": 1}\n')
    assert found.text("in.deep").to_pylist() == ["x", None]
    assert found.text("in.missing").to_pylist() == [None, None]
    assert found.text("nothing.at.all").to_pylist() == [None, None]
