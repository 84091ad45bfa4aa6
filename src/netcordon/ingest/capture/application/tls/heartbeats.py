"""TLS heartbeats (RFC 6520): messages that ask for an echo, and the echoes, as rows by size.

They are allowed once both hellos carry the extension. A request that claims more payload than it
holds must be discarded (section 4); a peer that answers it gives away its memory (CVE-2014-0160).
In clear the message says what it is and claims; encrypted, only its record's length is visible.
Only so many records of a side are read, for a connection may go on for ever.
"""

from __future__ import annotations

from netcordon.ingest.capture.application.record.activity import Activity, detail
from netcordon.ingest.capture.application.stream.conversation import Conversation

EXTENSION, HEARTBEAT = 15, 24
LEAST_PADDING = 16
"""Octets of padding that every heartbeat message ends with, at least."""
_CHANGE_CIPHER_SPEC = 20
_HEADER, _MESSAGE_HEADER = 5, 3
_MOST_RECORDS = 128
_MOST_ROWS = 64
_OPERATIONS = {1: "heartbeat_request", 2: "heartbeat_response"}


class Heartbeats:
    """The heartbeats of one connection, in clear and later.

    Args:
        conversation: whose streams are read.
        client: direction of the client.
    """

    __slots__ = ("_activity", "_client", "_conversation", "_ends", "_is_encrypted", "_left")

    def __init__(self, conversation: Conversation, client: int) -> None:
        self._conversation = conversation
        self._client = client
        self._ends = conversation.client(client)
        self._activity = Activity(conversation.context, "tls", "tcp", _MOST_ROWS)
        self._is_encrypted = [False, False]
        self._left = [_MOST_RECORDS, _MOST_RECORDS]

    def wants(self, direction: int) -> bool:
        """Whether records of this direction are still read."""
        return self._left[direction] > 0

    def read(self, direction: int) -> bool:
        """Read the record at the front of a stream; ``False`` when more of it must come first.

        Args:
            direction: whose stream; it holds a record's header at least.
        """
        conversation, stream = self._conversation, self._conversation.streams[direction]
        kind, size = stream.buffer[0], stream.buffer[3] << 8 | stream.buffer[4]
        if stream.buffer[1] != 3 or not _CHANGE_CIPHER_SPEC <= kind <= HEARTBEAT:
            self.lose(direction)  # no record stands here
            return True
        if kind == HEARTBEAT:
            if len(stream.buffer) < _HEADER + min(size, _MESSAGE_HEADER):
                return False
            self._note(direction, size)
        elif kind == _CHANGE_CIPHER_SPEC:
            self._is_encrypted[direction] = True
        self._left[direction] -= 1
        conversation.skip(direction, _HEADER + size)
        return True

    def lose(self, direction: int) -> None:
        """Nothing more of this direction can be read."""
        self._left[direction] = 0

    def finish(self) -> None:
        """The connection is over."""
        self._activity.finish()

    def _note(self, direction: int, size: int) -> None:
        stream = self._conversation.streams[direction]
        operation, claimed = "heartbeat", None
        if not self._is_encrypted[direction] and size >= _MESSAGE_HEADER:
            kind, high, low = stream.buffer[_HEADER : _HEADER + _MESSAGE_HEADER]
            operation, claimed = _OPERATIONS.get(kind, operation), high << 8 | low
        self._activity.note(
            self._ends,
            stream.mark(),
            is_response=direction != self._client,
            size=size,
            operation=operation,
            detail=detail(claimed=claimed),
        )
