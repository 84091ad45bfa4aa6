from __future__ import annotations

import struct
from datetime import UTC, datetime, timedelta

import pytest

from .packets import (
    START_S,
    block,
    enhanced,
    eth,
    interface,
    ipv4,
    option,
    run,
    section,
    udp,
)

FRAME = eth(ipv4(udp(50000, 2000, b"abc"), 17))
MICRO = START_S * 1_000_000


def start_of(capture: bytes) -> datetime:
    first = run(capture).result.first_time
    assert first is not None
    return first - timedelta(seconds=START_S)


@pytest.mark.parametrize("order", ["<", ">"])
def test_both_byte_orders(order: str) -> None:
    capture = section(order) + interface(order=order) + enhanced(FRAME, MICRO + 7, order=order)
    decoded = run(capture)
    assert (decoded.result.records, decoded.result.complete) == (1, True)
    assert start_of(capture) == datetime(1970, 1, 1, 0, 0, 0, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("resolution", "ticks"),
    [
        (0, START_S),
        (3, START_S * 1000),
        (9, START_S * 10**9),
        (0x80 | 10, START_S << 10),
        (0x80 | 32, START_S << 32),
    ],
)
def test_time_resolutions(resolution: int, ticks: int) -> None:
    options = option(9, bytes([resolution])) + option(0, b"")
    capture = section() + interface(options=options) + enhanced(FRAME, ticks)
    assert start_of(capture) == datetime(1970, 1, 1, tzinfo=UTC)


def test_a_fraction_in_powers_of_two() -> None:
    options = option(9, bytes([0x80 | 20]))
    half = (START_S << 20) + (1 << 19)
    capture = section() + interface(options=options) + enhanced(FRAME, half)
    assert start_of(capture) == datetime(1970, 1, 1, 0, 0, 0, 500_000, tzinfo=UTC)


def test_time_offset() -> None:
    capture = section() + interface(options=option(14, struct.pack("<q", START_S)))
    assert start_of(capture + enhanced(FRAME, 5_000_000)) == datetime(
        1970, 1, 1, 0, 0, 5, tzinfo=UTC
    )


@pytest.mark.parametrize("ticks", [0, 2**64 - 1, 2**63])
@pytest.mark.parametrize("resolution", [0, 6, 19, 127, 0x80, 0xFF])
def test_senseless_times_are_held_at_the_bounds(ticks: int, resolution: int) -> None:
    options = option(9, bytes([resolution])) + option(14, struct.pack("<Q", 2**63 - 1))
    result = run(section() + interface(options=options) + enhanced(FRAME, ticks)).result
    assert result.records == 1
    assert result.first_time is not None


def test_sections_and_interfaces_have_their_own_link_type() -> None:
    raw = FRAME[14:]
    capture = section() + interface(1) + interface(101)
    capture += enhanced(FRAME, MICRO) + enhanced(raw, MICRO, 1)
    capture += section(">") + interface(101, order=">") + enhanced(raw, MICRO, order=">")
    decoded = run(capture)
    assert decoded.result.records == 3
    assert not decoded.result.refused
    assert [row["packets_out"] for row in decoded.rows] == [3]


def test_simple_and_obsolete_packets() -> None:
    simple = block(3, struct.pack("<I", len(FRAME)) + FRAME)
    obsolete = block(
        2, struct.pack("<HHIIII", 0, 0, MICRO >> 32, MICRO & 0xFFFFFFFF, len(FRAME), 99) + FRAME
    )
    result = run(section() + interface() + obsolete + simple).result
    assert result.records == 2
    assert [(w.code, w.count) for w in result.warnings] == [("NC-217", 1)]
    assert result.facts["truncated_frames"] == 1


def test_unknown_blocks_are_passed_over_and_drops_are_read() -> None:
    statistics = struct.pack("<III", 0, 0, 0) + option(5, struct.pack("<Q", 12))
    capture = section() + interface() + block(0x0BAD, b"?" * 40) + block(5, statistics)
    capture += enhanced(FRAME, MICRO) + block(5, statistics)
    result = run(capture).result
    assert (result.records, result.complete) == (1, True)
    assert result.facts["dropped_packets"] == 12


def test_a_block_with_a_senseless_inside_is_skipped() -> None:
    wrong_length = bytearray(enhanced(FRAME, MICRO))
    struct.pack_into("<I", wrong_length, 8 + 12, 0xFFFFFFFF)
    capture = section() + interface() + bytes(wrong_length) + enhanced(FRAME, MICRO, 9)
    result = run(capture + enhanced(FRAME, MICRO)).result
    assert (result.records, result.complete) == (1, True)
    assert [(w.code, w.count) for w in result.warnings] == [("NC-213", 2)]


@pytest.mark.parametrize("length", [0, 8, 13, 0xFFFFFFFC])
def test_a_block_without_a_sound_length_ends_the_reading(length: int) -> None:
    broken = bytearray(enhanced(FRAME, MICRO))
    struct.pack_into("<I", broken, 4, length)
    capture = section() + interface() + enhanced(FRAME, MICRO) + bytes(broken)
    result = run(capture + enhanced(FRAME, MICRO)).result
    assert (result.records, result.complete) == (1, False)
    assert [w.code for w in result.warnings] == ["NC-212"]


def test_a_trailing_length_that_differs_ends_the_reading() -> None:
    broken = bytearray(enhanced(FRAME, MICRO))
    broken[-4] ^= 4
    result = run(section() + interface() + bytes(broken)).result
    assert (result.records, result.complete) == (0, False)


@pytest.mark.parametrize("order", ["<", ">"])
def test_comments_and_names_are_facts(order: str) -> None:
    comment = option(1, b"look\x1b[2J here", order) + option(0, b"", order)
    head = struct.pack(f"{order}IHHq", 0x1A2B3C4D, 1, 0, -1)
    padded = FRAME + b"\0" * (-len(FRAME) % 4)
    packet = struct.pack(
        f"{order}IIIII", 0, MICRO >> 32, MICRO & 0xFFFFFFFF, len(FRAME), len(FRAME)
    )
    names = option(1, b"\xc0\0\2\7host.example\0other.example\0", order) + option(0, b"", order)
    capture = block(0x0A0D0D0A, head + option(1, b"of the section", order), order)
    capture += interface(order=order) + enhanced(FRAME, MICRO, order=order)
    capture += block(6, packet + padded + option(2, bytes(4), order) + comment, order)
    capture += block(4, names, order)
    result = run(capture).result
    assert (result.records, result.complete) == (2, True)
    assert result.facts["comments"] == [
        {"frame": None, "text": "of the section"},
        {"frame": 2, "text": "look\\x1b[2J here"},
    ]
    assert result.facts["resolved_names"] == ["192.0.2.7 host.example", "192.0.2.7 other.example"]


def test_comments_and_names_are_bounded() -> None:
    packet = struct.pack("<IIIII", 0, MICRO >> 32, MICRO & 0xFFFFFFFF, len(FRAME), len(FRAME))
    padded = FRAME + b"\0" * (-len(FRAME) % 4)
    one = block(6, packet + padded + option(1, b"x" * 5000) + option(0, b""))
    many = b"".join(option(1, struct.pack(">I", i) + b"host%d\0" % i) for i in range(300))
    facts = run(section() + interface() + one * 200 + block(4, many)).result.facts
    comments = facts["comments"]
    assert isinstance(comments, list)
    assert len(comments) == 50
    assert max(len(comment["text"]) for comment in comments) == 500
    assert len(facts["resolved_names"]) == 200  # type: ignore[arg-type]
    assert facts["annotations_lost"] == 200 - 50 + 1


def test_secrets_are_said_and_not_kept() -> None:
    secret = b"CLIENT_RANDOM 00 11"
    body = struct.pack("<II", 0x544C534B, len(secret)) + secret
    result = run(section() + interface() + block(10, body) + enhanced(FRAME, MICRO)).result
    assert [(w.code, w.count) for w in result.warnings] == [("NC-219", 1)]
    assert "CLIENT_RANDOM" not in repr(result)


def test_journals_and_custom_blocks_are_passed_over() -> None:
    capture = section() + interface() + block(9, b"MESSAGE=x\n") + block(0x40000BAD, b"?" * 8)
    result = run(capture + enhanced(FRAME, MICRO)).result
    assert (result.records, result.facts["other_blocks"], result.warnings) == (1, 2, ())


@pytest.mark.parametrize("length", [0, 3, 200, 65535])
def test_senseless_options_are_harmless(length: int) -> None:
    packet = struct.pack("<IIIII", 0, MICRO >> 32, MICRO & 0xFFFFFFFF, len(FRAME), len(FRAME))
    padded = FRAME + b"\0" * (-len(FRAME) % 4)
    body = packet + padded + struct.pack("<HH", 1, length) + b"ab"
    result = run(section() + interface() + block(6, body) + block(4, body[-6:])).result
    assert result.records == 1
