"""SMTP (RFC 5321, 3030, 4954): who logs in, and every message that is handed over.

Never the password. A message is a row of `application_activity`, its parts are files.
"""

from __future__ import annotations

from collections import deque

from netcordon.ingest.capture.application.mail.lines import MailParser
from netcordon.ingest.capture.application.mail.message import Envelope, MailMessage
from netcordon.ingest.capture.application.mail.stream import Counted, Dotted
from netcordon.ingest.capture.application.record.text import safe_text
from netcordon.ingest.capture.application.stream.conversation import Conversation

_MOST_PENDING = 256
_LONGEST_ADDRESS = 320
_MESSAGE = b""
"""What is pending while the reply to a message has not come."""


class SmtpParser(MailParser):
    """Commands, replies and messages of one connection."""

    service = "smtp"

    def __init__(self, conversation: Conversation, client: int) -> None:
        super().__init__(conversation, client)
        self._envelope = Envelope()
        self._helo: str | None = None
        self._message: MailMessage | None = None  # of which more chunks will come
        self._is_last_chunk = True
        self._is_challenged = False
        self._pending: deque[bytes] = deque()
        self._unanswered: deque[MailMessage] = deque()

    def block_over(self, direction: int, message: MailMessage) -> None:  # noqa: ARG002
        """See ``MailParser``; the next reply is about the message."""
        if not self._is_last_chunk:
            return
        message.end(is_ended=True)
        self._message = None
        self._envelope = self._fresh()
        self._unanswered.append(message)
        self._push(_MESSAGE)

    def client_line(self, line: bytes, mark: tuple[int, int]) -> None:
        """A command, or the continuation of AUTH."""
        command, _, rest = line.partition(b" ")
        command, rest = command.upper(), rest.strip()
        if self._awaited or self._is_challenged:
            self._is_challenged = False
            if self._awaited:  # otherwise it is a password
                self._continue(line, mark)
            return
        self._push(command)
        if command in (b"EHLO", b"HELO", b"LHLO"):
            self._helo = self._envelope.helo = safe_text(rest, _LONGEST_ADDRESS)
        elif command == b"AUTH":
            mechanism, _, initial = rest.partition(b" ")
            self._begin(mechanism, initial.strip(), mark)
        elif command == b"STARTTLS":
            self.turns_secure = True
        elif command == b"MAIL":
            self._envelope = self._fresh()
            self._envelope.sender = _address(rest)
        elif command == b"RCPT":
            self._envelope.add(_address(rest))
        elif command == b"RSET":
            self._abandon()
        elif command == b"DATA":
            self._is_last_chunk = True
            self._reading[self._client] = Dotted(self._open())
        elif command == b"BDAT":
            self._take_chunk(rest)

    def server_line(self, line: bytes, mark: tuple[int, int]) -> None:  # noqa: ARG002
        """235 is success, 535 and its like are failure; a message has its own reply."""
        code = line[:3]
        if code == b"235":
            self._logins.outcome(True)
        elif code in (b"535", b"534", b"530", b"454"):
            self._logins.outcome(False)
        self._is_challenged = code == b"334"
        if line[3:4] == b"-" or not self._pending or self._is_challenged:
            return
        command = self._pending.popleft()
        if command == _MESSAGE and self._unanswered:
            self._unanswered.popleft().write(safe_text(code))
        elif command == b"DATA" and code[:1] in (b"4", b"5"):
            self._abandon()

    def _push(self, command: bytes) -> None:
        if len(self._pending) < _MOST_PENDING:
            self._pending.append(command)

    def _open(self) -> MailMessage:
        self._message = self.new_message(self._client, self._envelope)
        return self._message

    def _take_chunk(self, rest: bytes) -> None:
        size, _, last = rest.partition(b" ")
        if not size.isdigit() or len(size) > 12:
            return
        self._is_last_chunk = last.strip().upper() == b"LAST"
        if self._is_last_chunk and self._pending:
            self._pending.pop()  # its reply is that to the message
        self._reading[self._client] = Counted(self._message or self._open(), int(size))

    def _fresh(self) -> Envelope:
        return Envelope(helo=self._helo, account=self._account or None)

    def _abandon(self) -> None:
        if self._message is not None:
            self._message.end(is_ended=False)
            self._message.write(None)
        self._reading[self._client] = self._message = None
        self._envelope = self._fresh()

    def finish(self) -> None:
        """A message without a reply has no status; one without an end is not whole."""
        while self._unanswered:
            self._unanswered.popleft().write(None)
        self._abandon()
        super().finish()


def _address(argument: bytes) -> str:
    """The address of ``FROM:<a@b> SIZE=1`` or ``TO:<a@b>``."""
    path = argument.partition(b":")[2].strip()
    if path.startswith(b"<"):
        return safe_text(path[1:].partition(b">")[0], _LONGEST_ADDRESS)
    return safe_text(path.partition(b" ")[0], _LONGEST_ADDRESS)
