"""Prefixes as disjoint spans, against the plain definition."""

from __future__ import annotations

import ipaddress
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from netcordon.hunting.spans import halves, spans

_V4 = st.tuples(st.integers(0, 2**32 - 1), st.integers(8, 31)).map(
    lambda t: str(ipaddress.ip_network(t, strict=False))
)
_V6 = st.tuples(st.integers(0, 2**128 - 1), st.integers(16, 127)).map(
    lambda t: str(ipaddress.ip_network((1 << 125 | t[0] >> 100 << 100, t[1]), strict=False))
)
# Prefixes that hold the mapped IPv4 addresses are refused before they come here.


def holders(prefixes: list[str], ip: str) -> set[int]:
    """Numbers of prefixes that a look into the spans finds."""
    hi, lo = halves(ip)
    wide, narrow = spans(enumerate(prefixes))
    found = [s.nos for s in wide if s.first <= hi <= s.last]
    found += [s.nos for s in narrow if s.hi == hi and s.first <= lo <= s.last]
    return {no for nos in found for no in nos}


@given(st.lists(st.one_of(_V4, _V6), max_size=12), st.data())
def test_a_look_finds_all_prefixes_that_hold_an_address(
    prefixes: list[str], data: st.DataObject
) -> None:
    ips = [net[0] for net in map(ipaddress.ip_network, prefixes)]
    ips += [net[-1] for net in map(ipaddress.ip_network, prefixes)]
    ip = data.draw(st.one_of(st.sampled_from(ips), st.ip_addresses()) if ips else st.ip_addresses())
    expected = {
        n for n, text in enumerate(prefixes)
        if ipaddress.ip_network(text).version == ip.version and ip in ipaddress.ip_network(text)
    }  # fmt: skip
    assert holders(prefixes, str(ip)) == expected


def test_spans_do_not_overlap() -> None:
    nested = ["10.0.0.0/8", "10.1.0.0/16", "10.1.2.0/24", "10.2.0.0/16", "2001:db8::/32",
              "2001:db8:1::/48", "2001:db8:0:0:8000::/65"]  # fmt: skip
    for of in spans(enumerate(nested)):
        ordered = sorted(of)
        for one, following in pairwise(ordered):
            assert one.hi < following.hi or one.last < following.first
