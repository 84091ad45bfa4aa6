"""MySQL's connection phase (MySQL Internals, Client/Server Protocol): who logs in, and whether."""

from __future__ import annotations

import re
from typing import Any

from netcordon.ingest.capture.application.record.logins import Logins
from netcordon.ingest.capture.application.record.text import safe_text
from netcordon.ingest.capture.application.stream.conversation import Conversation
from netcordon.ingest.capture.application.stream.framed import FramedParser

GREETING = re.compile(rb"..\x00\x00\x0a([0-9]{1,2}\.[0-9]{1,3}\.[^\x00]{1,60})\x00", re.DOTALL)
_REFUSAL = re.compile(rb"..\x00\x00\xff[\x00-\xff]{2}Host '", re.DOTALL)
_WITH_DATABASE, _SSL, _LENGTH_ENCODED, _SECURE = 0x8, 0x800, 0x200000, 0x8000
_LOGIN = 32
"""Octets of a login request up to the user name; an SSL request is no longer."""


def is_greeting(data: bytes) -> bool:
    """Whether a server greets, or refuses the client's host."""
    found = GREETING.match(data)
    size = int.from_bytes(data[:3], "little")
    return (found is not None and 40 <= size <= 512) or _REFUSAL.match(data) is not None


class MysqlParser(FramedParser):
    """Greeting, login request, result."""

    service = "mysql"

    def __init__(self, conversation: Conversation, client: int) -> None:
        super().__init__(conversation, client)
        self._logins = Logins(conversation, client, self.service)
        self._server = ""
        self._asked: dict[str, Any] | None = None
        self._mark = (0, 0)

    def length(self, buffer: bytearray, direction: int) -> int:  # noqa: ARG002
        """Length in three octets, then the sequence number."""
        return 4 + int.from_bytes(buffer[:3], "little") if len(buffer) >= 4 else 0

    def message(self, data: bytes, direction: int, mark: tuple[int, int]) -> None:
        """One packet of the connection phase."""
        body = data[4:]
        if direction != self._client:
            self._from_server(body)
        elif self._asked is None and len(body) >= _LOGIN:
            self._login(body, mark)

    def _from_server(self, body: bytes) -> None:
        if self._asked is None:
            if body[:1] == b"\x0a":
                self._server = safe_text(body[1:].split(b"\0", 1)[0], 128)
            return
        if body[:1] in (b"\x00", b"\xff"):
            is_good = body[:1] == b"\x00"
            code = int.from_bytes(body[1:3], "little")
            self._finish_login("ok" if is_good else f"error {code}")
            self._logins.outcome(is_good)
            self._conversation.stop_all()

    def _login(self, body: bytes, mark: tuple[int, int]) -> None:
        flags = int.from_bytes(body[:4], "little")
        if flags & _SSL and len(body) == _LOGIN:
            self._conversation.begin_again()
            return
        user, _, rest = body[_LOGIN:].partition(b"\0")
        if flags & (_LENGTH_ENCODED | _SECURE) and rest:
            rest = rest[1 + rest[0] :]
        else:
            rest = rest.partition(b"\0")[2]
        database = rest.partition(b"\0")[0] if flags & _WITH_DATABASE else b""
        account = safe_text(user, 256)
        self._asked = {"object": safe_text(database, 256), "account": account}
        self._mark = mark
        self._logins.named("mysql", account, *mark)

    def _finish_login(self, status: str | None) -> None:
        if self._asked is not None:
            self.note(
                self._client, self._mark, operation="login", software=self._server,
                status=status, **self._asked,
            )  # fmt: skip
        self._asked = None

    def finish(self) -> None:
        """A login without an answer stays without an outcome."""
        self._finish_login(None)
        self._logins.finish()
        super().finish()
