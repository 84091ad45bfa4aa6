"""Records of JSON documents, however they are laid out and however they arrive."""

from __future__ import annotations

import json
import random

import pytest

from netcordon.ingest.text.blocks import MOST_LINE_BYTES
from netcordon.ingest.text.documents import Records, Splitter, first_records, is_document
from tests.unit.ingest.text.logs import Source

RECORDS = [
    {"a": {}, "value": [{"x": "}"}]},
    {"a": 'quote " and \\ and ] {', "b": {"c": [[{}], "ü"]}},
    {"a": [None], "items": []},
]
ENVELOPED = {"@odata.context": "https://graph.example/", "n": 3, "value": RECORDS, "next": "x"}
LAYOUTS = {
    "array": json.dumps(RECORDS),
    "pretty array": json.dumps(RECORDS, indent=3),
    "envelope": json.dumps({"Records": RECORDS}),
    "envelope after other keys": json.dumps(ENVELOPED, indent=1).replace("\n", "\r\n"),
    "two envelopes": json.dumps({"records": RECORDS[:1]}) + json.dumps({"records": RECORDS[1:]}),
    "pretty objects": "\n".join(json.dumps(record, indent=2) for record in RECORDS),
    "lines": "".join(json.dumps(record) + "\n" for record in RECORDS),
}


def _all(data: bytes, piece: int) -> list[object]:
    source = Records(Source(data, piece), data[: 64 << 10])
    room, got = memoryview(bytearray(7)), b""
    while count := source.readinto(room):
        got += bytes(room[:count])
    return [json.loads(line) for line in got.splitlines()]


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("piece", [1, 5, 1 << 20])
def test_every_layout_gives_the_same_records(layout: str, piece: int) -> None:
    data = LAYOUTS[layout].encode()
    assert is_document(data) == (layout != "lines")
    assert first_records(data) == RECORDS
    assert _all(data, piece) == RECORDS


def test_pieces_of_a_feed_may_end_anywhere() -> None:
    for layout in LAYOUTS.values():
        data = layout.encode()
        for cut in range(1, len(data)):
            splitter = Splitter()
            lines = [*splitter.feed(data[:cut]), *splitter.feed(data[cut:])]
            lines += splitter.feed(b"", is_last=True)
            assert [json.loads(line) for line in lines] == RECORDS


def test_a_record_that_never_ends_is_cut_and_refusable() -> None:
    data = b'[{"a": "' + b"x" * (3 * MOST_LINE_BYTES)
    splitter = Splitter()
    lines = list(splitter.feed(data))
    lines += splitter.feed(b"x" * 10, is_last=True)
    assert len(lines) == 1
    assert len(lines[0]) <= MOST_LINE_BYTES + 8
    with pytest.raises(json.JSONDecodeError):
        json.loads(lines[0])


def test_damage_neither_raises_nor_hangs() -> None:
    chance, sound = random.Random(3), LAYOUTS["pretty array"].encode()
    for _ in range(300):
        data = bytearray(sound)
        for _ in range(chance.randint(1, 6)):
            data[chance.randrange(len(data))] = chance.choice(b'{}[]"\\x\n\0\xff')
        splitter = Splitter()
        lines = [*splitter.feed(bytes(data)), *splitter.feed(b"", is_last=True)]
        assert sum(map(len, lines)) <= len(data)
