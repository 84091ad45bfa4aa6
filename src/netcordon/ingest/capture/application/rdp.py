"""RDP connection requests, before encryption begins ([MS-RDPBCGR] sections 2.2.1.1 to 2.2.1.3).

What comes after TLS or CredSSP is chosen is not visible; TLS itself is read as TLS.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from netcordon.ingest.capture.application.record.text import safe_text, utf16_text
from netcordon.ingest.capture.application.stream.conversation import Conversation

_REQUEST, _CONFIRM = 0xE0, 0xD0
_NEGOTIATION_REQUEST, _NEGOTIATION_ANSWER, _NEGOTIATION_FAILURE = 1, 2, 3
_HEAD = 11
_LONGEST = 8 << 10
_COOKIE = re.compile(rb"Cookie: (?:mstshash|msts)=([^\r\n]{0,512})\r?\n?")
_PROTOCOLS = {1: "tls", 2: "credssp", 4: "rdstls", 8: "credssp_ex", 16: "aad"}
_FAILURES = {
    1: "SSL_REQUIRED_BY_SERVER", 2: "SSL_NOT_ALLOWED_BY_SERVER", 3: "SSL_CERT_NOT_ON_SERVER",
    4: "INCONSISTENT_FLAGS", 5: "HYBRID_REQUIRED_BY_SERVER",
    6: "SSL_WITH_USER_AUTH_REQUIRED_BY_SERVER",
}  # fmt: skip
_CONNECT_INITIAL = b"\x7f\x65"
_CLIENT_CORE = b"\x01\xc0"
_CORE_SIZE = 56
"""Octets of the client core data up to the end of the client's name."""


class RdpParser:
    """The X.224 handshake and, where nothing seals it, the client's own description."""

    measures = False

    def __init__(self, conversation: Conversation, client: int) -> None:
        self._conversation = conversation
        self._client = client
        self._ends = conversation.client(client)
        self._mark: tuple[int, int] | None = None
        self._values: dict[str, object] = {}
        self._is_answered = False
        conversation.label("rdp")

    def advance(self, direction: int) -> None:
        """Read TPKT packets (RFC 1006) as far as the bytes go."""
        conversation, stream = self._conversation, self._conversation.streams[direction]
        while conversation.parser is self and len(stream.buffer) >= _HEAD:
            size = int.from_bytes(stream.buffer[2:4], "big")
            if stream.buffer[0] != 3 or not 7 <= size <= _LONGEST:
                self._leave()
                return
            if len(stream.buffer) < size:
                return
            packet, mark = bytes(stream.buffer[:size]), stream.mark(size - 1)
            stream.consume(size)
            self._packet(packet, direction == self._client, mark)

    def _packet(self, packet: bytes, from_client: bool, mark: tuple[int, int]) -> None:
        kind = packet[5] & 0xF0
        if self._mark is None:
            self._mark = mark
        if from_client and kind == _REQUEST:
            self._mark = mark
            self._values |= _request(packet)
        elif not from_client and kind == _CONFIRM:
            self._values |= _confirm(packet)
            self._is_answered = True
            if self._values.get("selected_protocol") != "rdp":
                self._leave()
        elif from_client and packet[7:9] == _CONNECT_INITIAL:
            self._values |= _client_core(packet)
            self._write()
            self._conversation.stop_all()
        elif self._is_answered and not from_client:
            self._write()
            self._conversation.stop_all()

    def _leave(self) -> None:
        """What follows is another protocol, if anything follows."""
        self._write()
        self._conversation.begin_again()

    def _write(self) -> None:
        if self._mark is not None:
            self._conversation.context.rows.note(
                "rdp_activity", *self._mark, self._ends, self._values
            )
            name = self._values.get("client_name")
            if name:
                self._conversation.context.identities.say(
                    "rdp", *self._mark, ip=self._ends.src_ip, host_name=str(name)
                )
        self._mark, self._values = None, {}

    def gap(self, direction: int) -> None:
        """What comes behind the gap says nothing of the connection request."""
        self._write()
        self._conversation.stop(direction)

    def finish(self) -> None:
        """A request without an answer is a row too."""
        self._write()


def _request(packet: bytes) -> Mapping[str, object]:
    found: dict[str, object] = {}
    cookie = _COOKIE.search(packet, 11)
    if cookie is not None:
        found["cookie"] = safe_text(cookie[1], 256)
    at = cookie.end() if cookie is not None else 11
    if packet[at : at + 1] == bytes([_NEGOTIATION_REQUEST]) and len(packet) >= at + 8:
        flags = int.from_bytes(packet[at + 4 : at + 8], "little")
        found["requested_protocols"] = ["rdp"] + [
            name for bit, name in _PROTOCOLS.items() if flags & bit
        ]
    return found


def _confirm(packet: bytes) -> Mapping[str, object]:
    kind = packet[11] if len(packet) >= 19 else 0
    number = int.from_bytes(packet[15:19], "little")
    if kind == _NEGOTIATION_ANSWER:
        return {"selected_protocol": _PROTOCOLS.get(number, "rdp" if number == 0 else str(number))}
    if kind == _NEGOTIATION_FAILURE:
        return {"failure": _FAILURES.get(number, f"0x{number:08x}")}
    return {"selected_protocol": "rdp"}


def _client_core(packet: bytes) -> Mapping[str, object]:
    """TS_UD_CS_CORE within the GCC conference request ([MS-RDPBCGR] section 2.2.1.3.2)."""
    at = packet.find(_CLIENT_CORE)
    while at >= 0 and at + _CORE_SIZE <= len(packet):
        size = int.from_bytes(packet[at + 2 : at + 4], "little")
        if _CORE_SIZE <= size <= len(packet) - at:
            name = packet[at + 24 : at + 56].decode("utf-16-le", "replace").partition("\0")[0]
            return {
                "client_name": utf16_text(name.encode("utf-16-le"), 32) or None,
                "client_build": int.from_bytes(packet[at + 20 : at + 24], "little") & 0x7FFFFFFF,
                "keyboard_layout": f"0x{int.from_bytes(packet[at + 16 : at + 20], 'little'):08x}",
            }
        at = packet.find(_CLIENT_CORE, at + 1)
    return {}
