import hashlib
import io
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netcordon.evidence import raw
from netcordon.evidence.raw import END_BYTES, Digest, RawReader, ends_digest


def _drain(reader: RawReader, size: int = 1000) -> bytes:
    out, buffer = b"", memoryview(bytearray(size))
    while count := reader.readinto(buffer):
        out += buffer[:count]
    return out


@given(st.binary(max_size=200), st.lists(st.integers(1, 50), max_size=8))
def test_the_digest_does_not_depend_on_how_the_bytes_come(data, cuts):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(raw, "STEP_BYTES", 16)
        patch.setattr(raw, "END_BYTES", 10)
        digest, rest = Digest(), memoryview(data)
        for cut in [*cuts, 200]:
            digest.update(rest[:cut])
            rest = rest[cut:]
        digest.update(rest)
        seal = digest.seal(location=None, kept=None)
    assert (seal.sha256, seal.bytes) == (hashlib.sha256(data).hexdigest(), len(data))
    assert seal.prefixes == tuple(
        hashlib.sha256(data[:end]).hexdigest() for end in range(16, len(data) + 1, 16)
    )
    assert seal.ends_sha256 == ends_digest(data[:10], data[-10:])


def test_peeked_bytes_are_read_again_and_hashed_once(tmp_path):
    path = tmp_path / "x"
    path.write_bytes(os.urandom(3 * END_BYTES))
    with io.FileIO(path) as file:
        reader = RawReader(file)
        assert reader.peek(5000) == path.read_bytes()[:5000]
        assert reader.peek(10) == path.read_bytes()[:10]
        assert _drain(reader) == path.read_bytes()
        seal = reader.digest.seal(location=None, kept=None)
        assert reader.warnings() == []
    assert seal.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (lambda p: os.truncate(p, 2000), "size changed from 5000 to 2000"),
        (lambda p: os.truncate(p, 9000), "size changed from 5000 to 9000"),
        (lambda p: os.utime(p, (1, 1)), "time of modification changed"),
        (lambda p: p.chmod(0o600), "time of change changed"),
    ],
)
def test_a_file_that_changes_while_it_is_read_is_noticed(tmp_path, change, what):
    path = tmp_path / "x"
    path.write_bytes(b"a" * 5000)
    path.chmod(0o644)
    with io.FileIO(path) as file:
        reader = RawReader(file)
        reader.read(1000)
        os.utime(path, ns=(path.stat().st_atime_ns, path.stat().st_mtime_ns))
        change(path)
        rest = _drain(reader)
        (warning,) = reader.warnings()
    assert len(rest) <= 4000, "never more than there was at the start"
    assert warning.code == "NC-114"
    assert what in warning.what
    assert f"the {1000 + len(rest)} bytes" in warning.what


def test_a_read_error_keeps_what_was_read(tmp_path):
    class Failing(io.FileIO):
        def readinto(self, buffer):
            if self.tell() >= 1000:
                raise OSError(5, "Input/output error")
            return super().readinto(buffer)

    path = tmp_path / "x"
    path.write_bytes(b"a" * 5000)
    with Failing(path) as file:
        reader = RawReader(file)
        assert _drain(reader) == b"a" * 1000
        assert [w.code for w in reader.warnings()] == ["NC-115"]
