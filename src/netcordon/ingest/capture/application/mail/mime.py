"""A message in MIME (RFC 2045, 2046) read as it passes: its fields, and its parts as files.

Also reads the bodies of forms (multipart/form-data, RFC 7578). Nesting, parts and header blocks
are bounded; what lies beyond the bounds is passed over.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto

from netcordon.ingest.capture.application.files.tracker import CarriedFile
from netcordon.ingest.capture.application.http.message import head_end
from netcordon.ingest.capture.application.mail.mime_coding import Coding, Identity, coding_of
from netcordon.ingest.capture.application.mail.mime_fields import (
    LONGEST_HEAD,
    Fields,
    media_type,
    parameter,
    parse_fields,
)

_DEEPEST = 8
_MOST_PARTS = 256
_LONGEST_BOUNDARY = 200  # RFC 2046 allows 70
_LINE_START = b"\r\n"

OpenPart = Callable[[Fields], CarriedFile | None]
"""Says for a part whether it is a file, by its fields."""


class _State(Enum):
    HEAD = auto()
    BODY = auto()
    BETWEEN = auto()


class MimeReader:
    """One message, or one body that is in parts.

    Attributes:
        fields: of the message itself, once its header block has passed.
        files: what the parts were handed to, in order.
    """

    def __init__(self, open_part: OpenPart) -> None:
        self.fields: Fields | None = None
        self.files: list[CarriedFile] = []
        self._open_part = open_part
        self._buffer = bytearray()
        self._state = _State.HEAD
        self._searched = 0
        self._boundaries: list[bytes] = []
        self._depth = 0
        self._parts = 0
        self._made_up = 0  # octets at the front of the buffer that nobody sent
        self._file: CarriedFile | None = None
        self._coding: Coding = Identity()

    def feed(self, data: bytes | bytearray | memoryview, time_ns: int, frame: int) -> None:
        """Take the next octets."""
        self._buffer += data
        while self._step(time_ns, frame):
            pass

    def end(self, time_ns: int, frame: int, *, is_ended: bool) -> None:
        """There are no more; ``is_ended`` when the protocol said so."""
        if self._state is _State.HEAD and self.fields is None:
            self._take_head(len(self._buffer))
        if self._state is _State.BODY:
            self._emit(len(self._buffer), time_ns, frame)
        self._close(time_ns, frame, is_ended=is_ended and not self._boundaries)

    def miss(self) -> None:
        """Octets are missing."""
        if self._file is not None:
            self._file.miss()

    def _step(self, time_ns: int, frame: int) -> bool:
        if self._state is _State.HEAD:
            return self._read_head()
        if not self._boundaries:
            self._emit(len(self._buffer), time_ns, frame)
            return False
        return self._find_boundary(time_ns, frame)

    def _read_head(self) -> bool:
        buffer = self._buffer
        if buffer[:2] == b"\r\n" or buffer[:1] == b"\n":  # no fields at all
            self._take_head(2 if buffer[:1] == b"\r" else 1)
            return True
        if len(buffer) < 2:
            return False
        end = head_end(buffer, self._searched)
        if end < 0:
            self._searched = len(buffer)
            if len(buffer) <= LONGEST_HEAD:
                return False
            end = LONGEST_HEAD
        self._take_head(end)
        return True

    def _take_head(self, size: int) -> None:
        self._searched = 0
        fields = parse_fields(bytes(self._buffer[:size]))
        self._buffer[:size] = _LINE_START  # a boundary may follow at once
        self._made_up = len(_LINE_START)
        if self.fields is None:
            self.fields = fields
        kind = media_type(fields)
        self._depth += 1
        if kind.startswith(b"multipart/") and self._depth <= _DEEPEST:
            boundary = parameter(fields, b"content-type", b"boundary")
            if 0 < len(boundary) <= _LONGEST_BOUNDARY:
                self._boundaries.append(b"--" + boundary.rstrip())
                self._state = _State.BETWEEN
                return
        if kind == b"message/rfc822" and self._depth <= _DEEPEST:
            del self._buffer[: self._made_up]
            self._made_up = 0
            return
        self._state = _State.BODY
        self._parts += 1
        if self._parts <= _MOST_PARTS:
            self._file = self._open_part(fields)
        if self._file is not None:
            self.files.append(self._file)
            self._coding = coding_of(fields.get(b"content-transfer-encoding", b""))

    def _find_boundary(self, time_ns: int, frame: int) -> bool:
        buffer = self._buffer
        at = 0
        while (at := buffer.find(b"\n--", at)) >= 0:
            line_end = buffer.find(b"\n", at + 1, at + _LONGEST_BOUNDARY + 16)
            if line_end < 0 and len(buffer) - at < _LONGEST_BOUNDARY + 16:
                self._emit(at - (buffer[at - 1 : at] == b"\r"), time_ns, frame)
                return False  # the line has not come yet
            line = bytes(buffer[at + 1 : line_end]).rstrip() if line_end >= 0 else b""
            level = self._level(line)
            if level is not None:
                self._emit(at - (buffer[at - 1 : at] == b"\r"), time_ns, frame)
                line_end = self._buffer.find(b"\n", self._buffer.find(b"\n--") + 1)
                self._end_part(level, line, line_end + 1, time_ns, frame)
                return True
            at += 1
        self._emit(max(0, len(buffer) - len(_LINE_START) - 1), time_ns, frame)
        return False

    def _level(self, line: bytes) -> int | None:
        for level in range(len(self._boundaries) - 1, -1, -1):
            if line in (self._boundaries[level], self._boundaries[level] + b"--"):
                return level
        return None

    def _end_part(self, level: int, line: bytes, size: int, time_ns: int, frame: int) -> None:
        self._close(time_ns, frame, is_ended=True)
        is_last = line != self._boundaries[level]
        del self._boundaries[level if is_last else level + 1 :]
        self._depth = len(self._boundaries)
        self._buffer[:size] = _LINE_START if is_last else b""
        self._made_up = len(_LINE_START) if is_last else 0
        self._state = _State.BETWEEN if is_last else _State.HEAD
        if is_last and not self._boundaries:
            self._state = _State.BODY  # the epilogue; nobody takes it

    def _emit(self, size: int, time_ns: int, frame: int) -> None:
        """Hand on the first octets of the buffer, less those that nobody sent."""
        if size <= 0:
            return
        begin = min(self._made_up, size)
        if self._file is not None and self._state is _State.BODY and size > begin:
            data = self._coding.feed(bytes(self._buffer[begin:size]))
            if data:
                self._file.take(data, time_ns, frame)
        del self._buffer[:size]
        self._made_up -= begin

    def _close(self, time_ns: int, frame: int, *, is_ended: bool) -> None:
        if self._file is None:
            return
        rest = self._coding.end()
        if rest:
            self._file.take(rest, time_ns, frame)
        self._file.close(is_ended=is_ended)
        self._file = None
