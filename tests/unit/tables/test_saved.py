"""Saved queries: their heading, their parameters, and that those we ship run."""

from __future__ import annotations

from pathlib import Path

import pytest

from netcordon.errors import UsageError
from netcordon.tables import sandbox
from netcordon.tables.bound_text import bound_text
from netcordon.tables.engine import Engine
from netcordon.tables.lake import Lake
from netcordon.tables.names import add_names
from netcordon.tables.saved import Question, question, shipped, value, values


@pytest.mark.parametrize("saved", shipped().values(), ids=shipped())
def test_every_question_that_is_shipped_is_told_and_runs(saved: Question, tmp_path: Path) -> None:
    assert saved.doc.endswith(".")
    assert set(saved.meanings) == set(saved.parameters)
    params = saved.bound({n: "x" for n in saved.parameters if n not in saved.defaults})
    with Engine(Lake(tmp_path), []) as engine:
        add_names(engine)
        rows = sandbox.run(
            engine, saved.sql, readable=(tmp_path,), timeout_s=30, max_rows=10, params=params
        )
        assert rows.num_rows == 0
        assert rows.num_columns > 2


def test_parameters_are_found_outside_quotes_and_comments() -> None:
    asked = question("x", "-- $a = 1: one\nSELECT '$b', \"$c\", $a -- $d\n, $e")
    assert asked.parameters == ("a", "e")
    assert asked.bound({"e": "x"}) == {"a": 1, "e": "x"}
    with pytest.raises(UsageError, match=r"\$e is missing"):
        asked.bound({})
    with pytest.raises(UsageError, match=r"no parameter \$b"):
        asked.bound({"b": 1, "e": 2})


def test_values_as_people_type_them() -> None:
    typed = values(["a=1", "$b=-2.5", "c=true", "d='7'", "e=null", "f=a=b", "g="])
    assert typed == {"a": 1, "b": -2.5, "c": True, "d": "7", "e": None, "f": "a=b", "g": ""}
    assert value("9" * 30) == "9" * 30
    for wrong in ("a", "=1", "a b=1"):
        with pytest.raises(UsageError, match="NC-305"):
            values([wrong])


def test_a_query_with_its_values_written_in() -> None:
    sql = "SELECT $n, '$n', $text -- $n\nWHERE x IN $list AND $missing"
    parameters = {"n": 1.5, "text": "it's", "list": [1, "b", None, True]}
    assert bound_text(sql, parameters) == (
        "SELECT 1.5, '$n', 'it''s' -- $n\nWHERE x IN [1, 'b', NULL, true] AND $missing"
    )
