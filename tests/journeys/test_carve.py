"""Packets back out of evidence, by the commands a person types."""

from __future__ import annotations

import gzip
import hashlib
import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.traffic import Recording, client_hello, dns_query

Investigate = Callable[..., dict[str, Any]]
Cli = Callable[..., subprocess.CompletedProcess[bytes]]
_FIELDS = ("frame.time_epoch", "frame.len", "frame.cap_len", "frame.protocols", "data.data")


@pytest.fixture
def capture(tmp_path: Path) -> Path:
    """Two hosts, some names, some sessions; cut to 200 octets a packet."""
    recording = Recording()
    for n in range(300):
        recording.now_us += 20_000_000
        turns = [(True, client_hello(b"cdn.bad-place.example")), (False, b"\x17\x03\x03\0 " * 90)]
        recording.session("192.168.7.20", "203.0.113.66", 50_000 + n, 443, turns)
        recording.datagram("192.168.7.21", "192.168.7.1", 40_000 + n, 53, dns_query(b"a.example"))
    path = tmp_path / "evil name\x1b.pcap"
    path.write_bytes(recording.pcap(snaplen=200))
    return path


@pytest.fixture
def read(engine_program: Callable[[str], str]) -> Callable[..., list[str]]:
    """What tshark reads of a capture, a line a frame."""
    program = engine_program("tshark")

    def run(path: Path, *options: str) -> list[str]:
        fields = [part for field in _FIELDS for part in ("-e", field)]
        done = subprocess.run(
            [program, "-r", str(path), "-T", "fields", *fields, *options],
            capture_output=True, check=True,
        )  # fmt: skip
        return done.stdout.decode().splitlines()

    return run


@pytest.mark.engines
@pytest.mark.parametrize("is_packed", [False, True])
def test_a_slice_of_everything_is_the_parent(
    is_packed: bool, capture: Path, investigate: Investigate, cli: Cli,
    read: Callable[..., list[str]], tmp_path: Path,
) -> None:  # fmt: skip
    evidence = capture
    if is_packed:
        evidence = tmp_path / "packed.gz"
        evidence.write_bytes(gzip.compress(capture.read_bytes()))
    sha256 = investigate(evidence)["evidence"][0]["sha256"]
    out = tmp_path / "all.pcapng"
    done = cli("carve", "--filter", "frame 1-999999", "-w", "case", "-o", str(out), "--json")
    assert done.returncode == 0, done.stderr
    shown = json.loads(done.stdout)
    assert read(out) == read(capture)
    assert shown["frames"] == len(read(capture))
    assert shown["sha256"] == hashlib.sha256(out.read_bytes()).hexdigest()
    assert sha256.encode() in out.read_bytes()[:400]
    assert b"\x1b" not in out.read_bytes()[:400]
    assert out.stat().st_mode & 0o777 == 0o600


@pytest.mark.engines
def test_a_filter_chooses_what_tshark_chooses(
    capture: Path, investigate: Investigate, cli: Cli, read: Callable[..., list[str]],
    tmp_path: Path,
) -> None:  # fmt: skip
    investigate(capture)
    for n, (ours, theirs) in enumerate(
        (
            ("host 192.168.7.21 and udp", "ip.addr == 192.168.7.21 && udp"),
            ("src host 203.0.113.66 and port 50000-50003",
             "ip.src == 203.0.113.66 && tcp.dstport in {50000..50003}"),
            ("not net 192.168.7.20/31 or frame 7",
             "!(ip.addr == 192.168.7.20/31) || frame.number == 7"),
        )
    ):  # fmt: skip
        out = tmp_path / f"{n}.pcapng"
        if not read(capture, "-Y", theirs):
            continue
        done = cli("carve", "--filter", ours, "-w", "case", "-o", str(out))
        assert done.returncode == 0, done.stderr
        assert read(out) == read(capture, "-Y", theirs)


def test_the_flows_of_a_finding_come_whole_and_its_frames_alone(
    capture: Path, investigate: Investigate, cli: Cli, tmp_path: Path
) -> None:
    document = investigate(capture)
    finding = next(f for f in document["findings"] if f["detector"] == "c2_beaconing")
    sizes = {}
    for name, options in (("flows", ()), ("frames", ("--frames-only",))):
        out = tmp_path / f"{name}.pcapng"
        done = cli("carve", finding["id"], "-w", "case", "-o", str(out), "--json", *options)
        assert done.returncode == 0, done.stderr
        sizes[name] = json.loads(done.stdout)["frames"]
    assert sizes["frames"] == len({n for r in finding["evidence_rows"] for n in r["frames"]})
    assert sizes["flows"] == 300 * 10  # handshake, both turns, close
    incident = document["incidents"][0]["id"]
    assert cli("carve", incident, "-w", "case", "-o", str(tmp_path / "i.pcapng")).returncode == 0


def test_verify_knows_slices_and_notices_a_changed_one(
    capture: Path, investigate: Investigate, cli: Cli, tmp_path: Path
) -> None:
    investigate(capture)
    out = tmp_path / "dns.pcapng"
    assert cli("carve", "--filter", "port 53", "-w", "case", "-o", str(out)).returncode == 0
    assert b"1 exported file" in cli("verify", "-w", "case").stdout
    out.write_bytes(out.read_bytes()[:-4] + b"oops")
    changed = cli("verify", "-w", "case")
    assert changed.returncode == 1
    assert b"dns.pcapng" in changed.stdout
    out.unlink()  # given away: that is what it was made for
    assert cli("verify", "-w", "case").returncode == 0


def test_nothing_is_written_when_something_is_wrong(
    capture: Path, investigate: Investigate, cli: Cli, tmp_path: Path
) -> None:
    investigate(capture)
    out = tmp_path / "out.pcapng"
    whole = capture.read_bytes()

    def refused(*arguments: str) -> str:
        before = sorted(tmp_path.iterdir())
        done = cli("carve", *arguments, "-w", "case", "-o", str(out), "--json")
        assert sorted(tmp_path.iterdir()) == before
        error: str = json.loads(done.stdout)["error"]["code"]
        return error

    assert refused("f-000000000000") == "NC-702"
    assert refused("--filter", "host 1.2.3.4") == "NC-705"
    assert refused("--filter", "host 1.2.3.4 andd") == "NC-706"
    assert refused("--filter", "udp", "--frames-only") == "NC-002"
    capture.write_bytes(whole[:5000] + bytes([whole[5000] ^ 1]) + whole[5001:])
    assert refused("--filter", "udp") == "NC-704"
    capture.unlink()
    assert refused("--filter", "udp") == "NC-703"
    capture.write_bytes(whole)
    out.write_bytes(b"mine")
    assert refused("--filter", "udp") == "NC-701"
    assert out.read_bytes() == b"mine"
