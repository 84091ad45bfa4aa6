"""An alert is told its flow by ends and ports, and by time where ports were used again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from netcordon.rehearsal.suricata import Seen
from netcordon.rehearsal.which_flow import FlowsByEnds

START = datetime(2026, 9, 21, tzinfo=UTC)


def flow(uid, at_s, protocol="tcp"):
    begins = (START + timedelta(seconds=at_s)).replace(tzinfo=None)
    return {
        "uid": uid, "src_ip": "10.0.0.1", "src_port": 5000, "dst_ip": "192.0.2.1",
        "dst_port": 443, "protocol": protocol, "start_time": begins,
        "end_time": begins + timedelta(seconds=5),
    }  # fmt: skip


def alert(at_s, back=False, protocol="tcp"):
    ends = ("10.0.0.1", 5000, "192.0.2.1", 443)
    src, sport, dst, dport = ends[2:] + ends[:2] if back else ends
    return Seen(
        time=START + timedelta(seconds=at_s), src_ip=src, src_port=sport,
        dst_ip=dst, dst_port=dport, protocol=protocol,
    )  # fmt: skip


def uids(found):
    return [each["uid"] for each in found]


def test_either_direction_is_the_flow():
    known = FlowsByEnds([flow("C1", 0), flow("C2", 0, "udp")])
    assert uids(known.of(alert(2))) == ["C1"]
    assert uids(known.of(alert(2, back=True, protocol="udp"))) == ["C2"]
    assert uids(known.of(alert(2, protocol="icmp"))) == []


def test_time_tells_uses_of_one_port_apart():
    known = FlowsByEnds([flow("C1", 0), flow("C2", 100), flow("C3", 103)])
    assert uids(known.of(alert(4))) == ["C1"]
    assert uids(known.of(alert(104))) == ["C2", "C3"]
    assert uids(known.of(alert(50))) == ["C1", "C2", "C3"]
