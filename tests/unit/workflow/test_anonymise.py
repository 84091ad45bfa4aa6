"""Captures and tables for others: the whole way, and what other programs read of them."""

from __future__ import annotations

import csv
import ipaddress
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests import traffic
from tests.journeys.in_process import run

_DEMO = Path(__file__).parents[3] / "lab" / "demo" / "demo.pcapng.gz"
_FRAMES = 2_000
_PLAIN = ("frame.time_epoch", "frame.len", "frame.cap_len", "ip.ttl", "tcp.srcport", "tcp.dstport",
          "udp.srcport", "tcp.seq_raw", "tcp.flags", "dns.qry.type", "dns.flags.rcode")  # fmt: skip
_NAMING = ("ip.src", "ip.dst", "ipv6.src", "ipv6.dst", "eth.src", "eth.dst", "arp.src.proto_ipv4",
           "dns.qry.name", "dns.a", "dns.aaaa", "tls.handshake.extensions_server_name")  # fmt: skip
_SUMS = ("ip.checksum.status", "tcp.checksum.status", "udp.checksum.status",
         "icmp.checksum.status", "icmpv6.checksum.status")  # fmt: skip


def _fields(path: Path, fields: tuple[str, ...]) -> list[list[str]]:
    checks = [f"-o{name}.check_checksum:TRUE" for name in ("ip", "tcp", "udp")]
    wanted = [part for field in fields for part in ("-e", field)]
    done = subprocess.run(
        ["tshark", "-r", path, "-Tfields", "-Eseparator=;", *checks, *wanted],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [line.split(";") for line in done.stdout.splitlines()]


@pytest.mark.engines
def test_other_programs_read_the_same_traffic_of_other_people(
    tmp_path: Path, engine_program: Callable[[str], str]
) -> None:
    engine_program("tshark")
    head = tmp_path / "head.pcapng"
    subprocess.run(["editcap", "-r", _DEMO, head, f"1-{_FRAMES}"], check=True, capture_output=True)
    copy = tmp_path / "copy.pcapng"
    made = run(tmp_path, "evidence", "anonymise", str(head), "-o", str(copy),
               "--key-file", str(tmp_path / "key"))["anonymised"]  # fmt: skip
    assert (made["rows"], made["left_out"], made["key_is_new"]) == (_FRAMES, {}, True)
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600

    all_ = (*_PLAIN, *_NAMING, *_SUMS)
    before, after = _fields(head, all_), _fields(copy, all_)
    count = len(_PLAIN)
    assert [row[:count] for row in after] == [row[:count] for row in before]
    for row in after:
        assert "0" not in ",".join(row[-len(_SUMS) :]).split(",")  # 0: bad

    # One pseudonym for each, everywhere; and nothing of the ones before.
    pseudonyms: dict[str, str] = {}
    for old, new in zip(before, after, strict=True):
        for place in range(count, count + len(_NAMING)):
            for a, b in zip(old[place].split(","), new[place].split(","), strict=True):
                assert pseudonyms.setdefault(a, b) == b, all_[place]
    assert len(set(pseudonyms.values())) == len(pseudonyms)
    raw = copy.read_bytes()
    changed = 0
    for old_text, new_text in pseudonyms.items():
        if old_text == new_text:
            continue  # groups, and public suffixes
        changed += 1
        for wire in _wires(old_text):
            assert wire not in raw, old_text
    assert changed > 20


def _wires(text: str) -> list[bytes]:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        pass
    else:
        return [address.packed] if address.version == 6 else []  # four octets meet by chance
    if re.fullmatch("(?:[0-9a-f]{2}:){5}[0-9a-f]{2}", text):
        return [bytes.fromhex(text.replace(":", ""))]
    labels = [label for label in text.encode().split(b".") if len(label) > 5]
    return labels[-2:-1]


def test_the_key_decides_and_the_journal_knows(tmp_path: Path) -> None:
    recording = traffic.Recording()
    frame = traffic.ethernet(traffic.ip("198.51.100.7", "203.0.113.9", 17, traffic.udp(1, 2, b"x")))
    recording.frames.append((traffic.START_US, frame))
    capture = tmp_path / "c.pcap"
    capture.write_bytes(recording.pcap())

    def anonymise(out: str, key: str, *more: str) -> dict[str, Any]:
        return run(tmp_path / "ws", "evidence", "anonymise", str(capture), "-o",
                   str(tmp_path / out), "--key-file", str(tmp_path / key), *more)  # fmt: skip

    first = anonymise("1.pcapng", "k1")["anonymised"]
    assert first["evidence_ids"] == []
    run(tmp_path / "ws", "evidence", "seal", str(capture), "--collector", "Ida")
    again = anonymise("2.pcapng", "k1")["anonymised"]
    assert (again["sha256"], again["key_is_new"]) == (first["sha256"], False)
    assert len(again["evidence_ids"]) == 1
    assert anonymise("3.pcapng", "k2")["anonymised"]["sha256"] != first["sha256"]
    (item,) = run(tmp_path / "ws", "evidence", "custody")["evidence"]
    assert "anonymised copy" in item["events"][-1]["said"]

    assert anonymise("1.pcapng", "k1")["error"]["code"] == "NC-701"
    (tmp_path / "k1").chmod(0o644)
    assert anonymise("4.pcapng", "k1")["error"]["why"] == "others may read it"
    assert anonymise("4.pcapng", "c.pcap")["error"]["code"] == "NC-551"
    capture.write_bytes(b"no capture at all, but long enough to be one")
    assert anonymise("4.pcapng", "k2")["error"]["code"] == "NC-103"
    assert not (tmp_path / "4.pcapng").exists()


def test_frames_that_nobody_can_rewrite_are_left_out_and_counted(tmp_path: Path) -> None:
    recording = traffic.Recording()
    recording.frames.append((traffic.START_US, b"\0\0\x08\0" + bytes(20)))
    capture = bytearray(recording.pcap())
    capture[20:24] = (127).to_bytes(4, "little")
    (tmp_path / "wifi.pcap").write_bytes(capture)
    made = run(tmp_path, "evidence", "anonymise", str(tmp_path / "wifi.pcap"), "-o",
               str(tmp_path / "o"), "--key-file", str(tmp_path / "k"))["anonymised"]  # fmt: skip
    assert (made["rows"], made["left_out"]) == (0, {"127": 1})


_TABLE = [
    ["start_time", "src_ip", "dst_ip", "src_mac", "protocol", "dst_port", "server_name", "user",
     "note", "net"],
    ["2026-11-21T21:32:05.123456Z", "198.51.100.7", "2001:db8::9", "00:11:22:33:44:55", "tcp",
     "443", "api.brightwater.example", "j.ortega", "called j.ortega, said \"yes\"", "10.0.0.0/8"],
    ["2026-11-21T21:32:06Z", "198.51.100.8", "", "", "udp", "53", "-", "j.ortega", "", ""],
]  # fmt: skip


def test_a_table_keeps_what_says_nothing_of_anybody(tmp_path: Path) -> None:
    with (tmp_path / "t.csv").open("w", newline="") as file:
        csv.writer(file).writerows(_TABLE)
    said = ("-o", str(tmp_path / "o.csv"), "--key-file", str(tmp_path / "k"))
    made = run(tmp_path, "evidence", "anonymise", str(tmp_path / "t.csv"), *said)["anonymised"]
    assert (made["rows"], made["unit"]) == (2, "row")
    assert made["replaced"] == [
        "src_ip", "dst_ip", "src_mac", "server_name", "user", "note",
    ]  # fmt: skip
    with (tmp_path / "o.csv").open(newline="") as file:
        head, one, two = csv.reader(file)
    assert head == _TABLE[0]
    for row, was in ((one, _TABLE[1]), (two, _TABLE[2])):
        assert [row[i] for i in (0, 4, 5, 9)] == [was[i] for i in (0, 4, 5, 9)]
    assert one[1].rsplit(".", 1)[0] == two[1].rsplit(".", 1)[0]
    assert one[7] == two[7] != "j.ortega"
    assert len(one[6]) == len("api.brightwater.example")
    assert not {"j.ortega", "brightwater", "yes"} & set(re.split(r"\W+", " ".join(one)))

    (tmp_path / "t.csv").write_text("a,b\n1\n")
    said = ("-o", str(tmp_path / "p.csv"), "--key-file", str(tmp_path / "k"))
    error = run(tmp_path, "evidence", "anonymise", str(tmp_path / "t.csv"), *said)["error"]
    assert (error["code"], error["why"]) == ("NC-552", "line 2 has 1 cells, not 2")
