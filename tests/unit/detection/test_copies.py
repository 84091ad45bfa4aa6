"""The narrow copies say what the tables say, and detectors leave no trace of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from netcordon.detection import copies
from netcordon.detection.facts import add_facts
from netcordon.detection.run import run_detectors
from netcordon.registry import load
from netcordon.tables.engine import Engine
from tests.cases import evidence

_COLUMNS = "src_ip, dst_ip, dst_port, protocol, start_time, payload_bytes_in, evidence_id"


def _engine(tmp_path: Path) -> Engine:
    folder = tmp_path / "rows"
    evidence.write(folder, "network_activity", [
        *evidence.flows("10.1.0.17", "203.0.113.5", 443, [1.0, 2.0]),
        *evidence.flows("10.1.0.18", "2001:db8::6", 443, [4.0], conn_state="S0"),
        *evidence.flows("9.1.0.18", "224.0.0.9", 520, [4.0], protocol="udp"),
    ])  # fmt: skip
    return evidence.engine(evidence.read(folder), tmp_path / "lake", home_nets=["10.0.0.0/8"])


@pytest.mark.parametrize("most", [copies.MOST_WORDS, 0], ids=["words", "text"])
def test_a_copy_has_the_rows_of_its_table(
    tmp_path: Path, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copies, "MOST_WORDS", most)
    with _engine(tmp_path) as engine:
        add_facts(engine)
        order = "ORDER BY src_ip, start_time"
        rows = engine.query(f"SELECT {_COLUMNS} FROM flows {order}")
        assert rows == engine.query(f"SELECT {_COLUMNS} FROM network_activity {order}")
        told = engine.query("SELECT src_internal, dst_multicast, is_outer FROM flows " + order)
    assert [row["src_internal"] for row in told] == [True, True, True, False]
    assert [row["dst_multicast"] for row in told] == [False, False, False, True]
    assert all(row["is_outer"] for row in told)


def test_detectors_give_their_memory_back(tmp_path: Path) -> None:
    with _engine(tmp_path) as engine:
        run_detectors(engine, [p for p in load("detectors")[0] if p.id == "recon_scan"])
        left = {row["t"] for row in engine.query("SELECT table_name AS t FROM duckdb_tables()")}
        assert "flows" not in left
        (row,) = engine.query("SELECT current_setting('disabled_optimizers') AS off")
    assert not row["off"]
