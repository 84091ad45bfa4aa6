"""Write frames as pcapng: nanoseconds, original lengths, the link type of each interface.

https://www.ietf.org/archive/id/draft-ietf-opsawg-pcapng-02.html
"""

from __future__ import annotations

import struct
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from netcordon.ingest.capture.compiled import kernel, subkernel
from netcordon.ingest.capture.layout import Octets, Records
from netcordon.ingest.capture.octets import wide

_COMMENT, _NAME, _APPLICATION, _RESOLUTION = 1, 2, 4, 9
_LONGEST_OPTION = 65_532
_PACKET_HEAD = 28
_BATCH_BYTES = 4 << 20


class Output(Protocol):
    """Takes the bytes."""

    def write(self, data: bytes | memoryview, /) -> object:
        """Take the next bytes."""


class PcapngWriter:
    """One section, little endian.

    Args:
        output: takes the bytes.
        comment: says what the capture is.
        application: who wrote it.
    """

    def __init__(self, output: Output, *, comment: str, application: str) -> None:
        self._output = output
        self._interfaces = 0
        options = _option(_COMMENT, comment) + _option(_APPLICATION, application) + bytes(4)
        body = struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1) + options
        self._block(0x0A0D0D0A, body)

    def interface(self, link_type: int, *, snaplen: int = 0, comment: str = "") -> int:
        """Declare an interface; returns its number."""
        options = _option(_COMMENT, comment) if comment else b""
        options += struct.pack("<HHB3x", _RESOLUTION, 1, 9) + bytes(4)
        self._block(1, struct.pack("<HHI", link_type & 0xFFFF, 0, snaplen) + options)
        self._interfaces += 1
        return self._interfaces - 1

    def frames(self, block: Octets, packets: Records, interfaces: NDArray[np.int64]) -> None:
        """Write frames of a block, each on the interface of the same place in ``interfaces``."""
        sizes = _block_sizes(packets)
        begin = 0
        while begin < len(packets):
            total = np.cumsum(sizes[begin:])
            stop = begin + max(1, int(np.searchsorted(total, _BATCH_BYTES, side="right")))
            out = np.zeros(int(total[stop - begin - 1]), dtype=np.uint8)
            fill_blocks(block, packets[begin:stop], interfaces[begin:stop], out)
            self._output.write(out.data)
            begin = stop

    def _block(self, kind: int, body: bytes) -> None:
        length = struct.pack("<I", 12 + len(body))
        self._output.write(struct.pack("<I", kind) + length + body + length)


def _option(code: int, text: str) -> bytes:
    data = text.encode("utf-8", "backslashreplace")[:_LONGEST_OPTION]
    data = data.decode("utf-8", "ignore").encode()  # a cut may fall into a character
    return struct.pack("<HH", code, len(data)) + data + bytes(-len(data) % 4)


def _block_sizes(packets: Records) -> NDArray[np.int64]:
    captured = packets["end"].astype(np.int64) - packets["offset"]
    return np.asarray(_PACKET_HEAD + ((captured + 3) & ~3) + 4, dtype=np.int64)


@kernel
def fill_blocks(data: Octets, packets: Records, interfaces: NDArray[np.int64], out: Octets) -> None:
    """Enhanced packet blocks of all packets into ``out``, which is zero and has their size."""
    at = 0
    for i in range(len(packets)):
        packet = packets[i]
        begin = wide(packet.offset)
        captured = wide(packet.end) - begin
        size = _PACKET_HEAD + ((captured + 3) & ~3) + 4
        if captured < 0 or begin < 0 or begin + captured > len(data) or at + size > len(out):
            return
        time = np.uint64(max(packet.time_ns, 0))
        _put(out, at, 6)
        _put(out, at + 4, size)
        _put(out, at + 8, interfaces[i])
        _put(out, at + 12, wide(time >> np.uint64(32)))
        _put(out, at + 16, wide(time & np.uint64(0xFFFFFFFF)))
        _put(out, at + 20, captured)
        _put(out, at + 24, packet.wire_length)
        for k in range(captured):
            out[at + _PACKET_HEAD + k] = data[begin + k]
        _put(out, at + size - 4, size)
        at += size


@subkernel
def _put(out: Octets, at: int, value: int) -> None:
    """A 32-bit integer, little endian."""
    for k in range(4):
        out[at + k] = np.uint8((value >> (8 * k)) & 0xFF)
