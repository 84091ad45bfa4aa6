"""Logs of a family are one in the views; what two sensors saw counts once; places stay true."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from netcordon.evidence.recognise import recognise
from netcordon.model.log_set import LogSet, places
from netcordon.model.parser import WHOLE
from netcordon.tables.engine import Engine
from netcordon.tables.lake import Lake
from tests.unit.ingest.text.logs import Source
from tests.unit.ingest.zeek.test_text_log import CONN, log
from tests.unit.tables.rows import batch

FLOW = "{t} {uid} 192.0.2.1 4000 198.51.100.2 80 tcp http 1.0 10 20 SF - 0 ShADdFf 5 300 5 400 -"
HTTP = "{t} {uid} 192.0.2.1 4000 198.51.100.2 80 GET site.example /a 200"


def keep(lake: Lake, evidence_id: str, data: bytes) -> None:
    staging = lake.stage()
    recognised = recognise(data)
    assert recognised
    recognised.parser.parse(Source(data), staging, lambda _: None, WHOLE)
    lake.commit(staging, evidence_id)


def conn(*flows: tuple[str, str]) -> bytes:
    return log("conn", CONN, *(FLOW.format(t=t, uid=uid) for t, uid in flows))


def http(*requests: tuple[str, str]) -> bytes:
    fields = "ts uid id.orig_h id.orig_p id.resp_h id.resp_p method host uri status_code"
    return log("http", fields, *(HTTP.format(t=t, uid=uid) for t, uid in requests))


def capture(lake: Lake, evidence_id: str, starts: Sequence[float]) -> None:
    staging = lake.stage()
    flows = [
        {"uid": f"P{i}", "start_time": int(t * 1e6), "end_time": int(t * 1e6) + 500_000,
         "src_ip": "192.0.2.1", "src_port": 4000, "dst_ip": "198.51.100.2", "dst_port": 80,
         "protocol": "tcp", "first_frame": i + 1}
        for i, t in enumerate(starts)
    ]  # fmt: skip
    staging.append("network_activity", batch("network_activity", flows))
    lake.commit(staging, evidence_id)


def test_rows_of_several_logs_meet_by_the_flow_they_belong_to(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    keep(lake, "ev-b", http(("10.5", "C1"), ("20.5", "C2")))
    keep(lake, "ev-a", conn(("10.0", "C1"), ("20.0", "C2")))
    joined = (
        "SELECT f.uid, evidence_of(h.evidence_id, 'http_activity', h.frame) AS evidence "
        "FROM network_activity f JOIN http_activity h USING (uid, evidence_id) GROUP BY ALL "
        "ORDER BY f.uid"
    )
    with Engine(lake, ["ev-a", "ev-b"]) as engine:
        assert engine.query(joined) == [], "each file by itself unless they are asked for as one"
    with Engine(lake, ["ev-a", "ev-b"], logs_as_one=True) as engine:
        rows = engine.query(joined)
        assert [row["uid"] for row in rows] == ["C1", "C2"]
        place = {"evidence_id": "ev-b", "table": "http_activity", "frame": 9}
        assert rows[0]["evidence"] == [place]
        (flow,) = engine.query(
            "SELECT evidence_id, first_frame FROM network_activity WHERE uid = 'C2'"
        )
        assert isinstance(flow["evidence_id"], LogSet)
        assert places(flow["evidence_id"], [flow["first_frame"]]) == {"ev-a": [10]}  # type: ignore[list-item]
        name, frames = engine.as_seen("ev-a", [10])
        found = engine.query(
            "SELECT uid FROM network_activity WHERE evidence_id = $id "
            "AND list_contains($frames, first_frame)",
            {"id": name, "frames": frames},
        )
        assert found == [{"uid": "C2"}]


def test_a_flow_that_a_capture_and_a_log_saw_counts_once(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    capture(lake, "ev-p", [10.2])
    keep(lake, "ev-a", conn(("10.0", "C1"), ("200.0", "C2")))
    keep(lake, "ev-b", http(("10.5", "C1"), ("200.5", "C2")))
    with Engine(lake, ["ev-p", "ev-a", "ev-b"], logs_as_one=True) as engine:
        flows = engine.query("SELECT uid FROM network_activity ORDER BY uid")
        assert [row["uid"] for row in flows] == ["C2", "P0"], "later, on the same ports: another"
        assert engine.query("SELECT uid FROM http_activity") == [{"uid": "C2"}]


PACKET = (
    "<4>2024-05-06T07:08:{second}Z {device} kernel: DROP IN=eth1 OUT= SRC=192.0.2.1 "
    "DST=198.51.100.2 LEN=44 TTL=38 PROTO=TCP SPT={port} DPT=80 SYN"
)


def packets(*told: tuple[str, str, int]) -> bytes:
    lines = [PACKET.format(second=s, device=device, port=port) for s, device, port in told]
    return "".join(f"{line}\n" for line in lines).encode()


def test_a_flow_that_two_firewalls_tell_of_counts_once(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    # Each sends the packet twice; the second firewall's clock is a second behind.
    keep(lake, "ev-a", packets(("09", "edge", 4000), ("10", "edge", 4000), ("30", "edge", 4001)))
    keep(lake, "ev-b", packets(("10", "core", 4000), ("11", "core", 4000), ("50", "core", 4001)))
    with Engine(lake, ["ev-a", "ev-b"], logs_as_one=True) as engine:
        flows = engine.query(
            "SELECT src_port, second(start_time) AS s FROM network_activity ORDER BY ALL"
        )
    found = [(row["src_port"], row["s"]) for row in flows]
    assert found[1:] in ([(4000, 10), (4001, 30), (4001, 50)], [(4000, 11), (4001, 30), (4001, 50)])
    assert len(found) == 4, "two packets, each seen by both; and two that are no repetition"


LOGIN = (
    "<38>2024-05-06T07:08:{i:02d}Z {host} sshd[{i}]: Failed password for root "
    "from 192.0.2.1 port 4{i:03d} ssh2"
)


def logins(*numbers: int, host: str = "app") -> bytes:
    return "".join(LOGIN.format(i=i, host=host) + "\n" for i in numbers).encode()


@pytest.mark.parametrize(
    ("logs", "count", "why"),
    [
        ([logins(*range(8)), logins(*range(4, 12))], 12, "a rotated log and its successor"),
        ([logins(*range(8)), b"\n" + logins(*range(8))], 8, "the same log under two names"),
        ([logins(1, 1, 1, 2, 3), logins(1, 2, 3, 1, 2)], 6, "as many as one log holds, no fewer"),
        (
            [logins(*range(8)), logins(*range(8), host="db") + logins(*range(8))],
            16,
            "a log and that of a collector of several hosts",
        ),
        ([logins(*range(8)), logins(*range(8), host="db")], 16, "two hosts"),
        ([logins(*range(0, 30, 2), 9, 19), logins(*range(1, 30, 2), 8, 18)], 34, "by chance"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_line_that_two_logs_hold_counts_once(
    tmp_path: Path, logs: list[bytes], count: int, why: str
) -> None:
    lake = Lake(tmp_path)
    for number, data in enumerate(logs):
        keep(lake, f"ev-{number}", data)
    ids = [f"ev-{number}" for number in range(len(logs))]
    with Engine(lake, ids, logs_as_one=True) as engine:
        rows = engine.query("SELECT time, src_ip FROM authentication")
    assert len(rows) == count, why
    with Engine(lake, ids) as engine:
        (each,) = engine.query("SELECT count(*) AS n FROM authentication")
    assert each["n"] == sum(data.count(b"sshd") for data in logs), "nothing leaves the tables"


def test_of_two_logs_the_family_that_says_more_counts(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    flow = {
        "timestamp": "2024-05-06T07:08:10.000000+0000", "event_type": "flow", "flow_id": 7,
        "src_ip": "192.0.2.1", "src_port": 4000, "dest_ip": "198.51.100.2", "dest_port": 80,
        "proto": "TCP", "flow": {
            "pkts_toserver": 1, "pkts_toclient": 0, "bytes_toserver": 60, "bytes_toclient": 0,
            "start": "2024-05-06T07:08:10.000000+0000", "end": "2024-05-06T07:08:10.000000+0000",
        },
    }  # fmt: skip
    keep(lake, "ev-a", packets(("09", "edge", 4000)))
    keep(lake, "ev-b", json.dumps(flow).encode() + b"\n")
    with Engine(lake, ["ev-a", "ev-b"], logs_as_one=True) as engine:
        (row,) = engine.query("SELECT evidence_id FROM network_activity")
    assert row["evidence_id"] == "logs-eve"


def test_a_flow_that_devices_report_counts_once_and_packets_count_more(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    ends = {"src_ip": "192.0.2.1", "dst_ip": "198.51.100.2", "dst_port": 80, "protocol": "tcp"}

    def row(
        uid: str, port: int, exporter: str | None, rate: int | None = None
    ) -> dict[str, object]:
        times = {"start_time": 10_000_000, "end_time": 11_000_000}
        return {**ends, **times, "uid": uid, "src_port": port, "exporter": exporter,
                "sampling_interval": rate, "first_frame": 1}  # fmt: skip

    flows = [
        row("P1", 1, None), row("A1", 1, "a"), row("B1", 1, "b"),
        row("A2", 2, "a", 64), row("B2", 2, "b"), row("A3", 3, "a", 64),
    ]  # fmt: skip
    staging = lake.stage()
    staging.append("network_activity", batch("network_activity", flows))
    lake.commit(staging, "ev-p")
    with Engine(lake, ["ev-p"], logs_as_one=True) as engine:
        found = engine.query("SELECT uid FROM network_activity ORDER BY uid")
        assert [one["uid"] for one in found] == ["A3", "B2", "P1"]
    with Engine(lake, ["ev-p"]) as engine:
        (count,) = engine.query("SELECT count(*) AS n FROM network_activity")
        assert count["n"] == len(flows)
