"""Bad input: a clear message with a code, the rest goes on, the exit status tells."""

from __future__ import annotations

import gzip
import os
import struct
import subprocess
import threading
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.conftest import COMMAND
from tests.traffic import Recording, dns_query

Investigate = Callable[..., dict[str, Any]]
GOOD_NAME = "good.pcap"


@pytest.fixture
def good(tmp_path: Path) -> Path:
    recording = Recording()
    for n in range(20):
        recording.datagram("10.0.0.5", "10.0.0.1", 40000 + n, 53, dns_query(b"www.example.org"))
    path = tmp_path / GOOD_NAME
    path.write_bytes(recording.pcap())
    return path


def _codes(document: dict[str, Any]) -> set[str]:
    return {w["code"] for item in document["evidence"] for w in item["warnings"]}


def _frames(document: dict[str, Any]) -> int:
    return sum(item["records"] for item in document["evidence"])


HEADER = Recording().pcap()


def _record(caplen: int, length: int, data: bytes) -> bytes:
    return struct.pack("<IIII", 1_790_000_000, 0, caplen, length) + data


BAD_FILES: dict[str, bytes] = {
    "empty": b"",
    "random": bytes((n * 7919 + 13) % 251 for n in range(5000)),
    "wrong_magic": b"\xde\xad\xbe\xef" + HEADER[4:],
    "header_only_cut": HEADER[:11],
    "caplen_4_gib": HEADER + _record(0xFFFFFFFF, 0xFFFFFFFF, b"x" * 100),
    "text": b"just some notes\n" * 10,
    "pcapng_length_zero": struct.pack("<III", 0x0A0D0D0A, 0, 0x1A2B3C4D) + bytes(40),
    "pcapng_length_lies": struct.pack("<IIIHHq", 0x0A0D0D0A, 0xFFFFFFF0, 0x1A2B3C4D, 1, 0, -1),
    "gzip_cut": gzip.compress(HEADER + _record(4000, 4000, bytes(range(250)) * 16))[:60],
    "gzip_of_noise": gzip.compress(bytes(range(256)) * 20),
    "zstd_cut": b"\x28\xb5\x2f\xfd\x24",
}


@pytest.mark.parametrize("name", sorted(BAD_FILES))
def test_a_bad_file_is_named_and_the_good_one_is_read(
    name: str, good: Path, tmp_path: Path, investigate: Investigate
) -> None:
    bad = tmp_path / f"{name}.pcap"
    bad.write_bytes(BAD_FILES[name])
    document = investigate(bad, good)
    assert document["_status"] == 3, document["_stderr"]
    assert _frames(document) >= 20
    told = [w for e in document["evidence"] if e["path"].endswith(bad.name) for w in e["warnings"]]
    assert told, "the bad file is not mentioned"
    assert all(w["code"].startswith("NC-") and w["what"] for w in told)


def test_a_frame_that_claims_less_than_it_holds_is_read_and_said(
    tmp_path: Path, investigate: Investigate
) -> None:
    recording = Recording()
    recording.datagram("10.0.0.5", "10.0.0.1", 40000, 53, dns_query(b"www.example.org"))
    whole = recording.pcap()
    length_on_wire = len(HEADER) + 12
    path = tmp_path / "odd.pcap"
    path.write_bytes(whole[:length_on_wire] + struct.pack("<I", 20) + whole[length_on_wire + 4 :])
    document = investigate(path)
    assert document["_status"] == 0
    assert _frames(document) == 1
    assert _codes(document) == {"NC-216"}


def test_a_truncated_capture_keeps_every_whole_frame(
    good: Path, tmp_path: Path, investigate: Investigate
) -> None:
    cut = tmp_path / "cut.pcap"
    cut.write_bytes(good.read_bytes()[:-5])
    document = investigate(cut)
    assert document["_status"] == 3
    assert _frames(document) == 19


def test_a_bomb_is_stopped_early(tmp_path: Path, good: Path, investigate: Investigate) -> None:
    # 100 GB of zeros behind a capture header, packed twice over so that the file is small.
    compressor = zlib.compressobj(9, zlib.DEFLATED, 31)
    chunk = compressor.compress(HEADER + bytes(1 << 20))
    block = bytes(64 << 20)
    bomb = tmp_path / "bomb.pcap.gz"
    with bomb.open("wb") as file:
        file.write(chunk)
        for _ in range(24):
            file.write(compressor.compress(block))
        file.write(compressor.flush())
        member = gzip.compress(block, 1)
        for _ in range(1600):
            file.write(member)
    document = investigate(bomb, good)
    assert document["_status"] == 3
    assert _frames(document) >= 20


def test_missing_files_and_folders_without_captures(
    tmp_path: Path, good: Path, investigate: Investigate
) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "notes.txt").write_text("nothing")
    document = investigate(tmp_path / "no-such-file.pcap", tmp_path / "folder", good)
    assert document["_status"] == 3
    assert _frames(document) == 20


def test_nothing_readable_at_all_is_a_failure_with_a_message(cli, tmp_path: Path) -> None:
    done = cli("investigate", "no-such-file.pcap", "--workspace", "case")
    assert done.returncode == 3
    assert b"NC-1" in done.stderr + done.stdout
    assert b"Traceback" not in done.stderr


def test_directory_loops_end(tmp_path: Path, good: Path, investigate: Investigate) -> None:
    folder = tmp_path / "captures"
    (folder / "deep").mkdir(parents=True)
    (folder / "deep" / "up").symlink_to(folder)
    (folder / "self").symlink_to("self")
    good.rename(folder / GOOD_NAME)
    (folder / "again.pcap").symlink_to(folder / GOOD_NAME)
    document = investigate(folder)
    assert _frames(document) == 20


@pytest.mark.parametrize(
    "name",
    [b"new\nline.pcap", b"esc\x1b[31mred.pcap", b"\xff\xfe.pcap", b"<b>.pcap", b"-dash.pcap"],
)
def test_names_of_files_are_hostile_too(
    name: bytes, tmp_path: Path, good: Path, investigate: Investigate
) -> None:
    target = tmp_path / os.fsdecode(name)
    good.rename(target)
    document = investigate(os.fsencode(target))
    assert _frames(document) == 20
    assert "\x1b" not in document["_stderr"]


@pytest.mark.parametrize("seconds", [0, 1, 0x7FFFFFFF, 0xFFFFFFFF])
def test_clocks_at_the_ends_of_time(seconds: int, tmp_path: Path, investigate: Investigate) -> None:
    recording = Recording(now_us=0)
    recording.datagram("10.0.0.5", "10.0.0.1", 40000, 53, dns_query(b"a.example"))
    raw = bytearray(recording.pcap())
    raw[24:28] = struct.pack("<I", seconds)
    path = tmp_path / "odd.pcap"
    path.write_bytes(raw)
    document = investigate(path)
    assert document["_status"] == 0
    assert _frames(document) == 1


def test_a_file_that_grows_while_it_is_read(
    tmp_path: Path, good: Path, investigate: Investigate
) -> None:
    path = tmp_path / "growing.pcap"
    frames = good.read_bytes()[24:]
    path.write_bytes(good.read_bytes() + frames * 4000)
    stop = threading.Event()

    def grow() -> None:
        with path.open("ab") as file:
            while not stop.wait(0.01):
                file.write(frames)
                file.flush()

    writer = threading.Thread(target=grow)
    writer.start()
    try:
        document = investigate(path)
    finally:
        stop.set()
        writer.join()
    assert _frames(document) >= 20 * 4001


def test_standard_input_is_read_and_sealed(
    tmp_path: Path, good: Path, investigate: Investigate
) -> None:
    document = investigate("-", stdin=gzip.compress(good.read_bytes()))
    assert _frames(document) == 20
    sealed = [p for p in (tmp_path / "case" / "evidence").iterdir() if p.is_file()]
    assert len(sealed) == 1
    assert sealed[0].stat().st_mode & 0o222 == 0


def test_usage_is_told_apart_from_failure(cli, good: Path) -> None:
    assert cli("investigate", GOOD_NAME, "--home-net", "nonsense").returncode == 2
    assert cli("investigate", GOOD_NAME, "--since", "yesterday-ish").returncode == 2
    assert (
        cli("investigate", GOOD_NAME, "--since", "2026-02-02", "--until", "2026-01-01").returncode
        == 2
    )
    assert cli("nonsense").returncode == 2


def test_a_workspace_that_is_none(cli, tmp_path: Path, good: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.txt").write_text("mine")
    done = cli("investigate", GOOD_NAME, "--workspace", "full")
    assert done.returncode == 4
    assert b"NC-501" in done.stderr
    assert (tmp_path / "full" / "thesis.txt").read_text() == "mine"


def test_a_full_disk_is_said_and_is_no_incident(cli, good: Path) -> None:
    done = cli("investigate", GOOD_NAME, "--workspace", "case")
    assert done.returncode == 0
    with Path("/dev/full").open("wb") as full:
        command = [*COMMAND, "investigate", "--workspace", str(good.parent / "case")]
        written = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, check=False)
    assert written.returncode == 4
    assert b"NC-005" in written.stderr
    assert b"Traceback" not in written.stderr


def test_a_capture_of_which_nothing_is_decoded_is_not_called_read(
    tmp_path: Path, investigate: Investigate
) -> None:
    recording = Recording()
    recording.add(b"\x80\x00" + bytes(60))
    raw = bytearray(recording.pcap())
    raw[20:24] = struct.pack("<I", 220)  # USB of Linux
    path = tmp_path / "bus.pcap"
    path.write_bytes(raw)
    document = investigate(path)
    assert document["_status"] == 3
    assert document["verdict"].startswith("Nothing could be judged")


def test_nothing_to_do_is_a_mistake_of_use(cli) -> None:
    assert cli("investigate").returncode == 2
    assert cli("sql", "DROP TABLE x").returncode in (2, 4)
