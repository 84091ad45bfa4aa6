"""Questions and answers: read back as made, and never a crash on what is no message."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from netcordon.rehearsal.dns_message import (
    AAAA,
    A,
    Answer,
    mixed_case,
    question,
    read_question,
    read_reply,
    reply,
    wire_name,
)

LABEL = st.text("abcdefghijklmnopqrstuvwxyz0123456789-_", min_size=1, max_size=63)
NAME = st.lists(LABEL, min_size=1, max_size=3).map(".".join)


@given(NAME, st.integers(0, 65_535), st.sampled_from([A, AAAA]))
def test_a_question_is_read_back_and_answered(name, number, kind):
    wire = wire_name(name)
    assert wire is not None
    mixed = mixed_case(wire, number)
    assert mixed.lower() == wire
    asked = question(number, mixed, kind)
    assert read_question(asked) == (number, mixed, kind)
    for address, fits in (("192.0.2.7", kind == A), ("2001:db8::7", kind == AAAA)):
        told = reply(asked, address)
        assert told is not None
        expected = Answer(code=0, addresses=(address,) if fits else ())
        assert read_reply(told) == (number, expected)


@given(st.binary(max_size=200))
def test_anything_else_is_passed_over(data):
    read_question(data)
    read_reply(data)
    reply(data, "192.0.2.7")


@given(st.text(max_size=300))
def test_any_text_is_a_name_or_none(text):
    wire = wire_name(text)
    assert wire is None or (wire.endswith(b"\0") and len(wire) <= 255)


def test_octets_are_written_as_they_are_shown():
    assert wire_name("a\\.b.c\\032d") == b"\x03a.b\x03c d\0"
    assert wire_name("a..b") is None
    assert wire_name("a" * 64) is None


def test_letters_keep_their_length_octets():
    # 0x61 is a letter, and the length of a label of 97 octets cannot be: 63 is the most.
    wire = wire_name("a" * 63)
    assert wire is not None
    assert mixed_case(wire, 0xFFFF)[0] == 63
