"""The filter language: what it matches, what it refuses, and that it never misses a part."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netcordon.errors import QueryError
from netcordon.ingest.capture.selection.filter import parse_filter
from netcordon.ingest.capture.selection.terms import NOT_IP, Spans

IPV4 = 0xFFFF << 32
A, B, C = (IPV4 | int(n) for n in (0x0A000005, 0x0A0000FE, 0xC0000201))
SECOND = 10**9


def spans(rows: list[tuple[int, int, int, int, int, int, int]], *, flows: bool = False) -> Spans:
    """Rows of src, dst (low halves), ports, protocol, first and last (second and frame)."""
    table = np.array(rows, dtype=np.int64).reshape(-1, 7)
    zero = np.zeros(len(rows), dtype=np.uint64)
    return Spans(
        zero, table[:, 0].astype(np.uint64), zero, table[:, 1].astype(np.uint64),
        table[:, 2], table[:, 3], table[:, 4], table[:, 5] * SECOND, table[:, 6] * SECOND,
        table[:, 5], table[:, 6], flows,
    )  # fmt: skip


FRAMES = spans(
    [
        (A, C, 40000, 443, 6, 1, 1),
        (C, A, 443, 40000, 6, 2, 2),
        (B, C, 40000, 53, 17, 3, 3),
        (A, B, 8, 0, 1, 4, 4),
        (0, 0, 0, 0, NOT_IP, 5, 5),
    ]
)


@pytest.mark.parametrize(
    ("text", "frames"),
    [
        ("host 10.0.0.5", [1, 2, 4]),
        ("src host 10.0.0.5", [1, 4]),
        ("dst net 10.0.0.0/24", [2, 4]),
        ("net 0.0.0.0/0", [1, 2, 3, 4]),
        ("host ::ffff:192.0.2.1", [1, 2, 3]),
        ("net 2001:db8::/32", []),
        ("port 443", [1, 2]),
        ("dst port 50-500", [1, 3]),
        ("port 0-8", []),  # type and code of ICMP are no ports
        ("tcp or proto 1", [1, 2, 4]),
        ("proto udp", [3]),
        ("not ip", [5]),
        ("arp", [5]),
        ("not host 10.0.0.5", [3, 5]),
        ("ip and not (host 10.0.0.5 and tcp)", [3, 4]),
        ("tcp and port 443 or udp", [1, 2, 3]),
        ("tcp and (port 53 or udp)", []),
        ("since 1970-01-01T00:00:02Z and until 1970-01-01T00:00:04", [2, 3]),
        ("frame 2-4 and NOT frame 3", [2, 4]),
        ("((( tcp )))", [1, 2]),
    ],
)
def test_frames_that_match(text: str, frames: list[int]) -> None:
    may, must = parse_filter(text).judge(FRAMES)
    assert FRAMES.first_frame[may].tolist() == frames
    assert may.tolist() == must.tolist()


@pytest.mark.parametrize(
    ("text", "character"),
    [
        ("", 1),
        ("host", 5),
        ("host 10.0.0.256", 6),
        ("host 10.0.0.0/8", 6),
        ("net 10.0.0.5/8", 5),
        ("port 70000", 6),
        ("port 9-5", 6),
        ("port http", 6),
        ("tcp udp", 5),
        ("tcp and", 8),
        ("(tcp", 5),
        ("tcp)", 4),
        ("src tcp", 5),
        ("proto bogus", 7),
        ("proto 256", 7),
        ("since tomorrow", 7),
        ("frame -1", 7),
        ("nonsense", 1),
        ("tcp; drop", 1),
        ("(" * 40 + "tcp" + ")" * 40, 33),
    ],
)
def test_what_is_not_understood_is_refused_with_its_place(text: str, character: int) -> None:
    with pytest.raises(QueryError) as caught:
        parse_filter(text)
    assert caught.value.code == "NC-706"
    assert f"character {character}" in caught.value.what


def test_a_filter_is_bounded() -> None:
    with pytest.raises(QueryError, match="longer than"):
        parse_filter("tcp or " * 1000)


def test_until_leaves_its_moment_out_to_the_nanosecond() -> None:
    moment = int(datetime(2026, 11, 21, tzinfo=UTC).timestamp()) * SECOND
    rows = spans([(A, C, 1, 2, 6, 0, 0)])
    for ns, is_within in ((moment - 1, True), (moment, False)):
        rows.first_ns[:], rows.last_ns[:] = ns, ns
        may, _ = parse_filter("until 2026-11-21").judge(rows)
        assert may.tolist() == [is_within]


_WORDS = ("host 10.0.0.5", "src host 10.0.0.254", "dst port 443", "port 53", "tcp", "arp",
          "frame 3-6", "since 1970-01-01T00:00:04Z", "net 192.0.2.0/24")  # fmt: skip
_TEXTS = st.recursive(
    st.sampled_from(_WORDS),
    lambda inner: st.one_of(
        inner.map(lambda a: f"not {a}"),
        st.tuples(inner, st.sampled_from(("and", "or")), inner).map(
            lambda parts: f"({parts[0]} {parts[1]} {parts[2]})"
        ),
    ),
    max_leaves=6,
)
_FLOWS = st.lists(
    st.tuples(
        st.sampled_from((A, B, C)), st.sampled_from((A, B, C)), st.sampled_from((40000, 53)),
        st.sampled_from((53, 443)), st.sampled_from((6, 17, 1, NOT_IP)),
        st.lists(st.integers(1, 9), min_size=1, max_size=5), st.booleans(),
    ),
    min_size=1, max_size=4,
)  # fmt: skip


@settings(max_examples=200)
@given(_TEXTS, _FLOWS)
def test_a_flow_that_holds_a_matching_frame_may_match(
    text: str, made: list[tuple[int, int, int, int, int, list[int], bool]]
) -> None:
    term = parse_filter(text)
    for src, dst, sport, dport, protocol, moments, is_back in made:
        flow = spans([(src, dst, sport, dport, protocol, min(moments), max(moments))], flows=True)
        ends = (dst, src, dport, sport) if is_back else (src, dst, sport, dport)
        frames = spans([(*ends, protocol, at, at) for at in moments])
        matches, _ = term.judge(frames)
        may, must = term.judge(flow)
        assert may[0] or not matches.any()
        assert matches.all() or not must[0]
