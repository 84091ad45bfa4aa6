import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from netcordon.casefile.canonical import canonical, instant, plain, timestamp


class Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True)
class Thing:
    name: str
    when: datetime
    sizes: tuple[int, ...]


_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters()),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(_JSON)
def test_canonical_text_is_ascii_and_reads_back(value):
    text = canonical(value)
    assert text.isascii()
    assert json.loads(text) == value


def test_order_of_keys_does_not_matter():
    assert canonical({"b": 1, "a": {"d": 2, "c": 3}}) == '{"a":{"c":3,"d":2},"b":1}'


def test_names_that_are_no_utf8_survive():
    name = b"caf\xe9\n.pcap".decode("utf-8", "surrogateescape")
    assert json.loads(canonical({"path": name}))["path"] == name


def test_dataclasses_enumerations_times_and_numpy_scalars_become_plain():
    thing = Thing("x", datetime(2026, 1, 2, tzinfo=timezone(timedelta(hours=1))), (1, 2))
    assert plain(thing) == {"name": "x", "when": "2026-01-01T23:00:00.000000Z", "sizes": [1, 2]}
    assert plain([Colour.RED, np.int64(5), np.float64(0.5), Path("a/b"), {"b", "a"}]) == [
        "red", 5, 0.5, "a/b", ["a", "b"],
    ]  # fmt: skip
    assert plain([float("nan"), float("-inf")]) == ["nan", "-inf"]


def test_what_has_no_canonical_form_is_refused():
    with pytest.raises(TypeError, match="object has no canonical form"):
        canonical({"x": object()})
    with pytest.raises(ValueError, match="without zone"):
        timestamp(datetime(2026, 1, 1))


@given(st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)))
def test_times_keep_their_microseconds(moment):
    assert instant(timestamp(moment)) == moment
    assert len(timestamp(moment)) == 27
