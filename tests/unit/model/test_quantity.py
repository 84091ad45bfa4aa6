from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from netcordon.model.quantity import (
    count_text,
    name_text,
    number_text,
    rfc3339,
    share_text,
    size_text,
    span_text,
    time_text,
    window_text,
)

NOON = datetime(2026, 11, 3, 12, 0, 0, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 ms"), (0.35, "350 ms"), (25.1, "25.1 s"), (59.99, "60 s"), (60, "1 min"),
        (250, "4 min 10 s"), (5220, "1 h 27 min"), (3600, "1 h"), (273_600, "3 d 4 h"),
        (-1, "0 ms"), (float("nan"), "unknown"),
    ],
)  # fmt: skip
def test_spans(seconds: float, text: str) -> None:
    assert span_text(seconds) == text


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1 kB"),
        (2_411_520, "2.41 MB"),
        (999_600, "1 MB"),
        (1e18, "1,000 PB"),
    ],
)
def test_sizes(count: float, text: str) -> None:
    assert size_text(count) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"), (0.00001, "0"), (0.5678, "0.568"), (12.4538, "12.5"), (9.999, "10"),
        (99.96, "100"), (1790.4, "1,790"), (1_234_567, "1,230,000"), (-2.5, "-2.5"),
        (float("inf"), "unknown"),
    ],
)  # fmt: skip
def test_numbers_have_three_digits_and_no_exponent(value: float, text: str) -> None:
    assert number_text(value) == text


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0, "0 %"), (0.00009, "under 0.1 %"), (0.0051, "0.5 %"), (0.0149, "1.5 %"),
        (0.175, "18 %"), (1, "100 %"), (float("nan"), "unknown"),
    ],
)  # fmt: skip
def test_shares_are_percentages(share: float, text: str) -> None:
    assert share_text(share) == text


def test_times_are_utc() -> None:
    here = NOON.astimezone(timezone(timedelta(hours=5)))
    assert rfc3339(here) == rfc3339(NOON.replace(tzinfo=None)) == "2026-11-03T12:00:00.000005Z"
    assert time_text(here) == "2026-11-03 12:00:00"
    assert time_text(None) == "unknown"


def test_windows_say_the_day_once() -> None:
    assert window_text(NOON, NOON + timedelta(minutes=5)) == (
        "2026-11-03 12:00:00 to 12:05:00 UTC (5 min)"
    )
    assert window_text(NOON, NOON + timedelta(days=1)).startswith(
        "2026-11-03 12:00:00 to 2026-11-04 12:00:00 UTC (1 d"
    )
    assert window_text(None, NOON) == "unknown"


def test_names_and_counts() -> None:
    assert name_text("median_gap_s") == "median gap (s)"
    assert name_text("key_kind") == "key kind"
    assert name_text("s") == "s"
    assert count_text(1, "address", "addresses") == "1 address"
    assert count_text(3000, "address", "addresses") == "3,000 addresses"
