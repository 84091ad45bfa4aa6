"""A DNS message (RFC 1035) whose names and addresses are replaced where they stand."""

from __future__ import annotations

import struct

from netcordon.ingest.anonymise.pseudonyms import Pseudonyms

_A, _NS, _CNAME, _SOA, _PTR, _MX, _TXT, _AAAA, _SRV = 1, 2, 5, 6, 12, 15, 16, 28, 33
_NAME_AT = {_NS: 0, _CNAME: 0, _PTR: 0, _MX: 2, _SRV: 6, 39: 0}
"""Types whose data ends with a name -> where it begins."""
_MOST_RECORDS = 2_000
_MOST_LABELS = 128


def anonymised(message: bytes, pseudonyms: Pseudonyms) -> bytes | None:
    """The message in as many octets; ``None`` when it is not read to its end, so not believed."""
    if len(message) < 12:
        return None
    counts = struct.unpack_from(">4H", message, 4)
    if sum(counts) > _MOST_RECORDS:
        return None
    out = bytearray(message)
    walk = _Walk(message, out, pseudonyms)
    at: int | None = 12
    for number in range(sum(counts)):
        at = walk.name(at) if at is not None else None
        if at is None:
            return None
        at = at + 4 if number < counts[0] else walk.data(at)
        if at is None or at > len(message):
            return None
    out[at:] = bytes(len(message) - at) if at is not None else b""
    return bytes(out)


class _Walk:
    """Goes through a message; names may point back into it, so each place is written once."""

    def __init__(self, message: bytes, out: bytearray, pseudonyms: Pseudonyms) -> None:
        self._message, self._out, self._pseudonyms = message, out, pseudonyms
        self._done: set[int] = set()

    def name(self, at: int) -> int | None:
        """Replace the name at a place; where it ends, ``None`` when it is none."""
        labels: list[tuple[int, bytes]] = []
        end: int | None = None
        place = at
        for _ in range(_MOST_LABELS):
            if place >= len(self._message):
                return None
            length = self._message[place]
            if length == 0:
                end = place + 1 if end is None else end
                break
            if length >= 0xC0:
                if place + 1 >= len(self._message):
                    return None
                end = place + 2 if end is None else end
                target = (length & 0x3F) << 8 | self._message[place + 1]
                if target >= place:
                    return None  # RFC 1035: to a prior occurrence
                place = target
                continue
            if length > 63 or place + 1 + length > len(self._message):
                return None
            labels.append((place + 1, self._message[place + 1 : place + 1 + length]))
            place += 1 + length
        else:
            return None
        parent = b""
        for start, label in reversed(labels):
            if start not in self._done:
                self._done.add(start)
                self._out[start : start + len(label)] = self._pseudonyms.label(label, parent)
            parent = label.lower() + (b"." + parent if parent else b"")
        return end

    def data(self, at: int) -> int | None:
        """Replace what a record holds; where it ends."""
        if at + 10 > len(self._message):
            return None
        kind = int.from_bytes(self._message[at : at + 2], "big")
        size = int.from_bytes(self._message[at + 8 : at + 10], "big")
        begin, end = at + 10, at + 10 + size
        if end > len(self._message):
            return None
        if (kind, size) in ((_A, 4), (_AAAA, 16)):
            self._out[begin:end] = self._pseudonyms.address(self._message[begin:end])
        elif kind in _NAME_AT and self.name(begin + _NAME_AT[kind]) == end:
            pass
        elif kind == _SOA:
            second = self.name(begin)
            if second is None or self.name(second) != end - 20:
                return None
        elif kind == _TXT:
            self._texts(begin, end)
        else:
            self._out[begin:end] = bytes(size)
        return end

    def _texts(self, at: int, end: int) -> None:
        while at < end:
            size = min(self._message[at], end - at - 1)
            self._out[at] = size
            self._out[at + 1 : at + 1 + size] = b"x" * size
            at += 1 + size
