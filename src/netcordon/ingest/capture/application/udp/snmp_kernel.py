"""All SNMP messages of a chunk read in one compiled pass (RFC 1157, 3412, 3416).

Elements follow the rules of ``application.der``: a length in one to four octets, and the last
element may be cut off by the end of what was captured.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from netcordon.ingest.capture.compiled import kernel, subkernel
from netcordon.ingest.capture.digits import write_number
from netcordon.ingest.capture.octets import wide

MESSAGE = np.dtype(
    [
        ("event", np.int32),
        ("version", np.uint8),  # as sent: 0 is version 1, 1 is 2c
        ("pdu", np.uint8),  # tag of the PDU, 0 when it is encrypted
        ("level", np.uint8),  # msgFlags of version 3
        ("is_default", np.uint8),  # the community is one that devices are delivered with
        ("status", np.int64),  # error-status of an answer, -1 without
        ("user_at", np.int64),  # place of version 3's user name in the block
        ("user_bytes", np.int32),
        ("names_end", np.int32),  # of the object identifiers' text in the arena
    ],
    align=True,
)
"""One message."""

RESPONSE, TRAP_V1, REPORT = 0xA2, 0xA4, 0xA8
_FIRST_PDU = 0xA0
_INTEGER, _OCTETS, _OID, _SEQUENCE = 2, 4, 6, 0x30
_MOST_NAMES = 3
_MOST_ARCS = 64
_NAMES_ROOM = _MOST_NAMES * _MOST_ARCS * 11
_MOST_BINDINGS = 256
_DEFAULTS = (b"public", b"private", b"community", b"manager", b"admin", b"snmp")
"""Communities that devices are delivered with."""
_DEFAULT_LETTERS = np.frombuffer(
    b"".join(word.ljust(16, b"\0") for word in _DEFAULTS), dtype=np.uint8
).reshape(-1, 16)
_DEFAULT_LENGTHS = np.array([len(word) for word in _DEFAULTS], dtype=np.int64)

Octets = NDArray[np.uint8]
Records = NDArray[Any]


@kernel
def read_snmp(
    block: Octets,
    offsets: NDArray[np.int64],
    lengths: NDArray[np.int32],
    begin: int,
    messages: Records,
    names: Octets,
) -> tuple[int, int]:
    """Read datagrams from ``begin`` on.

    Args:
        block: bytes that the datagrams stand in.
        offsets: of each datagram in the block.
        lengths: captured octets of each.
        begin: first datagram to read.
        messages: filled with ``MESSAGE``, one a datagram that is one.
        names: arena of the names that messages ask for, separated by a blank.

    Returns:
        Datagram to go on with, and how many messages were filled.
    """
    count, used = 0, 0
    at = begin
    while at < len(offsets) and count < len(messages) and used + _NAMES_ROOM <= len(names):
        start = offsets[at]
        end = start + lengths[at]
        if start >= 0 and lengths[at] >= 0 and end <= len(block):
            message = messages[count]
            message.event = at
            message.level, message.is_default, message.user_bytes = 0, 0, 0
            message.user_at, message.status, message.names_end = 0, -1, used
            if _read_message(block, start, end, message, names):
                used = message.names_end
                count += 1
        at += 1
    return at, count


@subkernel
def _element(block: Octets, at: int, end: int) -> tuple[int, int, int, int]:
    """Tag, start and stop of the content, and where the next one begins; tag -1 for none."""
    if at + 2 > end:
        return -1, end, end, end
    tag, size = wide(block[at]), wide(block[at + 1])
    at += 2
    if tag & 0x1F == 0x1F:
        return -1, end, end, end
    if size & 0x80:
        octets = size & 0x7F
        if octets < 1 or octets > 4 or at + octets > end:
            return -1, end, end, end
        size = 0
        for i in range(octets):
            size = size << 8 | wide(block[at + i])
        at += octets
    return tag, at, min(at + size, end), at + size


@subkernel
def _is_pdu(tag: int) -> bool:
    return _FIRST_PDU <= tag <= REPORT


@subkernel
def _read_message(block: Octets, start: int, end: int, message: Any, names: Octets) -> bool:
    _, at, end, _ = _element(block, start, end)
    tag, start, stop, at = _element(block, at, end)
    if tag != _INTEGER or stop - start != 1:
        return False
    message.version = block[start]
    tag, start, stop, at = _element(block, at, end)
    third, third_start, third_stop, at = _element(block, at, end)
    if third < 0:
        return False
    if message.version == 3:
        fourth, scoped, scoped_stop, _ = _element(block, at, end)
        if fourth < 0 or tag != _SEQUENCE:
            return False
        _read_security(block, start, stop, third_start, third_stop, message)
        if fourth != _SEQUENCE:
            message.pdu = 0
            return True
        return _read_scoped(block, scoped, scoped_stop, message, names)
    if tag != _OCTETS or not _is_pdu(third):
        return False
    # A cut-off community cannot be told from another.
    message.is_default = _is_default(block, start, stop)
    _read_pdu(block, third, third_start, third_stop, message, names)
    return True


@subkernel
def _is_default(block: Octets, start: int, stop: int) -> bool:
    for word in range(len(_DEFAULT_LENGTHS)):
        if stop - start != _DEFAULT_LENGTHS[word]:
            continue
        is_equal = True
        for i in range(stop - start):
            letter = block[start + i]
            if 0x41 <= letter <= 0x5A:
                letter += 0x20
            if letter != _DEFAULT_LETTERS[word, i]:
                is_equal = False
        if is_equal:
            return True
    return False


@subkernel
def _read_security(
    block: Octets, head: int, head_stop: int, security: int, security_stop: int, message: Any
) -> None:
    """Flags (third in the header) and user (fourth of the security parameters) of version 3."""
    at = head
    for i in range(3):
        tag, start, stop, at = _element(block, at, head_stop)
        if i == 2 and tag >= 0 and stop > start:
            message.level = block[start]
    _, at, end, _ = _element(block, security, security_stop)
    for i in range(4):
        tag, start, stop, at = _element(block, at, end)
        if i == 3 and tag >= 0:
            message.user_at, message.user_bytes = start, stop - start


@subkernel
def _read_scoped(block: Octets, at: int, end: int, message: Any, names: Octets) -> bool:
    """The scoped PDU of version 3: engine, context, PDU."""
    tag, start, stop = -1, end, end
    for _ in range(3):
        tag, start, stop, at = _element(block, at, end)
        if tag < 0:
            return False
    if not _is_pdu(tag):
        return False
    _read_pdu(block, tag, start, stop, message, names)
    return True


@subkernel
def _read_pdu(block: Octets, pdu: int, at: int, end: int, message: Any, names: Octets) -> None:
    """Error status of an answer, and the names: of the first bindings, or of the enterprise."""
    message.pdu = pdu
    to = message.names_end
    for i in range(4):
        tag, start, stop, at = _element(block, at, end)
        if tag < 0:
            return
        if i == 0 and pdu == TRAP_V1:
            if tag == _OID:
                message.names_end = _write_name(block, start, stop, names, to)
            return
        if i == 1 and tag == _INTEGER and pdu in (RESPONSE, REPORT):
            message.status = 0
            for k in range(start, min(stop, start + 4)):
                message.status = message.status << 8 | wide(block[k])
        if i == 3:
            message.names_end = _write_names(block, start, stop, names, to)


@subkernel
def _write_names(block: Octets, at: int, end: int, names: Octets, to: int) -> int:
    found = 0
    for _ in range(_MOST_BINDINGS):
        tag, start, stop, at = _element(block, at, end)
        if tag < 0 or found == _MOST_NAMES:
            break
        name, name_start, name_stop, _ = _element(block, start, stop)
        if tag == _SEQUENCE and name == _OID:
            if found > 0:
                names[to] = 32
                to += 1
            to = _write_name(block, name_start, name_stop, names, to)
            found += 1
    return to


@subkernel
def _write_name(block: Octets, at: int, end: int, names: Octets, to: int) -> int:
    """An OBJECT IDENTIFIER (X.690 section 8.19), dotted."""
    arcs, value = 0, 0
    for i in range(at, min(end, at + 4 * _MOST_ARCS)):
        value = (value << 7 | wide(block[i] & 0x7F)) & 0xFFFFFFFF
        if block[i] & 0x80:
            continue
        if arcs == 0:
            first = min(value // 40, 2)
            to = write_number(first, names, to)
            value -= 40 * first
            arcs = 1
        names[to] = 46
        to = write_number(value, names, to + 1)
        arcs += 1
        value = 0
        if arcs >= _MOST_ARCS:
            break
    return to
