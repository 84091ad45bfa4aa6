"""A hunt and a query answer the same whether tables are here or in the archive."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from netcordon.archive.catalogue import Span
from netcordon.archive.opening import open_existing
from netcordon.archive.pruning import choose
from netcordon.casefile.workspace import open_workspace
from netcordon.hunting.canonical import guessed
from netcordon.model.archive import ArchivePlace
from netcordon.model.hunt import HuntResult, Wanted, WantedType
from netcordon.workflow.archive_put import PutRequest, put_evidence
from netcordon.workflow.hunt import HuntRequest, hunt
from netcordon.workflow.query import run_query
from netcordon.workflow.verify import verify
from tests.unit.archive.filled import NOW, a_day, clock, day_of, declare, take_in
from tests.unit.hunting.test_sweep import EVIL, JA3, JA4, PC, traffic

SEEN = (
    EVIL, PC, "198.51.100.0/24", "198.51.100.0/26", "198.51.0.0/16", "198.0.0.0/8",
    "2001:db8:7::1", "2001:db8:7::/64", "2001:db8::/32", "203.0.113.51", "203.0.113.0/24",
    "10.0.0.77", "evil.example", "cdn.evil.example", "alias.other.example", "web.example",
    "http://web.example/a/b.exe?x=1", "http://web.example/c", JA4, JA3, "cd" * 32, "ef" * 32,
    "bob@evil.example", f"{EVIL}:443", "day3.example",
)  # fmt: skip
FORCED = {"user-agent": ("Evil Agent/1.0 %",), "account": ("CORP\\svc-1", "bob")}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with seven pieces of evidence: days of little, and the rows of the sweep."""
    top = tmp_path_factory.mktemp("archived")
    with open_workspace(top / "ws", create=True, clock=clock) as workspace:
        for number in range(7):
            original = top / f"day{number}.log"
            original.write_text(f"day {number}\n" * 40, encoding="utf-8")
            rows = traffic() if number == 5 else a_day(number)
            take_in(workspace, original, rows)
    declare(top / "ws", '[archive]\nplace = "../archive"\nsensors = { "day5*" = "tap" }\n')
    return top


def _hunt(place: Path, *texts: str, forced: str = "", **more: object) -> HuntResult:
    request = HuntRequest(
        values=texts, forced=WantedType(forced) if forced else None, **more,  # type: ignore[arg-type]
    )  # fmt: skip
    return hunt(place / "ws", request, clock=clock, standard_input=io.BytesIO()).result


def test_the_same_answers(place: Path) -> None:
    workspace = place / "ws"
    asked = "SELECT day, src_ip, count(*) AS n FROM network_activity GROUP BY ALL ORDER BY ALL"
    hot = _hunt(place, *SEEN), run_query(workspace, asked, timeout_s=60, max_rows=99)
    none = _hunt(place, "no.such.example")
    few = _hunt(place, "day3.example", "192.0.2.9", since=day_of(3))
    assert not hot[0].nothing
    assert hot[0].archive is None

    copied = put_evidence(workspace, PutRequest(), clock=clock)
    assert [one.was_there for one in copied.put] == [False] * 7
    assert {one.segment.sensor for one in copied.put} == {"zeek", "tap"}
    moved = put_evidence(workspace, PutRequest(moves=True), clock=clock)
    assert [one.was_there for one in moved.put] == [True] * 7
    assert sorted((workspace / "lake").glob("evidence_id=*")) == []
    assert verify(workspace).ok

    cold = _hunt(place, *SEEN), run_query(workspace, asked, timeout_s=60, max_rows=99)
    assert cold[0].traces == hot[0].traces
    assert cold[0].searched == hot[0].searched
    assert cold[0].not_visible == hot[0].not_visible
    assert none.not_visible == _hunt(place, "no.such.example").not_visible
    assert set(cold[0].evidence_ids) == set(hot[0].evidence_ids)
    assert cold[1] == hot[1]
    again = _hunt(place, "day3.example", "192.0.2.9", since=day_of(3))
    assert again.traces == few.traces
    look = again.archive
    assert look is not None
    assert look.segments == 7
    # Of four days since then one holds the name and three the address; nobody reads the others.
    assert 0 < look.files_read <= 8 < look.files

    later = run_query(workspace, asked, timeout_s=60, max_rows=99, since=day_of(6))
    assert {row[0] for row in later.rows} == {day_of(6).date()}


def test_every_place_of_an_indicator_is_chosen(place: Path) -> None:
    with open_workspace(place / "ws", create=False, clock=clock, readonly=True) as opened:
        ids = [r.evidence.id for r in opened.register.all()]
    if not (place / "archive").is_dir():
        put_evidence(place / "ws", PutRequest(), clock=clock)
    catalogue = open_existing(ArchivePlace(url=str(place / "archive")))
    segments = catalogue.segments()
    assert {s.evidence_id for s in segments} == set(ids)
    results = [_hunt(place, *SEEN)]
    results += [_hunt(place, *texts, forced=type_) for type_, texts in FORCED.items()]
    traces = [trace for result in results for trace in result.traces]
    assert len(traces) == len(SEEN) + 3
    for trace in traces:
        choice = choose(catalogue, segments, Span(), [trace.wanted])
        chosen = {(i, file.table) for i, files in choice.files.items() for file in files}
        assert {(e.evidence_id, e.table) for e in trace.examples} <= chosen, trace.wanted
        assert {s.table for s in trace.sightings} <= {table for _, table in chosen}, trace.wanted
    nothing = [Wanted(parts=guessed(t), given=t) for t in ("203.0.114.9", "no.such.example")]
    choice = choose(catalogue, segments, Span(), nothing)
    assert not list(choice.taken())
    pc = [Wanted(parts=guessed(PC), given=PC)]
    assert len(choose(catalogue, segments, Span(sensors=("tap",)), pc).files) == 1
    early = choose(catalogue, segments, Span(until=day_of(0).replace(hour=23)), pc)
    assert {file.day for file in early.taken()} == {day_of(0).date()}
    assert segments[0].archived_time == NOW
