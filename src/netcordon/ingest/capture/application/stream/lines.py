"""Protocols of text lines, client and server in turn: a walk over lines with bounds."""

from __future__ import annotations

from abc import ABC, abstractmethod

from netcordon.ingest.capture.application.record.logins import Logins
from netcordon.ingest.capture.application.stream.conversation import Conversation
from netcordon.ingest.capture.application.stream.reassembly import Stream

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

    def awaits_block(self, direction: int) -> bool:  # noqa: ARG002
        """Whether what follows in a direction are no lines."""
        return False

    def advance(self, direction: int) -> None:
        """Read lines as far as the bytes go, up to the bound."""
        while not self.done:
            if not self.block(direction) or not self._read_lines(direction):
                return
        self._conversation.stop_all()

    def _read_lines(self, direction: int) -> bool:
        """Read the lines that stand in the buffer; says whether something else may follow them."""
        conversation = self._conversation
        stream = conversation.streams[direction]
        take_line = self.client_line if direction == self._client else self.server_line
        at = 0
        for line in bytes(stream.buffer[: stream.buffer.rfind(b"\n") + 1]).split(b"\n")[:-1]:
            if len(line) >= _LONGEST_LINE:
                break
            mark = stream.mark(at)
            at += len(line) + 1
            if self.turns_secure and direction != self._client:
                stream.consume(at)
                conversation.begin_again()  # what follows is TLS, or nothing that is known
                return False
            take_line(line.rstrip(b"\r"), mark)
            if self._read[direction] + at > self.most_bytes:
                conversation.stop(direction)
                return False
            if self.done or self.awaits_block(direction):
                self._pass(stream, direction, at)
                return True
        self._pass(stream, direction, at)
        if len(stream.buffer) >= _LONGEST_LINE:
            conversation.stop(direction)
        return False

    def _pass(self, stream: Stream, direction: int, count: int) -> None:
        self._read[direction] += count
        stream.consume(count)

    def gap(self, direction: int) -> None:  # noqa: B027 - doing nothing is the rule here
        """The half line before the gap is dropped; the rest of it will fit no command."""

    def finish(self) -> None:
        """A login without an answer stays without an outcome."""
        self._logins.finish()
