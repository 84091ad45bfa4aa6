from __future__ import annotations

import hashlib
import random
from collections import Counter

import pytest

from netcordon.ingest.capture.application.files.tracker import (
    CarriedFile,
    Copy,
    Files,
    Label,
    Piece,
)
from netcordon.ingest.capture.application.record.ends import Ends
from netcordon.ingest.capture.application.record.rows import Rows
from tests.unit.ingest.capture.application.talk import Row, Sink, halves

ENDS = Ends(77, halves("10.0.0.5"), 40000, halves("192.0.2.80"), 445)
CONTENT = b"MZ" + random.Random(7).randbytes(9998)
SHA256 = hashlib.sha256(CONTENT).hexdigest()


class Desk:
    """Files with the rows they wrote and what they gave up."""

    def __init__(self, **bounds: int) -> None:
        self.given_up: Counter[str] = Counter()
        self.copies: list[Kept] = []
        self._rows = Rows()
        self.files = Files(
            self._rows, lambda reason, _: self.given_up.update([reason]), **bounds,
            copies=self._copy,
        )  # fmt: skip

    def begin(self, *, is_upload: bool = False, size: int | None = None) -> CarriedFile:
        return self.files.begin(ENDS, Label("smb", is_upload, name=r"a\b.exe", size=size))

    def rows(self) -> list[Row]:
        sink = Sink()
        self._rows.hand_on(sink)
        return sink.rows.get("file_activity", [])

    def _copy(self, ends: Ends, label: Label) -> Copy:
        assert (ends, label.service) == (ENDS, "smb")
        self.copies.append(Kept())
        return self.copies[-1]


class Kept:
    def __init__(self) -> None:
        self.content = b""
        self.sha256: str | None = "open"

    def write(self, data: Piece, /) -> None:
        self.content += bytes(data)

    def close(self, sha256: str | None, /) -> None:
        self.sha256 = sha256


def pieces(size: int = 700) -> list[tuple[int, bytes]]:
    return [(at, CONTENT[at : at + size]) for at in range(0, len(CONTENT), size)]


def test_bytes_in_order_make_one_row_with_the_hash_of_the_whole() -> None:
    desk = Desk()
    file = desk.begin(size=len(CONTENT))
    for number, (_, piece) in enumerate(pieces()):
        file.take(memoryview(piece), 5_000_000 + number, 10 + number)
    file.close(is_ended=True)
    (row,) = desk.rows()
    assert (row["sha256"], row["is_complete"], row["magic"]) == (SHA256, True, "pe")
    assert (row["file_bytes"], row["seen_bytes"]) == (len(CONTENT), len(CONTENT))
    assert (row["frame"], row["last_frame"]) == (10, 10 + len(pieces()) - 1)
    assert (row["service"], row["file_name"], row["is_upload"]) == ("smb", r"a\b.exe", False)
    assert desk.copies[0].content == CONTENT
    assert desk.copies[0].sha256 == SHA256


@pytest.mark.parametrize("seed", range(5))
def test_offsets_in_any_order_within_the_window_give_the_same_hash(seed: int) -> None:
    desk = Desk()
    file = desk.begin(is_upload=True)
    order = pieces()
    random.Random(seed).shuffle(order)
    for at, piece in order:
        file.take_at(at, piece, 1000, 1)
    file.close(is_ended=True)
    (row,) = desk.rows()
    assert (row["sha256"], row["magic"]) == (SHA256, "pe")
    assert desk.copies[0].content == CONTENT
    assert desk.files.waiting_room == Desk().files.waiting_room


def test_a_gap_a_short_end_or_no_end_leave_no_hash() -> None:
    desk = Desk()
    whole = [(at, piece) for at, piece in pieces() if at != 1400]
    for size, given, is_ended in (
        (None, whole, True),
        (len(CONTENT) + 1, pieces(), True),
        (None, pieces(), False),
        (None, pieces()[1:], True),
    ):
        file = desk.begin(size=size)
        for at, piece in given:
            file.take_at(at, piece, 1000, 1)
        file.close(is_ended=is_ended)
    missed = desk.begin()
    missed.take(b"abc", 1000, 1)
    missed.miss()
    missed.take(b"def", 1000, 2)
    missed.close(is_ended=True)
    rows = desk.rows()
    assert [row["sha256"] for row in rows] == [None] * 5
    assert [row["is_complete"] for row in rows] == [False] * 5
    assert [row["seen_bytes"] for row in rows] == [9300, 10_000, 10_000, 9300, 6]
    assert [copy.sha256 for copy in desk.copies] == [None] * 5


def test_reading_the_same_part_twice_counts_once_and_writing_it_twice_spoils_the_hash() -> None:
    desk = Desk()
    for is_upload in (False, True):
        file = desk.begin(is_upload=is_upload)
        for at, piece in [*pieces(), pieces()[3]]:
            file.take_at(at, piece, 1000, 1)
        file.close(is_ended=True)
    read, written = desk.rows()
    assert (read["sha256"], read["seen_bytes"]) == (SHA256, len(CONTENT))
    assert (written["sha256"], written["seen_bytes"]) == (None, len(CONTENT))


def test_a_file_beyond_the_bound_is_counted_only() -> None:
    desk = Desk(most_hashed=5000)
    announced = desk.begin(size=len(CONTENT))
    assert announced.wants_bytes  # its first bytes tell the type
    announced.take(CONTENT[:100], 1000, 1)
    assert not announced.wants_bytes
    announced.pass_by(len(CONTENT) - 100, 1000, 9)
    announced.close(is_ended=True)
    growing = desk.begin()
    for _, piece in pieces():
        growing.take(piece, 1000, 1)
    growing.close(is_ended=True)
    for row in desk.rows():
        assert (row["sha256"], row["is_complete"], row["seen_bytes"]) == (None, True, len(CONTENT))
        assert row["magic"] == "pe"


def test_what_waits_is_bounded_over_all_files() -> None:
    desk = Desk(most_waiting=1000)
    first, second = desk.begin(), desk.begin()
    first.take_at(700, CONTENT[700:1400], 1000, 1)
    second.take_at(700, CONTENT[700:1400], 1000, 1)
    for file in (first, second):
        file.take_at(0, CONTENT[:700], 1000, 2)
        file.close(is_ended=True)
    kept, lost = desk.rows()
    assert kept["sha256"] == hashlib.sha256(CONTENT[:1400]).hexdigest()
    assert (lost["sha256"], lost["is_complete"]) == (None, True)
    assert desk.files.waiting_room == 1000


def test_scattered_ranges_are_bounded() -> None:
    desk = Desk()
    file = desk.begin()
    for at in range(0, 4000, 2):
        file.take_at(at, b"x", 1000, 1)
    file.close(is_ended=True)
    (row,) = desk.rows()
    assert (row["is_complete"], row["seen_bytes"]) == (False, 256)


def test_too_many_open_files_are_counted_not_hashed() -> None:
    desk = Desk(most_open=1)
    first, second = desk.begin(), desk.begin()
    for file in (first, second):
        file.take(CONTENT, 1000, 1)
        file.close(is_ended=True)
    assert [row["sha256"] for row in desk.rows()] == [SHA256, None]
    assert desk.given_up == {"carried files beyond the bound": 1}


def test_what_was_no_file_and_what_had_no_byte_leave_no_row() -> None:
    desk = Desk()
    dropped = desk.begin()
    dropped.take(b"abc", 1000, 1)
    dropped.drop()
    desk.begin().close(is_ended=True)
    assert desk.rows() == []
