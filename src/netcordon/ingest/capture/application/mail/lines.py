"""Line protocols that carry messages between their lines, in either direction."""

from __future__ import annotations

from abc import abstractmethod

from netcordon.ingest.capture.application.mail.message import Envelope, MailMessage
from netcordon.ingest.capture.application.mail.sasl import SaslParser
from netcordon.ingest.capture.application.mail.stream import Counted, Dotted
from netcordon.ingest.capture.application.stream.conversation import Conversation


class MailParser(SaslParser):
    """Reads messages as blocks while lines are read as lines."""

    most_bytes = 4 << 20

    def __init__(self, conversation: Conversation, client: int) -> None:
        super().__init__(conversation, client)
        self._ends = conversation.client(client)
        self._reading: list[Dotted | Counted | None] = [None, None]

    @abstractmethod
    def block_over(self, direction: int, message: MailMessage) -> None:
        """All octets of a message, or of a piece of one, have come."""

    def block(self, direction: int) -> bool:
        """Take octets of a message; says whether lines follow."""
        reading = self._reading[direction]
        if reading is None:
            return True
        if not reading.read(self._conversation.streams[direction]):
            return False
        self._reading[direction] = None
        self.block_over(direction, reading.message)
        return True

    def awaits_block(self, direction: int) -> bool:
        """See ``LineParser``."""
        return self._reading[direction] is not None

    def new_message(self, direction: int, envelope: Envelope) -> MailMessage:
        """A message begins."""
        return MailMessage(
            self._conversation.context, self._ends, self.service, envelope,
            is_upload=direction == self._client,
        )  # fmt: skip

    def gap(self, direction: int) -> None:
        """A message that lacks octets goes on to its end."""
        reading = self._reading[direction]
        if reading is None:
            super().gap(direction)
        else:
            reading.read(self._conversation.streams[direction])
            reading.message.miss()

    def finish(self) -> None:
        """A message that has not ended is not whole."""
        for direction, reading in enumerate(self._reading):
            if reading is not None:
                self._reading[direction] = None
                reading.message.end(is_ended=False)
                reading.message.write(None)
        super().finish()
