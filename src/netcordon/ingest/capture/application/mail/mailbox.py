"""POP3 and IMAP in clear text (RFC 1939, 9051): logins without passwords, fetched messages."""

from __future__ import annotations

import re

from netcordon.ingest.capture.application.mail.lines import MailParser
from netcordon.ingest.capture.application.mail.message import Envelope, MailMessage
from netcordon.ingest.capture.application.mail.stream import Counted, Dotted
from netcordon.ingest.capture.application.record.text import safe_text

_LITERAL = re.compile(rb"\{(\d{1,10})[+-]?\}\Z")


class Pop3Parser(MailParser):
    """USER and PASS, or AUTH, with +OK or -ERR."""

    service = "pop3"
    _decides = False
    _fetches = False
    _is_part = False

    def block_over(self, direction: int, message: MailMessage) -> None:  # noqa: ARG002
        """See ``MailParser``."""
        message.end(is_ended=True)
        message.write("+OK")

    def client_line(self, line: bytes, mark: tuple[int, int]) -> None:
        """USER names the account, the answer to PASS decides."""
        words = line.split(b" ", 2)
        command = words[0].upper()
        if self._awaited:
            self._continue(line, mark)
            self._decides = True
        elif command in (b"USER", b"APOP") and len(words) > 1:
            self._account = safe_text(words[1])
            self._logins.named("pop3", self._account, *mark)
            self._decides = command == b"APOP"
        elif command == b"AUTH" and len(words) > 1:
            self._begin(words[1], words[2] if len(words) > 2 else b"", mark)
            self._decides = len(words) > 2
        elif command == b"PASS":
            self._decides = True
        elif command == b"STLS":
            self.turns_secure = True
        self._fetches = command in (b"RETR", b"TOP")
        self._is_part = command == b"TOP"

    def server_line(self, line: bytes, mark: tuple[int, int]) -> None:  # noqa: ARG002
        """The answer to the command that decides."""
        if self._decides and line[:1] in (b"+", b"-") and not line.startswith(b"+ "):
            self._logins.outcome(line[:3] == b"+OK")
            self._decides = False
        elif self._fetches and line[:3] == b"+OK":
            server = 1 - self._client
            envelope = Envelope(account=self._account or None)
            message = self.new_message(server, envelope)
            if self._is_part:  # its header and some lines
                message.miss()
            self._reading[server] = Dotted(message)
        self._fetches = False


class ImapParser(MailParser):
    """LOGIN and AUTHENTICATE with the tagged answer."""

    service = "imap"
    _tag = b""
    _is_message = False

    def client_line(self, line: bytes, mark: tuple[int, int]) -> None:
        """LOGIN names the account."""
        words = line.split(b" ", 3)
        command = words[1].upper() if len(words) > 1 else b""
        if self._awaited:
            self._continue(line, mark)
        elif command == b"LOGIN" and len(words) > 2:
            self._tag = words[0]
            self._account = safe_text(words[2].strip(b'"'))
            self._logins.named("imap", self._account, *mark)
        elif command == b"AUTHENTICATE" and len(words) > 2:
            self._tag = words[0]
            self._begin(words[2], words[3] if len(words) > 3 else b"", mark)
        elif command == b"STARTTLS":
            self.turns_secure = True
        elif command == b"APPEND":
            self._literal(line, self._client)

    def server_line(self, line: bytes, mark: tuple[int, int]) -> None:  # noqa: ARG002
        """OK or NO behind the tag of the login; literals of what was fetched."""
        tag, _, rest = line.partition(b" ")
        if self._tag and tag == self._tag:
            self._logins.outcome(rest[:2].upper() == b"OK")
            self._tag = b""
        elif tag == b"*" and line.endswith(b"}"):
            self._literal(line, 1 - self._client)

    def _literal(self, line: bytes, direction: int) -> None:
        """Octets follow the line, as many as it says: a message, or something else."""
        size = _LITERAL.search(line)
        if size is None or not int(size[1]):
            return
        said = line.upper()
        self._is_message = b" APPEND " in said or b"BODY[]" in said or b" RFC822 {" in said
        message = self.new_message(direction, Envelope(account=self._account or None))
        self._reading[direction] = Counted(message, int(size[1]))

    def block_over(self, direction: int, message: MailMessage) -> None:  # noqa: ARG002
        """See ``MailParser``."""
        if not self._is_message:
            message.drop()
            return
        message.end(is_ended=True)
        message.write(None)
