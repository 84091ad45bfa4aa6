"""What people and programs wrote into a pcapng beside the packets: comments and resolved names.

Texts are the sender's word, bounded in length and number. Secrets that decrypt traffic are counted
elsewhere and never read.
"""

from __future__ import annotations

import ipaddress
import struct
from collections.abc import Iterator

import numpy as np

from netcordon.ingest.capture.application.record.text import safe_text
from netcordon.ingest.capture.layout import Octets, Records

OPTIONS, NAMES = 1, 2
"""What a NOTE points at: a list of options with a comment in it; the records of a name block."""
NOTE = np.dtype(
    [
        ("kind", np.int64),
        ("begin", np.int64),
        ("stop", np.int64),
        ("frame", np.int64),  # 1-based; 0: of the section or an interface
        ("is_big", np.int64),
    ]
)
"""A place of the block, both ends in octets, that is to be read."""
NOTES = 64
"""Places noted per chunk."""
_MOST_COMMENTS = 50
_MOST_NAMES = 200
_LONGEST = 500
_COMMENT = 1


class Annotations:
    """Comments and names of one capture."""

    def __init__(self) -> None:
        self._comments: list[dict[str, object]] = []
        self._names: dict[tuple[str, str], None] = {}
        self.lost = 0

    def take(self, block: Octets, notes: Records) -> None:
        """Read the noted places of a block."""
        for note in notes:
            data = block[int(note["begin"]) : int(note["stop"])].tobytes()
            is_big = bool(note["is_big"])
            if int(note["kind"]) == OPTIONS:
                for code, value in _items(data, is_big):
                    if code == _COMMENT:
                        self._comment(int(note["frame"]), value)
            else:
                self._read_names(data, is_big)

    @property
    def facts(self) -> dict[str, object]:
        """JSON-able, in the order of the file."""
        return {
            "comments": list(self._comments),
            "resolved_names": [f"{address} {name}" for address, name in self._names],
            "annotations_lost": self.lost,
        }

    def _comment(self, frame: int, value: bytes) -> None:
        if len(self._comments) == _MOST_COMMENTS:
            self.lost += 1
            return
        self._comments.append({"frame": frame or None, "text": safe_text(value, _LONGEST)})

    def _read_names(self, data: bytes, is_big: bool) -> None:
        """Records of an address and its names, each ended by a zero octet."""
        for code, value in _items(data, is_big):
            size = {1: 4, 2: 16}.get(code, 0)
            if not size or len(value) <= size:
                continue
            address = str(ipaddress.ip_address(value[:size]))
            for name in value[size:].rstrip(b"\0").split(b"\0")[:16]:
                if len(self._names) == _MOST_NAMES:
                    self.lost += 1
                    return
                self._names[address, safe_text(name, _LONGEST)] = None


def _items(data: bytes, is_big: bool) -> Iterator[tuple[int, bytes]]:
    """Code and value of options or records up to the end mark."""
    order = ">HH" if is_big else "<HH"
    at = 0
    while at + 4 <= len(data):
        code, length = struct.unpack_from(order, data, at)
        at += 4
        if code == 0 or at + length > len(data):
            return
        yield code, data[at : at + length]
        at += (length + 3) & ~3
