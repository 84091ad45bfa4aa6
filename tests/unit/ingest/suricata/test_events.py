"""What Suricata said is kept so that its ids, folders and order change nothing."""

from __future__ import annotations

import json
import random
from pathlib import Path

from netcordon.ingest.suricata.events import write_kept


def _said(flow_id: int, folder: str) -> list[str]:
    ends = {"src_ip": "192.0.2.1", "src_port": 4, "dest_ip": "192.0.2.2", "dest_port": 80}
    back = {"src_ip": "192.0.2.2", "src_port": 80, "dest_ip": "192.0.2.1", "dest_port": 4}
    shared = {
        "timestamp": "2024-05-06T07:08:09.000000+0000", "proto": "TCP", "flow_id": flow_id,
        "pcap_filename": f"{folder}/x.pcap", "flow": {"start": "2024-05-06T07:08:08.0+0000"},
    }  # fmt: skip
    events = [
        {**shared, **ends, "event_type": "alert", "alert": {"signature_id": 1}},
        {**shared, **back, "event_type": "anomaly", "anomaly": {"event": "x"}},
        {**shared, **ends, "event_type": "flow"},
        {**shared, **ends, "event_type": "alert", "timestamp": None},
    ]
    return [json.dumps(event) for event in events]


def test_the_same_events_give_the_same_bytes(tmp_path: Path) -> None:
    written = []
    for run in (1, 2):
        lines = [*_said(run * 77, f"/tmp/{run}"), "[1]", '{"event_type": "alert", "timest']
        random.Random(run).shuffle(lines)
        eve, out = tmp_path / f"{run}.json", tmp_path / f"{run}.kept"
        eve.write_text("\n".join(lines))
        assert write_kept(eve, out) == (2, False)
        written.append(out.read_bytes())
    assert written[0] == written[1]
    alert, anomaly = (json.loads(line) for line in written[0].splitlines())
    assert alert["flow_id"] == anomaly["flow_id"]
    assert "pcap_filename" not in alert


def test_nothing_said_is_an_empty_log(tmp_path: Path) -> None:
    assert write_kept(tmp_path / "missing", tmp_path / "out") == (0, False)
    assert (tmp_path / "out").read_bytes() == b""
