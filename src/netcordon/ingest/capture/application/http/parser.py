"""HTTP/1 over TCP: requests paired with responses, bodies measured and not kept (RFC 9112)."""

from __future__ import annotations

from netcordon.ingest.capture.application.http import body as http_body
from netcordon.ingest.capture.application.http.exchange import Exchange, ExchangeLog
from netcordon.ingest.capture.application.http.message import (
    LONGEST_HEAD,
    begins_message,
    head_end,
    parse_request,
    parse_response,
)
from netcordon.ingest.capture.application.stream.conversation import Conversation
from netcordon.ingest.capture.application.stream.reassembly import Stream

_UPGRADES = {b"websocket": "websocket", b"h2c": "http2"}
"""What a connection is named when the server switches protocols."""
_MOST_PIPELINED = 100
"""Requests of a connection that wait for their answers; servers take no more in one go."""
_ANSWER = b"HTTP/1."


class HttpParser:
    """Both directions of an HTTP connection.

    Attributes:
        client: who asks.
    """

    __slots__ = ("_bodies", "_conversation", "_log", "_lost", "_misaligned", "_place", "_searched",
                 "_tunnel", "_unanswered", "_written_early", "client", "measures")  # fmt: skip

    def __init__(self, conversation: Conversation, client: int) -> None:
        self.measures = True
        self._conversation = conversation
        self.client = client
        self._log = ExchangeLog(conversation, client)
        self._place = (conversation, conversation.client(client))
        self._unanswered: list[Exchange] = []
        self._bodies: list[http_body.Body | None] = [None, None]
        self._searched = [0, 0]
        self._lost = [False, False]
        self._tunnel: Exchange | None = None
        self._misaligned = False
        self._written_early = 0
        conversation.label("http")
        answers = conversation.streams[1 - client]
        if not _ANSWER.startswith(answers.buffer[: len(_ANSWER)]):
            answers.consume(len(answers.buffer))  # a proxy's words before the tunnel stood

    @property
    def is_between_exchanges(self) -> bool:
        """Whether all that was asked is answered, and nothing else was said."""
        is_settled = not (self._unanswered or self._written_early or self._misaligned)
        is_reading = any(self._bodies) or any(self._lost) or self._tunnel is not None
        is_silent = not any(s.buffer or s.waiting for s in self._conversation.streams)
        return is_settled and not is_reading and is_silent and self._conversation.want == 3

    def advance(self, direction: int) -> None:
        """Read messages as far as the bytes go."""
        conversation = self._conversation
        stream = conversation.streams[direction]
        goes_on = True
        while (
            goes_on
            and stream.buffer
            and conversation.parser is self
            and conversation.want >> direction & 1
        ):
            body = self._bodies[direction]
            if body is not None:
                goes_on = self._read_body(direction, body)
            elif direction == self.client and self._tunnel is not None:
                return  # what follows CONNECT is HTTP only if the proxy refuses
            elif self._lost[direction]:
                goes_on = self._find_message(direction)
            else:
                goes_on = self._read_head(direction, stream)

    def _read_head(self, direction: int, stream: Stream) -> bool:
        if stream.buffer[0] in b"\r\n":
            stream.consume(len(stream.buffer) - len(stream.buffer.lstrip(b"\r\n")))
            self._searched[direction] = 0
            return True
        end = head_end(stream.buffer, self._searched[direction])
        if end < 0:
            self._searched[direction] = len(stream.buffer)
            if len(stream.buffer) <= LONGEST_HEAD:
                return False
            self._conversation.context.give_up("HTTP header block too long", stream.mark()[1])
            self._take_head(direction, LONGEST_HEAD)
            self._lose(direction)
            return True
        self._take_head(direction, end)
        return True

    def _take_head(self, direction: int, size: int) -> None:
        self._searched[direction] = 0
        stream = self._conversation.streams[direction]
        head = bytes(stream.buffer[:size])
        began, finished = stream.mark(), stream.mark(size - 1)
        stream.consume(size)
        if direction == self.client:
            self._take_request(head, began, finished[1])
        else:
            self._take_response(head, began, finished[1])

    def _take_request(self, head: bytes, began: tuple[int, int], frame: int) -> None:
        request = parse_request(head)
        if request is None:
            self._lose(self.client)
            return
        exchange = Exchange(began[0], frame, request=request)
        if len(self._unanswered) >= _MOST_PIPELINED:
            self._log.write(self._unanswered.pop(0))
            self._written_early += 1
        self._unanswered.append(exchange)
        self._log.request_seen(exchange)
        if request.method == "CONNECT":
            self._tunnel = exchange
        elif (body := http_body.of_request(exchange, *self._place)) is not None:
            self._bodies[self.client] = body

    def _take_response(self, head: bytes, began: tuple[int, int], frame: int) -> None:
        server = 1 - self.client
        response = parse_response(head)
        if response is None:
            self._lose(server)
            return
        if self._misaligned:
            self._realign(began[0])
        if 100 <= response.status < 200 and response.status != 101:
            return
        exchange = self._answered(began[0], frame)
        exchange.response, exchange.response_frame = response, frame
        exchange.response_time_ns = began[0]
        self._log.response_seen(exchange)
        if exchange is self._tunnel:
            self._tunnel = None
            if 200 <= response.status < 300:
                self._log.write(exchange)
                self._conversation.begin_again()
                return
        if response.status == 101:
            self._log.write(exchange)
            service = _UPGRADES.get(response.fields.get(b"upgrade", b"").lower())
            if service:
                self._conversation.label(service)
            self._conversation.stop_all()
            return
        body = http_body.of_response(exchange, *self._place)
        if body is None:
            self._log.write(exchange)
        else:
            self._bodies[server] = body
        if self._conversation.streams[self.client].buffer:
            self.advance(self.client)

    def _answered(self, time_ns: int, frame: int) -> Exchange:
        """The exchange that the next response belongs to."""
        if self._written_early:  # the answers to those come first
            self._written_early -= 1
        elif self._unanswered:
            return self._unanswered.pop(0)
        return Exchange(time_ns, frame)

    def _read_body(self, direction: int, body: http_body.Body) -> bool:
        state = body.read(self._conversation, direction)
        if state is http_body.State.MORE:
            return False
        self._bodies[direction] = None
        body.end(self._conversation, is_ended=state is http_body.State.DONE)
        if state is http_body.State.BROKEN:
            self._lose(direction)
        if direction != self.client:
            self._log.write(body.exchange)
        return True

    def _realign(self, time_ns: int) -> None:
        """After a gap: the response belongs to the last request sent before it."""
        self._misaligned = False
        self._written_early = 0
        while len(self._unanswered) > 1 and self._unanswered[1].time_ns <= time_ns:
            self._log.write(self._unanswered.pop(0))

    def _lose(self, direction: int) -> None:
        self._lost[direction] = True
        self._misaligned = True

    def _find_message(self, direction: int) -> bool:
        is_found = self._conversation.streams[direction].find_segment(
            lambda head: begins_message(head, direction == self.client), LONGEST_HEAD
        )
        self._lost[direction] = not is_found
        return is_found

    def gap(self, direction: int) -> None:
        """Read what there is of a header block; look for the next message behind the gap."""
        self._salvage(direction)
        body = self._bodies[direction]
        if body is not None:
            body.close(self._conversation, direction)
            if direction != self.client:
                self._log.write(body.exchange)
        self._bodies[direction] = None
        self._lose(direction)

    def _salvage(self, direction: int) -> None:
        stream = self._conversation.streams[direction]
        if self._bodies[direction] is None and not self._lost[direction] and stream.buffer:
            head = bytes(stream.buffer[:LONGEST_HEAD])
            if begins_message(head, direction == self.client):
                self._take_head(direction, len(head))

    def finish(self) -> None:
        """Hand on what has no answer or an unfinished one."""
        for direction in (self.client, 1 - self.client):
            if self._conversation.parser is self:
                self._salvage(direction)
            body = self._bodies[direction]
            if body is not None:
                body.close(self._conversation, direction)
                if direction != self.client:
                    self._log.write(body.exchange)
        while self._unanswered:
            self._log.write(self._unanswered.pop(0))
        self._log.finish()
