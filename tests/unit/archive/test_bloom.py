"""A filter never misses a member, and takes few strangers for members."""

from __future__ import annotations

import duckdb
import numpy as np
import pytest

from netcordon.archive.bloom import (
    BLOCK_BYTES,
    build,
    hash_of,
    mask_of,
    may_hold,
    may_hold_any,
    place_of,
)


def _asks(made: bytes, value: int) -> bool:
    at = place_of(value, len(made) // BLOCK_BYTES)
    return may_hold(made[at : at + BLOCK_BYTES], mask_of(value))


@pytest.mark.parametrize("count", [0, 1, 7, 50_000])
def test_members_are_held_and_strangers_seldom(count: int) -> None:
    values = np.random.default_rng(count).integers(0, 2**64, count, dtype=np.uint64)
    made = build(np.concatenate([values, values]))
    assert len(made) == BLOCK_BYTES * max(1, -(-count // 16))
    few = values[:2_000]
    assert all(_asks(made, int(value)) for value in few)
    strangers = np.random.default_rng(99).integers(0, 2**64, 4_000, dtype=np.uint64)
    wrong = [value for value in strangers if _asks(made, int(value))]
    assert len(wrong) < 40
    assert may_hold_any(made, strangers) == bool(wrong)
    assert not count or may_hold_any(made, np.append(strangers[:3], values[-1]))


def test_the_engine_hashes_alike() -> None:
    for text in ("i:192.0.2.1", "n:exämple", "", "t:\x00"):
        (row,) = duckdb.sql("SELECT md5_number_lower($t)", params={"t": text}).fetchall()
        assert row[0] == hash_of(text)


def test_a_block_that_is_cut_short_excludes_nothing() -> None:
    assert may_hold(b"", mask_of(5))
    assert not may_hold(bytes(BLOCK_BYTES), mask_of(5))
    assert may_hold_any(b"\0" * 33, np.array([5], dtype=np.uint64))
