"""What the first bytes of a log tell of its format."""

from __future__ import annotations

import json

from netcordon.model.log_rule import LogRule
from netcordon.model.parser import ByteSource

_MOST_LINES = 32
_BOM = b"\xef\xbb\xbf"
PEEK_BYTES = 64 << 10


def first_lines(head: bytes) -> list[bytes]:
    """The first lines that hold something, whole ones only, without their ends.

    Args:
        head: first unpacked bytes; where they are fewer than ``PEEK_BYTES``, all there are.
    """
    lines = head.removeprefix(_BOM).split(b"\n")
    if len(head) >= PEEK_BYTES:
        lines.pop()
    found = [line.removesuffix(b"\r") for line in lines if line.strip()]
    return found[:_MOST_LINES]


def first_objects(head: bytes) -> list[dict[str, object]]:
    """The JSON objects of the first lines; none unless the first line is one."""
    found: list[dict[str, object]] = []
    for line in first_lines(head):
        value = json_object(line)
        if value is None and not found:
            return []
        if value is not None:
            found.append(value)
    return found


def json_object(line: bytes) -> dict[str, object] | None:
    """The JSON object a line is, or ``None``; never raises."""
    if not line.lstrip().startswith(b"{"):
        return None
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


class Peeked:
    """A source whose first bytes were looked at; they are read again afterwards.

    Attributes:
        head: the first bytes, up to ``PEEK_BYTES``.
        modified: when the file was last written, microseconds since 1970 UTC, where it is known.
        log_zone: name of the zone of times that name none.
        log_rules: what is declared of devices and files, those that fit this one.
    """

    def __init__(self, source: ByteSource) -> None:
        self._source = source
        self.modified = getattr(source, "modified", None)
        self.log_zone = getattr(source, "log_zone", "UTC")
        self.log_rules: tuple[LogRule, ...] = getattr(source, "log_rules", ())
        room = memoryview(bytearray(PEEK_BYTES))
        self.head = bytes(room[: _fill(source, room)])
        self._rest = memoryview(self.head)

    def readinto(self, buffer: memoryview, /) -> int:
        """Fill ``buffer``; fewer bytes only at the end."""
        part = self._rest[: len(buffer)]
        buffer[: len(part)] = part
        self._rest = self._rest[len(part) :]
        return len(part) + _fill(self._source, buffer[len(part) :])


def _fill(source: ByteSource, buffer: memoryview) -> int:
    filled = 0
    while filled < len(buffer) and (count := source.readinto(buffer[filled:])):
        filled += count
    return filled
