"""Facts that detectors join are computed once, and one that fails fails nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from netcordon.detection.facts import add_facts
from netcordon.errors import QueryError
from netcordon.tables.engine import Engine
from tests.cases import evidence

KEPT = {
    "looked_up", "named_share", "client_use", "place_use", "active_hosts", "domain_controller",
}  # fmt: skip


def _rows(tmp_path: Path) -> dict[str, list[dict[str, object]]]:
    folder = tmp_path / "rows"
    evidence.write(folder, "network_activity", [
        *evidence.flows("10.1.0.17", "203.0.113.5", 443, [1.0, 2.0]),
        *evidence.flows("10.1.0.18", "203.0.113.5", 443, [3.0]),
        *evidence.flows("10.1.0.18", "203.0.113.6", 443, [4.0], conn_state="S0"),
    ])  # fmt: skip
    return evidence.read(folder)


def test_facts_are_tables_and_what_has_a_row_for_every_flow_is_a_view(tmp_path: Path) -> None:
    with evidence.engine(_rows(tmp_path), tmp_path / "lake", home_nets=["10.0.0.0/8"]) as engine:
        add_facts(engine)
        tables = {row["t"] for row in engine.query("SELECT table_name AS t FROM duckdb_tables()")}
        assert tables >= KEPT
        assert "client_program" not in tables
        assert engine.query("SELECT * FROM place_use") == [{"dst_ip": "203.0.113.5", "users": 2}]
        assert engine.query("SELECT * FROM active_hosts") == [{"active": 2}]


def test_a_fact_that_cannot_be_kept_is_left_to_those_who_ask_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: Engine, name: str, sql: str, params: Mapping[str, object] | None = None) -> None:
        raise QueryError("NC-301", "The query could not be run.", "out of memory", "")

    monkeypatch.setattr(Engine, "keep", refuse)
    with evidence.engine(_rows(tmp_path), tmp_path / "lake", home_nets=["10.0.0.0/8"]) as engine:
        add_facts(engine)
        assert engine.query("SELECT users FROM place_use") == [{"users": 2}]


def test_a_proxys_requests_are_contacts_although_it_names_no_port_and_no_peer(
    tmp_path: Path,
) -> None:
    asked = {"time": 1, "frame": 1, "src_ip": "10.1.0.17", "host": "a.example", "method": "GET"}
    rows = [
        asked | {"dst_ip": "203.0.113.5", "uri": "/x"},
        asked | {"frame": 2, "uri": "http://a.example/x"},
        asked | {"frame": 3, "uri": "a.example:443", "method": "CONNECT"},
        asked | {"frame": 4, "uri": "/of-a-web-server"},
    ]
    with evidence.engine({"http_activity": rows}, tmp_path, home_nets=["10.0.0.0/8"]) as engine:
        add_facts(engine)
        found = engine.query("SELECT key, frame FROM named_contact ORDER BY frame")
        assert found == [{"key": "http://a.example", "frame": frame} for frame in (1, 2, 3)]
