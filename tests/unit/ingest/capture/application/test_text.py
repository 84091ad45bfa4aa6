from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netcordon.ingest.capture.application.record.text import safe_text, utf16_text


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"plain", "plain"),
        ("Jörg".encode(), "Jörg"),
        (b"J\xf6rg", "J\\xf6rg"),
        (b"a\x00b\x1b[31m\r\n", "a\\x00b\\x1b[31m\\x0d\\x0a"),
        ("\u202eexe.txt".encode(), "\\u202eexe.txt"),
        (b"CORP\\anna", "CORP\\anna"),
        ("\x9bm".encode(), "\\x9bm"),
    ],
)
def test_text_keeps_what_is_harmless_and_shows_the_rest(data: bytes, text: str) -> None:
    assert safe_text(data) == text


def test_long_text_ends_with_an_ellipsis() -> None:
    assert safe_text(b"x" * 11, 10) == "x" * 9 + "…"
    assert safe_text(b"x" * 10, 10) == "x" * 10


def test_half_surrogates_and_odd_bytes_are_shown() -> None:
    assert utf16_text("anna".encode("utf-16-le")) == "anna"
    assert utf16_text(b"a\x00\x00\xd8") == "a\\ud800"
    assert utf16_text(b"a\x00b") == "a\\x62"


@given(st.binary(max_size=300), st.integers(1, 64))
def test_text_is_bounded_before_escapes_and_never_steers(data: bytes, limit: int) -> None:
    for text in (safe_text(data, limit), utf16_text(data, limit)):
        text.encode("utf-8")
        assert not any(ord(c) < 32 or 127 <= ord(c) < 160 for c in text)
        assert len(text) <= limit
