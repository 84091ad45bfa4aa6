"""Data of DNS resource records as text, in kernels."""

from __future__ import annotations

import numpy as np

from netcordon.ingest.capture.addresses import _write_ipv4, _write_ipv6
from netcordon.ingest.capture.application.dns.names import Octets, write_name, write_octet
from netcordon.ingest.capture.compiled import subkernel
from netcordon.ingest.capture.digits import write_number
from netcordon.ingest.capture.octets import be16, be32, be64, wide

LONGEST_DATA = 4096
"""Octets that the text of one record may take."""
_TEXT_LIMIT = 1024
_HEX_LIMIT = 256
_QUOTE = 34
_A, _NS, _CNAME, _SOA, _PTR, _MX, _TXT, _AAAA = 1, 2, 5, 6, 12, 15, 16, 28
_NB, _SRV, _DNAME, _SVCB, _HTTPS = 32, 33, 39, 64, 65
_DIGITS = np.frombuffer(b"0123456789abcdef", dtype=np.uint8).copy()


@subkernel
def write_data(
    data: Octets, start: int, at: int, size: int, kind: int, out: Octets, to: int
) -> int:
    """Write the data of a record of type ``kind`` at ``data[at:at + size]``.

    Names within may point back into the message, which begins at ``start``. Data that does not
    fit its type is written in the generic form of RFC 3597. Returns the end of the text in ``out``.
    """
    stop = at + size
    written = -1
    if kind == _A and size == 4:
        written = _write_ipv4(be32(data, at), out, to)
    elif kind == _AAAA and size == 16:
        written = _write_ipv6(be64(data, at), be64(data, at + 8), _DIGITS, out, to)
    elif kind in (_NS, _CNAME, _PTR, _DNAME):
        written = _name(data, start, at, stop, out, to)
    elif kind == _MX and size > 2:
        written = _numbered(data, start, at, stop, 1, out, to)
    elif kind == _SRV and size > 6:
        written = _numbered(data, start, at, stop, 3, out, to)
    elif kind in (_SVCB, _HTTPS) and size > 2:
        written = _numbered(data, start, at, stop, 1, out, to)
    elif kind == _SOA:
        written = _soa(data, start, at, stop, out, to)
    elif kind == _TXT:
        written = _txt(data, at, stop, out, to)
    elif kind == _NB and size >= 6 and size % 6 == 0:
        written = _write_ipv4(be32(data, at + 2), out, to)
    return written if written >= 0 else _generic(data, at, size, out, to)


@subkernel
def _name(data: Octets, start: int, at: int, stop: int, out: Octets, to: int) -> int:
    behind, to, _ = write_name(data, start, at, stop, False, out, to)
    return to if behind >= 0 else -1


@subkernel
def _numbered(
    data: Octets, start: int, at: int, stop: int, count: int, out: Octets, to: int
) -> int:
    """16-bit numbers before a name, each followed by a space."""
    for i in range(count):
        to = write_number(be16(data, at + 2 * i), out, to)
        out[to] = 32
        to += 1
    return _name(data, start, at + 2 * count, stop, out, to)


@subkernel
def _soa(data: Octets, start: int, at: int, stop: int, out: Octets, to: int) -> int:
    for _ in range(2):
        at, to, _octets = write_name(data, start, at, stop, False, out, to)
        if at < 0:
            return -1
        out[to] = 32
        to += 1
    if at + 20 > stop:
        return -1
    for i in range(5):
        to = write_number(be32(data, at + 4 * i), out, to)
        if i < 4:
            out[to] = 32
            to += 1
    return to


@subkernel
def _txt(data: Octets, at: int, stop: int, out: Octets, to: int) -> int:
    """Character strings in quotes, separated by spaces, cut with an ellipsis when too long."""
    limit = to + _TEXT_LIMIT
    is_first = True
    while at < stop:
        size = wide(data[at])
        if at + 1 + size > stop:
            return -1
        if not is_first:
            out[to] = 32
            to += 1
        is_first = False
        out[to] = _QUOTE
        to += 1
        for i in range(size):
            if to > limit:
                return _ellipsis(out, to)
            to = write_octet(wide(data[at + 1 + i]), _QUOTE, out, to)
        out[to] = _QUOTE
        to += 1
        if to > limit:
            return _ellipsis(out, to)
        at += 1 + size
    return to


@subkernel
def _generic(data: Octets, at: int, size: int, out: Octets, to: int) -> int:
    r"""``\# <length> <hexadecimal>`` (RFC 3597 section 5)."""
    out[to] = 92
    out[to + 1] = 35
    out[to + 2] = 32
    to = write_number(size, out, to + 3)
    if size == 0:
        return to
    out[to] = 32
    to += 1
    for i in range(min(size, _HEX_LIMIT)):
        octet = wide(data[at + i])
        out[to] = _DIGITS[octet >> 4]
        out[to + 1] = _DIGITS[octet & 15]
        to += 2
    return _ellipsis(out, to) if size > _HEX_LIMIT else to


@subkernel
def _ellipsis(out: Octets, to: int) -> int:
    out[to] = 0xE2
    out[to + 1] = 0x80
    out[to + 2] = 0xA6
    return to + 3
