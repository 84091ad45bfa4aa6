"""Protocols of text lines, client and server in turn: a walk over lines with bounds."""

from __future__ import annotations

from abc import ABC, abstractmethod

from netcordon.ingest.capture.application.record.logins import Logins
from netcordon.ingest.capture.application.stream.conversation import Conversation

_LONGEST_LINE = 4096


class LineParser(ABC):
    """Hands each line to ``client_line`` or ``server_line``.

    Attributes:
        most_bytes: of a direction that are read.
        done: set by a parser that wants nothing more.
        turns_secure: set when the client asks for TLS; after the answer another protocol begins.
    """

    measures = False
    service = ""
    most_bytes = 64 << 10

    def __init__(self, conversation: Conversation, client: int) -> None:
        self._conversation = conversation
        self._client = client
        self._logins = Logins(conversation, client, self.service)
        self._read = [0, 0]
        self.done = False
        self.turns_secure = False
        conversation.label(self.service)

    @abstractmethod
    def client_line(self, line: bytes, mark: tuple[int, int]) -> None:
        """A line of the client without its end."""

    @abstractmethod
    def server_line(self, line: bytes, mark: tuple[int, int]) -> None:
        """A line of the server without its end."""

    def block(self, direction: int) -> bool:  # noqa: ARG002
        """Take bytes that are no lines, such as a mail; says whether lines follow."""
        return True

    def advance(self, direction: int) -> None:
        """Read lines as far as the bytes go, up to the bound."""
        conversation = self._conversation
        stream = conversation.streams[direction]
        while not self.done:
            if not self.block(direction):
                return
            end = stream.buffer.find(b"\n", 0, _LONGEST_LINE)
            if end < 0:
                if len(stream.buffer) >= _LONGEST_LINE:
                    conversation.stop(direction)
                return
            line, mark = bytes(stream.buffer[:end]).rstrip(b"\r"), stream.mark()
            stream.consume(end + 1)
            self._read[direction] += end + 1
            if self.turns_secure and direction != self._client:
                conversation.begin_again()  # what follows is TLS, or nothing that is known
                return
            if direction == self._client:
                self.client_line(line, mark)
            else:
                self.server_line(line, mark)
            if self._read[direction] > self.most_bytes:
                conversation.stop(direction)
                return
        conversation.stop_all()

    def gap(self, direction: int) -> None:  # noqa: B027 - doing nothing is the rule here
        """The half line before the gap is dropped; the rest of it will fit no command."""

    def finish(self) -> None:
        """A login without an answer stays without an outcome."""
        self._logins.finish()
