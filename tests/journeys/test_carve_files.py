"""Carried files out of evidence, by the commands a person types."""

from __future__ import annotations

import hashlib
import json
import struct
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.traffic import Connection, Recording, client_hello, ethernet, ip

Investigate = Callable[..., dict[str, Any]]
Cli = Callable[..., subprocess.CompletedProcess[bytes]]

PROGRAM = b"MZ" + bytes(range(256)) * 300
"""Of many segments."""
NOTE = b"hello, this is a note\n"
TUNNELLED = b"%PDF-1.4 " + b"within a tunnel " * 500
UPLOAD = b"PK\x03\x04" + b"secret " * 900
HOSTILE = b"..%2f..%2fetc%2f\xe2\x80\xaecron.exe"


def response(body: bytes, *, length: int | None = None) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n%b" % (
        len(body) if length is None else length, body)  # fmt: skip


def get(path: bytes) -> bytes:
    return b"GET /%b HTTP/1.1\r\nHost: files.example\r\n\r\n" % path


def store(recording: Recording, content: bytes) -> None:
    """An upload over FTP, the data connection announced by the other one."""
    control = Connection(recording, "192.168.7.30", "203.0.113.9", 41_000, 21).open()
    control.server(b"220 ready\r\n").client(b"USER a\r\n").server(b"331 password\r\n")
    control.client(b"PASS b\r\n").server(b"230 welcome\r\n").client(b"TYPE I\r\n")
    control.server(b"200 binary\r\n").client(b"PASV\r\n")
    control.server(b"227 Entering Passive Mode (203,0,113,9,200,10)\r\n")
    control.client(b"STOR loot.zip\r\n").server(b"150 go on\r\n")
    data = Connection(recording, "192.168.7.30", "203.0.113.9", 41_001, 200 * 256 + 10)
    data.open().client(content).close()
    control.server(b"226 done\r\n").client(b"QUIT\r\n").server(b"221 bye\r\n").close()


def fetch_in_tunnel(recording: Recording, content: bytes) -> None:
    """A file over HTTP, all of its packets inside GRE."""
    inner = Recording()
    turns = [(True, get(b"report.pdf")), (False, response(content))]
    inner.session("10.9.0.1", "10.9.0.2", 51_000, 80, turns)
    for _, frame in inner.frames:
        carried = struct.pack(">HH", 0, 0x0800) + frame[14:]
        recording.add(ethernet(ip("192.168.7.3", "192.168.7.4", 47, carried)))


@pytest.fixture
def capture(tmp_path: Path) -> Path:
    """A beacon over HTTP that fetches a program, among other sessions; a file sent away by FTP."""
    recording = Recording()
    for n in range(60):
        recording.now_us += 30_000_000
        recording.session(
            "192.168.7.21", "198.51.100.7", 30_000 + n, 443, [(True, client_hello(b"a.example"))]
        )
        turns = [(True, get(b"beat")), (False, response(NOTE))]
        if n == 40:
            turns += [(True, get(HOSTILE)), (False, response(PROGRAM))]
        if n == 41:
            turns += [(True, get(b"cut")), (False, response(PROGRAM[:5000], length=len(PROGRAM)))]
        recording.session("192.168.7.20", "203.0.113.66", 50_000 + n, 80, turns)
    store(recording, UPLOAD)
    fetch_in_tunnel(recording, TUNNELLED)
    path = tmp_path / "evil name\x1b.pcap"
    path.write_bytes(recording.pcap())
    return path


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def test_files_come_out_as_they_were_carried(
    capture: Path, investigate: Investigate, cli: Cli, tmp_path: Path
) -> None:
    evidence = investigate(capture)["evidence"][0]["sha256"]
    out = tmp_path / "files"
    wanted = {sha256(content): content for content in (PROGRAM, UPLOAD, TUNNELLED)}
    done = cli("carve", "--files", *[h.upper() for h in wanted], "-w", "case", "-o", str(out))
    assert done.returncode == 0, done.stderr
    assert b"may be malicious" in done.stdout
    assert {p.name for p in out.iterdir()} == {*wanted, "manifest.json"}
    for name, content in wanted.items():
        assert (out / name).read_bytes() == content
    assert {p.stat().st_mode & 0o777 for p in out.iterdir()} == {0o600}
    assert out.stat().st_mode & 0o777 == 0o700
    text = (out / "manifest.json").read_bytes()
    assert text.isascii()
    document = json.loads(text)
    assert list(document["evidence"].values()) == [evidence]
    program, upload, tunnelled = document["files"]
    assert (program["sha256"], program["bytes"], program["magic"]) == (
        sha256(PROGRAM), len(PROGRAM), "pe")  # fmt: skip
    carried = program["carried"][0]
    assert carried["src_ip"] == "192.168.7.20"
    assert (carried["dst_port"], carried["service"], carried["is_upload"]) == (80, "http", False)
    assert "cron.exe" in carried["origin"]
    assert upload["carried"][0]["service"] == "ftp"
    assert upload["carried"][0]["is_upload"]
    assert tunnelled["carried"][0]["src_ip"] == "10.9.0.1"
    assert b"4 exported files" in cli("verify", "-w", "case").stdout
    (out / sha256(UPLOAD)).write_bytes(UPLOAD[:-1])
    changed = cli("verify", "-w", "case")
    assert changed.returncode == 1
    assert sha256(UPLOAD).encode() in changed.stdout


def test_the_files_of_a_finding_are_those_of_its_flows(
    capture: Path, investigate: Investigate, cli: Cli, tmp_path: Path
) -> None:
    document = investigate(capture)
    finding = next(
        f for f in document["findings"]
        if f["detector"] == "c2_beaconing" and "203.0.113.66" in f["dst_ips"]
    )  # fmt: skip
    texts = []
    for name in ("one", "two"):
        out = tmp_path / name
        out.mkdir()
        done = cli("carve", "--files", finding["id"], "-w", "case", "-o", str(out), "--json")
        assert done.returncode == 0, done.stdout
        shown = json.loads(done.stdout)
        assert shown["files"] == {sha256(NOTE): len(NOTE), sha256(PROGRAM): len(PROGRAM)}
        assert shown["left_out"] == 1
        texts.append((out / "manifest.json").read_bytes())
    assert texts[0] == texts[1]
    manifest = json.loads(texts[0])
    assert [f["occurrences"] for f in manifest["files"]] == [60, 1]
    left_out = manifest["left_out"][0]
    assert (left_out["why"], left_out["file_bytes"], left_out["seen_bytes"]) == (
        "incomplete", len(PROGRAM), 5000)  # fmt: skip


def test_no_file_is_left_when_something_is_wrong(
    capture: Path, investigate: Investigate, cli: Cli, tmp_path: Path
) -> None:
    investigate(capture)
    out = tmp_path / "files"
    whole = capture.read_bytes()
    program = sha256(PROGRAM)

    def refused(*arguments: str) -> str:
        before = sorted(tmp_path.rglob("*"))
        done = cli("carve", "--files", *arguments, "-w", "case", "-o", str(out), "--json")
        assert sorted(p for p in tmp_path.rglob("*") if "case" not in p.parts) == [
            p for p in before if "case" not in p.parts
        ]
        error: str = json.loads(done.stdout)["error"]["code"]
        return error

    assert refused("f-000000000000") == "NC-702"
    assert refused("0" * 64) == "NC-708"
    assert refused(program, "0" * 64) == "NC-708"
    assert refused(program, "--max-bytes", str(len(PROGRAM) - 1)) == "NC-710"
    assert refused(program, "--filter", "tcp") == "NC-002"
    assert refused() == "NC-002"
    capture.write_bytes(whole[:5000] + bytes([whole[5000] ^ 1]) + whole[5001:])
    assert refused(program) == "NC-704"
    capture.unlink()
    assert refused(program) == "NC-703"
    capture.write_bytes(whole)
    out.mkdir()
    (out / "mine").write_bytes(b"mine")
    assert refused(program) == "NC-701"
    out = tmp_path / "a file"
    out.write_bytes(b"mine")
    assert refused(program) == "NC-701"
    assert out.read_bytes() == b"mine"


def test_a_file_that_comes_back_different_is_not_written(
    capture: Path, investigate: Investigate, cli: Cli, tmp_path: Path
) -> None:
    investigate(capture)
    false = sha256(b"something else")
    for path in (tmp_path / "case" / "lake").rglob("file_activity/*/*.parquet"):
        rows = pq.ParquetFile(path).read()
        at = rows.column_names.index("sha256")
        told = [false if h == sha256(PROGRAM) else h for h in rows["sha256"].to_pylist()]
        pq.write_table(rows.set_column(at, "sha256", pa.array(told, pa.string())), path)
    out = tmp_path / "files"
    done = cli("carve", "--files", false, "-w", "case", "-o", str(out), "--json")
    assert json.loads(done.stdout)["error"]["code"] == "NC-709"
    assert not out.exists()
