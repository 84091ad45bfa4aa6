"""Hostile files are refused with a reason, or read; never more than that."""

from __future__ import annotations

import io
import zipfile
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netcordon.decoys.opening import UnreadableError, opened
from netcordon.decoys.reading import NoTemplateError, template_of
from tests.unit.decoys.made import batch


def _zip(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/") + ".xml", content)
    return out.getvalue()


def test_entities_are_not_expanded() -> None:
    bomb = b'<!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;"><!ENTITY f SYSTEM ' \
           b'"file:///etc/passwd">]><a><p>&c;&f;</p></a>'  # fmt: skip
    assert opened(_zip(word__document=bomb)).text.strip() == ""


def test_what_unpacks_to_too_much_is_refused() -> None:
    with pytest.raises(UnreadableError, match="unpacks"):
        opened(_zip(word__document=bytes(129 << 20)))


@pytest.mark.parametrize("format_", ["docx", "pdf"])
def test_cut_and_changed_files_are_read_or_refused(format_) -> None:
    whole = batch("board-paper", format_, 1).files[0]
    for cut in range(0, len(whole), len(whole) // 12):
        damaged = whole[:cut] + bytes(20) + whole[cut + 20 :]
        for content in (whole[:cut], damaged):
            with suppress(UnreadableError):
                assert isinstance(opened(content).text, str)


@settings(max_examples=40)
@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    for begin in (b"", b"PK\x03\x04", b"%PDF-1.4\n", b"{\\rtf1 ", b"<html>"):
        try:
            opened(begin + content)
        except UnreadableError:
            continue


def test_words_of_other_programs_files_are_read() -> None:
    odf = _zip(content=b'<o xmlns:t="u"><t:p>one<t:s t:c="2"/>two</t:p><t:p>three</t:p></o>')
    assert opened(odf).text.splitlines() == ["one  two", "three"]
    assert opened(b"{\\rtf1\\b sale\\b0\\par of \\u1072? it}").text.split() == [
        "sale",
        "of",
        "а",
        "it",
    ]
    assert opened(b"<html><style>p{}</style><p>a &amp; b</p>").text.split() == ["a", "&", "b"]
    assert opened("sale".encode("utf-16")).text == "sale"


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.txt", b"\xff\xfe\xff", "UTF-8"),
        ("a.txt", b" \n ", "no text"),
        ("a.csv", b'a,"b\nc', "no CSV"),
        ("a.docx", b"PK\x03\x04 nothing", "damaged"),
        ("a.txt", b"a" * (2 << 20), "1 MiB"),
    ],
)
def test_a_template_that_cannot_be_marked_says_why(name, content, why) -> None:
    with pytest.raises(NoTemplateError, match=why):
        template_of(name, content)
