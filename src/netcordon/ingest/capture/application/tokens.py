"""Protocols read only for the logins in their first messages: DCE/RPC and LDAP."""

from __future__ import annotations

from abc import ABC, abstractmethod

from netcordon.ingest.capture.application.conversation import Conversation
from netcordon.ingest.capture.application.logins import Logins
from netcordon.ingest.capture.application.ntlm import SIGNATURE

_MOST_BYTES = 64 << 10
"""Of a direction; binds stand at the beginning."""
_LONGEST = 32 << 10


class TokenParser(ABC):
    """Walks messages behind a length and looks for NTLM tokens in them."""

    measures = False
    service = ""

    def __init__(self, conversation: Conversation, client: int) -> None:
        self._conversation = conversation
        self._client = client
        self._logins = Logins(conversation, client, self.service)
        self._read = [0, 0]
        self._awaits_answer = False
        conversation.label(self.service)

    @abstractmethod
    def length(self, buffer: bytearray) -> int:
        """Length of the message at the front: 0 when more bytes are needed, -1 when it is none."""

    @abstractmethod
    def success(self, message: bytes) -> bool | None:
        """What the server's next message says of the login before it."""

    def advance(self, direction: int) -> None:
        """Read messages as far as the bytes go, up to the bound."""
        conversation = self._conversation
        stream = conversation.streams[direction]
        while stream.buffer:
            size = self.length(stream.buffer)
            if size < 0 or size > _LONGEST:
                conversation.stop(direction)
                return
            if size == 0 or len(stream.buffer) < size:
                return
            message, mark = bytes(stream.buffer[:size]), stream.mark()
            stream.consume(size)
            self._read[direction] += size
            self._message(message, direction, mark)
            if conversation.parser is not self:
                return  # another protocol has begun
            if self._read[direction] > _MOST_BYTES:
                conversation.stop(direction)
                return

    def _message(self, message: bytes, direction: int, mark: tuple[int, int]) -> None:
        from_client = direction == self._client
        if SIGNATURE in message:
            self._awaits_answer = self._logins.token(message, from_client, *mark)
        elif self._awaits_answer and not from_client:
            self._awaits_answer = False
            self._logins.outcome(self.success(message))

    def gap(self, direction: int) -> None:
        """Messages cannot be told apart behind a gap."""
        self._conversation.stop(direction)

    def finish(self) -> None:
        """A login without an answer stays without an outcome."""
        self._logins.finish()
