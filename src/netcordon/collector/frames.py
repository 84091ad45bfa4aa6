"""Syslog messages out of a TLS stream (RFC 5425; RFC 6587 for senders that end lines instead).

Sans I/O: bytes in, messages out. A length is a claim: what is kept of a message is bounded, and the
rest of it is passed over without being held.
"""

from __future__ import annotations

from dataclasses import dataclass

MOST_MESSAGE = 64 << 10
"""Octets kept of one message. RFC 5425, 4.3.1 asks for 2,048 and recommends 8,192."""
_MOST_DIGITS = 10


@dataclass
class Message:
    """One message, and how many octets of it were left out."""

    data: bytes
    left_out: int = 0


class Frames:
    """Takes a stream piece by piece and gives its messages.

    Attributes:
        fault: why the stream is no syslog; nothing after that place can be told apart.
    """

    def __init__(self) -> None:
        self.fault = ""
        self._held = bytearray()
        self._skip = 0
        self._lost = 0

    def feed(self, data: bytes) -> list[Message]:
        """Messages that are complete now; none any more once there is a ``fault``."""
        if self._skip:
            passed = min(self._skip, len(data))
            self._skip -= passed
            data = data[passed:]
        self._held += data
        out: list[Message] = []
        while self._held and not self._skip and not self.fault:
            message = self._counted() if chr(self._held[0]).isdigit() else self._line()
            if message is None:
                break
            out.append(message)
        return out

    @property
    def is_whole(self) -> bool:
        """Whether nothing of a message is waiting for its rest."""
        return not self._held and not self._skip

    def _counted(self) -> Message | None:
        """``MSG-LEN SP SYSLOG-MSG``."""
        space = self._held.find(b" ", 0, _MOST_DIGITS + 1)
        if space < 0:
            if len(self._held) > _MOST_DIGITS or not self._held.isdigit():
                self.fault = "a message begins with no length"
            return None
        digits = bytes(self._held[:space])
        if not digits.isdigit() or digits.startswith(b"0"):
            self.fault = f"{digits[:20]!r} is no length"
            return None
        length = int(digits)
        kept = min(length, MOST_MESSAGE)
        if len(self._held) - space - 1 < kept:
            return None
        message = Message(bytes(self._held[space + 1 : space + 1 + kept]), length - kept)
        rest = len(self._held) - space - 1
        del self._held[: space + 1 + min(length, rest)]
        self._skip = max(length - rest, 0)
        return message

    def _line(self) -> Message | None:
        """A line, as many senders write."""
        end = self._held.find(b"\n")
        if end < 0 and len(self._held) <= MOST_MESSAGE:
            return None
        if end < 0:
            self._lost += len(self._held) - MOST_MESSAGE
            del self._held[MOST_MESSAGE:]
            return None
        line = bytes(self._held[:end]).rstrip(b"\r")
        message = Message(line[:MOST_MESSAGE], self._lost + max(len(line) - MOST_MESSAGE, 0))
        self._lost = 0
        del self._held[: end + 1]
        return message
