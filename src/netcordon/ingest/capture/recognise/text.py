"""Protocols of text: SSDP, SIP, WS-Discovery, syslog, memcached, TFTP, chargen, QOTD."""

from __future__ import annotations

from netcordon.ingest.capture.compiled import subkernel
from netcordon.ingest.capture.events import SERVICES
from netcordon.ingest.capture.layout import Octets, Record
from netcordon.ingest.capture.octets import be16, be32, u8
from netcordon.ingest.capture.recognise.device import has_port
from netcordon.ingest.capture.recognise.words import begins, holds, is_printable, word

_SSDP, _SIP, _WSD, _SYSLOG, _CHARGEN, _QOTD, _MEMCACHED, _TFTP = (
    SERVICES.index(name)
    for name in ("ssdp", "sip", "wsd", "syslog", "chargen", "qotd", "memcached", "tftp")
)
_SEARCH, _NOTIFY = word(b"M-SEARCH * HTTP/1."), word(b"NOTIFY * HTTP/1.")
_FOUND, _SIP_STATUS = word(b"HTTP/1.1 200 OK"), word(b"SIP/2.0 ")
_SIP_URI, _SIPS_URI, _TEL_URI = word(b"sip:"), word(b"sips:"), word(b"tel:")
_XML, _ENVELOPE = word(b"<?xml"), word(b":Envelope")
_DISCOVERY, _DISCOVERY_11 = word(b"/ws/2005/04/discovery"), word(b"/ws-dd/ns/discovery/")
_MOST_XML = 1200
_MEMCACHED_WORDS = (0x67657420, 0x67657473, 0x73746174, 0x73657420, 0x76657273, 0x56414C55,
                    0x53544154, 0x454E440D, 0x4552524F, 0x53544F52, 0x56455253)  # fmt: skip
"""``get ``, ``gets``, ``stat``, ``set ``, ``vers``, VALU, STAT, END, ERRO, STOR, VERS."""
_NETASCII, _OCTET, _MAIL = word(b"netascii"), word(b"octet"), word(b"mail")


@subkernel
def text_service(data: Octets, at: int, size: int, flow: Record) -> int:
    """The protocol of a datagram that begins with a printable character, or 0."""
    first = u8(data, at)
    if first == 0x3C:
        return _angle(data, at, size, flow)
    if begins(data, at, size, _SEARCH) or begins(data, at, size, _NOTIFY):
        return _SSDP
    if begins(data, at, size, _FOUND):
        return _SSDP
    if begins(data, at, size, _SIP_STATUS) or _is_sip_request(data, at, size):
        return _SIP
    if _is_ramp(data, at, size):
        return _CHARGEN
    if flow.dst_port == 17 and 16 <= size <= 512 and is_printable(data, at, size):
        return _QOTD
    return 0


@subkernel
def _angle(data: Octets, at: int, size: int, flow: Record) -> int:
    """What begins with ``<``: a syslog priority or XML."""
    value, digits = 0, 0
    while digits < 3 and digits + 1 < size and 0x30 <= u8(data, at + 1 + digits) <= 0x39:
        value = value * 10 + u8(data, at + 1 + digits) - 0x30
        digits += 1
    if digits:
        behind = digits + 1
        is_priority = behind < size and u8(data, at + behind) == 0x3E and value <= 191
        # Any vendor's text may follow (RFC 3164 section 4.3.3): the port decides between texts.
        if not is_priority or not is_printable(data, at, min(size, 32)):
            return 0
        return _SYSLOG if has_port(flow, 514) or _is_log(data, at + behind + 1, at + size) else 0
    seen = min(size, _MOST_XML)
    if holds(data, at, seen, _ENVELOPE) and (
        holds(data, at, seen, _DISCOVERY) or holds(data, at, seen, _DISCOVERY_11)
    ):
        return _WSD
    return 0


@subkernel
def _is_log(data: Octets, at: int, end: int) -> bool:
    """Version and year (RFC 5424), or month and day (RFC 3164)."""
    if at + 16 > end:
        return False
    if be16(data, at) == 0x3120:
        return u8(data, at + 2) == 0x2D or (
            be16(data, at + 2) == 0x3230 and u8(data, at + 6) == 0x2D
        )
    return u8(data, at + 3) == 0x20 and u8(data, at + 9) == 0x3A and u8(data, at + 12) == 0x3A


@subkernel
def _is_sip_request(data: Octets, at: int, size: int) -> bool:
    """A method in capitals, then a URI that calls somebody (RFC 3261 section 7.1)."""
    length = 0
    while length < 10 and length < size and 0x41 <= u8(data, at + length) <= 0x5A:
        length += 1
    if length < 3 or length >= size or u8(data, at + length) != 0x20:
        return False
    at, size = at + length + 1, size - length - 1
    return (
        begins(data, at, size, _SIP_URI)
        or begins(data, at, size, _SIPS_URI)
        or begins(data, at, size, _TEL_URI)
    )


@subkernel
def _is_ramp(data: Octets, at: int, size: int) -> bool:
    """The rotating alphabet of the character generator (RFC 864)."""
    if size < 60:
        return False
    for i in range(48):
        step = u8(data, at + i + 1) - u8(data, at + i)
        if step != 1 and not (u8(data, at + i) >= 0x7D and u8(data, at + i + 1) <= 0x21):
            return False
    return True


@subkernel
def framed_text_service(data: Octets, at: int, size: int) -> int:
    """Text behind a short binary header: memcached over UDP, requests of TFTP; or 0."""
    if size >= 12 and be16(data, at + 6) == 0 and be32(data, at + 8) in _MEMCACHED_WORDS:
        # Frame header: request id, sequence number, total, reserved (memcached's protocol.txt).
        return _MEMCACHED if be16(data, at + 2) < be16(data, at + 4) < 4096 else 0
    return _TFTP if _is_file_request(data, at, size) else 0


@subkernel
def _is_file_request(data: Octets, at: int, size: int) -> bool:
    """RFC 1350 section 5: read or write, a file name, a mode that exists."""
    if size < 9 or be16(data, at) not in (1, 2):
        return False
    stop = 2
    while stop < size and u8(data, at + stop) != 0:
        if u8(data, at + stop) < 0x20:
            return False
        stop += 1
    if stop == 2 or stop + 5 > size:
        return False
    at, size = at + stop + 1, size - stop - 1
    return (
        _is_mode(data, at, size, _NETASCII)
        or _is_mode(data, at, size, _OCTET)
        or _is_mode(data, at, size, _MAIL)
    )


@subkernel
def _is_mode(data: Octets, at: int, size: int, mode: Octets) -> bool:
    if size < len(mode) + 1 or u8(data, at + len(mode)) != 0:
        return False
    for i in range(len(mode)):
        if u8(data, at + i) | 0x20 != mode[i]:
            return False
    return True
