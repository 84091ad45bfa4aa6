"""Protocols over TCP that are named by their first bytes and not read further."""

from __future__ import annotations

import re

from netcordon.ingest.capture.application.stream.alternatives import Alternatives
from netcordon.ingest.capture.application.stream.conversation import Conversation

_PATTERNS: tuple[tuple[re.Pattern[bytes], str, bool], ...] = tuple(
    (re.compile(pattern, re.DOTALL), name, client_speaks)
    for pattern, name, client_speaks in (
        (rb"PRI \* HTTP/2\.0\r\n\r\nSM\r\n\r\n", "http2", True),
        (rb"(?:OPTIONS|DESCRIBE|SETUP|PLAY|ANNOUNCE|RECORD) rtspu?://[^\r\n]{1,500} RTSP/1\.0\r\n",
         "rtsp", True),
        (rb"RTSP/1\.0 [1-5]\d\d ", "rtsp", False),
        (rb"(?:<\?xml[^>]{0,100}\?>\s{0,4})?<(?:stream:stream|open) [^>]{0,500}(?:jabber:|xmpp)",
         "xmpp", True),
        (rb"@RSYNCD: \d\d", "rsync", False),
        (rb"CNXN\x00\x00\x00\x01.{4}.{4}.{4}\xbc\xb1\xa7\xb1", "adb", True),
        (rb"\x12\x34.{2}[\x02\x07\x08\x0a]", "ajp", True),
        (rb"AB\x00\x01\x09\Z", "ajp", False),
        (rb"\x00[\x10-\xd0]\x00\x01\x1a\x2b\x3c\x4d\x00[\x01-\x0f]\x00\x00", "pptp", True),
        (rb"\x80\x00.{2}.{4}\x00\x00\x00\x00\x00\x00\x00\x02\x00\x01\x86\xa0", "portmap", True),
        (rb"\x80.{3}.{4}\x00\x00\x00\x00\x00\x00\x00\x02\x00\x01\x86(?:\xa3|\xa5|\xb5|\xb8)",
         "nfs", True),
        (rb"ZBXD\x01", "zabbix", True),
        (rb"l\x00\x0b\x00\x00\x00|B\x00\x00\x0b\x00\x00", "x11", True),
        (rb"\x65\x00\x04\x00\x00{4}.{4}.{8}\x00{4}\x01\x00\x00\x00", "enip", True),
        (rb"[\x63\x64\x6f\x70]\x00..(?:.{4})\x00{4}.{8}\x00{4}", "enip", True),
        (rb"\x68\x04[\x07\x0b\x13\x23\x43\x83]\x00\x00\x00", "iec104", True),
        (rb"HEL[FC].{2}\x00\x00\x00\x00\x00\x00.{16}.{2}\x00\x00opc\.tcp://", "opcua", True),
        (rb"\x00[\x0e-\x60]\x38.{8}(?:\x00{5}\Z|(?:.{16,64})?\x00\x00\x00\x01[\x4f-\x8f])",
         "openvpn", True),
        (rb"(?:..)?\x00[\x01\x03].[\x00\x04\x08\x0c\x10-\xff]\x21\x12\xa4\x42", "stun", True),
    )
)  # fmt: skip
"""Pattern, service, whether the client speaks like this."""
_ANY = Alternatives(pattern for pattern, _, _ in _PATTERNS)


def name_of(data: bytes) -> tuple[str, bool] | None:
    """Service and whether the client sent these bytes, or ``None``."""
    found = _ANY.first(data)
    return None if found is None else _PATTERNS[found][1:]


class NamedParser:
    """Names the connection and wants no more of it."""

    measures = False

    def __init__(self, conversation: Conversation, client: int, service: str) -> None:
        self._conversation = conversation
        conversation.client(client)
        conversation.label(service)

    def advance(self, direction: int) -> None:  # noqa: ARG002
        """Nothing is read."""
        self._conversation.stop_all()

    def gap(self, direction: int) -> None:
        """Nothing is read."""

    def finish(self) -> None:
        """Nothing is pending."""
