"""Text in UTF-16 as UTF-8: what PowerShell writes where no other encoding is asked for."""

from __future__ import annotations

import codecs

from netcordon.evidence.raw import Reader

_ORDERS = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_XML = "<"
"""Events of Windows say their encoding in their first line and are decoded where they are read."""
_INPUT_BYTES = 64 << 10


def is_wide(head: bytes) -> bool:
    """Whether the first four bytes of a file are a mark of UTF-16 and a letter that is not XML."""
    order = _ORDERS.get(head[:2])
    return order is not None and len(head) >= 4 and head[2:4] != _XML.encode(order)


class WideText:
    """A reader of UTF-8 over one of UTF-16, without the mark; what is no letter is U+FFFD.

    Args:
        reader: of the file, from its first byte.
    """

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._input = memoryview(bytearray(_INPUT_BYTES))
        self._decoder: codecs.IncrementalDecoder | None = None
        self._rest = b""
        self._ended = False

    def readinto(self, buffer: memoryview, /) -> int:
        """See ``raw.Reader``."""
        while not self._rest and not self._ended:
            self._rest = self._more()
        part = self._rest[: len(buffer)]
        self._rest = self._rest[len(part) :]
        buffer[: len(part)] = part
        return len(part)

    def _more(self) -> bytes:
        count = self._reader.readinto(self._input)
        data = bytes(self._input[:count])
        if self._decoder is None:
            while count and len(data) < 2 and (more := self._reader.readinto(self._input[:1])):
                data += bytes(self._input[:more])
            order = _ORDERS.get(data[:2], "utf-16-le")
            self._decoder = codecs.getincrementaldecoder(order)(errors="replace")
            data = data[2:]
        self._ended = not count
        return self._decoder.decode(data, final=self._ended).encode("utf-8", "replace")
