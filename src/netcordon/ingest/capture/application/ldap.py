"""LDAP over TCP (RFC 4511): the logins of bind requests, and where TLS begins."""

from __future__ import annotations

from netcordon.ingest.capture.application import der
from netcordon.ingest.capture.application.text import safe_text
from netcordon.ingest.capture.application.tokens import TokenParser

_BIND_REQUEST, _BIND_RESPONSE = 0x60, 0x61
_EXTENDED_REQUEST, _EXTENDED_RESPONSE = 0x77, 0x78
_SIMPLE = 0x80
_START_TLS = b"1.3.6.1.4.1.1466.20037"


class LdapParser(TokenParser):
    """LDAPMessages by their BER length."""

    service = "ldap"
    _asks_tls = False

    def length(self, buffer: bytearray) -> int:
        """Length of the LDAPMessage; sealed traffic after the bind is none."""
        if len(buffer) < 6:
            return 0
        if buffer[0] != 0x30:
            return -1
        if not buffer[1] & 0x80:
            return 2 + buffer[1]
        octets = buffer[1] & 0x7F
        if not 1 <= octets <= 4:
            return -1
        return 2 + octets + int.from_bytes(buffer[2 : 2 + octets], "big")

    def success(self, message: bytes) -> bool | None:
        """Result code of a bind response."""
        for tag, operation in list(der.elements(der.inner(message)))[1:2]:
            if tag == _BIND_RESPONSE:
                code_tag, code = der.first(operation)
                return code == b"\x00" if code_tag == 10 else None
        return None

    def _message(self, message: bytes, direction: int, mark: tuple[int, int]) -> None:
        if direction == self._client:
            self._simple_bind(message, mark)
        if self._turns_secure(message):
            self._conversation.begin_again()
            return
        super()._message(message, direction, mark)

    def _turns_secure(self, message: bytes) -> bool:
        """Whether the server grants StartTLS (RFC 4511 section 4.14)."""
        for tag, operation in list(der.elements(der.inner(message)))[1:2]:
            if tag == _EXTENDED_REQUEST:
                self._asks_tls = der.inner(operation) == _START_TLS
            elif tag == _EXTENDED_RESPONSE and self._asks_tls:
                self._asks_tls = False
                return der.first(operation) == (10, b"\x00")
        return False

    def _simple_bind(self, message: bytes, mark: tuple[int, int]) -> None:
        for tag, operation in list(der.elements(der.inner(message)))[1:2]:
            parts = list(der.elements(operation)) if tag == _BIND_REQUEST else []
            if len(parts) >= 3 and parts[2][0] == _SIMPLE and parts[1][1]:
                self._logins.named("ldap", safe_text(parts[1][1]), *mark)
                self._awaits_answer = True
