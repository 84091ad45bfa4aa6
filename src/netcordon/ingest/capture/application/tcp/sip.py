"""SIP over TCP (RFC 3261 section 18.3): messages end where Content-Length says."""

from __future__ import annotations

import re

from netcordon.ingest.capture.application.record.logins import Logins
from netcordon.ingest.capture.application.sip_message import Registration, as_row, parse
from netcordon.ingest.capture.application.stream.conversation import Conversation
from netcordon.ingest.capture.application.stream.framed import FramedParser

START = re.compile(rb"[A-Z]{3,12} (?:sips?|tel):[^\r\n]{1,500} SIP/2\.0\r\n|SIP/2\.0 [1-6]\d\d ")
_LENGTH = re.compile(rb"\n(?:Content-Length|l)[ \t]{0,8}:[ \t]{0,8}(\d{1,9})", re.IGNORECASE)
_LONGEST_HEAD = 16 << 10


class SipParser(FramedParser):
    """Both sides may ask; the connection's client is who sent the first request."""

    service = "sip"

    def __init__(self, conversation: Conversation, client: int) -> None:
        super().__init__(conversation, client)
        self._registration = Registration(Logins(conversation, client, self.service))

    def length(self, buffer: bytearray, direction: int) -> int:  # noqa: ARG002
        """The header up to the empty line, and the body."""
        if buffer[:2] == b"\r\n":
            return 2  # keep-alive
        end = buffer.find(b"\r\n\r\n", 0, _LONGEST_HEAD)
        if end < 0:
            return -1 if len(buffer) >= _LONGEST_HEAD else 0
        found = _LENGTH.search(bytes(buffer[: end + 2]))
        return end + 4 + (int(found[1]) if found else 0)

    def message(self, data: bytes, direction: int, mark: tuple[int, int]) -> None:
        """One message."""
        message = parse(data)
        if message is None:
            return
        self.note(direction, mark, len(data), **as_row(message))
        self._registration.hear(message, mark)

    def finish(self) -> None:
        """A registration without an answer stays without an outcome."""
        self._registration.finish()
        super().finish()
