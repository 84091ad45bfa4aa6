"""A reader for DER (X.690) that never raises and never leaves its bytes."""

from __future__ import annotations

_MOST_ITEMS = 256
_NOTHING = (0, b"")


def elements(data: bytes, most: int = _MOST_ITEMS) -> list[tuple[int, bytes]]:
    """Tag octet and content of each element in ``data``; stops at the first that is malformed.

    The last one may be cut off by the end of the recording and is then given as far as it goes.

    Args:
        data: elements one after the other.
        most: elements to read.
    """
    found: list[tuple[int, bytes]] = []
    at, end = 0, len(data) - 1
    while at < end and len(found) < most:
        tag, size = data[at], data[at + 1]
        if tag & 0x1F == 0x1F:
            break  # tags above 30 occur in none of the protocols read here
        at += 2
        if size & 0x80:
            octets = size & 0x7F
            if not 1 <= octets <= 4 or at + octets > end + 1:
                break
            size = int.from_bytes(data[at : at + octets], "big")
            at += octets
        found.append((tag, data[at : at + size]))
        at += size
    return found


def first(data: bytes) -> tuple[int, bytes]:
    """The first element, ``(0, b"")`` when there is none."""
    if len(data) > 1 and data[1] < 0x80 and data[0] & 0x1F != 0x1F:  # nearly always
        return data[0], data[2 : 2 + data[1]]
    found = elements(data, 1)
    return found[0] if found else _NOTHING


def inner(data: bytes) -> bytes:
    """Content of the first element."""
    return first(data)[1]


def fields(sequence: bytes) -> dict[int, bytes]:
    """Context tag number -> content (an element itself) of a SEQUENCE's content."""
    found: dict[int, bytes] = {}
    for tag, content in elements(sequence):
        if tag & 0xE0 == 0xA0:
            found.setdefault(tag & 0x1F, content)
    return found


def integer(element: bytes) -> int | None:
    """Value of an INTEGER element of at most 8 octets."""
    tag, content = first(element)
    return (
        int.from_bytes(content, "big", signed=True) if tag == 2 and 0 < len(content) <= 8 else None
    )


def split(data: bytes) -> tuple[int, bytes, bytes, bytes] | None:
    """Tag octet, content, the whole element and what follows it; ``None`` unless it is all there.

    Unlike ``elements`` this is strict (X.690 section 10.1): definite lengths in the fewest octets.
    """
    if len(data) < 2 or data[0] & 0x1F == 0x1F:
        return None
    size, at = data[1], 2
    if size & 0x80:
        at += size & 0x7F
        if not 3 <= at <= 6 or at > len(data):
            return None
        size = int.from_bytes(data[2:at], "big")
        if data[2] == 0 or size < 0x80:
            return None
    end = at + size
    return None if end > len(data) else (data[0], data[at:end], data[:end], data[end:])
