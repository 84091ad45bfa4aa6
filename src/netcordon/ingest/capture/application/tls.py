"""TLS over TCP: the hellos of both sides, then nothing more is wanted."""

from __future__ import annotations

from netcordon.ingest.capture.application import tls_fingerprint, tls_hello
from netcordon.ingest.capture.application.conversation import Conversation
from netcordon.ingest.capture.application.text import safe_text
from netcordon.ingest.capture.application.tls_hello import Hello

_HANDSHAKE, _CHANGE_CIPHER_SPEC = 22, 20
_CLIENT_HELLO, _SERVER_HELLO = 1, 2
_MOST_OTHER = 16 << 10
_LONGEST_RECORD = (16 << 10) + 2048
_LONGEST_HELLO = 64 << 10
_VERSIONS = {0x0300: "SSLv3", 0x0301: "TLSv1.0", 0x0302: "TLSv1.1", 0x0303: "TLSv1.2",
             0x0304: "TLSv1.3"}  # fmt: skip


class TlsParser:
    """One handshake. After a HelloRetryRequest the second ServerHello counts."""

    measures = False

    def __init__(self, conversation: Conversation, client: int) -> None:
        self._conversation = conversation
        self._client = client
        self._ends = conversation.client(client)
        self._messages = [bytearray(), bytearray()]
        self._began: list[tuple[int, int] | None] = [None, None]
        self._hellos: list[Hello | None] = [None, None]
        self._marks: list[tuple[int, int] | None] = [None, None]
        self._retry: Hello | None = None
        self._retry_mark: tuple[int, int] | None = None
        self._other = [0, 0]  # bytes before the first record
        self._written = False
        conversation.label("tls")

    def advance(self, direction: int) -> None:
        """Read records up to the hello."""
        conversation = self._conversation
        stream = conversation.streams[direction]
        while conversation.want & 1 << direction and len(stream.buffer) >= 5:
            kind, size = stream.buffer[0], stream.buffer[3] << 8 | stream.buffer[4]
            if self._retry and kind == _CHANGE_CIPHER_SPEC and size == 1:
                if len(stream.buffer) < 6:
                    break
                stream.consume(6)  # sent for middle boxes' sake, RFC 8446 appendix D.4
                continue
            if kind != _HANDSHAKE or stream.buffer[1] != 3 or not 0 < size <= _LONGEST_RECORD:
                if self._find_record(direction):
                    continue
                break
            if len(stream.buffer) < size + 5:
                break
            if not self._messages[direction]:
                self._began[direction] = stream.mark()
            self._messages[direction] += stream.buffer[5 : size + 5]
            stream.consume(size + 5)
            self._read_message(direction)
        if not conversation.want:
            self.finish()

    def _find_record(self, direction: int) -> bool:
        """Pass over what some programs say before TLS begins; give up once it began, or soon."""
        stream = self._conversation.streams[direction]
        begun = self._began[direction] is not None
        for start in [] if begun else stream.segment_starts()[1:]:
            if stream.buffer[start] == _HANDSHAKE:
                stream.consume(start)
                return True
        self._other[direction] += len(stream.buffer)
        if begun or self._other[direction] > _MOST_OTHER:
            self._conversation.stop(direction)
        else:
            stream.consume(len(stream.buffer))
        return False

    def _read_message(self, direction: int) -> None:
        message = self._messages[direction]
        if len(message) < 4:
            return
        size = int.from_bytes(message[1:4], "big")
        is_client = direction == self._client
        expected = _CLIENT_HELLO if is_client else _SERVER_HELLO
        if message[0] != expected or size > _LONGEST_HELLO:
            self._conversation.stop(direction)
        elif len(message) >= size + 4:
            hello = tls_hello.parse(bytes(message[4 : size + 4]), is_client)
            message.clear()
            self._take(direction, hello)

    def _take(self, direction: int, hello: Hello | None) -> None:
        conversation = self._conversation
        if hello is not None and hello.is_retry and direction != self._client:
            self._retry, self._retry_mark = hello, self._began[direction]
            return  # the client says hello again, the server answers again
        if self._hellos[direction] is None:
            self._hellos[direction], self._marks[direction] = hello, self._began[direction]
        conversation.stop(direction)

    def gap(self, direction: int) -> None:
        """A hello cannot be read across a gap."""
        self._conversation.stop(direction)

    def finish(self) -> None:
        """Write the row of the handshake."""
        client, server = self._hellos[self._client], self._hellos[1 - self._client]
        if self._written or (client is None and server is None and self._retry is None):
            return
        self._written = True
        began, answered = self._marks[self._client], self._marks[1 - self._client]
        if server is None:
            server, answered = self._retry, self._retry_mark
        mark = began or answered
        assert mark is not None
        self._conversation.context.rows.add(
            "tls_activity",
            *mark,
            *self._ends,
            *self._names(client, server),
            answered[1] if answered else None,
            "tcp",
            *[None] * 10,
        )

    @staticmethod
    def _names(client: Hello | None, server: Hello | None) -> tuple[object, ...]:
        name = client.server_name() if client else None
        offered = max(client.offered_versions(), default=client.version) if client else None
        return (
            None if name is None else safe_text(name, 512),
            _version(server.selected_version()) if server else None,
            None if offered is None else _version(offered),
            f"0x{server.ciphers[0]:04X}" if server and server.ciphers else None,
            [safe_text(protocol, 256) for protocol in client.alpn()] if client else None,
            tls_fingerprint.ja3(client) if client else None,
            tls_fingerprint.ja3s(server) if server else None,
            tls_fingerprint.ja4(client) if client else None,
            _is_resumed(client, server),
            client.has_ech if client else None,
        )


def _version(number: int) -> str:
    return _VERSIONS.get(number, f"0x{number:04X}")


def _is_resumed(client: Hello | None, server: Hello | None) -> bool | None:
    """A chosen pre-shared key (1.3), or the client's own session id echoed (before)."""
    if server is None:
        return None
    if server.selected_version() >= 0x0304:
        return tls_hello.PRE_SHARED_KEY in server.extensions
    if client is None:
        return None
    return bool(client.session_id) and client.session_id == server.session_id
