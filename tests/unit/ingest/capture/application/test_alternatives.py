from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netcordon.ingest.capture.application.stream import signatures
from netcordon.ingest.capture.application.stream.alternatives import Alternatives

_FIRST_BYTES = st.binary(max_size=40) | st.sampled_from(
    [b"GET / HTTP/1.1\r\n", b"220 x SMTP", b"220 FTP SMTP", b"USER a b c :d", b"user a\r\n",
     b"SSH-2.0-x\r\n", b"\x80\x2e\x01\x03\x01\x00", b"* OK [", b"+OK\r\n", b"331-",
     b"RFB 003.008\n", b"\x05\x01\x00", b"\xff\xfd\x18", b"\x17\x03\x03\x00\x20", b"NICK a\r\n",
     b":a NOTICE "]
)  # fmt: skip


@given(_FIRST_BYTES)
def test_the_first_pattern_in_the_list_counts(data: bytes) -> None:
    for table, alternatives in (
        ([pattern for pattern, _, _ in signatures._TEXT], signatures._ANY_TEXT),
        ([pattern for pattern, _ in signatures._NAMED], signatures._ANY_NAMED),
    ):
        one_by_one = [at for at, pattern in enumerate(table) if pattern.match(data)]
        assert alternatives.first(data) == (one_by_one[0] if one_by_one else None)


def test_a_dot_means_a_line_feed_only_where_its_pattern_says_so() -> None:
    alternatives = Alternatives([re.compile(rb"a.c"), re.compile(rb"a.c", re.DOTALL)])
    assert alternatives.first(b"abc") == 0
    assert alternatives.first(b"a\nc") == 1


@pytest.mark.parametrize("pattern", [re.compile(rb"(a)"), re.compile(rb"a", re.IGNORECASE)])
def test_patterns_that_would_change_the_others_are_refused(pattern: re.Pattern[bytes]) -> None:
    with pytest.raises(ValueError, match="captures"):
        Alternatives([pattern])
