"""MQTT 3.1, 3.1.1 and 5 (OASIS): who connects, what is published and subscribed to."""

from __future__ import annotations

from netcordon.ingest.capture.application.record.activity import detail
from netcordon.ingest.capture.application.record.logins import Logins
from netcordon.ingest.capture.application.record.text import safe_text
from netcordon.ingest.capture.application.stream.conversation import Conversation
from netcordon.ingest.capture.application.stream.framed import FramedParser

_CONNECT, _CONNACK, _PUBLISH, _SUBSCRIBE, _UNSUBSCRIBE = 1, 2, 3, 8, 10
_VERSIONS = {3: "3.1", 4: "3.1.1", 5: "5"}
_REASONS_3 = ("accepted", "unacceptable protocol version", "identifier rejected",
              "server unavailable", "bad user name or password", "not authorized")  # fmt: skip
_REFUSED = (4, 5, 0x86, 0x87)
_MOST_TOPICS = 16
_MOST_TOLD = 256


def is_mqtt(data: bytes) -> bool:
    """Whether a segment begins with a CONNECT packet."""
    if len(data) < 12 or data[0] != 0x10:
        return False
    size, at = _remaining(data)
    name = data[at : at + 8]
    return size > 0 and (name[:6] == b"\0\x04MQTT" or name == b"\0\x06MQIsdp")


def _remaining(data: bytes | bytearray) -> tuple[int, int]:
    """Remaining length and where it ends; (0, 0) when more bytes are needed, (-1, 0) when wrong."""
    value = 0
    for i in range(4):
        if 1 + i >= len(data):
            return 0, 0
        value |= (data[1 + i] & 0x7F) << (7 * i)
        if not data[1 + i] & 0x80:
            return value, 2 + i
    return -1, 0


class MqttParser(FramedParser):
    """Control packets; payloads are never kept."""

    service = "mqtt"

    def __init__(self, conversation: Conversation, client: int) -> None:
        super().__init__(conversation, client)
        self._logins = Logins(conversation, client, self.service)
        self._version = 4
        self._told: set[tuple[int, str]] = set()

    def length(self, buffer: bytearray, direction: int) -> int:  # noqa: ARG002
        """Fixed header (section 2.2)."""
        if buffer[0] < 0x10:
            return -1
        size, at = _remaining(buffer)
        return -1 if size < 0 else at + size

    def message(self, data: bytes, direction: int, mark: tuple[int, int]) -> None:
        """One control packet."""
        kind = data[0] >> 4
        body = data[_remaining(data)[1] :]
        if kind == _CONNECT:
            self._connect(body, direction, mark, len(data))
        elif kind == _CONNACK and len(body) >= 2:
            self._accept(body[1], direction, mark, len(data))
        elif kind == _PUBLISH:
            topic = safe_text(_field(body, 0)[0])
            self._tell(direction, mark, kind, "PUBLISH", topic, len(data))
        elif kind in (_SUBSCRIBE, _UNSUBSCRIBE):
            operation = "SUBSCRIBE" if kind == _SUBSCRIBE else "UNSUBSCRIBE"
            for topic in self._topics(body, 1 if kind == _SUBSCRIBE else 0):
                self._tell(direction, mark, kind, operation, topic, len(data))

    def _connect(self, body: bytes, direction: int, mark: tuple[int, int], size: int) -> None:
        name, at = _field(body, 0)
        if not name or at + 4 > len(body):
            return
        self._version, flags = body[at], body[at + 1]
        at += 4
        if self._version == 5:
            at = _behind_properties(body, at)
        client_id, at = _field(body, at)
        if flags & 0x04:  # a will: properties, topic, message
            at = _behind_properties(body, at) if self._version == 5 else at
            _, at = _field(body, at)
            _, at = _field(body, at)
        user = safe_text(_field(body, at)[0], 256) if flags & 0x80 else ""
        if user:
            self._logins.named("mqtt", user, *mark)
        self.note(
            direction, mark, size, operation="CONNECT", object=safe_text(client_id, 256),
            account=user, software=f"MQTT {_VERSIONS.get(self._version, self._version)}",
            detail=detail(has_password=bool(flags & 0x40)),
        )  # fmt: skip

    def _accept(self, code: int, direction: int, mark: tuple[int, int], size: int) -> None:
        known = self._version < 5 and code < len(_REASONS_3)
        status = _REASONS_3[code] if known else f"reason {code:#04x}" if code else "accepted"
        if code == 0 or code in _REFUSED:
            self._logins.outcome(code == 0)
        self.note(direction, mark, size, operation="CONNACK", status=status)

    def _topics(self, body: bytes, options: int) -> list[str]:
        at = _behind_properties(body, 2) if self._version == 5 else 2
        topics: list[str] = []
        while at < len(body) and len(topics) < _MOST_TOPICS:
            topic, at = _field(body, at)
            at += options
            topics.append(safe_text(topic))
        return topics

    def _tell(
        self, direction: int, mark: tuple[int, int], kind: int, operation: str, topic: str,
        size: int,
    ) -> None:  # fmt: skip
        """A topic is told once for each kind of packet; sensors repeat themselves for ever."""
        key = (kind + 16 * direction, topic)
        if key in self._told:
            return
        if len(self._told) < _MOST_TOLD:
            self._told.add(key)
        self.note(direction, mark, size, operation=operation, object=topic)

    def finish(self) -> None:
        """A login without an answer stays without an outcome."""
        self._logins.finish()
        super().finish()


def _field(body: bytes, at: int) -> tuple[bytes, int]:
    """Octets behind a 16-bit length, and the offset behind them."""
    if at + 2 > len(body):
        return b"", len(body)
    size = body[at] << 8 | body[at + 1]
    return body[at + 2 : at + 2 + size], at + 2 + size


def _behind_properties(body: bytes, at: int) -> int:
    """Offset behind the properties of MQTT 5 (section 2.2.2)."""
    value = 0
    for i in range(4):
        if at + i >= len(body):
            break
        value |= (body[at + i] & 0x7F) << (7 * i)
        if not body[at + i] & 0x80:
            return at + i + 1 + value
    return len(body)
