"""A small network, an incident in it, and its traffic, for the tests of planning."""

from __future__ import annotations

from datetime import timedelta

from netcordon.model.business import Business, VitalFlow
from netcordon.model.incident import Channel, Incident, Party
from netcordon.model.register import INTERNET, Boundary, EnforcementPoint, Register, Zone
from netcordon.model.severity import Severity
from tests.cases import evidence

START = evidence.START
PC, PC2, FILES = "10.1.0.5", "10.1.0.6", "10.2.0.7"
HOME, SECOND, PARTNER = "203.0.113.7", "198.51.100.20", "203.0.113.90"
JA4 = "t13d1516h2_8daaf6152771_02713d6af862"


def register(*vital: VitalFlow, capacity: int | None = None) -> Register:
    """Office and servers behind one border, a core between them."""
    return Register(
        home_nets=("10.0.0.0/8",),
        zones=(
            Zone(name="office", networks=("10.1.0.0/16",)),
            Zone(name="servers", networks=("10.2.0.0/16",)),
        ),
        boundaries=(
            Boundary(name="core", zones=("office", "servers"), points=("core-fw",)),
            Boundary(name="edge", zones=("office", INTERNET), points=("edge-fw", "resolver")),
        ),
        points=(
            EnforcementPoint(name="core-fw", actuator="nftables"),
            EnforcementPoint(name="edge-fw", actuator="nftables", capacity=capacity, owner="NOC"),
            EnforcementPoint(name="resolver", actuator="dns_rpz"),
        ),
        business=Business(vital_flows=vital),
    )


def channel(dst: str, port: int, *, src: str = PC, name: str | None = None) -> Channel:
    """One of the attacker's."""
    return Channel(
        src=src, dst=dst, dst_name=name, port=port, protocol="tls", purpose="command and control",
        first_seen_time=START, last_seen_time=START + timedelta(hours=1), finding_ids=("fnd-1",),
    )  # fmt: skip


def incident(*channels: Channel, victims: tuple[Party, ...] = ()) -> Incident:
    """With nothing but channels, and perhaps victims."""
    return Incident(
        id="inc-0123456789", title="t", summary="s", severity=Severity.HIGH, confidence=0.9,
        first_seen_time=START, last_seen_time=START, actors=(), victims=victims, pivots=(),
        channels=channels, techniques=(), kill_chain=(), card={}, finding_ids=("fnd-1",),
    )  # fmt: skip


def taken(ip: str = PC, **said: str) -> Party:
    """A host of ours under control."""
    known = {"mac": "02:00:00:00:00:05", "name": "PC-5", "user": "alice", **said}
    return Party(ip=ip, role="patient_zero", why="it beacons", internal=True, **known)


def calls(first: int, src: str, dst: str, port: int, times: list[float]) -> list[dict[str, object]]:
    """Flows of one pair; ``times`` in seconds after the start."""
    return [
        evidence._filled(
            "network_activity", first + n,
            {"uid": f"C{first + n}", "start_time": at, "src_ip": src,
             "dst_ip": dst, "dst_port": port},
        )
        for n, at in enumerate(times)
    ]  # fmt: skip


def hellos(flows: list[dict[str, object]], **said: object) -> list[dict[str, object]]:
    """What these flows said in TLS."""
    return [
        {"time": f["start_time"], "frame": n, "uid": f["uid"], "src_ip": f["src_ip"],
         "dst_ip": f["dst_ip"], "src_port": f["src_port"], "dst_port": f["dst_port"], **said}
        for n, f in enumerate(flows, 1)
    ]  # fmt: skip
