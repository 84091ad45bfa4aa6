"""Damaged logs never raise, never invent a row, and every line of them is accounted for."""

from __future__ import annotations

import random

import pytest

from netcordon.evidence.recognise import recognise
from tests.unit.ingest.text.damage import damaged, seeds
from tests.unit.ingest.text.logs import read

_COPIES = 30
_ROWS_A_LINE = 2
"""A question with its answer; no line makes more rows of one table."""
_TUPLES = {"azure_group": 4, "azure_network": 3}
"""Flows in one record of these."""


@pytest.mark.parametrize("name", sorted(seeds()))
def test_damage_costs_the_lines_it_hits_and_no_more(name: str) -> None:
    sound, chance = seeds()[name], random.Random(name)
    recognised = 0
    for _ in range(_COPIES):
        data = damaged(sound, chance)
        if recognise(data[: 64 << 10]) is None:
            continue
        recognised += 1
        found = read(data, piece=chance.choice((1000, 1 << 30)))
        assert found.adds_up
        lines = int(str(found.result.facts["lines"]))
        assert lines <= data.count(b"\n") + 1
        for table, rows in found.tables.items():
            if table in ("ingest_warning", "log_source", "device_health"):
                continue
            places = [row.get("frame", row.get("first_frame")) for row in rows]
            assert all(isinstance(p, int) and 1 <= p <= lines for p in places), table
            assert max(map(places.count, places), default=0) <= _TUPLES.get(name, _ROWS_A_LINE), (
                table
            )
        refused = {
            row["first_frame"]
            for row in found.tables.get("ingest_warning", [])
            if row["sample"] is not None
        }
        flows = {row["first_frame"] for row in found.tables.get("network_activity", [])}
        assert not refused & flows, "a line that was refused made no row"
    assert recognised > _COPIES // 2


def test_lines_that_were_not_touched_keep_their_rows() -> None:
    sound = seeds()["eve"]
    lines = sound.split(b"\n")
    broken = b"\n".join([*lines[:20], b'{"event_type": "flow", "timestamp": [1', *lines[20:]])
    before, after = read(sound), read(broken)
    assert after.result.records == before.result.records + 1
    for table, rows in before.tables.items():
        if table == "log_source":
            continue
        strip = [{k: v for k, v in r.items() if "frame" not in k} for r in rows]
        again = [{k: v for k, v in r.items() if "frame" not in k} for r in after.tables[table]]
        assert {str(r) for r in strip} <= {str(r) for r in again}, table
