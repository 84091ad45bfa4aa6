"""Header blocks of HTTP/1 that leave no question open, read where they stand by a kernel.

Plain is a header block of lines that end in CRLF, whose first line is as RFC 9112 writes it, and
whose fields that rows are made of are printable ASCII and sent once. ``message`` reads all others,
and says the same of these.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from netcordon.ingest.capture.application.record.text import LONG, SHORT
from netcordon.ingest.capture.compiled import subkernel
from netcordon.ingest.capture.layout import Octets
from netcordon.ingest.capture.octets import u8, wide

Spans = NDArray[np.int32]
"""One row a text of an exchange: offset in the block and length, -1 for one that was not sent."""

(METHOD, URI, LAST_SEGMENT, HOST, USER_AGENT, REFERER, PROXIED_FOR, REQUEST_TYPE, REQUEST_ENCODING,
 SERVER, LOCATION, RESPONSE_TYPE, RESPONSE_ENCODING) = range(13)  # fmt: skip
"""Rows of ``Spans``."""
SPANS = 13

NOT_PLAIN = -1
_IGNORED, _LENGTH, _REFUSED = -1, -2, -3
_FIELDS: dict[bytes, tuple[int, int]] = {
    b"host": (HOST, _IGNORED),
    b"server": (_IGNORED, SERVER),
    b"referer": (REFERER, _IGNORED),
    b"location": (_IGNORED, LOCATION),
    b"user-agent": (USER_AGENT, _IGNORED),
    b"content-type": (REQUEST_TYPE, RESPONSE_TYPE),
    b"authorization": (_REFUSED, _IGNORED),
    b"content-length": (_LENGTH, _LENGTH),
    b"x-forwarded-for": (PROXIED_FOR, _IGNORED),
    b"content-encoding": (REQUEST_ENCODING, RESPONSE_ENCODING),
    b"www-authenticate": (_IGNORED, _REFUSED),
    b"transfer-encoding": (_REFUSED, _REFUSED),
    b"proxy-authenticate": (_IGNORED, _REFUSED),
    b"content-disposition": (_REFUSED, _REFUSED),
    b"proxy-authorization": (_REFUSED, _IGNORED),
}
"""Field -> what becomes of it in a request and in a response."""
_NAMES = np.frombuffer(b"".join(_FIELDS), dtype=np.uint8)
_NAME_SIZES = np.array([len(name) for name in _FIELDS], dtype=np.int64)
_ACTIONS = np.array(list(_FIELDS.values()), dtype=np.int64)
_LONGEST = np.full(SPANS, SHORT)
_LONGEST[[REFERER, LOCATION]] = LONG
_LONGEST[URI] = LONG - SHORT - len("http://")  # with its host it is the address of a file
_LONGEST[[REQUEST_ENCODING, RESPONSE_ENCODING]] = 64
"""Characters of each text that rows hold; a longer one is not plain."""
_HTTP = np.frombuffer(b"HTTP/1.", dtype=np.uint8)
_CONNECT = np.frombuffer(b"CONNECT", dtype=np.uint8)
_HEAD = np.frombuffer(b"HEAD", dtype=np.uint8)
_MOST_LINES = 256
_MOST_DIGITS = 18
_LF, _CR, _BLANK, _HASH, _PERCENT, _DASH, _SLASH, _QUESTION = 10, 13, 32, 35, 37, 45, 47, 63
_ZERO, _NINE, _COLON, _A, _Z, _UNDERSCORE, _LAST_PRINTABLE = 48, 57, 58, 65, 90, 95, 126


@subkernel
def read_request(block: Octets, at: int, end: int, spans: Spans) -> tuple[int, int, int, bool]:
    """Read the request's header block at ``at``.

    Args:
        block: bytes.
        at: first octet.
        end: behind the last one that may be read.
        spans: filled with what the request says.

    Returns:
        Offset behind the block or ``NOT_PLAIN``; digit of the version; Content-Length, -1 without;
        whether it is a HEAD request.
    """
    stop = at
    while stop < end and _is_method(u8(block, stop)):
        stop += 1
    size = stop - at
    # The signature of a request: two to 32 characters, the first of them a letter.
    if stop >= end or not 2 <= size <= 32 or not _A <= u8(block, at) <= _Z:
        return NOT_PLAIN, 0, -1, False
    if u8(block, stop) != _BLANK or _is(block, at, size, _CONNECT):
        return NOT_PLAIN, 0, -1, False
    spans[METHOD, 0], spans[METHOD, 1] = at, size
    is_head = _is(block, at, size, _HEAD)
    at = stop + 1
    stop, path_end, last = at, -1, at
    while stop < end and _BLANK < u8(block, stop) <= _LAST_PRINTABLE:
        octet = u8(block, stop)
        if path_end < 0 and octet in (_QUESTION, _HASH):
            path_end = stop
        elif path_end < 0 and octet == _SLASH:
            last = stop + 1
        stop += 1
    if path_end < 0:
        path_end = stop
    is_sound = stop > at and stop + 11 <= end and u8(block, stop) == _BLANK
    if not is_sound or stop - at > _LONGEST[URI] or path_end - last > _LONGEST[LAST_SEGMENT]:
        return NOT_PLAIN, 0, -1, False
    for octet_at in range(last, path_end):
        if u8(block, octet_at) == _PERCENT:
            return NOT_PLAIN, 0, -1, False
    spans[URI, 0], spans[URI, 1] = at, stop - at
    spans[LAST_SEGMENT, 0] = last
    spans[LAST_SEGMENT, 1] = path_end - last if path_end > last else -1
    at = stop + 1
    digit = u8(block, at + 7) - _ZERO
    if not _is(block, at, 7, _HTTP) or not 0 <= digit <= 9 or u8(block, at + 8) != _CR:
        return NOT_PLAIN, 0, -1, False
    behind, length = _read_fields(block, at + 8, end, 0, spans)
    return behind, digit, length, is_head


@subkernel
def read_response(block: Octets, at: int, end: int, spans: Spans) -> tuple[int, int, int]:
    """Read the response's header block at ``at``; arguments as of ``read_request``.

    Returns:
        Offset behind the block or ``NOT_PLAIN``; status; Content-Length, -1 without.
    """
    if at + 14 > end or not _is(block, at, 7, _HTTP) or u8(block, at + 8) != _BLANK:
        return NOT_PLAIN, 0, -1
    status = 0
    for k in (7, 9, 10, 11):
        digit = u8(block, at + k) - _ZERO
        if not 0 <= digit <= 9:
            return NOT_PLAIN, 0, -1
        if k > 7:
            status = 10 * status + digit
    at += 12
    if u8(block, at) == _BLANK:
        while at < end and u8(block, at) != _CR:
            if u8(block, at) == _LF:
                return NOT_PLAIN, 0, -1
            at += 1
    behind, length = _read_fields(block, at, end, 1, spans)
    return behind, status, length


@subkernel
def _read_fields(block: Octets, at: int, end: int, side: int, spans: Spans) -> tuple[int, int]:
    """The fields behind the line that ends at ``at``; ``side`` is 1 for a response."""
    length = -1
    for _ in range(_MOST_LINES):
        if at + 4 > end or not _ends(block, at):
            return NOT_PLAIN, -1
        begin = at + 2
        if _ends(block, begin):
            return begin + 2, length
        at, colon = begin, -1
        while at < end and u8(block, at) != _LF:
            octet = u8(block, at)
            if colon < 0:
                if octet <= _BLANK and not (octet == _CR and at + 1 < end and _ends(block, at)):
                    return NOT_PLAIN, -1  # a folded value, or blanks around a name
                if octet == _COLON:
                    colon = at
            at += 1
        at -= 1
        if at < begin or u8(block, at) != _CR:
            return NOT_PLAIN, -1
        action = _action(block, begin, colon - begin, side) if colon >= 0 else _IGNORED
        if action == _REFUSED:
            return NOT_PLAIN, -1
        if action == _LENGTH:
            length = _number(block, colon + 1, at) if length < 0 else length
            if length < 0:
                return NOT_PLAIN, -1
        elif action >= 0 and spans[action, 1] < 0:
            value, size = _trimmed(block, colon + 1, at)
            if size < 0 or size > _LONGEST[action]:
                return NOT_PLAIN, -1
            spans[action, 0], spans[action, 1] = value, size
    return NOT_PLAIN, -1


@subkernel
def _ends(block: Octets, at: int) -> bool:
    return u8(block, at) == _CR and u8(block, at + 1) == _LF


@subkernel
def _action(block: Octets, at: int, size: int, side: int) -> int:
    """What becomes of the field whose name stands at ``at``."""
    name = 0
    for number in range(len(_NAME_SIZES)):
        if _NAME_SIZES[number] == size:
            k = 0
            # Letters of either case; the names hold nothing else but dashes.
            while k < size and (u8(block, at + k) | 0x20) == wide(_NAMES[name + k]):
                k += 1
            if k == size:
                return wide(_ACTIONS[number, side])
        name += _NAME_SIZES[number]
    return _IGNORED


@subkernel
def _trimmed(block: Octets, at: int, end: int) -> tuple[int, int]:
    """A value without the blanks around it; length -1 when it is not printable ASCII."""
    while at < end and u8(block, at) == _BLANK:
        at += 1
    while end > at and u8(block, end - 1) == _BLANK:
        end -= 1
    for k in range(at, end):
        if not _BLANK <= u8(block, k) <= _LAST_PRINTABLE:
            return at, -1
    return at, end - at


@subkernel
def _number(block: Octets, at: int, end: int) -> int:
    """A decimal number, -1 when it is none."""
    at, size = _trimmed(block, at, end)
    if not 0 < size <= _MOST_DIGITS:
        return -1
    number = 0
    for k in range(at, at + size):
        if not _ZERO <= u8(block, k) <= _NINE:
            return -1
        number = 10 * number + u8(block, k) - _ZERO
    return number


@subkernel
def _is(block: Octets, at: int, size: int, word: Octets) -> bool:
    if size != len(word):
        return False
    for k in range(size):  # noqa: SIM110 - a kernel
        if block[at + k] != word[k]:
            return False
    return True


@subkernel
def _is_method(octet: int) -> bool:
    return _A <= octet <= _Z or octet in (_DASH, _UNDERSCORE)
