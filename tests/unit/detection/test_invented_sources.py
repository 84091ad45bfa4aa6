"""A flood on many addresses from invented sources is no crowd of scanners."""

from __future__ import annotations

from pathlib import Path

from netcordon.detection.run import run_detectors
from netcordon.registry import load
from netcordon.tables.engine import Engine
from netcordon.tables.lake import Lake
from tests.unit.tables.rows import batch

SOURCES, VICTIMS = 1000, 8


def test_only_the_scanner_is_told(tmp_path: Path) -> None:
    invented = [(f"198.51.{i // 250}.{i % 250}", f"10.0.0.{v}", 25565)
                for v in range(VICTIMS) for i in range(SOURCES)]  # fmt: skip
    scanner = [("203.0.113.9", f"10.0.1.{v}", 23) for v in range(10)]
    rows = [
        {"src_ip": src, "dst_ip": dst, "src_port": 40000, "dst_port": port, "protocol": "tcp",
         "start_time": n * 1000, "end_time": n * 1000, "packets_out": 1, "packets_in": 0,
         "payload_bytes_out": 0, "payload_bytes_in": 0, "tcp_flags_out": 2, "history": "S",
         "conn_state": "S0", "is_fragment": False, "first_frame": n, "uid": f"C{n}"}
        for n, (src, dst, port) in enumerate(invented + scanner)
    ]  # fmt: skip
    lake = Lake(tmp_path)
    staging = lake.stage()
    staging.append("network_activity", batch("network_activity", rows))
    lake.commit(staging, "ev-1")
    plugins = [p for p in load("detectors")[0] if p.id == "recon_scan"]
    with Engine(lake, ["ev-1"]) as engine:
        found = run_detectors(engine, plugins)
    assert [f.src_ips for f in found.findings] == [("203.0.113.9",)]
