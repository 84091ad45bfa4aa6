import os
import struct

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from netcordon.evidence.zstd_frames import ZstdReader, is_zstd
from tests.unit.evidence.captures import pcap
from tests.unit.evidence.test_inflate import Bytes, unpack

_DATA = pcap(200, 300) + os.urandom(300_000) + bytes(500_000)


def _pack(data: bytes, **options) -> bytes:
    return zstandard.ZstdCompressor(**options).compress(data)


def _skippable(data: bytes) -> bytes:
    return struct.pack("<II", 0x184D2A53, len(data)) + data


@given(
    st.lists(st.binary(max_size=3000), max_size=4),
    st.integers(1, 5000),
    st.integers(1, 5000),
    st.booleans(),
    st.booleans(),
)
def test_frames_follow_each_other(parts, step, size, checksum, sized):
    packed = b"".join(
        _skippable(part) + _pack(part, write_checksum=checksum, write_content_size=sized)
        for part in parts
    )
    reader = ZstdReader(Bytes(packed, step))
    assert unpack(reader, size) == b"".join(parts)
    assert (reader.complete, reader.warnings) == (True, [])


@pytest.mark.parametrize("level", [-5, 1, 3, 19])
def test_large_frames_of_every_kind_of_block(level):
    packed = _pack(_DATA, level=level, write_checksum=True)
    assert is_zstd(packed)
    reader = ZstdReader(Bytes(packed))
    assert unpack(reader, 1 << 16) == _DATA
    assert reader.complete


def test_wherever_it_breaks_off_it_is_noticed_and_the_front_is_kept():
    packed = _pack(_DATA)
    for length in [*range(4, 60), *range(60, len(packed), 7919)]:
        reader = ZstdReader(Bytes(packed[:length]))
        assert _DATA.startswith(unpack(reader, 1 << 16))
        assert not reader.complete
        assert [w.code for w in reader.warnings] == ["NC-111"]


def test_a_changed_byte_is_noticed_through_the_checksum():
    packed = _pack(_DATA, write_checksum=True)
    for position in range(4, len(packed), 4999):
        damaged = bytearray(packed)
        damaged[position] ^= 0x40
        reader = ZstdReader(Bytes(bytes(damaged)))
        unpack(reader, 1 << 16)
        assert not reader.complete, position
        assert reader.warnings[0].code in ("NC-111", "NC-112")


@given(st.binary(max_size=300))
def test_any_bytes_end(data):
    reader = ZstdReader(Bytes(b"\x28\xb5\x2f\xfd" + data))
    assert len(unpack(reader)) < 100 << 20


def test_other_bytes_after_the_end_are_said():
    reader = ZstdReader(Bytes(_pack(_DATA) + b"appended"))
    assert unpack(reader, 1 << 16) == _DATA
    assert [w.code for w in reader.warnings] == ["NC-113"]


def test_one_call_gives_little_however_well_it_is_packed():
    block = (128 << 10) << 3 | 1 << 1
    bomb = b"\x28\xb5\x2f\xfd\x00\x58" + (block.to_bytes(3, "little") + b"\0") * 100_000
    reader = ZstdReader(Bytes(bomb))
    buffer = memoryview(bytearray(1 << 20))
    assert 0 < reader.readinto(buffer) <= 128 << 10


def test_a_window_that_needs_too_much_memory_is_refused():
    parameters = zstandard.ZstdCompressionParameters(window_log=28)
    packer = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    reader = ZstdReader(Bytes(packer.compress(_DATA) + packer.flush()))
    assert unpack(reader) == b""
    assert "memory" in reader.warnings[0].what
