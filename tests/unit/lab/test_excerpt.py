"""An excerpt loses payload and nothing else, and says how much."""

from __future__ import annotations

import gzip
import hashlib
import json
import struct
from pathlib import Path

import pytest
from lab.capture_file import Frame, frames, pcapng
from lab.flows import flows

from lab import excerpt

PAYLOAD = b"x" * 1000


def _frame(src: int, sport: int, dport: int, payload: bytes, number: int = 6) -> bytes:
    inner = struct.pack("!HH", sport, dport)
    inner += bytes(8) + b"\x50" + bytes(7) if number == 6 else bytes(4)
    body = inner + payload
    header = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(body), 0, 0, 64, number, 0)
    ends = bytes([10, 0, 0, src, 10, 0, 0, 3 - src])
    return bytes(12) + b"\x08\x00" + header + ends + body


def _packets() -> list[Frame]:
    out = [_frame(1, 4000, 443, PAYLOAD) for _ in range(5)]
    back = [_frame(2, 443, 4000, b"") for _ in range(5)]
    clear = [_frame(1, 4000, 445, PAYLOAD) for _ in range(2)]
    asked = [_frame(1, 443, 53, PAYLOAD, 17)]
    arp = bytes(12) + b"\x08\x06" + bytes(28)
    every = [*out, *back, *clear, *asked, arp]
    return [Frame(10.0 + n, data, len(data)) for n, data in enumerate(every)]


def test_ciphertext_keeps_its_first_bytes_and_all_keep_their_headers() -> None:
    packets = _packets()
    kept = list(excerpt.cut(packets, 2000))
    assert [len(a.data) - len(b.data) for a, b in zip(packets, kept, strict=True)] == (
        [0, 0, 1000, 1000, 1000] + [0] * 9
    )
    assert [(f.time, f.wire_bytes) for f in kept] == [(f.time, f.wire_bytes) for f in packets]


def test_a_later_fragment_is_left_alone() -> None:
    whole = bytearray(_frame(1, 4000, 443, PAYLOAD))
    whole[21] = 1
    packet = Frame(1.0, bytes(whole), len(whole))
    assert list(excerpt.cut([packet, packet], 0)) == [packet, packet]


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    raw = pcapng(_packets(), 262144, "span0", 14, 0)
    capture = {
        "file": "full.pcapng.gz", "packets": 14, "dropped": 0, "snaplen": 262144,
        "sha256_uncompressed": hashlib.sha256(raw).hexdigest(),
    }  # fmt: skip
    (tmp_path / "full.pcapng.gz").write_bytes(gzip.compress(raw))
    (tmp_path / "truth.json").write_text(json.dumps({"capture": capture}))
    return tmp_path


def test_the_truth_says_what_was_cut_and_of_what(recording: Path, tmp_path: Path) -> None:
    excerpt.excerpt(recording, tmp_path / "cut", 2000)
    told = json.loads((tmp_path / "cut" / "truth.json").read_text())["capture"]
    was = json.loads((recording / "truth.json").read_text())["capture"]["sha256_uncompressed"]
    assert told["cut"] == {
        "ports": [22, 443, 8443], "keep_bytes_per_direction": 2000,
        "frames_cut": 3, "bytes_cut": 3000,
        "recording_sha256_uncompressed": was,
    }  # fmt: skip
    written = tmp_path / "cut" / told["file"]
    assert told["sha256"] == hashlib.sha256(written.read_bytes()).hexdigest()
    assert sum(f.wire_bytes - len(f.data) for f in frames(written)) == 3000


def test_the_flows_of_an_excerpt_are_those_of_the_recording(
    recording: Path, tmp_path: Path
) -> None:
    excerpt.excerpt(recording, tmp_path / "cut", 0)
    whole, kept = (flows(f / "full.pcapng.gz") for f in (recording, tmp_path / "cut"))
    assert len(whole) == 3
    assert kept == whole


def test_a_recording_that_is_not_the_truths_is_refused(recording: Path, tmp_path: Path) -> None:
    (recording / "full.pcapng.gz").write_bytes(gzip.compress(b"another"))
    with pytest.raises(SystemExit, match="not the recording"):
        excerpt.excerpt(recording, tmp_path / "cut", 0)
