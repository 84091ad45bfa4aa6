from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from netcordon.ingest.capture.application.stream.reassembly import Budget, Stream


def test_bytes_come_in_order_whatever_the_order_of_segments() -> None:
    stream = Stream(Budget(1000, 1000))
    assert not stream.arrive(3, b"def", 1, 1)
    assert stream.arrive(0, b"abc", 2, 2)
    assert bytes(stream.buffer) == b"abcdef"
    assert stream.mark(0) == (2, 2)
    assert stream.mark(4) == (1, 1)


def test_what_arrived_first_wins_and_contradiction_is_counted() -> None:
    budget = Budget(1000, 1000)
    stream = Stream(budget)
    stream.arrive(2, b"CD", 1, 1)
    stream.arrive(1, b"bcde", 2, 2)
    stream.arrive(0, b"a", 3, 3)
    assert bytes(stream.buffer) == b"abCDe"
    assert budget.conflicts == 1


def test_skipping_beyond_what_has_come_drops_late_bytes() -> None:
    stream = Stream(Budget(1000, 1000))
    stream.arrive(0, b"ab", 1, 1)
    stream.consume(10)
    assert not stream.arrive(2, b"cdefgh", 2, 2)
    assert stream.arrive(8, b"ijkl", 3, 3)
    assert (bytes(stream.buffer), stream.start) == (b"kl", 10)


def test_waiting_bytes_are_bounded_and_returned_to_the_budget() -> None:
    budget = Budget(per_stream=10, total=1000)
    stream = Stream(budget)
    stream.arrive(5, b"x" * 11, 1, 1)
    assert stream.over_limit()
    assert stream.jump_gap() == 5
    assert (bytes(stream.buffer), budget.used, budget.gaps) == (b"x" * 11, 0, 1)


def test_what_holds_segments_counts_as_well() -> None:
    budget = Budget(1000, 1000)
    stream, other = Stream(budget), Stream(budget)
    for position in (2, 4, 6, 8):
        stream.arrive(position, b"x", 1, 1)
    assert not stream.over_limit()
    other.arrive(2, b"x", 1, 1)
    assert stream.over_limit()
    other.drop()
    assert not stream.over_limit()
    for position in (0, 1, 3, 5, 7):
        stream.arrive(position, b"y", 1, 1)
    assert (bytes(stream.buffer), budget.used, budget.pieces) == (b"yyxyxyxyx", 0, 0)
    assert stream.held > 9 * len(stream.buffer)
    stream.consume(9)
    assert stream.held == 0


def test_many_tiny_segments_are_over_the_limit_too() -> None:
    stream = Stream(Budget(1 << 30, 1 << 30))
    for i in range(3000):
        stream.arrive(2 + 2 * i, b"x", i, i)
    assert stream.over_limit()


def test_the_first_segment_that_begins_a_message_is_found() -> None:
    stream = Stream(Budget(1000, 1000))
    for position, data in ((0, b"lost>"), (5, b"more"), (9, b">one"), (13, b">two")):
        stream.arrive(position, data, position, 1)
    heads: list[bytes] = []

    def begins_message(head: bytes) -> bool:
        heads.append(head)
        return head.startswith(b">")

    assert stream.find_segment(begins_message, 6)
    assert (bytes(stream.buffer), stream.start, stream.mark()) == (b">one>two", 9, (9, 1))
    assert heads == [b"lost>m", b"more>o", b">one>t"]


def test_without_a_message_everything_is_dropped() -> None:
    stream = Stream(Budget(1000, 1000))
    stream.arrive(0, b"lost>", 1, 1)
    assert not stream.find_segment(lambda head: head[:1] == b">", 1)
    assert (stream.buffer, stream.next) == (b"", 5)
    assert not stream.find_segment(lambda _: True, 1)


@given(st.data())
def test_reassembly_equals_a_byte_by_byte_oracle(data: st.DataObject) -> None:
    segments = data.draw(
        st.lists(st.tuples(st.integers(0, 30), st.binary(min_size=1, max_size=12)), max_size=20)
    )
    budget = Budget(1 << 20, 1 << 20)
    stream, oracle = Stream(budget), {}
    for frame, (position, payload) in enumerate(segments):
        stream.arrive(position, payload, frame, frame)
        for i, octet in enumerate(payload):
            oracle.setdefault(position + i, octet)
    expected = bytearray()
    while len(expected) in oracle:
        expected.append(oracle[len(expected)])
    assert bytes(stream.buffer) == bytes(expected)
    assert budget.used == sum(1 for at in oracle if at >= len(expected))
