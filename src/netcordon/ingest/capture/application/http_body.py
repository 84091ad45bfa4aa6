"""Bodies of HTTP messages: told apart, measured, their first bytes looked at, the rest skipped."""

from __future__ import annotations

from enum import Enum, auto

from netcordon.ingest.capture.application.conversation import Conversation
from netcordon.ingest.capture.application.http_exchange import Exchange
from netcordon.ingest.capture.application.http_message import content_length, is_chunked
from netcordon.ingest.capture.application.magic import LOOK
from netcordon.ingest.capture.application.streams import Stream

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

    def __init__(self, exchange: Exchange, is_response: bool, length: int | None) -> None:
        self.exchange = exchange
        self._is_response = is_response
        self._left = length  # of the body, or of the chunk; None: until the connection closes
        self._stopped_at: int | None = None

    def read(self, conversation: Conversation, direction: int) -> State:
        """Consume what belongs to the body."""
        stream = conversation.streams[direction]
        self._look(stream)
        if self._left is None:
            if len(self.exchange.first) >= LOOK:
                self._stopped_at = stream.start
                conversation.stop(direction)
            return State.MORE
        if self._left and stream.buffer:
            self._count(self._left)
            conversation.skip(direction, self._left)
            self._left = 0
        # The next message's first byte (or the last of this one) proves that the rest went by.
        return State.MORE if self._left or stream.start > stream.end else State.DONE

    def close(self, stream: Stream) -> None:
        """The connection ended before the body did: correct what was skipped but never came."""
        if self._stopped_at is not None:
            self._count(max(0, stream.end - self._stopped_at))
        elif stream.start > stream.end:
            self._count(stream.end - stream.start)

    def _look(self, stream: Stream) -> None:
        """Keep the first bytes of a response's body."""
        if not self._is_response:
            return
        wanted = LOOK - len(self.exchange.first)
        take = min(wanted, len(stream.buffer), wanted if self._left is None else self._left)
        if take > 0:
            self.exchange.first += stream.buffer[:take]
            stream.consume(take)
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

    def __init__(self, exchange: Exchange, is_response: bool) -> None:
        super().__init__(exchange, is_response, 0)
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


def of_request(exchange: Exchange) -> Body | None:
    """The body that follows a request's header block."""
    request = exchange.request
    if request is None:
        return None
    if is_chunked(request.fields):
        return ChunkedBody(exchange, is_response=False)
    length = content_length(request.fields)
    return Body(exchange, False, min(length, _LONGEST_BODY)) if length else None


def of_response(exchange: Exchange) -> Body | None:
    """The body that follows a response's header block (RFC 9112 section 6.3)."""
    response = exchange.response
    if response is None or response.status in (204, 304) or response.status < 200:
        return None
    if exchange.request is not None and exchange.request.method == "HEAD":
        return None
    if is_chunked(response.fields):
        return ChunkedBody(exchange, is_response=True)
    length = content_length(response.fields)
    if length == 0:
        return None
    return Body(exchange, True, None if length is None else min(length, _LONGEST_BODY))
