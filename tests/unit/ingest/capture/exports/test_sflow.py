"""Packets that sFlow sampled become flows that say how they were sampled."""

from __future__ import annotations

import random
import struct

from tests.unit.ingest.capture.exports.datagrams import read
from tests.unit.ingest.capture.exports.test_netflow import at
from tests.unit.ingest.capture.packets import (
    ACK,
    MAC_A,
    SYN,
    eth,
    icmp,
    ipv4,
    ipv6,
    tcp,
    udp,
)

CLIENT, SERVER = "10.1.0.5", "192.0.2.80"


def raw(frame: bytes, protocol: int = 1, wire: int = 1500) -> bytes:
    """A record with the header of a sampled packet."""
    body = struct.pack(">IIII", protocol, wire, 4, len(frame)) + frame + bytes(-len(frame) % 4)
    return struct.pack(">II", 1, len(body)) + body


def sample(*records: bytes, rate: int = 256, expanded: bool = False) -> bytes:
    """A flow sample."""
    head = (
        struct.pack(">IIIIIIIIIII", 7, 0, 3, rate, 9, 0, 0, 3, 0, 4, len(records))
        if expanded
        else struct.pack(">IIIIIIII", 7, 3, rate, 9, 0, 3, 4, len(records))
    )
    body = head + b"".join(records)
    return struct.pack(">II", 3 if expanded else 1, len(body)) + body


def counters() -> bytes:
    """A counter sample."""
    body = struct.pack(">III", 1, 3, 0)
    return struct.pack(">II", 2, len(body)) + body


def sflow(*samples: bytes, sequence: int = 1, agent: str | bytes = b"\x0a\0\0\x09") -> bytes:
    """A datagram of version 5."""
    kind = 1 if len(agent) == 4 else 2
    head = struct.pack(">II", 5, kind) + bytes(agent)  # type: ignore[arg-type]
    return head + struct.pack(">IIII", 0, sequence, 1000, len(samples)) + b"".join(samples)


def frame(sport: int, dport: int, flags: int, *, back: bool = False) -> bytes:
    """A TCP packet of either direction."""
    ends = (SERVER, CLIENT) if back else (CLIENT, SERVER)
    return eth(ipv4(tcp(sport, dport, flags, 1, 1, bytes(40)), 6, *ends))


def test_sampled_packets_of_a_connection_are_one_flow() -> None:
    found = read(
        sflow(
            sample(raw(frame(40000, 443, SYN))),
            counters(),
            sample(raw(frame(443, 40000, SYN | ACK, back=True)), rate=512, expanded=True),
            sample(raw(ipv4(udp(5000, 53, bytes(9)), 17, CLIENT, SERVER), protocol=11)),
        ),
        sflow(sample(raw(frame(40000, 443, ACK))), sequence=4),
        port=6343,
    )
    assert found.others[0]["service"] == "sflow"
    rows = {row["src_port"]: row for row in found.rows}
    row = rows[40000]
    assert (row["dst_port"], row["packets_out"], row["packets_in"]) == (443, 2, 1)
    assert (row["ip_bytes_out"], row["tcp_flags_out"], row["tcp_flags_in"]) == (160, 18, 18)
    assert (row["sampling_interval"], row["exporter"]) == (512, "10.0.0.9")
    assert (row["src_mac"], row["start_time"], row["flow_records"]) == (MAC_A, at(0), 3)
    assert (rows[5000]["protocol"], rows[5000]["packets_in"]) == ("udp", None)
    assert found.facts["sflow_lost_datagrams"] == 2
    assert found.facts["largest_sflow_sampling"] == 512


def test_other_families_replies_and_what_is_no_ip() -> None:
    six = eth(ipv6(udp(1, 53, bytes(8)), 17, "2001:db8::1", "2001:db8::2"), 0x86DD)
    found = read(
        sflow(
            sample(raw(six)),
            sample(raw(eth(ipv4(icmp(0), 1, SERVER, CLIENT)))),
            sample(raw(eth(bytes(40), 0x88CC)), struct.pack(">III", 9, 4, 0)),
            sample(raw(six, protocol=7)),
            agent=bytes(15) + b"\1",
        ),
    )
    rows = {row["src_ip"]: row for row in found.rows}
    assert set(rows) == {"2001:db8::1", CLIENT}
    assert (rows[CLIENT]["packets_in"], rows[CLIENT]["dst_ip"]) == (1, SERVER)
    assert rows[CLIENT]["exporter"] == "::1"
    assert found.codes == {"NC-224": 1}


def test_cut_and_bent_samples_are_harmless() -> None:
    chance = random.Random(9)
    sound = sflow(
        sample(raw(frame(1, 2, SYN)), rate=5), sample(raw(frame(3, 4, ACK)), expanded=True)
    )
    bent = []
    for _ in range(800):
        octets = bytearray(sound)
        for _ in range(chance.randrange(1, 5)):
            octets[chance.randrange(4, len(octets))] = chance.choice((0, 1, 3, 0x7F, 255))
        bent.append(bytes(octets[: chance.randrange(28, len(octets) + 1)]))
    found = read(sound, *bent)
    records = int(str(found.facts["sflow_records"]))
    assert sum(int(str(row["flow_records"])) for row in found.rows) == records > 100
