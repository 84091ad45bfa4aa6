"""JSON that is not a line an object: pretty-printed, in an array, or in an envelope of a vendor.

``[{...}, {...}]``, ``{"Records": [...]}`` (AWS), ``{"records": [...]}`` (Azure), ``{"value":
[...]}`` (Microsoft Graph), ``{"items": [...]}`` (Google), ``{"logEvents": [...]}`` (CloudWatch),
``{"hits": {"hits": [...]}}`` (Elasticsearch) and their kin become lines with an object each, while
they are read; the number of a line is then the number of its record. Rows of a table with a header
(``text.csv_rows``) are objects too. What other programs put around each event (``text.carriers``)
is taken off.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from netcordon.ingest.text import carriers, csv_rows
from netcordon.ingest.text.blocks import MOST_LINE_BYTES
from netcordon.ingest.text.head import PEEK_BYTES, first_lines, json_object
from netcordon.model.parser import ByteSource

_PIECE = 1 << 20
_MOST_RECORDS = 32
_BOM = b"\xef\xbb\xbf"
_OUTSIDE = re.compile(rb'["{}\[\]]')
_INSIDE = re.compile(rb'["\\]')
_SCALAR = rb'"[^"\\]{0,400}"|-?[\d.]{1,18}|null|true|false'
_FLAT = rb'\{(?:[^{}"]|"[^"\\]{0,400}"){0,64}\}|\[[^\[\]]{0,2000}\]'
_SCALARS = rb'(?:"[@\w.]{1,40}"\s*:\s*(?:' + _SCALAR + rb")\s*,\s*){0,8}"
_MEMBERS = rb'(?:"[@\w.]{1,40}"\s*:\s*(?:' + _SCALAR + rb"|" + _FLAT + rb")\s*,\s*){0,8}"
_ENVELOPE = re.compile(
    rb"\{\s*(?:"
    + _SCALARS
    + rb'(?:"response"\s*:\s*(?P<response>\{)\s*)?'
    + rb'"(?:Records|records|value|items|logEvents|authlogs|adminlogs)"'
    + rb'|"(?:entries|results)"|'
    + _MEMBERS
    + rb'(?:"hits"\s*:\s*(?P<hits>\{)\s*'
    + _MEMBERS
    + rb'"hits"|"Results"))\s*:\s*\['
)
_LOOK_AHEAD = 4096

Unwrap = Callable[[bytes], bytes]


def is_document(head: bytes) -> bool:
    """Whether objects do not stand on a line each."""
    start = head.removeprefix(_BOM).lstrip()
    if start.startswith(b"["):
        return True
    if not start.startswith(b"{"):
        return False
    if _ENVELOPE.match(start[:_LOOK_AHEAD]):
        return True
    lines = first_lines(head)
    return bool(lines) and json_object(lines[0]) is None


def first_records(head: bytes, unwrap: Unwrap | None = None) -> list[dict[str, object]]:
    """The first whole objects of a log, whichever way they stand in it."""
    found = [json_object(unwrap(line) if unwrap else line) for line in _first(head)]
    if not found or found[0] is None:
        return []
    whole = [value for value in found if value is not None]
    return whole if unwrap else [dict(carriers.unwrapped(value)) for value in whole]


def _first(head: bytes) -> list[bytes]:
    if not is_document(head):
        return csv_rows.first_rows(head, _MOST_RECORDS) or first_lines(head)
    is_whole = len(head) < PEEK_BYTES
    return list(Splitter().feed(head.removeprefix(_BOM), is_last=is_whole))[:_MOST_RECORDS]


class Splitter:
    """Cuts documents into records. Feed it bytes; it keeps no more than one record.

    A record longer than a line may be is given out cut, which no reader takes for an object.
    """

    def __init__(self) -> None:
        self._kept = b""
        self._depth = 0
        self._place = 0
        self._in_string = False
        self._start = -1
        self._level = 0
        self._is_cut = False

    def feed(self, data: bytes, *, is_last: bool = False) -> Iterator[bytes]:
        """The records that end in ``data``; at the end also the beginning of one."""
        text = self._kept + data
        place = self._place
        while True:
            found = (_INSIDE if self._in_string else _OUTSIDE).search(text, place)
            if found is None:
                place = len(text)
                break
            place, octet = found.end(), found[0]
            if self._in_string:
                if octet == b"\\":
                    place += 1
                    if place > len(text):  # what is escaped comes with the next piece
                        break
                else:
                    self._in_string = False
            elif octet == b'"':
                self._in_string = True
            elif octet in b"{[":
                if octet == b"{" and self._start < 0:
                    if place + _LOOK_AHEAD > len(text) and not is_last and self._depth == 0:
                        place -= 1
                        break
                    place += self._begin(text, place - 1)
                self._depth += 1
            else:
                self._depth = max(self._depth - 1, 0)
                if self._start >= 0 and self._depth == self._level:
                    yield self._record(text[self._start : place])
                    self._start = -1
        yield from self._keep(text, place, is_last)

    def _begin(self, text: bytes, place: int) -> int:
        """Begin a record, or pass over the beginning of an envelope: how many octets of it."""
        found = None if self._depth else _ENVELOPE.match(text, place, place + _LOOK_AHEAD)
        if found is None:
            self._start, self._level = place, self._depth
            return 0
        self._depth += 2 if found["response"] or found["hits"] else 1
        return found.end() - place - 1

    def _record(self, record: bytes) -> bytes:
        is_cut, self._is_cut = self._is_cut, False
        record = record[: MOST_LINE_BYTES - 1]
        # Raw line ends stand between tokens only; within strings JSON has none.
        record = record.replace(b"\r", b" ").replace(b"\n", b" ")
        return b"cut: " + record if is_cut else record

    def _keep(self, text: bytes, place: int, is_last: bool) -> Iterator[bytes]:
        begun = self._start if self._start >= 0 else min(place, len(text))
        rest = text[begun:]
        if is_last:
            if rest.strip(b" \t\r\n,]}"):
                yield self._record(rest)
            self._kept = b""
            return
        if self._start >= 0 and len(rest) > MOST_LINE_BYTES:
            rest, begun, self._is_cut = rest[:64], begun + len(rest) - 64, True
        self._place = place - begun
        self._start = 0 if self._start >= 0 else -1
        self._kept = rest


class Lines:
    """A source of lines that something makes one by one.

    Args:
        lines: with their ends.
    """

    def __init__(self, lines: Iterator[bytes]) -> None:
        self._lines = lines
        self._left = memoryview(b"")

    def readinto(self, buffer: memoryview, /) -> int:
        """Fill ``buffer``; fewer bytes only at the end."""
        filled = 0
        while filled < len(buffer):
            if not self._left:
                line = next(self._lines, None)
                if line is None:
                    break
                self._left = memoryview(line)
            part = self._left[: len(buffer) - filled]
            buffer[filled : filled + len(part)] = part
            self._left = self._left[len(part) :]
            filled += len(part)
        return filled


class Records(Lines):
    """A source that gives out each record as a line.

    Args:
        source: of the bytes.
        head: its first bytes, which decide whether it is a document.
        unwrap: turns a record into the event it carries; ``None`` where it is one itself.
    """

    def __init__(self, source: ByteSource, head: bytes, unwrap: Unwrap | None = None) -> None:
        if unwrap is None and carriers.carry(_first(head)):
            unwrap = carriers.opened
        if csv_rows.header(head) is not None:
            told = csv_rows.rows(source, head)
            super().__init__(unwrap(row[:-1]) + b"\n" if unwrap else row for row in told)
            return
        super().__init__(_lines(source, is_document(head) or unwrap is not None, unwrap))


def _lines(source: ByteSource, is_split: bool, unwrap: Unwrap | None) -> Iterator[bytes]:
    room = memoryview(bytearray(_PIECE))
    splitter = Splitter()
    while count := source.readinto(room):
        piece = bytes(room[:count])
        if not is_split:
            yield piece
            continue
        for record in splitter.feed(piece):
            yield (unwrap(record) if unwrap else record) + b"\n"
    if is_split:
        for record in splitter.feed(b"", is_last=True):
            yield (unwrap(record) if unwrap else record) + b"\n"
