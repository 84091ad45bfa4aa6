"""Where a message ends in a stream: at a lone dot (RFC 5321, 4.5.2), or after so many octets."""

from __future__ import annotations

from netcordon.ingest.capture.application.mail.message import MailMessage
from netcordon.ingest.capture.application.stream.reassembly import Stream

_END = b"\r\n.\r\n"


class Dotted:
    """A message that a line of one dot ends; a dot that begins a line is doubled."""

    def __init__(self, message: MailMessage) -> None:
        self.message = message
        self._tail = b"\r\n"  # of what has passed: the message may be empty

    def read(self, stream: Stream) -> bool:
        """Take what belongs to the message; says whether its end has come."""
        buffer = stream.buffer
        data = self._tail + buffer
        end = data.find(_END)
        if end >= 0:
            self._feed(data[len(self._tail) : end + 2], stream)
            stream.consume(end + len(_END) - len(self._tail))
            return True
        # The last octets may be the beginning of the end.
        keep = next(n for n in range(len(_END) - 1, -1, -1) if data.endswith(_END[:n]))
        keep = min(keep, len(buffer))
        count = len(buffer) - keep
        if count > 0:
            self._feed(bytes(buffer[:count]), stream)
            stream.consume(count)
        return False

    def _feed(self, data: bytes, stream: Stream) -> None:
        if not data:
            return
        before, mark = self._tail, stream.mark(min(len(data), len(stream.buffer)) - 1)
        self._tail = (before + data)[-2:]
        joined = (before + data).replace(b"\r\n..", b"\r\n.")
        self.message.feed(joined[len(before) :], mark)


class Counted:
    """A message, or a piece of one, of so many octets (BDAT of RFC 3030, literals of IMAP)."""

    def __init__(self, message: MailMessage, size: int) -> None:
        self.message = message
        self._left = size

    def read(self, stream: Stream) -> bool:
        """Take what belongs to the message; says whether its end has come."""
        count = min(self._left, len(stream.buffer))
        if count:
            mark = stream.mark(count - 1)
            with memoryview(stream.buffer) as view, view[:count] as data:
                self.message.feed(data, mark)
            stream.consume(count)
            self._left -= count
        return self._left == 0
