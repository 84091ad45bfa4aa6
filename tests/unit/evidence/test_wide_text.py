"""Text in UTF-16 is read as UTF-8, whatever the pieces it comes in."""

from __future__ import annotations

import codecs
import io
from pathlib import Path

import pytest

from netcordon.evidence.opening import open_source, read_head
from netcordon.evidence.wide_text import WideText, is_wide
from netcordon.settings import DecodeLimits

TEXT = 'time=1 user="Jürgen €" \U0001f600\r\n' * 3
MARKS = {"utf-16-le": codecs.BOM_UTF16_LE, "utf-16-be": codecs.BOM_UTF16_BE}


class Pieces(io.BytesIO):
    """Hands out a few bytes at a time."""

    def __init__(self, data: bytes, size: int) -> None:
        super().__init__(data)
        self._size = size

    def readinto(self, buffer: memoryview, /) -> int:  # type: ignore[override]
        return super().readinto(buffer[: self._size])


def read(data: bytes, size: int, room: int) -> bytes:
    reader, buffer, found = WideText(Pieces(data, size)), memoryview(bytearray(room)), b""
    while count := reader.readinto(buffer):
        found += bytes(buffer[:count])
    return found


@pytest.mark.parametrize("order", MARKS)
@pytest.mark.parametrize(("size", "room"), [(1, 1), (3, 7), (1 << 16, 1 << 16)])
def test_every_piece_gives_the_same_text(order: str, size: int, room: int) -> None:
    data = MARKS[order] + TEXT.encode(order)
    assert is_wide(data[:4])
    assert read(data, size, room) == TEXT.encode()
    broken = data + "\ud800x".encode(order, "surrogatepass") + b"\0"
    found = read(broken, size, room).decode()
    assert found.startswith(TEXT)
    assert "\ufffd" in found[len(TEXT) :]


@pytest.mark.parametrize(
    "head", [b"", b"\xff\xfe", b"\xff\xfe<\0", b"\xfe\xff\0<", b"\xef\xbb\xbfa", b"date"]
)
def test_xml_and_all_else_is_left_as_it_is(head: bytes) -> None:
    assert not is_wide(head)


def test_a_file_is_hashed_as_it_is_and_read_as_text(tmp_path: Path) -> None:
    path = tmp_path / "wide.log"
    path.write_bytes(codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"))
    assert read_head(str(path), DecodeLimits()) == TEXT.encode()
    with open_source(str(path), limits=DecodeLimits()) as source:
        assert source.peek() == TEXT.encode()
        intake = source.finish("text")
    assert intake.seal.bytes == path.stat().st_size
    assert intake.unpacked_bytes == len(TEXT.encode())
