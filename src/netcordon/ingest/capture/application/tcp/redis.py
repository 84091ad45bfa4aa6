"""Redis (RESP 2 and 3): commands by their name; keys and values are never kept."""

from __future__ import annotations

import re

from netcordon.ingest.capture.application.record.activity import Activity
from netcordon.ingest.capture.application.record.logins import Logins
from netcordon.ingest.capture.application.record.text import safe_text
from netcordon.ingest.capture.application.stream.conversation import Conversation

CLIENT = re.compile(rb"\*[1-9]\d{0,5}\r\n\$[1-9]\d{0,2}\r\n[A-Za-z]{2,20}\r\n")
_WITH_SUBCOMMAND = frozenset((b"CONFIG", b"CLIENT", b"SCRIPT", b"MODULE", b"ACL", b"CLUSTER",
                              b"SLAVEOF", b"REPLICAOF"))  # fmt: skip
"""Commands whose first two words say what is done to the server."""
_MOST_ARGUMENT = 64 << 10
_MOST_TOLD = 128
_MOST_PENDING = 64
_BULK = re.compile(rb"\$(\d{1,9})\r\n")
_COUNT = re.compile(rb"\*(\d{1,6})\r\n")


class RedisParser:
    """Arrays of bulk strings, as clients send them."""

    measures = False

    def __init__(self, conversation: Conversation, client: int) -> None:
        self._conversation = conversation
        self._client = client
        self._ends = conversation.client(client)
        self._activity = Activity(conversation.context, "redis", "tcp")
        self._logins = Logins(conversation, client, "redis")
        self._left = 0
        self._words: list[bytes] = []
        self._told: set[bytes] = set()
        self._awaits = False
        conversation.label("redis")

    def advance(self, direction: int) -> None:
        """Read commands; of answers only what follows a login."""
        stream = self._conversation.streams[direction]
        if direction != self._client:
            if self._awaits and bytes(stream.buffer[:1]) in (b"+", b"-", b"%", b"*"):
                self._logins.outcome(stream.buffer[:1] != b"-")
                self._awaits = False
            stream.consume(len(stream.buffer))
            return
        while stream.buffer and self._step():
            pass

    def _step(self) -> bool:
        """Take one header with what it announces; says whether to go on."""
        stream = self._conversation.streams[self._client]
        end = stream.buffer.find(b"\r\n", 0, 32)
        if end < 0:
            if len(stream.buffer) >= 32:
                stream.consume(len(stream.buffer))
            return False
        line = bytes(stream.buffer[: end + 2])
        count, bulk = _COUNT.match(line), _BULK.match(line)
        if count and not self._left:
            self._left, self._words = int(count[1]), []
            stream.consume(end + 2)
            return True
        if bulk is None or not self._left:
            stream.consume(end + 2)  # an inline command, or the middle of something
            return True
        return self._argument(int(bulk[1]), end + 2)

    def _argument(self, size: int, at: int) -> bool:
        stream = self._conversation.streams[self._client]
        is_needed = len(self._words) < 3 and size <= 128
        if is_needed and len(stream.buffer) < at + size:
            return False
        self._words += [bytes(stream.buffer[at : at + size])] if is_needed else []
        mark = stream.mark()
        self._conversation.skip(self._client, at + size + 2)
        self._left -= 1
        if self._left == 0:
            self._command(mark)
        return True

    def _command(self, mark: tuple[int, int]) -> None:
        words = self._words
        if not words:
            return
        name = words[0].upper()
        if name == b"AUTH":
            user = safe_text(words[1], 128) if len(words) > 2 else "default"
            self._logins.named("redis", user, *mark)
            self._awaits = True
        key, target = name, ""
        if name in _WITH_SUBCOMMAND and len(words) > 1:
            target = safe_text(b" ".join(words[1:3]), 128)
            key = b" ".join(words[:3])
        if key not in self._told and len(self._told) < _MOST_TOLD:
            self._told.add(key)
            self._activity.note(self._ends, mark, operation=safe_text(name, 32), object=target)

    def gap(self, direction: int) -> None:
        """Commands are found again at the front of a segment."""
        stream = self._conversation.streams[direction]
        stream.consume(len(stream.buffer))
        self._left = 0

    def finish(self) -> None:
        """A login without an answer stays without an outcome."""
        self._logins.finish()
        self._activity.finish()
