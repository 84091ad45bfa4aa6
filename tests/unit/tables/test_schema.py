"""Laws that every table keeps."""

from __future__ import annotations

import re

import pytest

from netcordon.tables.arrow import arrow_schema
from netcordon.tables.schema import TABLES


def test_a_column_name_means_one_type_everywhere() -> None:
    types: dict[str, tuple[str, str]] = {}
    for table in TABLES.values():
        for column in table.flat():
            known, where = types.setdefault(column.name, (column.type, table.name))
            assert known == column.type, f"{column.name}: {table.name} and {where} differ"


@pytest.mark.parametrize("name", sorted(TABLES))
def test_table_is_whole(name: str) -> None:
    table = TABLES[name]
    names = [c.name for c in table.flat()]
    assert len(names) == len(set(names))
    assert table.time in names
    assert set(table.sort) <= set(names)
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", n) for n in names)
    assert all(c.doc for c in table.columns)
    assert arrow_schema(name).names == names


def test_units_stand_in_names() -> None:
    for table in TABLES.values():
        for column in table.columns:
            if "seconds" in column.doc and column.type in ("DOUBLE", "BIGINT"):
                assert column.name.endswith(("_s", "_time"))
