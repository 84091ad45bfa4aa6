"""A shape holds every string that it was made of, and is read alike by all who read it."""

from __future__ import annotations

import re

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from netcordon.signatures.shape import label_shape, path_shape, run_of

URI = st.text("abcdefABC0123456789/?&=._-%é;\"'()|\\ ", min_size=1, max_size=60).map("/".__add__)


@given(st.lists(URI, min_size=1, max_size=5))
def test_every_string_has_the_shape_it_gave(uris):
    shape = path_shape(uris)
    if shape is None:
        return
    assert re.fullmatch(r"[A-Za-z0-9_\[\]^/?&{},$\\-]*", shape)
    for uri in uris:
        if uri.isascii():
            assert re.search(shape, uri), (shape, uri)
            with duckdb.connect() as own:  # what is left unfinished on the shared one bars others
                asked = own.execute("SELECT regexp_matches($1, $2)", [uri, shape])
                assert asked.fetchall() == [(True,)]


@given(st.lists(st.text("abcdef0123456789-_", min_size=1, max_size=40), min_size=1, max_size=6))
def test_a_run_holds_each_of_its_words(words):
    for word in words:
        assert re.fullmatch(run_of(words), word)


@pytest.mark.parametrize(
    ("uris", "shape"),
    [
        (["/gate.php"], r"\x2fgate\x2ephp$"),
        (["/get/a1f3.js", "/get/00ff.js", "/get/b2c4.js"], r"\x2fget\x2f[0-9a-f]{4}\x2ejs$"),
        (["/t?p=8841"], r"\x2ft\x3fp\x3d[0-9]{2,6}$"),
        (["/a", "/b/c"], None),
        (["/1", "/2"], None),
    ],
)
def test_what_is_shared_stays_and_what_differs_is_told_by_its_kind(uris, shape):
    assert path_shape(uris) == shape


def test_labels_under_a_suffix():
    names = ["abc0.t.bad.example", "0123456789abcdef.t.bad.example"]
    shape = label_shape(names, "t.bad.example")
    assert shape == r"^[0-9a-f]{4,63}\x2e"
    assert all(re.search(shape, name) for name in names)
    assert not re.search(shape, "www.bad.example")
