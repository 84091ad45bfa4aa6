"""Whatever the lines, it is the same JSON."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netcordon.reporting.one_a_line import one_a_line

_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@given(st.dictionaries(st.text(), _VALUES, max_size=5))
def test_it_reads_back(document: dict[str, object]) -> None:
    text = one_a_line(document)
    assert json.loads(text) == document
    assert text.isascii()


def test_elements_stand_on_lines_of_their_own() -> None:
    assert one_a_line({"a": [{"b": 1}, 2], "c": {}, "d": []}) == (
        '{\n "a": [\n  {"b": 1},\n  2\n ],\n "c": {},\n "d": []\n}\n'
    )


def test_what_json_cannot_say_is_refused() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        one_a_line({"a": float("nan")})
