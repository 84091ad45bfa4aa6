"""Telnet (RFC 854): the name behind a login prompt and the outcome; nothing else that is typed."""

from __future__ import annotations

import re

from netcordon.ingest.capture.application.record.logins import Logins
from netcordon.ingest.capture.application.record.text import safe_text
from netcordon.ingest.capture.application.stream.conversation import Conversation

OPENING = re.compile(rb"\xff[\xfb-\xfe][\x00-\x31](?:\xff[\xfb-\xfe\xfa]|\Z)")
_COMMAND = re.compile(rb"\xff(?:[\xfb-\xfe].|\xfa.{0,256}?\xff\xf0|[\xf0-\xf9])", re.DOTALL)
_NAME_PROMPT = re.compile(rb"(?:login|username|user ?name|user)\s{0,2}: ?\Z", re.IGNORECASE)
_PASSWORD_PROMPT = re.compile(rb"(?:password|passwd|passcode)[^\r\n:]{0,40}: ?\Z", re.IGNORECASE)
_REFUSED = re.compile(
    rb"incorrect|login failed|access denied|authentication fail|bad password|invalid", re.IGNORECASE
)
_SHELL = re.compile(
    rb"[$#>%] ?(?:\x1b\[[0-9;?]{0,8}[A-Za-z]){0,4}\Z|last login|welcome", re.IGNORECASE
)
_TAIL = 512
_MOST_BYTES = 64 << 10
_LONGEST_NAME = 128


class TelnetParser:
    """The dialogue up to the shell."""

    measures = False

    def __init__(self, conversation: Conversation, client: int) -> None:
        self._conversation = conversation
        self._client = client
        self._logins = Logins(conversation, client, "telnet")
        self._tail = b""
        self._typed = b""
        self._state = "idle"
        self._read = 0
        conversation.label("telnet")

    def advance(self, direction: int) -> None:
        """Read what has come."""
        stream = self._conversation.streams[direction]
        mark = stream.mark()
        data = _COMMAND.sub(b"", bytes(stream.buffer))
        stream.consume(len(stream.buffer))
        self._read += len(data)
        if direction == self._client:
            self._from_client(data, mark)
        else:
            self._from_server(data)
        if self._read > _MOST_BYTES:
            self._conversation.stop_all()

    def _from_client(self, data: bytes, mark: tuple[int, int]) -> None:
        if self._state != "name":
            return
        self._typed = (self._typed + data)[: _LONGEST_NAME + 8]
        for end in (b"\r", b"\n"):
            if end in self._typed:
                name = _edited(self._typed.partition(end)[0])
                self._state = "idle"
                if name:
                    self._logins.named("telnet", safe_text(name, _LONGEST_NAME), *mark)
                return

    def _from_server(self, data: bytes) -> None:
        self._tail = (self._tail + data)[-_TAIL:]
        if self._state == "password":
            if _REFUSED.search(self._tail):
                self._decide(False)
            elif _SHELL.search(self._tail):
                self._decide(True)
                self._conversation.stop_all()
                return
        if _PASSWORD_PROMPT.search(self._tail):
            self._state, self._tail = "password", b""
        elif _NAME_PROMPT.search(self._tail) and self._state != "name":
            if self._state == "password":
                self._decide(False)  # asked for a name once more
            self._state, self._typed, self._tail = "name", b"", b""

    def _decide(self, is_good: bool) -> None:
        self._logins.outcome(is_good)
        self._state = "idle"

    def gap(self, direction: int) -> None:  # noqa: ARG002
        """A name with missing letters would be another name."""
        self._state, self._tail = "idle", b""

    def finish(self) -> None:
        """A login without an answer stays without an outcome."""
        self._logins.finish()


def _edited(typed: bytes) -> bytes:
    """What is left after the back spaces."""
    kept = bytearray()
    for octet in typed:
        if octet in (8, 127):
            del kept[-1:]
        elif octet:
            kept.append(octet)
    return bytes(kept)
