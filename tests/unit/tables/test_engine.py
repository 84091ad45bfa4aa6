"""Views, home networks and the window of time."""

from __future__ import annotations

import ipaddress
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netcordon.errors import QueryError
from netcordon.tables.engine import Engine
from netcordon.tables.lake import Lake
from tests.unit.tables.rows import batch, halves


def test_every_view_exists_without_evidence(tmp_path: Path) -> None:
    with Engine(Lake(tmp_path), []) as engine:
        assert engine.query("SELECT count(*) AS n FROM network_activity") == [{"n": 0}]
        assert engine.columns("dns_activity")[-2:] == ["evidence_id", "day"]


def test_a_quote_in_the_workspace_path_is_no_sql(tmp_path: Path) -> None:
    root = tmp_path / "it's [a] *?"
    root.mkdir()
    lake = Lake(root)
    staging = lake.stage()
    staging.append("arp_activity", batch("arp_activity", [{"time": 1, "frame": 1}]))
    lake.commit(staging, "ev-1")
    with Engine(lake, ["ev-1"]) as engine:
        assert engine.query("SELECT frame FROM arp_activity") == [{"frame": 1}]


NETWORKS = st.one_of(
    st.builds(lambda a, p: ipaddress.ip_network((a, p), strict=False),
              st.integers(0, 2**32 - 1).map(ipaddress.IPv4Address), st.integers(0, 32)),
    st.builds(lambda a, p: ipaddress.ip_network((a, p), strict=False),
              st.integers(0, 2**128 - 1).map(ipaddress.IPv6Address), st.integers(0, 128)),
)  # fmt: skip


@given(network=NETWORKS, data=st.data())
def test_is_internal_agrees_with_the_standard_library(network, data) -> None:
    inside = data.draw(st.integers(int(network.network_address), int(network.broadcast_address)))
    outside = data.draw(st.integers(0, 2**network.max_prefixlen - 1))
    with _bare_engine() as engine:
        engine.set_home_nets([str(network)])
        for number in (inside, outside):
            address = type(network.network_address)(number)
            hi, lo = halves(str(address))
            (row,) = engine.query(
                "SELECT is_internal($hi::UBIGINT, $lo::UBIGINT) AS yes", {"hi": hi, "lo": lo}
            )
            mapped = network.version == 6 and address.ipv4_mapped is not None
            assert mapped or row["yes"] == (address in network)


def _bare_engine() -> Engine:
    return Engine(Lake(Path("/nonexistent")), [], threads=1)


def test_a_bad_network_is_refused() -> None:
    with _bare_engine() as engine, pytest.raises(ValueError):
        engine.set_home_nets(["10.0.0.0/8) OR (1=1"])


def test_since_and_until_cut_flows_by_overlap(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    staging = lake.stage()
    spans = [(0, 10), (20, 30), (40, 50)]
    rows = [
        {"uid": str(n), "start_time": a * 10**6, "end_time": b * 10**6, "src_ip": "10.0.0.1",
         "dst_ip": "10.0.0.2"}
        for n, (a, b) in enumerate(spans)
    ]  # fmt: skip
    staging.append("network_activity", batch("network_activity", rows))
    lake.commit(staging, "ev-1")
    window = {"since": datetime(1970, 1, 1, 0, 0, 25), "until": datetime(1970, 1, 1, 0, 0, 39)}
    with Engine(lake, ["ev-1"], **window) as engine:
        assert engine.query("SELECT uid FROM network_activity") == [{"uid": "1"}]


def test_a_wrong_query_says_why() -> None:
    with _bare_engine() as engine, pytest.raises(QueryError, match="no_such_table"):
        engine.query("SELECT * FROM no_such_table")


def test_nothing_is_drawn_while_a_query_runs(tmp_path: Path) -> None:
    with Engine(Lake(tmp_path), []) as engine:
        (row,) = engine.query("SELECT current_setting('enable_progress_bar') AS is_drawn")
    assert row == {"is_drawn": False}


def test_evidence_is_in_order_and_bounded_whatever_the_order_of_the_rows(tmp_path: Path) -> None:
    with Engine(Lake(tmp_path), []) as engine:
        (row,) = engine.query(
            "SELECT evidence_of(id, 'arp_activity', n) AS rows, "
            "evidence_of(id, 'arp_activity', CASE WHEN n < 0 THEN n END) AS none FROM ("
            "SELECT 'ev-' || (n % 2) AS id, CASE WHEN n > 9 THEN (n * 7919) % 5000 END AS n "
            "FROM range(5000) AS r(n))"
        )
    rows = row["rows"]
    assert isinstance(rows, list)
    keys = [(r["evidence_id"], r["table"], r["frame"]) for r in rows]
    # 4,990 rows have a number; the last row says how many follow the last one shown.
    assert keys.pop() == ("ev-0", "arp_activity", -3990)
    assert len(keys) == 1000
    assert keys == sorted(keys)
    numbers = sorted((n * 7919) % 5000 for n in range(10, 5000) if n % 2 == 0)
    assert [frame for _, _, frame in keys] == numbers[:1000]
    assert row["none"] == []


def test_words_are_sorted_as_text_and_read_as_text() -> None:
    with _bare_engine() as engine:
        engine.add_words("address", "SELECT unnest(['9.9.9.9', '10.0.0.2', NULL]) AS word", 10)
        engine.keep("seen", "SELECT word::address AS ip FROM address_words ORDER BY ip DESC")
        assert engine.query("SELECT ip, ip < '9' AS less FROM seen") == [
            {"ip": "9.9.9.9", "less": False},
            {"ip": "10.0.0.2", "less": True},
        ]
        assert engine.query("SELECT min(ip) AS least, max(ip) AS most FROM seen") == [
            {"least": "10.0.0.2", "most": "9.9.9.9"}
        ]


def test_too_many_words_stay_text() -> None:
    with _bare_engine() as engine:
        engine.add_words("address", "SELECT i::VARCHAR AS word FROM range(3) AS t(i)", 2)
        (row,) = engine.query("SELECT typeof('7'::address) AS type")
    assert row == {"type": "VARCHAR"}


def test_what_was_kept_can_be_dropped_table_or_view() -> None:
    with _bare_engine() as engine:
        engine.keep("one", "SELECT 1 AS n")
        engine.add_view("two", "SELECT 2 AS n")
        engine.drop(["one", "two", "three"])
        for name in ("one", "two"):
            with pytest.raises(QueryError):
                engine.query(f"SELECT n FROM {name}")
