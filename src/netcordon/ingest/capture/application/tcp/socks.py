"""SOCKS 4, 4a and 5 (RFC 1928, RFC 1929): what a proxy is asked to reach, by whom, and whether.

What runs inside afterwards is read as a connection of its own.
"""

from __future__ import annotations

import ipaddress
from typing import Any

from netcordon.ingest.capture.application.record.activity import Activity, detail
from netcordon.ingest.capture.application.record.logins import Logins
from netcordon.ingest.capture.application.record.text import safe_text
from netcordon.ingest.capture.application.stream.conversation import Conversation

_COMMANDS = {1: "CONNECT", 2: "BIND", 3: "UDP ASSOCIATE"}
_REPLIES_5 = (
    "succeeded", "general failure", "not allowed", "network unreachable", "host unreachable",
    "connection refused", "TTL expired", "command not supported", "address type not supported",
)  # fmt: skip
_REPLIES_4 = {90: "granted", 91: "rejected", 92: "no identd", 93: "identd differs"}
_USER_PASSWORD, _NONE_ACCEPTABLE = 2, 0xFF
_MOST_BYTES = 1024


def is_socks_request(data: bytes) -> bool:
    """Whether a segment is a whole first message of a client."""
    if len(data) >= 3 and data[0] == 5:
        methods = data[2 : 2 + data[1]]
        known = all(method <= 9 or method >= 0x80 for method in methods)
        return 1 <= data[1] <= 10 and len(data) == 2 + data[1] and known
    if len(data) >= 9 and data[0] == 4 and data[1] in (1, 2) and data[-1] == 0:
        return data[8:].count(b"\0") <= 2 and any(data[2:4]) and len(data) <= 600
    return False


class SocksParser:
    """The dialogue before the tunnel."""

    measures = False

    def __init__(self, conversation: Conversation, client: int) -> None:
        self._conversation = conversation
        self._client = client
        self._ends = conversation.client(client)
        self._activity = Activity(conversation.context, "socks", "tcp")
        self._logins = Logins(conversation, client, "socks")
        self._asked: dict[str, Any] | None = None
        self._mark = (0, 0)
        self._version = 0
        self._state = "hello"
        conversation.label("socks")

    def advance(self, direction: int) -> None:
        """Read the dialogue as far as the bytes go."""
        stream = self._conversation.streams[direction]
        while stream.buffer and self._conversation.parser is self:
            read = self._from_client if direction == self._client else self._from_server
            size = read(bytes(stream.buffer[:_MOST_BYTES]), stream.mark())
            if size < 0:
                self._conversation.stop_all()
                return
            if size == 0:
                return
            stream.consume(size)
            if self._state == "open":
                self._open()
                return

    def _from_client(self, data: bytes, mark: tuple[int, int]) -> int:
        """Octets of the message at the front: 0 when more are needed, -1 when it is none."""
        if self._state == "hello":
            self._version = data[0]
            if data[0] == 4:
                return self._request_4(data, mark)
            self._state = "methods"
            return 2 + data[1] if data[0] == 5 and len(data) >= 2 else -1
        if self._asked is not None:
            return 0  # data ahead of the answer belongs to what runs inside
        if data[0] == 1 and self._state == "password":
            return self._password(data, mark)
        if data[0] == 5:
            return self._request_5(data, mark)
        return 0 if self._state == "methods" else -1

    def _password(self, data: bytes, mark: tuple[int, int]) -> int:
        user = data[2 : 2 + data[1]] if len(data) > 1 else b""
        at = 2 + len(user)
        if len(data) <= at or len(data) < at + 1 + data[at]:
            return 0
        self._logins.named("socks", safe_text(user), *mark)
        self._state = "request"
        return at + 1 + data[at]

    def _request_5(self, data: bytes, mark: tuple[int, int]) -> int:
        size, target = _target(data)
        if size > 0:
            self._put(_COMMANDS.get(data[1], str(data[1])), target, mark, "")
        return size

    def _request_4(self, data: bytes, mark: tuple[int, int]) -> int:
        user_end = data.find(b"\0", 8)
        if len(data) < 9 or user_end < 0:
            return 0 if len(data) < _MOST_BYTES else -1
        size, host = user_end + 1, str(ipaddress.IPv4Address(data[4:8]))
        if data[4:7] == b"\0\0\0" and data[7]:  # 4a: a name follows
            name_end = data.find(b"\0", size)
            if name_end < 0:
                return 0 if len(data) < _MOST_BYTES else -1
            host, size = safe_text(data[size:name_end], 255), name_end + 1
        target = f"{host}:{data[2] << 8 | data[3]}"
        self._put(_COMMANDS.get(data[1], str(data[1])), target, mark, safe_text(data[8:user_end]))
        return size

    def _put(self, operation: str, target: str, mark: tuple[int, int], account: str) -> None:
        self._asked = {
            "operation": operation, "object": target, "account": account,
            "detail": detail(version=self._version),
        }  # fmt: skip
        self._mark = mark

    def _from_server(self, data: bytes, mark: tuple[int, int]) -> int:  # noqa: ARG002
        if self._version == 4:
            if len(data) < 8:
                return 0
            self._answer(_REPLIES_4.get(data[1], str(data[1])), data[1] == 90)
            return 8
        if self._asked is None:
            if len(data) < 2:
                return 0
            if data[0] == 1:
                self._logins.outcome(data[1] == 0)
            elif data[0] == 5:
                self._state = "password" if data[1] == _USER_PASSWORD else "request"
                if data[1] == _NONE_ACCEPTABLE:
                    self._state = "refused"
            return 2 if data[0] in (1, 5) else -1
        size, _ = _target(data)
        if size > 0:
            code = data[1]
            status = _REPLIES_5[code] if code < len(_REPLIES_5) else str(code)
            self._answer(status, code == 0)
        return size

    def _answer(self, status: str, is_open: bool) -> None:
        if self._asked is not None:
            self._activity.note(self._ends, self._mark, status=status, **self._asked)
            self._asked = None
        self._state = "open" if is_open else "refused"

    def _open(self) -> None:
        self._logins.finish()
        self._conversation.begin_again()

    def gap(self, direction: int) -> None:  # noqa: ARG002
        """Without the dialogue nothing can be told."""
        self._conversation.stop_all()

    def finish(self) -> None:
        """A request without an answer."""
        if self._asked is not None:
            self._activity.note(self._ends, self._mark, **self._asked)
            self._asked = None
        self._logins.finish()


def _target(data: bytes) -> tuple[int, str]:
    """Length and address of a request or reply of version 5 (RFC 1928 section 4)."""
    if len(data) < 5:
        return 0, ""
    kind = data[3]
    if data[0] != 5 or data[2] or kind not in (1, 3, 4):
        return -1, ""
    size = {1: 4, 4: 16}.get(kind, data[4])
    at = 5 if kind == 3 else 4
    if len(data) < at + size + 2:
        return 0, ""
    raw = data[at : at + size]
    port = data[at + size] << 8 | data[at + size + 1]
    if kind == 3:
        return at + size + 2, f"{safe_text(raw, 255)}:{port}"
    address = ipaddress.ip_address(raw)
    return at + size + 2, f"{address if kind == 1 else f'[{address}]'}:{port}"
