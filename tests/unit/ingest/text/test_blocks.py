"""Blocks of lines: every line once, with its number, however the bytes come."""

from __future__ import annotations

import pytest

from netcordon.ingest.text.blocks import MOST_LINE_BYTES, blocks
from netcordon.ingest.text.tally import Tally
from tests.unit.ingest.text.logs import Source


def lines_of(data: bytes, block_bytes: int = 0) -> tuple[list[tuple[int, bytes]], Tally]:
    tally = Tally()
    found = [
        (int(block.numbers[i]), block.text(i))
        for block in blocks(Source(data), tally, block_bytes)
        for i in range(len(block))
    ]
    return found, tally


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_every_line_comes_once_with_its_number(end: bytes) -> None:
    count = 200_000
    data = end.join(b"line %d" % i for i in range(1, count + 1))
    found, tally = lines_of(data)
    assert found == [(i, b"line %d" % i) for i in range(1, count + 1)]
    assert tally.lines == count


def test_blank_lines_count_as_comments_and_keep_the_numbers_right() -> None:
    found, tally = lines_of(b"\xef\xbb\xbfone\n\n\nfour\n")
    assert found == [(1, b"one"), (4, b"four")]
    assert (tally.lines, tally.comments) == (4, 2)


@pytest.mark.parametrize("longer_by", [1, 3 * MOST_LINE_BYTES, 20 * MOST_LINE_BYTES])
@pytest.mark.parametrize("goes_on", [True, False])
def test_a_line_that_never_ends_is_refused_and_the_rest_is_read(
    longer_by: int, goes_on: bool
) -> None:
    long = b"x" * (MOST_LINE_BYTES + longer_by)
    found, tally = lines_of(b"one\n" + long + (b"\nthree\n" if goes_on else b""))
    assert found == ([(1, b"one"), (3, b"three")] if goes_on else [(1, b"one")])
    assert dict(tally.refused) == {"line too long": 1}
    assert tally.lines == (3 if goes_on else 2)


def test_octets_that_are_no_utf8_are_replaced_and_harm_no_other_line() -> None:
    found, _ = lines_of(b"a\xff\xfeb\nsound\n")
    assert found == [(1, "a��b".encode()), (2, b"sound")]


def test_selected_lines_keep_their_places() -> None:
    (block,) = blocks(Source(b"a\nbb\nccc\ndddd\n"), Tally())
    chosen = block.select(block.numbers % 2 == 0)
    assert [chosen.text(i) for i in range(2)] == [b"bb", b"dddd"]
    assert chosen.numbers.tolist() == [2, 4]
