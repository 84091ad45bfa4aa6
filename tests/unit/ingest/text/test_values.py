"""Texts become numbers, times and addresses, or nothing."""

from __future__ import annotations

import ipaddress

import pyarrow as pa
import pytest

from netcordon.ingest.text import times, values
from netcordon.ingest.text.addresses import addresses


def test_whole_numbers_are_never_guessed() -> None:
    texts = pa.array(["7", "-1", "7.5", "1e3", "9" * 40, "", None, "٣"])
    assert values.whole(texts).to_pylist() == [7, -1, None, None, None, None, None, None]
    assert values.whole(pa.array([7.0, 7.5, 1e300, None])).to_pylist() == [7, None, None, None]


def test_numbers_are_finite() -> None:
    texts = pa.array(["1.5", "nan", "inf", "-2e3", "0x10"])
    assert values.number(texts).to_pylist() == [1.5, None, None, -2000.0, None]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1655071198.444458", 1655071198444458),
        ("2022-06-12T21:59:58.444458Z", 1655071198444458),
        ("2022-06-12T23:59:58.444458+0200", 1655071198444458),
        ("2022-06-12 21:59:58.444458123+00:00", 1655071198444458),
        ("2022-06-12T21:59:58", 1655071198000000),
        ("2022-02-30T00:00:00Z", None),
        ("9999999999999", None),
        ("-5", None),
        ("yesterday", None),
    ],
)
def test_times_are_microseconds_since_1970(text: str, expected: int | None) -> None:
    alone = times.microseconds(pa.array([text]))
    mixed = times.microseconds(pa.array(["yesterday", text, "12.5"]))
    assert alone.to_pylist() == [expected]
    assert mixed.to_pylist() == [None, expected, 12_500_000]


def test_addresses_are_canonical_with_their_halves() -> None:
    texts = ["192.0.2.7", "2001:DB8:0:0::1", "fe80::1%eth0", "::ffff:192.0.2.7", "1.2.3", "", None]
    found = addresses(pa.array(texts))
    assert found.text.to_pylist() == [
        "192.0.2.7", "2001:db8::1", "fe80::1", "192.0.2.7", None, None, None,
    ]  # fmt: skip
    for text, hi, lo in zip(found.text.to_pylist()[:4], found.hi, found.lo, strict=False):
        address = ipaddress.ip_address(text)
        wide = int(address) + (0xFFFF << 32 if address.version == 4 else 0)
        assert (hi.as_py() << 64) + lo.as_py() == wide
    assert found.hi.null_count == found.lo.null_count == 3


def test_escaped_octets_are_read_where_they_are_text() -> None:
    texts = pa.array(["a\\x09b", "\\xc3\\xa9", "\\xff", "plain", None])
    assert values.unescaped(texts).to_pylist() == ["a\tb", "é", "\\xff", "plain", None]


def test_lists_are_split_and_bounded() -> None:
    texts = pa.array(["a,b", "(empty)", None, ",".join(["x"] * 500)])
    found = values.texts(texts).to_pylist()
    assert found[:3] == [["a", "b"], [], None]
    assert len(found[3]) == values.MOST_ITEMS
