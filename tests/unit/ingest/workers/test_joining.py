from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq

from netcordon.ingest.workers.joining import join_identities, join_results, join_warnings
from netcordon.model.evidence import IngestWarning
from netcordon.model.parser import ParseResult
from netcordon.tables.lake import Staging


def test_facts_of_the_parts_make_those_of_the_whole() -> None:
    whole = ParseResult(
        records=10, facts={"container": "pcap", "is_complete": True, "flows": 2, "frames": 10,
                           "largest_gap": 5, "first_gap_frame": 0}, complete=True
    )  # fmt: skip
    part = ParseResult(
        records=0, facts={"flows": 3, "largest_gap": 9, "first_gap_frame": 7, "dns_messages": 1}
    )
    joined = join_results([whole, part])
    assert joined.records == 10
    assert joined.facts == {
        "container": "pcap", "is_complete": True, "flows": 5, "frames": 10, "largest_gap": 9,
        "first_gap_frame": 7, "dns_messages": 1,
    }  # fmt: skip


def test_the_same_warning_of_several_is_one() -> None:
    first = IngestWarning(code="NC-241", what="gaps", count=2, frame=40)
    second = IngestWarning(code="NC-241", what="gaps", count=3, frame=8)
    other = IngestWarning(code="NC-215", what="evicted", count=1)
    assert join_warnings([first, other, second, other]) == (
        IngestWarning(code="NC-241", what="gaps", count=5, frame=8),
        IngestWarning(code="NC-215", what="evicted", count=2),
    )


def _facts(**changed: object) -> dict[str, object]:
    fact: dict[str, object] = {
        "ip": "192.0.2.7", "mac": None, "host_name": "pc7", "user": None, "domain": None,
        "os_hint": None, "source": "dhcp", "first_seen_time": 50, "last_seen_time": 60,
        "count": 2, "first_frame": 5,
    }  # fmt: skip
    return {name: [value] for name, value in {**fact, **changed}.items()}


def test_a_fact_heard_by_several_shares_is_one_row(tmp_path: Path) -> None:
    files = []
    for index, facts in enumerate(
        (_facts(), _facts(first_seen_time=10, first_frame=1, count=4), _facts(host_name="pc8"))
    ):
        share = Staging(tmp_path, f"{index:02d}-")
        share.append("host_identity", facts)
        files += share.finish()
    whole = Staging(tmp_path)
    kept = join_identities(whole, files)
    whole.adopt(kept)
    (file,) = whole.finish()
    rows = pq.read_table(tmp_path / file.path).to_pylist()
    seen = {
        row["host_name"]: (row["count"], row["first_frame"], row["first_seen_time"].microsecond,
                           row["last_seen_time"].microsecond)
        for row in rows
    }  # fmt: skip
    assert seen == {"pc7": (6, 1, 10, 60), "pc8": (2, 5, 50, 60)}
    assert [p.name for p in tmp_path.rglob("*.parquet")] == ["000000.parquet"]
