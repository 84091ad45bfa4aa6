import gzip
import hashlib
import os
import stat
import subprocess
import sys
import threading
import time

import pytest
import zstandard

from netcordon.errors import EvidenceError, WorkspaceError
from netcordon.evidence.opening import open_source, read_head
from netcordon.evidence.source import EvidenceSource
from netcordon.settings import DecodeLimits
from tests.unit.evidence.captures import pcap

LIMITS = DecodeLimits()
_DATA = pcap(3000, 1400)


def same(left: bytes, right: bytes) -> bool:
    """Compared here, for a failing comparison of megabytes takes pytest minutes to explain."""
    return left == right


def drain(source: EvidenceSource, size: int = 100_000) -> bytes:
    out, buffer = b"", memoryview(bytearray(size))
    while count := source.readinto(buffer):
        out += buffer[:count]
    return out


@pytest.mark.parametrize(
    ("packing", "packed"),
    [
        (None, _DATA),
        ("gzip", gzip.compress(_DATA, 1)),
        ("zstd", zstandard.ZstdCompressor().compress(_DATA)),
    ],
)
@pytest.mark.parametrize("size", [999, 1 << 20, 64 << 20])
def test_bytes_come_unpacked_and_the_hash_is_of_the_file(tmp_path, packing, packed, size):
    path = tmp_path / "x"
    path.write_bytes(packed)
    with open_source(str(path), limits=LIMITS) as source:
        assert same(source.peek(), _DATA[: 64 << 10])
        assert same(drain(source, size), _DATA)
        intake = source.finish("pcap")
    sha256 = hashlib.sha256(packed).hexdigest()
    assert intake.evidence_id == f"ev-{sha256[:16]}"
    assert (intake.seal.sha256, intake.seal.bytes) == (sha256, len(packed))
    assert (intake.seal.location, intake.seal.kept) == (str(path), None)
    assert (intake.packing, intake.unpacked_bytes) == (packing, len(_DATA))
    assert (intake.complete, intake.warnings) == (True, ())
    assert same(read_head(str(path), LIMITS), _DATA[: 64 << 10])


def test_a_parser_that_stops_early_does_not_shorten_the_hash(tmp_path):
    path = tmp_path / "x"
    path.write_bytes(os.urandom(30 << 20))
    with open_source(str(path), limits=LIMITS) as source:
        source.readinto(memoryview(bytearray(100)))
        seal = source.finish("pcap").seal
    assert seal.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert seal.bytes == 30 << 20
    assert len(seal.prefixes) == 1


def test_an_empty_file_is_read(tmp_path):
    path = tmp_path / "x"
    path.touch()
    with open_source(str(path), limits=LIMITS) as source:
        assert source.peek() == b""
        assert source.finish("pcap").seal.sha256 == hashlib.sha256(b"").hexdigest()


def test_leaving_in_the_middle_ends_the_thread(tmp_path):
    path = tmp_path / "x"
    path.write_bytes(bytes(50 << 20))
    before = threading.active_count()
    with open_source(str(path), limits=LIMITS) as source:
        source.readinto(memoryview(bytearray(10)))
    assert threading.active_count() == before


@pytest.mark.parametrize("kind", ["gzip", "zstd"])
def test_a_bomb_stops_early_and_quickly(tmp_path, kind):
    path = tmp_path / "bomb"
    if kind == "gzip":
        path.write_bytes(gzip.compress(bytes(16 << 20)) * 6400)  # 100 GiB of zeros in 100 MB
    else:
        block = ((128 << 10) << 3 | 1 << 1).to_bytes(3, "little") + b"\0"
        path.write_bytes(b"\x28\xb5\x2f\xfd\x00\x58" + block * 800_000)
    began = time.monotonic()
    total, buffer = 0, memoryview(bytearray(4 << 20))
    with open_source(str(path), limits=LIMITS) as source:
        while count := source.readinto(buffer):
            total += count
        intake = source.finish("pcap")
    assert total == intake.unpacked_bytes < (1 << 30) + (4 << 20)
    assert [w.code for w in intake.warnings] == ["NC-110"]
    assert "unpacks to more than 200 times its size" in intake.warnings[0].what
    assert not intake.complete
    assert intake.seal.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert time.monotonic() - began < 30


def test_the_absolute_limit_holds_too(tmp_path):
    path = tmp_path / "x.gz"
    path.write_bytes(gzip.compress(_DATA))
    with open_source(str(path), limits=DecodeLimits(max_unpacked_bytes=1000)) as source:
        out = drain(source)
        assert source.finish("pcap").warnings[0].code == "NC-110"
    assert _DATA.startswith(out)


def _pipe(data: bytes) -> int:
    """The reading end of a pipe that a thread fills."""
    reading, writing = os.pipe()

    def fill() -> None:
        with os.fdopen(writing, "wb") as file:
            file.write(data)

    threading.Thread(target=fill, daemon=True).start()
    return reading


def test_a_stream_is_kept_sealed(workspace):
    packed = gzip.compress(_DATA)
    for _ in range(2):
        reading = _pipe(packed)
        with open_source(f"/dev/fd/{reading}", limits=LIMITS, workspace=workspace.path) as source:
            assert same(drain(source), _DATA)
            seal = source.finish("pcap").seal
        os.close(reading)
    name = f"evidence/{hashlib.sha256(packed).hexdigest()}.pcap.gz"
    assert (seal.kept, seal.location) == (name, None)
    kept = workspace.path / name
    assert same(kept.read_bytes(), packed)
    assert stat.S_IMODE(kept.stat().st_mode) == 0o440
    assert list(workspace.evidence_dir.iterdir()) == [kept]


def test_a_stream_that_is_given_up_leaves_nothing_and_does_not_hang(workspace):
    reading, writing = os.pipe()
    os.write(writing, _DATA[:5000])
    with open_source(f"/dev/fd/{reading}", limits=LIMITS, workspace=workspace.path) as source:
        assert source.readinto(memoryview(bytearray(5000))) == 5000
    os.close(writing)
    os.close(reading)
    assert list(workspace.evidence_dir.iterdir()) == []


_FROM_STDIN = """
import sys
from pathlib import Path
from netcordon.errors import NetcordonError
from netcordon.evidence.opening import open_source
from netcordon.settings import DecodeLimits
try:
    with open_source("-", limits=DecodeLimits(), workspace=Path(sys.argv[1])) as source:
        seal = source.finish("pcap").seal
        print(seal.sha256, seal.location, seal.kept)
except NetcordonError as error:
    print(error.code)
"""


def test_standard_input_as_pipe_file_and_terminal(workspace, tmp_path):
    command = [sys.executable, "-c", _FROM_STDIN, workspace.path]
    sha256 = hashlib.sha256(_DATA).hexdigest()
    piped = subprocess.run(command, input=_DATA, capture_output=True).stdout.decode()
    assert piped.split() == [sha256, "None", f"evidence/{sha256}.pcap"]
    path = tmp_path / "x.pcap"
    path.write_bytes(_DATA)
    with path.open("rb") as file:
        redirected = subprocess.run(command, stdin=file, capture_output=True).stdout.decode()
    assert redirected.split() == [sha256, str(path), "None"], "a file needs no copy"
    leader, terminal = os.openpty()
    assert subprocess.run(command, stdin=terminal, capture_output=True).stdout == b"NC-106\n"
    os.close(leader)
    os.close(terminal)


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda p: None, "NC-101"),
        (lambda p: p.mkdir(), "NC-105"),
        (lambda p: p.symlink_to("/dev/null"), "NC-105"),
        (lambda p: p.symlink_to(p), "NC-102"),
    ],
)
def test_what_cannot_be_opened_is_an_error_with_a_code(tmp_path, make, code):
    make(tmp_path / "x\n\udce9")
    with pytest.raises(EvidenceError) as caught:
        open_source(str(tmp_path / "x\n\udce9"), limits=LIMITS)
    assert caught.value.code == code
    assert caught.value.hint
    assert str(caught.value).isprintable()


@pytest.mark.engines
def test_no_room_for_the_copy_is_an_error_not_a_loss_unsaid(tmp_path):
    script = f"""
import os, pathlib, threading
from netcordon.errors import WorkspaceError
from netcordon.evidence.opening import open_source
from netcordon.settings import DecodeLimits
root = pathlib.Path({str(tmp_path)!r})
(root / "evidence").mkdir()
reading, writing = os.pipe()
def fill():
    try:
        for _ in range(100): os.write(writing, bytes(65536))
    except BrokenPipeError: pass
    os.close(writing)
threading.Thread(target=fill, daemon=True).start()
try:
    with open_source(f"/dev/fd/{{reading}}", limits=DecodeLimits(), workspace=root) as source:
        while source.readinto(memoryview(bytearray(65536))): pass
        source.finish("pcap")
except WorkspaceError as error:
    print(error.code, list((root / "evidence").iterdir()))
"""
    mount = 'mount -t tmpfs -o size=256k none "$1" && exec "$2" -c "$3"'
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-c", mount, "-", tmp_path, sys.executable, script],
        capture_output=True,
        text=True,
    )
    assert done.stdout == "NC-505 []\n", done.stderr


def test_a_copy_that_cannot_be_made_is_an_error(tmp_path):
    reading, writing = os.pipe()
    with pytest.raises(WorkspaceError) as caught:
        open_source(f"/dev/fd/{reading}", limits=LIMITS, workspace=tmp_path / "absent")
    os.close(reading)
    os.close(writing)
    assert caught.value.code == "NC-501"
