from __future__ import annotations

import ipaddress

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from netcordon.ingest.capture.addresses import NO_MAC, address_text, mac_text, uid_text

GROUPS = st.lists(st.sampled_from([0, 0, 0, 1, 0xAB, 0xFFFF, 0x1000]), min_size=8, max_size=8)


def halves(value: int) -> tuple[np.ndarray, np.ndarray]:
    mask = (1 << 64) - 1
    return np.array([value >> 64], np.uint64), np.array([value & mask], np.uint64)


@given(GROUPS)
def test_ipv6_text_is_canonical(groups: list[int]) -> None:
    value = int("".join(f"{group:04x}" for group in groups), 16)
    address = ipaddress.IPv6Address(value)
    expected = str(address.ipv4_mapped or address)
    assert address_text(*halves(value)).to_pylist() == [expected]


@given(st.lists(st.integers(0, 2**32 - 1), max_size=20))
def test_ipv4_text(values: list[int]) -> None:
    lo = np.array([0xFFFF00000000 | v for v in values], np.uint64)
    text = address_text(np.zeros_like(lo), lo).to_pylist()
    assert text == [str(ipaddress.IPv4Address(v)) for v in values]


def test_mac_text_and_its_absence() -> None:
    macs = np.array([0x0242AC110002, 0, NO_MAC], np.uint64)
    assert mac_text(macs).to_pylist() == ["02:42:ac:11:00:02", "00:00:00:00:00:00", None]


def test_no_rows() -> None:
    empty = np.empty(0, np.uint64)
    assert address_text(empty, empty).to_pylist() == []
    assert mac_text(empty).to_pylist() == []
    assert uid_text(empty).to_pylist() == []


@given(st.sets(st.integers(0, 2**64 - 1), max_size=20))
def test_uids_have_distinct_text_of_one_length(uids: set[int]) -> None:
    text = uid_text(np.array(sorted(uids), np.uint64)).to_pylist()
    assert len(set(text)) == len(uids)
    assert all(len(t) == 14 and t.startswith("C") and t.isalnum() for t in text)
