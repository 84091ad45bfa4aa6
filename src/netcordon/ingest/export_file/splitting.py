"""Where one datagram of a file ends and the next begins.

IPFIX gives its length (RFC 7011, 3.1) and versions 5 and 7 their number of records. Version 9 gives
neither: it ends where no set can begin, for ids below 256 other than 0 and 1 are reserved (RFC
3954, 5.2).
"""

from __future__ import annotations

import struct

_FIXED = {5: 48, 7: 52}
_HEAD_5, _HEAD_9, _HEAD_10 = 24, 20, 16
LONGEST_HEAD = 24
"""Octets that tell whether a header stands there."""
_MOST_RECORDS = 64
_LARGEST = 65_535
_1995_S, _2100_S = 788_918_400, 4_102_444_800


def is_head(data: bytes, at: int = 0) -> bool:
    """Whether the header of a datagram stands here: version, counts and a time that can be."""
    if at + _HEAD_9 > len(data):
        return False
    version, count = struct.unpack_from(">HH", data, at)
    place = 4 if version == 10 else 8
    (seconds,) = struct.unpack_from(">I", data, at + place)
    if not _1995_S <= seconds < _2100_S:
        return False
    if version in _FIXED:
        return bool(1 <= count <= _MOST_RECORDS)
    if version == 9:
        return _is_set(data, at + _HEAD_9, 1)
    return (
        version == 10
        and count >= _HEAD_10
        and (count == _HEAD_10 or _is_set(data, at + _HEAD_10, 3))
    )


def _is_set(data: bytes, at: int, options: int) -> bool:
    if at + 4 > len(data):
        return False
    number, length = struct.unpack_from(">HH", data, at)
    return bool((number in (options - 1, options) or number >= 256) and length >= 4)


def length_of(data: bytes, at: int, *, is_last: bool) -> int:
    """Octets of the datagram that begins at ``at``; 0 where more data must come to tell.

    Args:
        data: what was read of the file.
        at: where a header stands.
        is_last: nothing comes any more: what is cut off ends with the file.
    """
    version, count = struct.unpack_from(">HH", data, at)
    left = len(data) - at
    if version != 9:
        size = count if version == 10 else _HEAD_5 + count * _FIXED[version]
        return size if size <= left else left if is_last else 0
    end = at + _HEAD_9
    while end + 4 <= len(data):
        number, length = struct.unpack_from(">HH", data, end)
        if 2 <= number < 256 or length < 4:
            break
        end += length
    else:
        return min(end - at, left) if is_last else 0
    size = end - at
    # Zeros fill some datagrams up; they belong to it.
    while end < len(data) and data[end] == 0 and not is_head(data, end) and size < _LARGEST:
        end, size = end + 1, size + 1
    return size if is_last or end + LONGEST_HEAD <= len(data) else 0
