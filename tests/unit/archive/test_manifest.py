"""Entries of the catalogue read back as they were written, and hostile ones are refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from netcordon.archive.expiring import due
from netcordon.archive.manifest import hold_json, read_hold, read_segment, segment_json
from netcordon.archive.store import ArchiveError
from netcordon.model.archive import (
    HeldFile,
    HeldObject,
    Hold,
    KnownRow,
    LogClass,
    Retention,
    Segment,
)  # fmt: skip

APRIL = date(2026, 4, 1)
NOON = datetime(2026, 3, 1, 12, 0, 0, 5, tzinfo=UTC)
FLOWS = HeldFile(
    table="network_activity", day=date(2026, 3, 1),
    path="network_activity/day=2026-03-01/0.parquet",
    name="data/evidence_id=ev-0/network_activity/day=2026-03-01/0-ab.parquet", bytes=9, rows=2,
    sha256="a" * 64, first_time=NOON, last_time=NOON, low="10.0.0.1", high="10.0.0.9", filter_at=0,
    filter_blocks=1, known=KnownRow(time=NOON, src_ip="10.0.0.1", dst_ip="192.0.2.1", frame=7),
)  # fmt: skip
INDEX = replace(
    FLOWS, table="frame_index", day=date(1970, 1, 1), path="frame_index/day=1970-01-01/0.parquet",
    name="data/index", known=None, first_time=None, last_time=None,
)  # fmt: skip
SEGMENT = Segment(
    evidence_id="ev-" + "0" * 16, generation=1, sensor="fw\u2028", kind="pcap",
    label="x\udce9.pcap",
    sha256="b" * 64, bytes=100, records=3, first_time=NOON, last_time=None, family="",
    archived_time=NOON, version="1",
    filters=HeldObject(name="filters/f", bytes=32, sha256="c" * 64),
    files=(FLOWS, INDEX), original=HeldObject(name="originals/o", bytes=100, sha256="b" * 64),
)  # fmt: skip
HOLD = Hold(
    id="hold-" + "1" * 12, case_id="NC-2026-0001", reason="court", author="root", time=NOON,
    evidence_ids=(SEGMENT.evidence_id,), first_day=date(2026, 2, 1), last_day=date(2026, 2, 3),
    sensors=("fw",),
)  # fmt: skip


def test_what_was_written_reads_back_equal() -> None:
    written = segment_json(SEGMENT)
    assert read_segment(written, "x") == SEGMENT
    assert segment_json(read_segment(written, "x")) == written
    assert read_hold(hold_json(HOLD), "x") == HOLD
    ended = replace(HOLD, released_time=NOON, released_by="root", first_day=None, last_day=None)
    assert read_hold(hold_json(ended), "x") == ended


def _in_file(key: str, value: object) -> Callable[[dict[str, Any]], None]:
    return lambda found: found["segment"]["files"][0].__setitem__(key, value)


def _in_segment(key: str, value: object) -> Callable[[dict[str, Any]], None]:
    return lambda found: found["segment"].__setitem__(key, value)


@pytest.mark.parametrize(
    "change",
    [
        lambda found: found.__setitem__("format", 2),
        lambda found: found.pop("segment"),
        lambda found: found["segment"].pop("files"),
        _in_file("name", "../../etc/passwd"),
        _in_file("path", "/etc/passwd"),
        _in_file("path", "a\0b"),
        _in_file("sha256", "zz"),
        _in_file("bytes", -1),
        _in_file("rows", "many"),
        _in_file("day", "yesterday"),
        _in_file("unknown", 1),
        _in_segment("evidence_id", "../x"),
        _in_segment("label", 5),
        _in_segment("first_time", 5),
        _in_segment("filters", None),
        _in_segment("files", 7),
    ],
)
def test_a_hostile_entry_is_refused(change: Callable[[dict[str, Any]], None]) -> None:
    found = json.loads(segment_json(SEGMENT))
    change(found)
    with pytest.raises(ArchiveError) as raised:
        read_segment(json.dumps(found).encode(), "catalogue/x")
    assert raised.value.code == "NC-565"


@pytest.mark.parametrize(
    "content", [b"", b"\xff", b"[]", b"[" * 100_000, b'{"format": 1}', b"null"]
)
def test_what_is_no_entry_is_refused(content: bytes) -> None:
    for read in (read_segment, read_hold):
        with pytest.raises(ArchiveError, match="NC-565"):
            read(content, "catalogue/x")


@pytest.mark.parametrize(
    ("today", "retention", "names", "held"),
    [
        (date(2026, 8, 31), Retention(), (), ()),
        (date(2026, 9, 1), Retention(), (FLOWS.name, INDEX.name, "originals/o"), (HOLD.id,)),
        (APRIL, Retention(classes={LogClass.ORIGINALS: 14}), ("originals/o",), (HOLD.id,)),
        (APRIL, Retention(days=9, classes={LogClass.FLOWS: 90}), ("originals/o",), ()),
    ],
    ids=["the last day", "all over", "the original alone", "another hold"],
)  # fmt: skip
def test_what_is_due_and_what_a_hold_pins(
    today: date, retention: Retention, names: tuple[str, ...], held: tuple[str, ...]
) -> None:
    other = replace(HOLD, evidence_ids=())  # days in which the segment has no rows
    released = replace(HOLD, released_time=NOON)
    found = due([SEGMENT], [HOLD if held else other, released], retention, today)
    assert [one.names for one in found] == ([names] if names else [])
    assert all(tuple(hold.id for hold in one.holds) == held for one in found)


def test_a_hold_over_days_pins_every_segment_with_rows_in_them() -> None:
    days = replace(HOLD, evidence_ids=(), first_day=date(2026, 2, 1), last_day=date(2026, 3, 1))
    assert not days.pins(SEGMENT)  # of another sensor
    assert replace(days, sensors=()).pins(SEGMENT)
    assert not replace(days, sensors=(), last_day=date(2026, 2, 28)).pins(SEGMENT)
