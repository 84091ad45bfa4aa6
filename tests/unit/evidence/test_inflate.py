import gzip
import io
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netcordon.evidence.inflate import GzipReader
from netcordon.evidence.raw import RawReader
from tests.unit.evidence.captures import pcap


class Bytes(RawReader):
    """A raw reader over bytes that gives at most ``step`` at a time."""

    def __init__(self, data: bytes, step: int = 1 << 20) -> None:
        self._bytes, self._step = io.BytesIO(data), step

    def readinto(self, buffer, /):
        return self._bytes.readinto(buffer[: self._step])


def unpack(reader, size: int = 1000) -> bytes:
    out, buffer = b"", memoryview(bytearray(size))
    while count := reader.readinto(buffer):
        out += buffer[:count]
    return out


_DATA = pcap(200, 300)


@given(
    st.lists(st.binary(max_size=3000), min_size=1, max_size=4),
    st.integers(1, 5000),
    st.integers(1, 5000),
    st.integers(0, 9),
)
def test_members_follow_each_other(parts, step, size, level):
    packed = b"".join(gzip.compress(part, level) for part in parts)
    reader = GzipReader(Bytes(packed, step))
    assert unpack(reader, size) == b"".join(parts)
    assert (reader.complete, reader.warnings) == (True, [])


def test_zeros_that_pad_the_end_are_no_damage():
    reader = GzipReader(Bytes(gzip.compress(_DATA) + bytes(100_000)))
    assert unpack(reader) == _DATA
    assert (reader.complete, reader.warnings) == (True, [])


def test_other_bytes_after_the_end_are_said():
    reader = GzipReader(Bytes(gzip.compress(_DATA) + b"appended"))
    assert unpack(reader) == _DATA
    assert reader.complete
    assert [w.code for w in reader.warnings] == ["NC-113"]


def test_wherever_it_breaks_off_the_front_is_kept():
    packed = gzip.compress(_DATA)
    for length in range(3, len(packed), 97):
        reader = GzipReader(Bytes(packed[:length]))
        out = unpack(reader)
        assert _DATA.startswith(out)
        assert not reader.complete
        assert [w.code for w in reader.warnings] == ["NC-111"]
        whole = zlib.decompressobj(31).decompress(packed[:length])
        assert out == whole, "all that the bytes hold was given"


@pytest.mark.parametrize("size", [100, 1 << 20])
def test_wherever_a_byte_is_changed_it_is_noticed_and_the_front_is_kept(size):
    packed = gzip.compress(_DATA)
    for position in range(10, len(packed), 53):
        damaged = bytearray(packed)
        damaged[position] ^= 0xFF
        reader = GzipReader(Bytes(bytes(damaged)))
        out = unpack(reader, size)
        assert not reader.complete
        assert reader.warnings[0].code in ("NC-111", "NC-112")
        if position > len(packed) - 8:
            assert out == _DATA, "a wrong checksum costs no data"
            assert reader.warnings[0].code == "NC-112"


def test_nothing_before_the_damage_is_lost():
    packed = bytearray(gzip.compress(_DATA, 1))
    packed[-4:] = b"\0\0\0\0"  # the length
    for size in (64, 4096, 1 << 20):
        reader = GzipReader(Bytes(bytes(packed)))
        assert unpack(reader, size) == _DATA
        assert f"after {len(_DATA)} unpacked bytes" in reader.warnings[0].what
