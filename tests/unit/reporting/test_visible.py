from __future__ import annotations

import html
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from netcordon.reporting.visible import (
    csv_cell,
    defanged,
    markdown_code,
    markdown_text,
    visible,
)
from tests.unit.reporting import documents

ANY_TEXT = st.text(st.characters(), max_size=300)


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("\u202egnp.exe", "⟨U+202E⟩gnp.exe"),
        ("a\x1b[31mb", "a⟨U+001B⟩[31mb"),
        ("nul\x00", "nul⟨U+0000⟩"),
        ("two\r\nlines", "two⟨U+000D⟩⟨U+000A⟩lines"),
        ("zero\u200bwidth\ufeff", "zero⟨U+200B⟩width⟨U+FEFF⟩"),
        ("no\u00a0break", "no⟨U+00A0⟩break"),
        ("\ud800", "⟨U+D800⟩"),
        ("\u3164", "⟨U+3164⟩"),
        ("⟨U+202E⟩", "⟨U+27E8⟩U+202E⟨U+27E9⟩"),
        ("a" + "\u0301" * 60, "a" + "\u0301" * 4 + "⟨U+0301 ×56⟩"),
        ("x" + "\x00" * 5000, "x⟨U+0000 ×5,000⟩"),
        ("Zürich 東京 мир", "Zürich 東京 мир"),
    ],
)
def test_what_cannot_be_seen_is_spelt_out(hostile: str, shown: str) -> None:
    assert visible(hostile) == shown


def test_long_text_is_cut_and_its_length_told() -> None:
    assert visible("A" * 65_536, limit=10) == "AAAAAAAAAA… (65,536 characters)"
    assert visible("é" * 65_536, limit=10) == "éééééééééé… (65,536 characters)"
    assert visible("A" * 10, limit=10) == "A" * 10
    assert len(visible("A" * 65_536, limit=None)) == 65_536


def test_an_escape_is_never_cut_in_half() -> None:
    assert visible("ab\u202ecd", limit=5) == "ab… (5 characters)"


def test_listings_keep_their_lines() -> None:
    assert visible("a\n\tb\r", lines=True) == "a\n\tb⟨U+000D⟩"


@given(ANY_TEXT)
def test_no_hidden_character_survives(text: str) -> None:
    shown = visible(text, limit=None)
    assert not [c for c in shown if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")]
    shown.encode()


@given(ANY_TEXT, ANY_TEXT)
def test_two_texts_look_the_same_only_when_they_are(one: str, other: str) -> None:
    assert (visible(one, limit=None) == visible(other, limit=None)) == (one == other)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("http://evil.example/a.exe", "hxxp[:]//evil[.]example/a[.]exe"),
        ("HTTPS://evil.example", "HxxPS[:]//evil[.]example"),
        ("ftp://files.example", "fxp[:]//files[.]example"),
        ("t.example-cdn.net", "t[.]example-cdn[.]net"),
        ("198.51.100.20", "198[.]51[.]100[.]20"),
        ("2001:db8::7", "2001:db8:[:]7"),
        ("mail@evil.example", "mail[@]evil[.]example"),
        ("t13d1516h2_8daaf6152771", "t13d1516h2_8daaf6152771"),
    ],
)
def test_indicators_are_defanged(value: str, shown: str) -> None:
    assert defanged(value) == shown


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "  =", "＝"])
def test_no_cell_is_a_formula(start: str) -> None:
    cell = csv_cell(f"{start}cmd|' /C calc'!A0")
    assert cell.startswith("'")
    assert csv_cell("203.0.113.77") == "203.0.113.77"


CELL = ["table", "thead", "tr", "th", "tbody", "tr", "td"]


def rendered(markdown: str) -> str:
    return MarkdownIt("commonmark", {"html": True}).enable("table").render(markdown)


@given(ANY_TEXT)
def test_markdown_text_is_text_to_a_markdown_reader(text: str) -> None:
    page = rendered(f"| a |\n| --- |\n| {markdown_text(text, limit=None)} |")
    assert re.findall(r"<(\w+)", page) == CELL


@given(ANY_TEXT)
def test_markdown_code_is_one_code_span(text: str) -> None:
    page = rendered(f"| a |\n| --- |\n| {markdown_code('x' + text, limit=None, in_table=True)} |")
    assert re.findall(r"<(\w+)", page) == [*CELL, "code"]


@pytest.mark.parametrize("text", documents.ATTACKS)
def test_attacks_stay_one_paragraph(text: str) -> None:
    page = rendered(markdown_text(text))
    assert re.findall(r"<(\w+)", page) == ["p"]
    assert html.unescape(page.strip().removeprefix("<p>").removesuffix("</p>")) in (
        visible(text).strip(),
        visible(text).strip().replace("http", "hxxp").replace("www.", "www[.]"),
    )


@pytest.mark.parametrize("text", ["`", "``", "a`b``c", "", "x|y", "`` ` ``"])
def test_a_code_span_is_closed_by_its_own_fence_alone(text: str) -> None:
    span = markdown_code(text, in_table=True)
    fence = span[: len(span) - len(span.lstrip("`"))]
    inside = span[len(fence) : -len(fence)]
    assert span.endswith(fence)
    assert fence not in inside
    assert "|" not in inside.replace("\\|", "")
