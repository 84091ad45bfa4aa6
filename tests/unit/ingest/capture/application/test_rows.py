"""Rows of parsers as columns, and the facts of the column ``detail``."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pyarrow as pa
import pytest

from netcordon.ingest.capture.application.record.activity import detail
from netcordon.ingest.capture.application.record.ends import Ends
from netcordon.ingest.capture.application.record.rows import Rows, as_columns
from netcordon.tables.arrow import to_arrow
from netcordon.tables.schema import TABLES

_ENDS = Ends(7, (0, 0xFFFF_0A000001), 40000, (0x20010DB8 << 32, 1), 161)


class Kept:
    """A sink that keeps tables."""

    def __init__(self) -> None:
        self.tables: dict[str, pa.Table] = {}

    def append(self, table: str, columns: Mapping[str, object]) -> None:
        assert table not in self.tables
        self.tables[table] = to_arrow(TABLES[table], columns)


def test_noted_rows_hold_what_was_said_and_null_elsewhere() -> None:
    rows, sink = Rows(), Kept()
    rows.note("application_activity", 5_000, 3, _ENDS, {"service": "snmp", "bytes": 0})
    rows.note("application_activity", 9_999, 4, _ENDS.swapped(), {"is_response": False})
    rows.hand_on(sink)
    table = sink.tables["application_activity"]
    assert table["src_ip"].to_pylist() == ["10.0.0.1", "2001:db8::1"]
    assert table["dst_ip"].to_pylist() == ["2001:db8::1", "10.0.0.1"]
    assert table["src_ip_hi"].to_pylist() == [0, 0x20010DB8 << 32]
    assert table["src_port"].to_pylist() == [40000, 161]
    assert [time.microsecond for time in table["time"].to_pylist()] == [5, 9]
    assert table["frame"].to_pylist() == [3, 4]
    assert table["service"].to_pylist() == ["snmp", None]
    assert table["bytes"].to_pylist() == [0, None]
    assert table["is_response"].to_pylist() == [None, False]
    assert table["detail"].to_pylist() == [None, None]
    assert len(set(table["uid"].to_pylist())) == 1
    rows.hand_on(sink := Kept())
    assert sink.tables == {}


def test_columns_that_a_table_gained_later_are_null() -> None:
    kept = [c.name for c in TABLES["ssh_activity"].columns]
    row = (5_000, 3, 7, (0, 0xFFFF_0A000001), 40000, (0x20010DB8 << 32, 1), 22, "SSH-2.0-x")
    table = to_arrow(TABLES["ssh_activity"], as_columns("ssh_activity", [row, row]))
    assert kept[7] == "client_banner"
    assert table["client_banner"].to_pylist() == ["SSH-2.0-x"] * 2
    assert table[kept[-1]].to_pylist() == [None, None]


def test_a_row_may_not_name_a_column_that_the_table_has_not() -> None:
    rows, sink = Rows(), Kept()
    with pytest.raises(KeyError, match="application_activity has no column"):
        rows.note("application_activity", 0, 1, _ENDS, {"service": "x", "colour": "red"})
    rows.hand_on(sink)
    assert sink.tables == {}


def test_detail_is_json_with_sorted_keys_without_what_is_empty() -> None:
    facts: dict[str, object] = {
        "z": 'a "quoted" back\\slash, \x01 and é', "count": 0, "large": 1 << 70, "is_it": False,
        "names": ["b", "a"], "share": 0.5, "none": None, "empty": "", "nothing": [],
        "inner": {"b": 1, "a": [None, True]},
    }  # fmt: skip
    said = detail(**facts)
    assert said is not None
    kept = {name: fact for name, fact in facts.items() if fact not in (None, "", [])}
    assert said == json.dumps(kept, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    assert detail(a=None, b="", c=[]) is None
