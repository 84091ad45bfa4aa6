"""Logins of SMTP, POP3 and IMAP in clear text (RFC 4954, 1939, 9051); never the password."""

from __future__ import annotations

from netcordon.ingest.capture.application.http_message import decode_base64
from netcordon.ingest.capture.application.lines import LineParser
from netcordon.ingest.capture.application.text import safe_text


def _plain_account(value: bytes) -> str:
    """Authentication identity of SASL PLAIN (RFC 4616)."""
    parts = decode_base64(value).split(b"\x00")
    return safe_text(parts[1]) if len(parts) == 3 else ""


class _SaslParser(LineParser):
    """Shared by the three: AUTH LOGIN and PLAIN in one or several lines."""

    _awaited = ""

    def _begin(self, mechanism: bytes, initial: bytes, mark: tuple[int, int]) -> None:
        kind = {b"LOGIN": "login", b"PLAIN": "plain"}.get(mechanism.upper(), "")
        self._awaited = kind
        if kind and initial:
            self._continue(initial, mark)

    def _continue(self, value: bytes, mark: tuple[int, int]) -> None:
        account = (
            _plain_account(value) if self._awaited == "plain" else safe_text(decode_base64(value))
        )
        self._awaited = ""
        if account:
            self._logins.named(self.service, account, *mark)


class SmtpParser(_SaslParser):
    """AUTH with its 235 or 535; mail itself is not read."""

    service = "smtp"

    def client_line(self, line: bytes, mark: tuple[int, int]) -> None:
        """AUTH, its continuation, or the end of interest."""
        words = line.split(b" ", 2)
        command = words[0].upper()
        if self._awaited:
            self._continue(line, mark)
        elif command == b"AUTH" and len(words) > 1:
            self._begin(words[1], words[2] if len(words) > 2 else b"", mark)
        elif command == b"STARTTLS":
            self.turns_secure = True
        elif command in (b"DATA", b"BDAT"):
            self.done = True

    def server_line(self, line: bytes, mark: tuple[int, int]) -> None:  # noqa: ARG002
        """235 is success, 535 and its like are failure."""
        if line[:3] == b"235":
            self._logins.outcome(True)
        elif line[:3] in (b"535", b"534", b"530", b"454"):
            self._logins.outcome(False)


class Pop3Parser(_SaslParser):
    """USER and PASS, or AUTH, with +OK or -ERR."""

    service = "pop3"
    _decides = False

    def client_line(self, line: bytes, mark: tuple[int, int]) -> None:
        """USER names the account, the answer to PASS decides."""
        words = line.split(b" ", 2)
        command = words[0].upper()
        if self._awaited:
            self._continue(line, mark)
            self._decides = True
        elif command in (b"USER", b"APOP") and len(words) > 1:
            self._logins.named("pop3", safe_text(words[1]), *mark)
            self._decides = command == b"APOP"
        elif command == b"AUTH" and len(words) > 1:
            self._begin(words[1], words[2] if len(words) > 2 else b"", mark)
            self._decides = len(words) > 2
        elif command == b"PASS":
            self._decides = True
        elif command == b"STLS":
            self.turns_secure = True
        elif command == b"RETR":
            self.done = True

    def server_line(self, line: bytes, mark: tuple[int, int]) -> None:  # noqa: ARG002
        """The answer to the command that decides."""
        if self._decides and line[:1] in (b"+", b"-") and not line.startswith(b"+ "):
            self._logins.outcome(line[:3] == b"+OK")
            self._decides = False


class ImapParser(_SaslParser):
    """LOGIN and AUTHENTICATE with the tagged answer."""

    service = "imap"
    _tag = b""

    def client_line(self, line: bytes, mark: tuple[int, int]) -> None:
        """LOGIN names the account."""
        words = line.split(b" ", 3)
        command = words[1].upper() if len(words) > 1 else b""
        if self._awaited:
            self._continue(line, mark)
        elif command == b"LOGIN" and len(words) > 2:
            self._tag = words[0]
            self._logins.named("imap", safe_text(words[2].strip(b'"')), *mark)
        elif command == b"AUTHENTICATE" and len(words) > 2:
            self._tag = words[0]
            self._begin(words[2], words[3] if len(words) > 3 else b"", mark)
        elif command == b"STARTTLS":
            self.turns_secure = True
        elif command in (b"FETCH", b"APPEND"):
            self.done = True

    def server_line(self, line: bytes, mark: tuple[int, int]) -> None:  # noqa: ARG002
        """OK or NO behind the tag of the login."""
        tag, _, rest = line.partition(b" ")
        if self._tag and tag == self._tag:
            self._logins.outcome(rest[:2].upper() == b"OK")
            self._tag = b""
