import os

import pytest

from netcordon.evidence import known as known_module
from netcordon.evidence.known import known
from netcordon.evidence.opening import open_source
from netcordon.model.evidence import Evidence
from netcordon.settings import DecodeLimits


def take_in(workspace, path, files=()):
    """Register a file as the investigation would."""
    with open_source(str(path), limits=DecodeLimits(), workspace=workspace.path) as source:
        intake = source.finish("pcap")
    evidence = Evidence(
        id=intake.evidence_id,
        path=str(path),
        sha256=intake.seal.sha256,
        kind="pcap",
        bytes=intake.seal.bytes,
        records=1,
    )
    return workspace.register.register(evidence, intake.seal, files)


def test_the_same_bytes_are_known_under_any_name(workspace, tmp_path):
    path = tmp_path / "a"
    path.write_bytes(os.urandom(300_000))
    assert known(str(path), workspace.register) is None
    registration = take_in(workspace, path)
    path.rename(tmp_path / "b")
    assert known(str(tmp_path / "b"), workspace.register) == registration
    workspace.register.tables_lost(registration.evidence.id, "gone")
    assert known(str(tmp_path / "b"), workspace.register) is None, "its rows are needed again"


def test_equal_ends_are_not_enough(workspace, tmp_path):
    path = tmp_path / "a"
    data = bytearray(os.urandom(300_000))
    path.write_bytes(data)
    take_in(workspace, path)
    data[150_000] ^= 1
    path.write_bytes(data)
    assert known(str(path), workspace.register) is None


def test_other_files_are_not_hashed(workspace, tmp_path, monkeypatch):
    path = tmp_path / "a"
    path.write_bytes(b"a" * 300_000)
    take_in(workspace, path)
    monkeypatch.setattr(known_module, "rehash", lambda *_: pytest.fail("hashed"))
    for other in (b"a" * 300_001, b"a" * 299_999 + b"b", b"b" + b"a" * 299_999):
        path.write_bytes(other)
        assert known(str(path), workspace.register) is None


def test_streams_and_what_cannot_be_read_are_not_known(workspace, tmp_path):
    os.mkfifo(tmp_path / "fifo")
    for name in ("-", tmp_path / "fifo", tmp_path / "absent", tmp_path, "a\0b"):
        assert known(str(name), workspace.register) is None
