"""Frames that a radio or a sniffer heard and sent on in datagrams.

CAPWAP data between access points and their controller (RFC 5415 section 4.3, RFC 5416) in clear,
and TZSP, by which access points and switches mirror what they hear to a sniffer (as Wireshark's
``packet-tzsp.c`` documents it). Both hold Ethernet or 802.11.
"""

from __future__ import annotations

from netcordon.ingest.capture.compiled import subkernel
from netcordon.ingest.capture.layout import Octets, Record
from netcordon.ingest.capture.octets import be16, be32
from netcordon.ingest.capture.packet.ethernet import ETHERNET
from netcordon.ingest.capture.packet.tunnels import CAPWAP, TZSP, begin_inner
from netcordon.ingest.capture.wireless.frame import read_wireless

CAPWAP_PORT, TZSP_PORT = 5247, 37008
_WIFI, _PRISM, _AVS = 105, 119, 163
"""Link types of 802.11, alone and behind the headers that receivers put before it."""
_MOST_TAGS = 32
_NATIVE, _FRAGMENT, _KEEP_ALIVE = 1 << 8, 1 << 7, 1 << 3


@subkernel
def read_capwap(data: Octets, packet: Record, inner: Record, at: int, end: int) -> int:
    """EtherType of what a CAPWAP data packet in clear carries, or -1.

    Fragments are left alone, and so is 802.11 with the octets of its frame control exchanged.
    """
    header = be32(data, at)
    start = at + 4 * ((header >> 19) & 31)
    if header >> 24 or header & (_FRAGMENT | _KEEP_ALIVE) or start < at + 8 or start >= end:
        return -1
    begin_inner(packet, inner, start, CAPWAP, 0)
    if not header & _NATIVE:
        return ETHERNET
    return _read_radio_frame(data, inner, _WIFI) if (header >> 9) & 31 == 1 else -1


@subkernel
def read_tzsp(data: Octets, packet: Record, inner: Record, at: int, end: int) -> int:
    """EtherType of what a TZSP packet carries, or -1."""
    if data[at] != 1 or data[at + 1] > 1:
        return -1
    kind = be16(data, at + 2)
    at += 4
    for _ in range(_MOST_TAGS):
        if at >= end:
            return -1
        tag = data[at]
        if tag == 1:
            begin_inner(packet, inner, at + 1, TZSP, 0)
            if kind == 1:
                return ETHERNET
            link = _WIFI if kind == 18 else kind if kind == _PRISM else _AVS if kind == 127 else 0
            return _read_radio_frame(data, inner, link) if link else -1
        if tag == 0:
            at += 1
        elif at + 2 > end:
            return -1
        else:
            at += 2 + int(data[at + 1])
    return -1


@subkernel
def _read_radio_frame(data: Octets, inner: Record, link_type: int) -> int:
    inner.link_type = link_type
    return read_wireless(data, inner)
