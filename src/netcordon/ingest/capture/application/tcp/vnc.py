"""VNC's remote framebuffer protocol (RFC 6143): versions, the kind of security, the outcome."""

from __future__ import annotations

import re

from netcordon.ingest.capture.application.record.activity import Activity, detail
from netcordon.ingest.capture.application.record.logins import Logins
from netcordon.ingest.capture.application.record.text import safe_text
from netcordon.ingest.capture.application.stream.conversation import Conversation

BANNER = re.compile(rb"RFB (\d{3})\.(\d{3})\n")
_SECURITY = {
    1: "none", 2: "VNC", 5: "RA2", 6: "RA2ne", 16: "Tight", 17: "Ultra", 18: "TLS",
    19: "VeNCrypt", 20: "SASL", 30: "Apple Remote Desktop", 35: "Apple",
}  # fmt: skip
_BANNER = 12
_WITHOUT_LOGIN, _WITH_CHALLENGE = 1, 2


class VncParser:
    """The handshake as far as it is in the clear."""

    measures = False

    def __init__(self, conversation: Conversation, client: int) -> None:
        self._conversation = conversation
        self._client = client
        self._ends = conversation.client(client)
        self._activity = Activity(conversation.context, "vnc", "tcp")
        self._logins = Logins(conversation, client, "vnc")
        self._minor = -1
        self._banners: list[bytes] = [b"", b""]
        self._security = -1
        self._mark = (0, 0)
        self._status: str | None = None
        self._is_told = False
        self._challenged = False
        conversation.label("vnc")

    def advance(self, direction: int) -> None:
        """Read the handshake as far as the bytes go."""
        stream = self._conversation.streams[direction]
        while stream.buffer and self._conversation.want >> direction & 1:
            if not self._banners[direction]:
                size = self._banner(bytes(stream.buffer[:_BANNER]), direction, stream.mark())
            elif direction == self._client:
                size = self._from_client(bytes(stream.buffer[:64]), stream.mark())
            else:
                size = self._from_server(bytes(stream.buffer[:256]))
            if size <= 0:
                return
            stream.consume(size)

    def _banner(self, data: bytes, direction: int, mark: tuple[int, int]) -> int:
        if len(data) < _BANNER:
            return 0
        found = BANNER.match(data)
        if found is None:
            self._conversation.stop_all()
            return -1
        self._banners[direction] = data.strip()
        self._mark = self._mark if any(self._mark) else mark
        if direction == self._client:
            minor = int(found[2])
            # Others than 3.3, 3.7 and 3.8 speak as 3.3 or, when newer, as 3.8 (section 7.1.1).
            self._minor = 8 if int(found[1]) > 3 or minor >= 8 else 7 if minor == 7 else 3
        return _BANNER

    def _from_client(self, data: bytes, mark: tuple[int, int]) -> int:
        """The choice of a kind of security, then the answer to a challenge."""
        if self._minor >= 7 and self._security < 0:
            self._choose(data[0], mark)
            return 1
        if self._security == _WITH_CHALLENGE and self._challenged:
            return 0 if len(data) < 16 else 16  # the hashed challenge is never looked at
        return 0

    def _choose(self, kind: int, mark: tuple[int, int]) -> None:
        self._security = kind
        if kind != _WITHOUT_LOGIN:
            self._logins.named("vnc", "", *mark)

    def _from_server(self, data: bytes) -> int:
        if self._minor < 0:
            return 0
        if self._security < 0:
            return self._offer(data)
        if self._security == _WITH_CHALLENGE and not self._challenged:
            self._challenged = len(data) >= 16
            return 16 if self._challenged else 0
        if self._security in (_WITHOUT_LOGIN, _WITH_CHALLENGE):
            return self._result(data)
        self._conversation.stop_all()
        return -1

    def _offer(self, data: bytes) -> int:
        """Security types that the server offers; version 3.3 decides alone."""
        if self._minor == 3:
            if len(data) < 4:
                return 0
            self._choose(data[3], self._mark)
            return 4
        size = 1 + data[0]
        if data[0] == 0:
            self._status = "refused"
            self._conversation.stop_all()
            return -1
        # The client's choice is needed before what follows can be read.
        return size if len(data) >= size and not self._challenged else 0

    def _result(self, data: bytes) -> int:
        if self._security == _WITHOUT_LOGIN and self._minor < 8:
            self._conversation.stop_all()
            return -1
        if len(data) < 4:
            return 0
        is_good = data[:4] == b"\0\0\0\0"
        self._status = "success" if is_good else "failure"
        self._logins.outcome(is_good)
        self._conversation.stop_all()
        return -1

    def gap(self, direction: int) -> None:  # noqa: ARG002
        """The handshake is lost."""
        self._conversation.stop_all()

    def finish(self) -> None:
        """One row about the connection."""
        if self._is_told:
            return
        self._is_told = True
        known = self._security >= 0
        self._activity.note(
            self._ends, self._mark, operation="handshake",
            object=_SECURITY.get(self._security, str(self._security)) if known else "",
            software=safe_text(self._banners[1 - self._client]),
            status=self._status,
            detail=detail(client_version=safe_text(self._banners[self._client])),
        )  # fmt: skip
        self._logins.finish()
