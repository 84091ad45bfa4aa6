"""The parts that can be tried without a network: the line, the claims, the list of needs."""

from __future__ import annotations

import gzip
import io
import json
import os
import shutil
import struct
import tarfile
from pathlib import Path

import pytest
from lab.flows import Flow
from lab.line import far_end, travelled
from lab.truth import Claim, Diary, Entry, document

from lab import cage, record, world

PACKET = struct.pack(
    "!BBHHHBBH4s4s", 0x45, 0, 20, 1, 0, 64, 6, 0, bytes([10, 20, 1, 2]), bytes([192, 0, 2, 10])
)


def checksum(header: bytes) -> int:
    total = sum(struct.unpack(f"!{len(header) // 2}H", header))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return int(total)


def test_the_way_lowers_the_ttl_and_mends_the_checksum() -> None:
    moved = travelled(PACKET, 9)
    assert moved is not None
    assert moved[8] == 55
    assert checksum(moved) == 0xFFFF


def test_a_packet_with_too_few_hops_dies() -> None:
    assert travelled(PACKET[:8] + b"\x05" + PACKET[9:], 9) is None


def test_the_far_end_is_the_internet_side() -> None:
    assert far_end(PACKET, up=True) == bytes([192, 0, 2, 10])
    assert far_end(PACKET, up=False) == bytes([10, 20, 1, 2])
    assert far_end(b"\x45", up=True) is None


def flow(dst: str, port: int, first: float = 5.0, *queries: str) -> Flow:
    return Flow("udp", "10.20.1.142", 4000, dst, port, first, first + 1, 2, 99, set(queries))


def test_a_claim_holds_for_a_name_and_what_is_below_it() -> None:
    claim = Claim(port=53, name="t.example")
    assert claim.holds(flow("10.20.2.10", 53, 5.0, "x.t.example"))
    assert claim.holds(flow("10.20.2.10", 53, 5.0, "t.example"))
    assert not claim.holds(flow("10.20.2.10", 53, 5.0, "not.example", "xt.example"))


def test_a_flow_belongs_to_one_entry_and_to_its_time() -> None:
    diary = Diary()
    harmless = Entry("b", "look_alike", "", [Claim(port=53)], "office", [], malicious=False)
    diary.entries += [harmless, Entry("a", "beacon", "", [Claim(port=53)], "pc-042", ["ns-01"])]
    for entry, start, end in zip(diary.entries, (1.0, 4.0), (9.0, 6.0), strict=True):
        entry.start, entry.end = start, end
    seen = [flow("10.20.2.10", 53, 5.0), flow("10.20.2.10", 53, 7.0), flow("10.20.2.10", 80, 5.0)]
    told = document(diary, seen, {}, [], ["pc-042"])
    assert [len(entry["flows"]) for entry in (*told["actions"], *told["look_alikes"])] == [1, 1]
    assert told["actions"][0]["src"]["mac"] == world.BY_NAME["pc-042"].mac


def test_everything_missing_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda *_, **__: None)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    said = record.missing()
    assert said.startswith("root")
    assert "dnsmasq-base" in said
    assert "samba" in said


def test_the_cage_is_furnished_only_from_inside() -> None:
    with pytest.raises(RuntimeError, match="not in a cage"):
        cage.furnish()


def test_addresses_and_names_are_told_apart() -> None:
    ips = [machine.ip for machine in world.MACHINES] + [site.ip for site in world.SITES]
    assert len(ips) == len(set(ips))
    assert all(site.name.endswith(".example") for site in world.SITES)
    assert world.TOOL_SITE.name == next(site.name for site in world.SITES if site.hostile)


def test_the_result_comes_out_of_the_cage_whole(tmp_path: Path) -> None:
    stream = io.BytesIO()
    row = ["tcp", "10.20.1.142", 4000, "10.20.2.30", 22, "a", "b", 9, 99]
    told = {"capture": {"file": "demo.pcapng.gz"}, "actions": [{"flows": [row, row]}]}
    parts = {"demo.pcapng": b"raw", "truth.json": json.dumps(told).encode(), "logs/c2.log": b"hi"}
    with tarfile.open(fileobj=stream, mode="w") as tar:
        for name, data in parts.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    assert record.unpacked(stream.getvalue()) == parts
    record.publish(parts["demo.pcapng"], parts["truth.json"], tmp_path)
    assert gzip.decompress((tmp_path / "demo.pcapng.gz").read_bytes()) == b"raw"
    text = (tmp_path / "truth.json").read_text()
    assert json.loads(text)["capture"]["bytes"] == (tmp_path / "demo.pcapng.gz").stat().st_size
    assert [line.strip() for line in text.splitlines() if '"tcp"' in line] == [
        json.dumps(row) + ",",
        json.dumps(row),
    ]


def test_a_cage_that_gave_nothing_is_an_empty_result() -> None:
    assert record.unpacked(b"") == {}
