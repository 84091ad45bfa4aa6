"""BitTorrent's handshake between peers (BEP 3): which torrent, and which client."""

from __future__ import annotations

import re

from netcordon.ingest.capture.application.record.activity import Activity
from netcordon.ingest.capture.application.record.text import safe_text
from netcordon.ingest.capture.application.stream.conversation import Conversation

HANDSHAKE = b"\x13BitTorrent protocol"
_SIZE = 68
_AZUREUS = re.compile(rb"-([A-Za-z]{2}[0-9A-Za-z]{4})-")


class BittorrentParser:
    """The first 68 octets of each direction."""

    measures = False

    def __init__(self, conversation: Conversation, client: int) -> None:
        self._conversation = conversation
        self._client = client
        self._ends = conversation.client(client)
        self._activity = Activity(conversation.context, "bittorrent", "tcp")
        conversation.label("bittorrent")

    def advance(self, direction: int) -> None:
        """Read the handshake and want no more of this direction."""
        stream = self._conversation.streams[direction]
        if stream.buffer[: len(HANDSHAKE)] != HANDSHAKE[: len(stream.buffer)]:
            self._conversation.stop(direction)
        elif len(stream.buffer) >= _SIZE:
            data = bytes(stream.buffer[:_SIZE])
            style = _AZUREUS.match(data[48:])
            self._activity.note(
                self._ends, stream.mark(_SIZE - 1), is_response=direction != self._client,
                size=_SIZE, operation="handshake", object=data[28:48].hex(),
                software=safe_text(style[1]) if style else "",
            )  # fmt: skip
            self._conversation.stop(direction)

    def gap(self, direction: int) -> None:
        """The handshake is lost."""
        self._conversation.stop(direction)

    def finish(self) -> None:
        """Nothing is pending."""
