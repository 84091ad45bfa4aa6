"""Bodies of HTTP messages: told apart, measured, handed to the files as far as these want them."""

from __future__ import annotations

from enum import Enum, auto

from netcordon.ingest.capture.application.files.feeding import feed
from netcordon.ingest.capture.application.http.exchange import Exchange
from netcordon.ingest.capture.application.http.files import Carried, request_file, response_file
from netcordon.ingest.capture.application.http.message import content_length, is_chunked
from netcordon.ingest.capture.application.record.ends import Ends
from netcordon.ingest.capture.application.stream.conversation import Conversation
from netcordon.ingest.capture.application.stream.reassembly import Stream

_LONGEST_CHUNK_LINE = 4096
_LONGEST_BODY = 1 << 50


class State(Enum):
    """How far a body got."""

    MORE = auto()
    DONE = auto()
    BROKEN = auto()


class Body:
    """A body being read.

    Attributes:
        exchange: whose body it is.
    """

    _has_length = True

    def __init__(
        self, exchange: Exchange, is_response: bool, length: int | None, file: Carried
    ) -> None:
        self.exchange = exchange
        self._is_response = is_response
        self._left = length  # of the body, or of the chunk; None: until the connection closes
        self._stopped_at: int | None = None
        self._skipped = 0
        self._file = file
        if is_response:
            exchange.first = file.first

    def read(self, conversation: Conversation, direction: int) -> State:
        """Consume what belongs to the body."""
        stream = conversation.streams[direction]
        self._take(stream)
        if self._left is None:
            if not self._file.wants_bytes:
                self._stopped_at = stream.start
                conversation.stop(direction)
            return State.MORE
        if self._left and not self._file.wants_bytes:
            self._skipped += self._left
            conversation.skip(direction, self._left)
            self._left = 0
        # The next message's first byte (or the last of this one) proves that the rest went by.
        return State.MORE if self._left or stream.start > stream.end else State.DONE

    def end(self, conversation: Conversation, *, is_ended: bool) -> None:
        """The body is over, or is given up: what was skipped and did come is counted."""
        self._count(self._skipped)
        self._file.pass_by(self._skipped, conversation.time_ns, conversation.frame)
        self._file.close(is_ended=is_ended)

    def close(self, conversation: Conversation, direction: int) -> None:
        """The connection ended before the body did, or is its end."""
        stream = conversation.streams[direction]
        is_ended = False
        if self._stopped_at is not None:
            self._skipped = max(0, stream.end - self._stopped_at)
            is_ended = bool(conversation.ended >> direction & 1)
        elif stream.start > stream.end:
            self._skipped = max(0, self._skipped - (stream.start - stream.end))
        elif self._left is None:
            is_ended = conversation.is_whole(direction)
        else:  # skipped to its last byte, which was the last of the connection
            is_ended = self._has_length and self._left == 0
        self.end(conversation, is_ended=is_ended)

    def _take(self, stream: Stream) -> None:
        """Hand on what has come of the body while its bytes are of use."""
        if not self._file.wants_bytes:
            return
        take = feed(self._file, stream, self._left)
        self._count(take)
        if self._left is not None:
            self._left -= take

    def _count(self, size: int) -> None:
        if self._is_response:
            self.exchange.response_bytes += size
        else:
            self.exchange.request_bytes += size


class ChunkedBody(Body):
    """A body in chunks (RFC 9112 section 7.1)."""

    _has_length = False

    def __init__(self, exchange: Exchange, is_response: bool, file: Carried) -> None:
        super().__init__(exchange, is_response, 0, file)
        self._in_trailer = False
        self._after_chunk = False

    def read(self, conversation: Conversation, direction: int) -> State:
        """Consume chunks; after the last one its trailer."""
        stream = conversation.streams[direction]
        while stream.buffer:
            if self._left:
                super().read(conversation, direction)
                continue
            line_end = stream.buffer.find(b"\n", 0, _LONGEST_CHUNK_LINE)
            if line_end < 0:
                return State.BROKEN if len(stream.buffer) > _LONGEST_CHUNK_LINE else State.MORE
            line = bytes(stream.buffer[:line_end]).strip()
            if self._in_trailer:
                stream.consume(line_end + 1)
                if not line:
                    return State.DONE
                continue
            if self._after_chunk and not line:
                self._after_chunk = False
                stream.consume(line_end + 1)
                continue
            size = _chunk_size(line)
            if size is None:
                return State.BROKEN
            stream.consume(line_end + 1)
            self._left, self._in_trailer, self._after_chunk = size, size == 0, True
        return State.MORE


def _chunk_size(line: bytes) -> int | None:
    digits = line.split(b";")[0].strip()
    if not digits or len(digits) > 15 or digits.strip(b"0123456789abcdefABCDEF"):
        return None
    return int(digits, 16)


def of_request(exchange: Exchange, conversation: Conversation, ends: Ends) -> Body | None:
    """The body that follows a request's header block."""
    request, files = exchange.request, conversation.context.files
    if request is None:
        return None
    if is_chunked(request.fields):
        return ChunkedBody(exchange, False, request_file(files, ends, exchange))
    length = content_length(request.fields)
    if not length:
        return None
    file = request_file(files, ends, exchange)
    return Body(exchange, False, min(length, _LONGEST_BODY), file)


def of_response(exchange: Exchange, conversation: Conversation, ends: Ends) -> Body | None:
    """The body that follows a response's header block (RFC 9112 section 6.3)."""
    response, files = exchange.response, conversation.context.files
    if response is None or response.status in (204, 304) or response.status < 200:
        return None
    if exchange.request is not None and exchange.request.method == "HEAD":
        return None
    if is_chunked(response.fields):
        return ChunkedBody(exchange, True, response_file(files, ends, exchange))
    length = content_length(response.fields)
    if length == 0:
        return None
    file = response_file(files, ends, exchange)
    return Body(exchange, True, None if length is None else min(length, _LONGEST_BODY), file)
