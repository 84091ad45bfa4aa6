"""TLS over TCP: records and the handshake messages in them, until nothing in clear is left."""

from __future__ import annotations

from netcordon.ingest.capture.application.stream.conversation import Conversation
from netcordon.ingest.capture.application.tls import hello as tls_hello
from netcordon.ingest.capture.application.tls.handshake import Handshake
from netcordon.ingest.capture.application.tls.heartbeats import HEARTBEAT, Heartbeats

_CHANGE_CIPHER_SPEC, _HANDSHAKE = 20, 22
_MOST_OTHER = 16 << 10
_LONGEST_RECORD = (16 << 10) + 2048


class TlsParser:
    """The records of both directions, and the handshake they carry."""

    measures = False

    def __init__(self, conversation: Conversation, client: int) -> None:
        self._conversation = conversation
        self._client = client
        ends = conversation.client(client)
        self._handshake = Handshake(conversation.context, ends, "tcp")
        self._messages = (bytearray(), bytearray())
        self._marks = [(0, 0), (0, 0)]  # where the message being read began
        self._begun = [False, False]
        self._other = [0, 0]  # bytes before the first record
        self._heartbeats: Heartbeats | None = None
        conversation.label("tls")

    def advance(self, direction: int) -> None:
        """Read records as far as they are in clear and of interest."""
        conversation = self._conversation
        stream = conversation.streams[direction]
        while conversation.want & 1 << direction and len(stream.buffer) >= 5:
            kind, size = stream.buffer[0], stream.buffer[3] << 8 | stream.buffer[4]
            is_heartbeat = kind == HEARTBEAT and stream.buffer[1] == 3
            if self._heartbeats and (is_heartbeat or self._is_read(direction)):
                if not self._heartbeats.read(direction):
                    break
                self._stop()
            elif kind == _HANDSHAKE and stream.buffer[1] == 3 and 0 < size <= _LONGEST_RECORD:
                if len(stream.buffer) < size + 5:
                    break
                self._take_record(direction, size)
            elif self._begun[direction]:
                if not self._end_in_clear(direction, kind, size):
                    break
            elif not self._find_record(direction):
                break
        if not conversation.want:
            self.finish()

    def _take_record(self, direction: int, size: int) -> None:
        stream, message = self._conversation.streams[direction], self._messages[direction]
        if not message:
            self._marks[direction] = stream.mark()
            self._begun[direction] = True
        message += stream.buffer[5 : size + 5]
        stream.consume(size + 5)
        taken = self._handshake.read(direction == self._client, message, self._marks[direction])
        del message[:taken]
        self._stop()

    def _end_in_clear(self, direction: int, kind: int, size: int) -> bool:
        """A record of another kind; says whether there is something left to read behind it."""
        stream, is_client = self._conversation.streams[direction], direction == self._client
        if kind == _CHANGE_CIPHER_SPEC and size == 1 and self._handshake.is_retried:
            if len(stream.buffer) >= 6:
                stream.consume(6)  # sent for middle boxes' sake, RFC 8446 appendix D.4
                return True
            return False
        if kind == _CHANGE_CIPHER_SPEC:
            self._handshake.change_cipher(is_client)
        elif kind == HEARTBEAT and stream.buffer[1] == 3:
            self._heartbeats = self._heartbeats or Heartbeats(self._conversation, self._client)
        else:
            self._handshake.lose(is_client)
        self._stop()
        return self._heartbeats is not None

    def _is_read(self, direction: int) -> bool:
        """Whether the handshake has what it wants of a side; heartbeats may still come."""
        return not self._handshake.wants(direction == self._client)

    def _find_record(self, direction: int) -> bool:
        """Pass over what some programs say before TLS begins; give up soon."""
        stream = self._conversation.streams[direction]
        if direction == self._client and self._take_sslv2(direction):
            return True
        for start in stream.segment_starts()[1:]:
            if stream.buffer[start] == _HANDSHAKE:
                stream.consume(start)
                return True
        self._other[direction] += len(stream.buffer)
        if self._other[direction] > _MOST_OTHER:
            self._handshake.lose(direction == self._client)
            self._stop()
        else:
            stream.consume(len(stream.buffer))
        return False

    def _take_sslv2(self, direction: int) -> bool:
        """A ClientHello in the form of SSL 2.0, by which old clients ask for any version."""
        stream = self._conversation.streams[direction]
        size = (stream.buffer[0] & 0x7F) << 8 | stream.buffer[1]
        if stream.buffer[0] & 0x80 == 0 or stream.buffer[2] != 1 or len(stream.buffer) < size + 2:
            return False
        hello = tls_hello.parse_sslv2(bytes(stream.buffer[2 : size + 2]))
        if hello is None:
            return False
        self._begun[direction] = True
        self._handshake.take_hello(hello, stream.mark())
        stream.consume(size + 2)
        return True

    def _stop(self) -> None:
        """Want no more of the sides that are done with."""
        if self._heartbeats is None and self._handshake.has_heartbeats:
            self._heartbeats = Heartbeats(self._conversation, self._client)
        for direction in (0, 1):
            if self._is_read(direction):
                if self._heartbeats is None or not self._heartbeats.wants(direction):
                    self._conversation.stop(direction)
                self._messages[direction].clear()

    def gap(self, direction: int) -> None:
        """Messages cannot be read across a gap."""
        self._handshake.lose(direction == self._client)
        if self._heartbeats is not None:
            self._heartbeats.lose(direction)
        self._stop()

    def finish(self) -> None:
        """Write the row of the handshake."""
        self._handshake.write()
        if self._heartbeats is not None:
            self._heartbeats.finish()
