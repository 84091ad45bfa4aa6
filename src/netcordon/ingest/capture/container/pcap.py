"""Classic pcap: https://www.ietf.org/archive/id/draft-ietf-opsawg-pcap-04.html.

Both byte orders, microseconds and nanoseconds, and the record header with eight more octets that
patched libpcap versions wrote (magic a1b2cd34).
"""

from __future__ import annotations

import numpy as np

from netcordon.ingest.capture.compiled import kernel
from netcordon.ingest.capture.container.framing import (
    BAD_LENGTH,
    CLASSIC_SNAPLEN,
    FRAMER,
    FULL,
    LARGEST_FRAME,
    MORE,
)
from netcordon.ingest.capture.container.magic import PCAP_MAGICS
from netcordon.ingest.capture.layout import Octets, Records
from netcordon.ingest.capture.octets import u32, wide

FILE_HEADER_BYTES = 24


def open_pcap(head: bytes) -> Records:
    """Reader state after the file header, of which ``head`` holds all octets."""
    is_big, is_nano, header_bytes = PCAP_MAGICS[head[:4]]
    order = ">u4" if is_big else "<u4"
    words = np.frombuffer(head[:FILE_HEADER_BYTES], dtype=order)
    state = np.zeros(1, dtype=FRAMER)
    state["is_big"] = is_big
    state["is_nano"] = is_nano
    state["header_bytes"] = header_bytes
    state["at"] = FILE_HEADER_BYTES
    state["snaplen"] = int(words[4])
    state["link_type"] = int(words[5]) & 0xFFFF  # above: FCS length and reserved bits
    return state


@kernel
def frame_pcap(data: Octets, state: Records, packets: Records) -> None:
    """Find the packets of a block from ``state.at`` on.

    Args:
        data: the block; its first octet is where the last call left ``state.at``, or before.
        state: reader state; on return ``count``, ``at`` and ``status`` say what happened.
        packets: the container's fields of ``state.count`` of them are filled in.
    """
    s = state[0]
    end = len(data)
    at = s.at
    count = 0
    is_big = s.is_big != 0
    scale = 1 if s.is_nano else 1000
    limit = min(max(s.snaplen, CLASSIC_SNAPLEN), LARGEST_FRAME)
    status = MORE
    while at + s.header_bytes <= end:
        if count == len(packets):
            status = FULL
            break
        captured = u32(data, at + 8, is_big)
        if captured > limit:
            status = BAD_LENGTH
            break
        begin = at + s.header_bytes
        if begin + captured > end:
            break
        wire = u32(data, at + 12, is_big)
        time_ns = u32(data, at, is_big) * 1_000_000_000 + u32(data, at + 4, is_big) * scale
        packet = packets[count]
        packet.offset = begin
        packet.end = begin + captured
        packet.wire_length = wire
        packet.time_ns = time_ns
        packet.link_type = s.link_type
        packet.record = at
        packet.interface = 0
        s.over_snaplen += wide(s.snaplen > 0 and captured > s.snaplen)
        s.longer_than_wire += wide(captured > wire)
        s.truncated += wide(captured < wire)
        s.largest_capture = max(s.largest_capture, captured)
        count += 1
        at = begin + captured
    s.at = at
    s.count = count
    s.status = status
