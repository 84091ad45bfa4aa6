"""PostgreSQL's start-up (Frontend/Backend Protocol 3.0): user, database, kind of authentication."""

from __future__ import annotations

from typing import Any

from netcordon.ingest.capture.application.record.activity import detail
from netcordon.ingest.capture.application.record.logins import Logins
from netcordon.ingest.capture.application.record.text import safe_text
from netcordon.ingest.capture.application.stream.conversation import Conversation
from netcordon.ingest.capture.application.stream.framed import FramedParser

_SSL_REQUEST, _GSS_REQUEST, _CANCEL, _VERSION_3 = 80877103, 80877104, 80877102, 196608
_KINDS = {0: "trust", 3: "password", 5: "md5", 7: "gssapi", 9: "sspi", 10: "scram"}


def is_startup(data: bytes) -> bool:
    """Whether a client begins a session, or asks to encrypt it."""
    if len(data) < 8:
        return False
    size, code = int.from_bytes(data[:4], "big"), int.from_bytes(data[4:8], "big")
    if size == 8:
        return len(data) == 8 and code in (_SSL_REQUEST, _GSS_REQUEST)
    return code == _VERSION_3 and 8 < size <= 4096 and data[8:13] in (b"user\0", b"datab", b"appli")


class PostgresqlParser(FramedParser):
    """The messages up to the answer to the login."""

    service = "postgresql"

    def __init__(self, conversation: Conversation, client: int) -> None:
        super().__init__(conversation, client)
        self._logins = Logins(conversation, client, self.service)
        self._asked: dict[str, Any] | None = None
        self._kind = ""
        self._mark = (0, 0)
        self._wants_secure = False

    def length(self, buffer: bytearray, direction: int) -> int:
        """Start-up messages have no type octet in front of their length."""
        if direction == self._client and self._asked is None:
            at = 0
        elif direction != self._client and self._asked is None:
            return 1 if bytes(buffer[:1]) in (b"S", b"N", b"G", b"E") else -1
        else:
            at = 1
        if len(buffer) < at + 4:
            return 0
        size = int.from_bytes(buffer[at : at + 4], "big")
        return at + size if size >= 4 else -1

    def message(self, data: bytes, direction: int, mark: tuple[int, int]) -> None:
        """One message."""
        if direction != self._client:
            self._from_server(data)
        elif self._asked is None:
            code = int.from_bytes(data[4:8], "big")
            if code == _VERSION_3:
                self._start(data[8:], mark)
            elif code in (_SSL_REQUEST, _GSS_REQUEST):
                self._wants_secure = True

    def _start(self, body: bytes, mark: tuple[int, int]) -> None:
        words = body.split(b"\0", 64)
        found = dict(zip(words[::2], words[1::2], strict=False))
        user = safe_text(found.get(b"user", b""), 256)
        self._asked = {
            "object": safe_text(found.get(b"database") or found.get(b"user", b""), 256),
            "account": user,
            "software": safe_text(found.get(b"application_name", b""), 128),
        }
        self._mark = mark
        self._logins.named("postgresql", user, *mark)

    def _from_server(self, data: bytes) -> None:
        if self._asked is None:
            if self._wants_secure and data[:1] in (b"S", b"G"):
                self._conversation.begin_again()
            return
        if data[:1] == b"R" and len(data) >= 9:
            kind = int.from_bytes(data[5:9], "big")
            if kind == 0:
                self._finish_login("ok", True)
            elif kind in _KINDS:
                self._kind = _KINDS[kind]
        elif data[:1] == b"E":
            fields = {part[:1]: part[1:] for part in data[5:].split(b"\0", 32)}
            self._finish_login(f"error {safe_text(fields.get(b'C', b''), 16)}", False)

    def _finish_login(self, status: str | None, is_good: bool | None = None) -> None:
        if self._asked is None:
            return
        self.note(
            self._client, self._mark, operation="login", status=status,
            detail=detail(authentication=self._kind), **self._asked,
        )  # fmt: skip
        self._asked = None
        self._logins.outcome(is_good)
        self._conversation.stop_all()

    def finish(self) -> None:
        """A login without an answer stays without an outcome."""
        self._finish_login(None)
        self._logins.finish()
        super().finish()
