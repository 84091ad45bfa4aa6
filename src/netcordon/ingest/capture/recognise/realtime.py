"""STUN, DTLS, RTCP and QUIC: protocols of calls and browsers."""

from __future__ import annotations

from netcordon.ingest.capture.compiled import subkernel
from netcordon.ingest.capture.events import SERVICES
from netcordon.ingest.capture.layout import Octets
from netcordon.ingest.capture.octets import be16, be32, u8

_STUN, _DTLS, _RTCP, _QUIC, _GQUIC = (
    SERVICES.index(name) for name in ("stun", "dtls", "rtcp", "quic", "gquic")
)
STUN_COOKIE = 0x2112A442
_MOST_RECORDS = 16


@subkernel
def realtime_service(data: Octets, at: int, size: int, wire: int) -> int:
    """One of the four, or 0."""
    first = u8(data, at)
    if first < 0x40 and size >= 20 and _is_stun(data, at, wire):
        return _STUN
    if 20 <= first <= 25 and _is_dtls(data, at, size, wire):
        return _DTLS
    if first >> 6 == 2 and _is_rtcp(data, at, size, wire):
        return _RTCP
    if size >= 9 and first & 0x80:
        return _long_header(data, at, size, wire)
    return _GQUIC if _is_gquic(data, at, size) else 0


@subkernel
def _is_stun(data: Octets, at: int, wire: int) -> bool:
    """RFC 8489: zero bits, a length of whole words, the cookie."""
    length = be16(data, at + 2)
    return length & 3 == 0 and 20 + length <= wire and be32(data, at + 4) == STUN_COOKIE


@subkernel
def _is_dtls(data: Octets, at: int, size: int, wire: int) -> bool:
    """Records (RFC 6347 section 4.1) of one version that fill the datagram."""
    start, version = at, 0
    for i in range(_MOST_RECORDS):
        if at + 13 > start + size:
            return i > 0 and size < wire
        kind = u8(data, at)
        version = be16(data, at + 1) if i == 0 else version
        if kind == 22 and be16(data, at + 3) == 0:
            if at + 13 < start + size and not _is_handshake(u8(data, at + 13)):
                return False
        elif not 20 <= kind <= 25:
            # Behind a hello, DTLS 1.3 goes on with its short records.
            return i > 0 and kind >> 5 == 1
        if version not in (0xFEFF, 0xFEFD, 0xFEFC, 0x0100) or be16(data, at + 1) != version:
            return False
        length = be16(data, at + 11)
        if length == 0 or length > (1 << 14) + 2048:
            return False
        at += 13 + length
        if at >= start + wire:
            return at == start + wire
    return True


@subkernel
def _is_handshake(kind: int) -> bool:
    return kind <= 4 or kind == 8 or 11 <= kind <= 16 or 20 <= kind <= 24


@subkernel
def _is_rtcp(data: Octets, at: int, size: int, wire: int) -> bool:
    """A compound packet (RFC 3550 section 6.1) that begins with a report and fits exactly."""
    if size < 8 or not 200 <= u8(data, at + 1) <= 201:
        return False
    blocks = u8(data, at) & 31
    if 4 * be16(data, at + 2) + 4 < (8 if u8(data, at + 1) == 201 else 28) + 24 * blocks:
        return False
    start = at
    for _ in range(_MOST_RECORDS):
        if at + 4 > start + size:
            break
        if u8(data, at) >> 6 != 2 or not 200 <= u8(data, at + 1) <= 211:
            # SRTCP seals all but the first header and adds an index with its tag.
            return at > start and wire - (at - start) >= 4
        at += 4 * be16(data, at + 2) + 4
    return at == start + wire or (at > start and at - start < wire <= at - start + 14)


@subkernel
def _long_header(data: Octets, at: int, size: int, wire: int) -> int:
    """QUIC's invariant long header (RFC 8999) with a version that exists, or 0."""
    version = be32(data, at + 1)
    destination = u8(data, at + 5)
    is_google = version >> 24 == 0x51 and _is_digits(data, at + 2)  # Q046 and later
    if is_google and version & 0xFFFFFF in (0x303436, 0x303433, 0x303434):
        return _GQUIC  # connection id lengths are nibbles here
    if destination > 20 or 6 + destination >= size:
        return 0
    source = u8(data, at + 6 + destination)
    behind = 7 + destination + source
    if source > 20 or behind > size:
        return 0
    if version == 0:
        rest = wire - behind
        is_list = rest >= 4 and rest % 4 == 0 and behind + 4 <= size
        return (
            _QUIC
            if is_list and destination + source > 0 and _has_known(data, at + behind, at + size)
            else 0
        )
    if is_google:
        return _GQUIC
    if not u8(data, at) & 0x40 or not _is_quic_version(version):
        return 0
    return _QUIC if destination + source > 0 else 0


@subkernel
def _has_known(data: Octets, at: int, end: int) -> bool:
    for _ in range(32):
        if at + 4 > end:
            return False
        version = be32(data, at)
        if _is_quic_version(version) or version >> 24 == 0x51:
            return True
        at += 4
    return False


@subkernel
def _is_quic_version(version: int) -> bool:
    """1, 2, drafts, Facebook's, Google's over TLS, and the reserved ones (RFC 9000 section 15)."""
    return (
        version in (1, 0x6B3343CF, 0x709A50C4)
        or 0xFF000000 < version <= 0xFF000040
        or version >> 8 == 0xFACEB0
        or version & 0xFFFFFF00 == 0x54303500  # T05x
        or version & 0x0F0F0F0F == 0x0A0A0A0A
    )


@subkernel
def _is_digits(data: Octets, at: int) -> bool:
    for i in range(3):
        if not 0x30 <= u8(data, at + i) <= 0x39:
            return False
    return True


@subkernel
def _is_gquic(data: Octets, at: int, size: int) -> bool:
    """Public header of Google's QUIC up to Q043: version flag, 8-octet connection id, ``Q0nn``."""
    if size < 14 or u8(data, at) & 0x09 != 0x09 or u8(data, at) & 0xC2:
        return False
    return u8(data, at + 9) == 0x51 and u8(data, at + 10) == 0x30 and _is_digits(data, at + 10)
