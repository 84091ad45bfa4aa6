"""Hostile strings stay inside what quotes them, whatever they hold."""

from __future__ import annotations

import json
import re

from hypothesis import given
from hypothesis import strategies as st

from netcordon.signatures.quoting import content, from_sigma, in_words, literal, sigma, yaml

HOSTILE = st.one_of(
    st.text(max_size=80),
    st.text('";|\\:()\n\r\t*?{}[]&%#', max_size=40),
    st.sampled_from(['"; sid:1;) alert ip any any', "|41|", "\\", "x\n- y: z", "é\U0001f600"]),
)


def octets_of(quoted: str) -> bytes:
    """What Suricata's manual says a content means, read the other way round."""
    out = b""
    for place, part in enumerate(quoted.split("|")):
        out += bytes.fromhex(part) if place % 2 else part.encode("ascii")
    return out


@given(HOSTILE)
def test_content_means_the_string_and_holds_nothing_that_ends_it(value):
    quoted = content(value)
    assert octets_of(quoted) == value.encode("utf-8", "surrogatepass")[:200]
    assert re.fullmatch(r"[A-Za-z0-9._-]*(\|[0-9A-F ]+\|[A-Za-z0-9._-]*)*", quoted)


@given(HOSTILE)
def test_words_hold_nothing_that_any_parser_minds(value):
    assert re.fullmatch(r"[A-Za-z0-9._ /,=+@-]*", in_words(value))


@given(HOSTILE)
def test_a_literal_in_an_expression_is_just_the_string(value):
    expression = literal(value)
    octets = value.encode("utf-8", "surrogatepass")
    assert re.fullmatch(expression.encode(), octets)
    assert re.fullmatch(r"(?:[A-Za-z0-9_-]|\\x[0-9a-f]{2})*", expression)


@given(HOSTILE)
def test_sigma_values_have_no_wildcards_and_come_back(value):
    assert from_sigma(sigma(value)) == value
    assert not re.search(r"(?<!\\)(?:\\\\)*[*?]", sigma(value))


@given(HOSTILE)
def test_yaml_scalars_are_one_line_of_ascii_and_mean_the_string(value):
    quoted = yaml(value)
    assert re.fullmatch(r'"(?:[ !#-\[\]-~]|\\["\\]|\\x..|\\u....|\\U.{8})*"', quoted)
    # JSON knows no \x and no \U; with those written its way, both mean the same.
    as_json = re.sub(r"((?:\\\\)*)\\x(..)", r"\1\\u00\2", quoted)
    as_json = re.sub(
        r"((?:\\\\)*)\\U(.{8})",
        lambda m: m[1] + json.dumps(chr(int(m[2], 16)))[1:-1],
        as_json,
    )
    assert json.loads(as_json) == re.sub(r"[\ud800-\udfff]", "\N{REPLACEMENT CHARACTER}", value)
