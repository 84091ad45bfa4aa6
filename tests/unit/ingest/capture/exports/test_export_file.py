"""Datagrams in a file: split where they end, also behind damage."""

from __future__ import annotations

import random

from netcordon.model.parser import ParseResult
from netcordon.plugins.parsers.export_file import PARSER
from tests.unit.ingest.capture.application.talk import Row, Sink
from tests.unit.ingest.capture.exports.datagrams import (
    FIELDS,
    ipfix,
    one_set,
    record,
    record5,
    template,
    v5,
    v9,
)
from tests.unit.ingest.capture.packets import Bytes


def read(data: bytes, piece: int = 1 << 30) -> tuple[list[Row], ParseResult]:
    """Flows of a file, and what is said of it."""
    sink = Sink()
    result = PARSER.parse(Bytes(data, piece), sink, lambda _: None)
    return sink.rows.get("network_activity", []), result


PARTS = [
    v9(template(300), one_set(300, record()), domain=1) + bytes(8),
    v5(record5("10.1.0.6"), record5("10.1.0.7")),
    v9(one_set(300, record("10.1.0.8")), sequence=1, domain=1),
    ipfix(template(256, FIELDS, 2), one_set(256, record("10.1.0.9")), domain=5),
    ipfix(one_set(256, record("10.1.0.10")), sequence=1, domain=5),
]


def test_all_versions_one_behind_the_other_in_any_pieces() -> None:
    data = b"".join(PARTS)
    assert PARSER.recognise(data) == "netflow"
    assert PARSER.recognise(PARTS[3]) == "ipfix"
    for piece in (1 << 30, 7, 61):
        rows, result = read(data, piece)
        assert (result.records, result.complete, result.refused) == (5, True, {})
        found = {(row["src_ip"], row["exporter"], row["first_frame"]) for row in rows}
        assert found == {
            ("10.1.0.5", "exporter#1", 1), ("10.1.0.6", "exporter", 2),
            ("10.1.0.7", "exporter", 2), ("10.1.0.8", "exporter#1", 3),
            ("10.1.0.9", "exporter#5", 4), ("10.1.0.10", "exporter#5", 5),
        }  # fmt: skip


def test_what_stands_behind_damage_is_found_again() -> None:
    rows, result = read(PARTS[3] + b"\xff" * 9 + PARTS[4])
    assert len(rows) == 2
    assert (result.complete, result.refused) == (False, {"octets between datagrams": 1})
    cut, result = read(PARTS[3] + PARTS[4][:-4])
    assert len(cut) == 1
    assert result.refused["flow export cut off or malformed"] == 1


def test_other_files_are_left_to_others() -> None:
    for data in (b"", b"\0\x05", b"\0\x05\0\1" + bytes(60), b"\0\x0a" + bytes(40), bytes(64)):
        assert PARSER.recognise(data) is None
    assert PARSER.recognise(PARTS[1] + b"x" * 40) is None


def test_bent_files_are_harmless() -> None:
    chance = random.Random(2)
    sound = b"".join(PARTS)
    for _ in range(300):
        octets = bytearray(sound)
        for _ in range(chance.randrange(1, 6)):
            octets[chance.randrange(len(octets))] = chance.choice((0, 1, 9, 10, 0x7F, 255))
        rows, result = read(bytes(octets[: chance.randrange(30, len(octets) + 1)]), 200)
        assert all(1 <= int(str(row["first_frame"])) <= result.records for row in rows)
