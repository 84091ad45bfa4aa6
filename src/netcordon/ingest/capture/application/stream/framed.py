"""Protocols of messages behind a length: a walk over messages with bounds."""

from __future__ import annotations

from abc import ABC, abstractmethod

from netcordon.ingest.capture.application.record.activity import Activity
from netcordon.ingest.capture.application.stream.conversation import Conversation

_LONGEST = 64 << 10
_MOST_DAMAGE = 8


class FramedParser(ABC):
    """Hands each whole message to ``message``; damage costs what stands in the buffer.

    Attributes:
        service: name of the protocol.
        longest: octets of a message that is read; longer ones are passed over.
    """

    measures = False
    service = ""
    longest = _LONGEST

    def __init__(self, conversation: Conversation, client: int) -> None:
        self._conversation = conversation
        self._client = client
        self._ends = conversation.client(client)
        self._activity = Activity(conversation.context, self.service, "tcp")
        self._damage = [0, 0]
        conversation.label(self.service)

    @abstractmethod
    def length(self, buffer: bytearray, direction: int) -> int:
        """Length of the message at the front: 0 when more bytes are needed, -1 when it is none."""

    @abstractmethod
    def message(self, data: bytes, direction: int, mark: tuple[int, int]) -> None:
        """One whole message, and the time (ns) and frame it ends in."""

    def advance(self, direction: int) -> None:
        """Read messages as far as the bytes go."""
        conversation = self._conversation
        stream = conversation.streams[direction]
        while stream.buffer and conversation.want >> direction & 1:
            size = self.length(stream.buffer, direction)
            if size == 0:
                return
            if size < 0:
                self._lose(direction)
                return
            if size > self.longest:
                conversation.skip(direction, size)
                continue
            if len(stream.buffer) < size:
                return
            data, mark = bytes(stream.buffer[:size]), stream.mark(size - 1)
            stream.consume(size)
            self._damage[direction] = 0
            self.message(data, direction, mark)
            if conversation.parser is not self:
                return

    def note(
        self, direction: int, mark: tuple[int, int], size: int | None = None, **values: object
    ) -> None:
        """A row of `application_activity` about what ``direction`` sent."""
        self._activity.note(
            self._ends, mark, is_response=direction != self._client, size=size, **values
        )

    def gap(self, direction: int) -> None:
        """What comes next may begin anywhere; messages are found again at a segment's front."""
        self._lose(direction)

    def finish(self) -> None:
        """Tell of the messages that found no place."""
        self._activity.finish()

    def _lose(self, direction: int) -> None:
        stream = self._conversation.streams[direction]
        stream.consume(len(stream.buffer))
        self._damage[direction] += 1
        if self._damage[direction] > _MOST_DAMAGE:
            self._conversation.stop(direction)
