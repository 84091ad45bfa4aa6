"""Header rows of single packets, by the commands a person types."""

from __future__ import annotations

import csv
import io
import json
import struct
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.traffic import Recording, client_hello, dns_query, ethernet, ip, tcp

Investigate = Callable[..., dict[str, Any]]
Cli = Callable[..., subprocess.CompletedProcess[bytes]]
_FIELDS = {
    "frame": "frame.number", "time_ns": "frame.time_epoch", "wire_bytes": "frame.len",
    "captured_bytes": "frame.cap_len", "src_mac": "eth.src", "dst_mac": "eth.dst",
    "src_ip": "ip.src", "dst_ip": "ip.dst", "ttl": "ip.ttl", "tcp_flags": "tcp.flags",
    "tcp_seq": "tcp.seq_raw", "tcp_ack": "tcp.ack_raw", "window": "tcp.window_size_value",
}  # fmt: skip


def echo(kind: int) -> bytes:
    return struct.pack(">BBHHH", kind, 0, 0, 7, 1) + b"ping"


@pytest.fixture
def capture(tmp_path: Path) -> Path:
    """A beacon, names, an echo with its reply, GRE, ARP, and what is no IP at all."""
    recording = Recording()
    for n in range(60):
        recording.now_us += 20_000_000
        turns = [(True, client_hello(b"cdn.bad-place.example")), (False, b"\x17\x03\x03\0 " * 90)]
        recording.session("192.168.7.20", "203.0.113.66", 50_000 + n, 443, turns)
        recording.datagram("192.168.7.21", "192.168.7.1", 40_000 + n, 53, dns_query(b"a.example"))
    recording.add(ethernet(ip("192.168.7.20", "192.168.7.9", 1, echo(8))))
    recording.add(ethernet(ip("192.168.7.9", "192.168.7.20", 1, echo(0))))
    inner = ip("10.9.0.1", "10.9.0.2", 6, tcp(1234, 80, 5, 0, 2))
    recording.add(
        ethernet(ip("192.168.7.3", "192.168.7.4", 47, struct.pack(">HH", 0, 0x800) + inner))
    )
    arp = struct.pack(">HHBBH", 1, 0x0800, 6, 4, 1) + bytes(20)
    recording.add(ethernet(arp, 0x0806))
    recording.add(ethernet(b"anything at all" * 4, 0x88CC))
    path = tmp_path / "evil name\x1b.pcap"
    path.write_bytes(recording.pcap())
    return path


def listed(cli: Cli, *arguments: str) -> list[dict[str, Any]]:
    done = cli("packets", *arguments, "-w", "case", "--format", "json")
    assert done.returncode == 0, done.stderr
    rows: list[dict[str, Any]] = json.loads(done.stdout)
    return rows


@pytest.mark.engines
def test_rows_are_what_tshark_reads(
    capture: Path, investigate: Investigate, cli: Cli, engine_program: Callable[[str], str]
) -> None:
    investigate(capture)
    fields = [part for field in _FIELDS.values() for part in ("-e", field)]
    read = subprocess.run(
        [engine_program("tshark"), "-r", str(capture), "-T", "fields", "-E", "occurrence=f",
         "-E", "separator=;", *fields],
        capture_output=True, check=True,
    )  # fmt: skip
    outer: dict[int, dict[str, Any]] = {}
    rows = listed(cli, "--filter", "frame 1-999999")
    for row in rows:
        outer.setdefault(row["frame"], row)
    lines = read.stdout.decode().splitlines()
    assert len(lines) == len(outer) == len(rows) - 1
    for line in lines:
        theirs = dict(zip(_FIELDS, line.split(";"), strict=True))
        row = outer[int(theirs["frame"])]
        theirs["time_ns"] = theirs["time_ns"].replace(".", "")
        if theirs["tcp_flags"]:
            theirs["tcp_flags"] = str(int(theirs["tcp_flags"], 16))
        if row["protocol"] == "gre":  # tshark goes on into the tunnel and names its TCP header
            theirs |= dict.fromkeys(("tcp_flags", "tcp_seq", "tcp_ack", "window"), "")
        ours = {name: "" if row[name] is None else str(row[name]) for name in _FIELDS}
        assert ours == theirs


def test_every_packet_names_its_flow(capture: Path, investigate: Investigate, cli: Cli) -> None:
    investigate(capture)
    counts: dict[str | None, int] = {}
    rows = listed(cli, "--filter", "frame 1-999999")
    for row in rows:
        counts[row["uid"]] = counts.get(row["uid"], 0) + 1
    done = cli("sql", "SELECT uid, packets_out + packets_in AS n FROM network_activity",
               "-w", "case", "--format", "json")  # fmt: skip
    flows = {row["uid"]: row["n"] for row in json.loads(done.stdout)}
    assert counts.pop(None) == 2
    assert counts == flows
    request, reply, outer, inner, arp, other = rows[-6:]
    assert (request["src_ip"], request["src_port"]) == ("192.168.7.20", 8)
    assert (reply["src_ip"], reply["src_port"], reply["dst_port"]) == ("192.168.7.9", 0, 0)
    assert request["uid"] == reply["uid"]
    assert outer["frame"] == inner["frame"]
    assert (outer["src_port"], inner["src_port"], inner["dst_port"]) == (None, 1234, 80)
    assert inner["src_ip"] == "10.9.0.1"
    assert (arp["protocol"], arp["src_ip"], arp["not_decoded"]) == (None, None, None)
    assert other["not_decoded"] == "lldp"
    assert listed(cli, "--filter", "proto gre") == [outer, inner]


def test_findings_limits_and_formats(capture: Path, investigate: Investigate, cli: Cli) -> None:
    document = investigate(capture)
    finding = next(f for f in document["findings"] if f["detector"] == "c2_beaconing")
    assert len(listed(cli, finding["id"])) == 60 * 10
    shown = listed(cli, finding["id"], "--frames-only")
    assert {row["frame"] for row in shown} == {
        n for r in finding["evidence_rows"] for n in r["frames"]
    }
    done = cli("packets", "--filter", "udp", "-w", "case", "--limit", "7", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(done.stdout.decode())))
    assert [row["protocol"] for row in rows] == ["udp"] * 7
    assert b"There are more" in done.stderr
    whole = cli("packets", "--filter", "udp", "-w", "case")
    assert b"(60 rows)" in whole.stdout
    assert not whole.stderr
    none = cli("packets", "--filter", "host 1.2.3.4", "-w", "case")
    assert b"(0 rows)" in none.stdout
    assert none.returncode == 0
    assert cli("packets", "-w", "case").returncode == 2
    assert cli("packets", "f-000000000000", "-w", "case").returncode == 2
    assert b"NC-706" in cli("packets", "--filter", "udp andd", "-w", "case").stderr
