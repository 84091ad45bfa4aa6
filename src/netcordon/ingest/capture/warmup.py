"""Compile and load all kernels of the packet decoder ahead of the first real block."""

from __future__ import annotations

import io
import struct
from collections.abc import Mapping

from netcordon.ingest.capture.application import ApplicationLayer
from netcordon.ingest.capture.application.dns.kernel import decode_messages
from netcordon.ingest.capture.application.http.plain_kernel import find_exchanges
from netcordon.ingest.capture.application.udp.snmp_kernel import read_snmp
from netcordon.ingest.capture.compiled import is_compiled
from netcordon.ingest.capture.container.pcap import frame_pcap
from netcordon.ingest.capture.decode import decode
from netcordon.ingest.capture.exports.reading import read_flows
from netcordon.ingest.capture.flow.track import track_packets
from netcordon.ingest.capture.measure import measure_packets
from netcordon.ingest.capture.packet.parse import parse_packets
from netcordon.ingest.capture.parts import PCAP_HEAD, PCAPNG_HEAD, compile_contents
from netcordon.ingest.capture.shares import disown_packets
from netcordon.model.parser import WHOLE, Share
from netcordon.settings import DecodeLimits

_FRAME = bytes.fromhex(
    "02000000000b02000000000a0800"  # Ethernet
    "4500002800000000400600000a000001c0000207"  # IPv4 10.0.0.1 to 192.0.2.7
    "9c40005000000001000000005002040000000000"  # TCP SYN from port 40000 to port 80
)
_QUERY = bytes.fromhex(
    "02000000000b02000000000a0800"
    "450000350000000040110000" "0a000001" "c0000235"  # IPv4 10.0.0.1 to 192.0.2.53
    "9c40003500210000"  # UDP to port 53
    "000101000001000000000000" "076578616d706c65" "00" "00010001"  # example, A
)  # fmt: skip
LARGE = (
    frame_pcap,
    parse_packets,
    measure_packets,
    disown_packets,
    track_packets,
    decode_messages,
    read_snmp,
    read_flows,
    find_exchanges,
)
"""Kernels that take long to compile, or whose modules change apart from the others'."""
_FRAGMENTS = tuple(
    bytes.fromhex(text)
    for text in (
        "02000000000b02000000000a0800"
        "4500002400072000401100000a000001c0000207"  # the first 16 octets of a datagram
        "9c402328001400000102030405060708",
        "02000000000b02000000000a0800"
        "4500001800070002401100000a000001c000020709101112",  # the last four
    )
)
_BEACON = bytes.fromhex("80000000ffffffffffff02000000000c02000000000c0000" + "00" * 12 + "0000")


def needs_compiling() -> bool:
    """Whether the next decoding has to compile first (tens of seconds, once per machine)."""
    return not all(is_compiled(kernel) for kernel in LARGE)


def warm_up() -> None:
    """Compile the kernels, or load them where a run before has; needs no file, leaves no rows."""
    compile_contents()  # some of its messages are not in the captures made here
    pcap = PCAP_HEAD
    for frame in (_FRAME, _QUERY, *_FRAGMENTS):
        pcap += struct.pack("<IIII", 0, 0, len(frame), len(frame)) + frame
    wireless = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 105)
    wireless += struct.pack("<IIII", 0, 0, len(_BEACON), len(_BEACON)) + _BEACON
    interface = struct.pack("<IIHHII", 1, 20, 1, 0, 65535, 20)
    size = 32 + len(_FRAME) + 2
    packet = struct.pack("<IIIIIII", 6, size, 0, 0, 0, len(_FRAME), len(_FRAME))
    pcapng = PCAPNG_HEAD + interface + packet + _FRAME + b"\0\0" + struct.pack("<I", size)
    limits = DecodeLimits(block_bytes=4096, max_flows=16)
    captures = ((pcap, 4, WHOLE), (pcapng, 1, Share(count=2)), (wireless, 1, WHOLE))
    for capture, frames, share in captures:
        result = decode(
            io.BytesIO(capture), _Nowhere(), lambda _: None, ApplicationLayer(limits), limits, share
        )
        assert result.records == frames, "the capture made here is a sound one"


class _Nowhere:
    """A sink without a bottom."""

    def append(self, table: str, columns: Mapping[str, object]) -> None:
        """Forget the rows."""
