"""Text of addresses and flow ids, a whole column at a time.

Addresses are two 64-bit halves of 16 bytes, IPv4 as ``::ffff:a.b.c.d``; they print as RFC 5952 asks
(IPv4 ones dotted). MAC addresses are the low 48 bits of an integer. A uid prints as ``C`` and
13 characters of Crockford's base 32.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from netcordon.ingest.capture.compiled import kernel, subkernel
from netcordon.ingest.capture.octets import wide

NO_MAC = 1 << 63
"""Stands for "the link has no addresses"."""
_MAPPED = np.uint64(0xFFFF)
_HEX = np.frombuffer(b"0123456789abcdef", dtype=np.uint8).copy()
_BASE32 = np.frombuffer(b"0123456789ABCDEFGHJKMNPQRSTVWXYZ", dtype=np.uint8).copy()
_WIDEST_ADDRESS = 39

U64 = NDArray[np.uint64]
Bytes = NDArray[np.uint8]
Offsets = NDArray[np.int32]


def address_text(hi: U64, lo: U64) -> pa.StringArray:
    """Canonical text (RFC 5952) of n addresses given as upper and lower 64 bits."""
    text = np.empty(max(1, len(hi)) * _WIDEST_ADDRESS, dtype=np.uint8)
    offsets = np.zeros(len(hi) + 1, dtype=np.int32)
    _write_addresses(_u64(hi), _u64(lo), _HEX, text, offsets)
    return _strings(text, offsets)


def mac_text(macs: U64) -> pa.StringArray:
    """``aa:bb:cc:dd:ee:ff`` for n addresses; NULL where bit 63 is set."""
    macs = _u64(macs)
    text = np.empty((len(macs), 17), dtype=np.uint8)
    _write_macs(macs, _HEX, text)
    return _fixed_width(text, macs < np.uint64(NO_MAC))


def uid_text(uids: U64, valid: NDArray[np.bool_] | None = None) -> pa.StringArray:
    """``C`` and 13 characters for n flow ids; equal ids and only those have equal text.

    Where ``valid`` is given and false, the text is NULL.
    """
    text = np.empty((len(uids), 14), dtype=np.uint8)
    _write_uids(_u64(uids), _BASE32, text)
    return _fixed_width(text, valid)


def _u64(values: U64) -> U64:
    return np.ascontiguousarray(values, dtype=np.uint64)


def _fixed_width(letters: Bytes, valid: NDArray[np.bool_] | None) -> pa.StringArray:
    rows, width = letters.shape
    offsets = np.arange(0, (rows + 1) * width, width, dtype=np.int32)[: rows + 1]
    bitmap = None if valid is None else pa.py_buffer(np.packbits(valid, bitorder="little"))
    return pa.StringArray.from_buffers(
        rows, pa.py_buffer(offsets), pa.py_buffer(letters.reshape(-1)), bitmap
    )


def _strings(text: Bytes, offsets: Offsets) -> pa.StringArray:
    used = text[: offsets[-1]].copy()
    return pa.StringArray.from_buffers(len(offsets) - 1, pa.py_buffer(offsets), pa.py_buffer(used))


@kernel
def _write_macs(macs: U64, digits: Bytes, text: Bytes) -> None:
    for row in range(len(macs)):
        for i in range(6):
            octet = wide((macs[row] >> np.uint64(40 - 8 * i)) & np.uint64(255))
            text[row, 3 * i] = digits[octet >> 4]
            text[row, 3 * i + 1] = digits[octet & 15]
            if i < 5:
                text[row, 3 * i + 2] = 58


@kernel
def _write_uids(uids: U64, letters: Bytes, text: Bytes) -> None:
    for row in range(len(uids)):
        text[row, 0] = 67
        for i in range(13):
            text[row, 13 - i] = letters[wide((uids[row] >> np.uint64(5 * i)) & np.uint64(31))]


@kernel
def _write_addresses(hi: U64, lo: U64, digits: Bytes, text: Bytes, offsets: Offsets) -> None:
    at = 0
    for row in range(len(hi)):
        if hi[row] == 0 and (lo[row] >> np.uint64(32)) == _MAPPED:
            at = _write_ipv4(wide(lo[row] & np.uint64(0xFFFFFFFF)), text, at)
        else:
            at = _write_ipv6(hi[row], lo[row], digits, text, at)
        offsets[row + 1] = at


@subkernel
def _write_ipv4(value: int, text: Bytes, at: int) -> int:
    for i in range(4):
        octet = (value >> (24 - 8 * i)) & 255
        if octet >= 100:
            text[at] = 48 + octet // 100
            at += 1
        if octet >= 10:
            text[at] = 48 + octet // 10 % 10
            at += 1
        text[at] = 48 + octet % 10
        at += 1
        if i < 3:
            text[at] = 46
            at += 1
    return at


@subkernel
def _group(hi: np.uint64, lo: np.uint64, i: int) -> int:
    half = hi if i < 4 else lo
    return wide((half >> np.uint64(48 - 16 * (i & 3))) & np.uint64(0xFFFF))


@subkernel
def _write_ipv6(hi: np.uint64, lo: np.uint64, digits: Bytes, text: Bytes, at: int) -> int:
    # RFC 5952, 4.2: "::" is the longest run of two or more zero groups, the first of equals.
    best_start = -1
    best_length = 1
    i = 0
    while i < 8:
        start = i
        while i < 8 and _group(hi, lo, i) == 0:
            i += 1
        if i - start > best_length:
            best_start = start
            best_length = i - start
        i += 1
    i = 0
    while i < 8:
        if i == best_start:
            text[at] = 58
            text[at + 1] = 58
            at += 2
            i += best_length
            continue
        if i > 0 and i != best_start + best_length:
            text[at] = 58
            at += 1
        value = _group(hi, lo, i)
        shift = 12
        while shift > 0 and (value >> shift) == 0:
            shift -= 4
        while shift >= 0:
            text[at] = digits[(value >> shift) & 15]
            at += 1
            shift -= 4
        i += 1
    return at
