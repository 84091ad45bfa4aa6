"""DNS over TCP: messages behind their length (RFC 1035 section 4.2.2), left to the kernel."""

from __future__ import annotations

from netcordon.ingest.capture.application.stream.conversation import Conversation


class DnsStreamParser:
    """Cuts the stream into messages and leaves them to the kernel."""

    measures = False

    def __init__(self, conversation: Conversation, client: int) -> None:
        self._conversation = conversation
        self._client = client
        conversation.client(client)
        conversation.label("dns")

    def advance(self, direction: int) -> None:
        """Collect whole messages."""
        conversation = self._conversation
        stream = conversation.streams[direction]
        while len(stream.buffer) >= 2:
            size = stream.buffer[0] << 8 | stream.buffer[1]
            if size < 12:
                conversation.stop(direction)
                return
            if len(stream.buffer) < size + 2:
                return
            message = bytes(stream.buffer[2 : size + 2])
            time_ns, frame = stream.mark(size + 1)
            stream.consume(size + 2)
            conversation.context.dns_messages.append(
                (conversation.ends, direction, message, time_ns, frame)
            )

    def gap(self, direction: int) -> None:
        """The length that would follow is lost."""
        self._conversation.stop(direction)

    def finish(self) -> None:
        """Nothing is pending."""
