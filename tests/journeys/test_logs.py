"""Logs of sensors alone, and beside the capture they were made from: one answer."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.unit.ingest.zeek.test_text_log import CONN, log

Investigate = Callable[..., dict[str, Any]]

_START = 1_700_000_000


def _zeek(folder: Path) -> Path:
    """A host that calls home every 30 s, give or take; names of it stand in another file."""
    folder.mkdir()
    flows, hellos = [], []
    for n in range(80):
        t = _START + 30 * n + (n * 7919) % 7
        ends = f"C{n}x 192.168.7.20 {50_000 + n} 203.0.113.66 443"
        flows.append(f"{t}.5 {ends} tcp ssl 0.5 300 90 SF - 0 ShADadFf 6 560 5 300 -")
        hellos.append(f"{t}.6 {ends} TLSv13 cdn.bad-place.example T")
    (folder / "a.log").write_bytes(log("conn", CONN, *flows))
    fields = "ts uid id.orig_h id.orig_p id.resp_h id.resp_p version server_name established"
    (folder / "b.log").write_bytes(log("ssl", fields, *hellos))
    return folder


def _eve(path: Path) -> Path:
    """The same flows, seen by another sensor whose clock is half a second off."""
    lines = []
    for n in range(80):
        t = _START + 30 * n + (n * 7919) % 7 - 1_699_920_000
        stamp = f"2023-11-14T{t // 3600:02}:{t // 60 % 60:02}:{t % 60:02}.900000+0000"
        flow = {"pkts_toserver": 6, "pkts_toclient": 5, "bytes_toserver": 644,
                "bytes_toclient": 370, "start": stamp, "end": stamp}  # fmt: skip
        event = {"timestamp": stamp, "flow_id": n, "event_type": "flow", "proto": "TCP",
                 "src_ip": "192.168.7.20", "src_port": 50_000 + n, "dest_ip": "203.0.113.66",
                 "dest_port": 443, "flow": flow}  # fmt: skip
        lines.append(json.dumps(event))
    path.write_text("\n".join([*lines, "{broken"]) + "\n")
    return path


def test_two_sensors_tell_one_story_and_each_line_is_accounted_for(
    tmp_path: Path, investigate: Investigate
) -> None:
    zeek, eve = _zeek(tmp_path / "zeek"), _eve(tmp_path / "eve.json")
    document = investigate(zeek, eve)
    kinds = {item["kind"]: item for item in document["evidence"]}
    assert set(kinds) == {"zeek-text", "eve"}
    assert kinds["eve"]["refused"] == {"not a JSON object": 1}
    assert kinds["eve"]["records"] == 81
    (beacon,) = [f for f in document["findings"] if f["detector"] == "c2_beaconing"]
    assert beacon["dst_names"] == ["cdn.bad-place.example"], "told by the other log"
    assert "80 times" in beacon["title"], "not 160: both sensors saw the same calls"
    for rows in beacon["evidence_rows"]:
        assert rows["frames"] == []
        assert rows["lines"]
        assert min(rows["lines"]) >= 9, "line numbers of the file, behind its header"
    assert {row["evidence_id"] for row in beacon["evidence_rows"]} <= {
        item["id"] for item in document["evidence"]
    }
    assert any("TTL" in note for note in document["not_seen"])
