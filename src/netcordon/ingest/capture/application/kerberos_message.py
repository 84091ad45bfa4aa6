"""Kerberos 5 messages (RFC 4120 section 5): names, realm, encryption types, error code."""

from __future__ import annotations

from dataclasses import dataclass

from netcordon.ingest.capture.application import der
from netcordon.ingest.capture.application.text import safe_text

_TYPES = {10: "AS-REQ", 11: "AS-REP", 12: "TGS-REQ", 13: "TGS-REP", 14: "AP-REQ", 15: "AP-REP",
          20: "KRB-SAFE", 21: "KRB-PRIV", 22: "KRB-CRED", 30: "KRB-ERROR"}  # fmt: skip
_NETBIOS_ADDRESS = 20
_MOST_COMPONENTS = 16
_MOST_TYPES = 32


@dataclass(frozen=True)
class KerberosMessage:
    """One message; empty text where a name is not sent."""

    message_type: str
    client_name: str
    realm: str
    service_name: str
    error_code: int | None
    encryption_types: tuple[int, ...]
    host_name: str

    @property
    def from_client(self) -> bool:
        """Whether a client sends such a message."""
        return self.message_type in ("AS-REQ", "TGS-REQ", "AP-REQ")


def parse(data: bytes) -> KerberosMessage | None:
    """One message from its application tag on, ``None`` when it is none."""
    tag, content = der.first(data)
    number = tag & 0x1F
    if tag & 0xE0 != 0x60 or number not in _TYPES:
        return None
    sequence_tag, sequence = der.first(content)
    if sequence_tag != 0x30:
        return None
    fields = der.fields(sequence)
    if number in (10, 12):
        return _request(_TYPES[number], der.fields(der.inner(fields.get(4, b""))))
    if number in (11, 13):
        ticket = der.fields(der.inner(der.inner(fields.get(5, b""))))
        return _message(
            number, fields.get(4), fields.get(3), ticket.get(2), None,
            _encryption(fields.get(6, b"")),
        )  # fmt: skip
    if number == 30:
        realm = fields.get(7) or fields.get(9)
        return _message(
            number, fields.get(8), realm, fields.get(10), der.integer(fields.get(6, b"")), ()
        )
    if number == 14:
        ticket = der.fields(der.inner(der.inner(fields.get(3, b""))))
        return _message(
            number, None, ticket.get(1), ticket.get(2), None, _encryption(ticket.get(3, b""))
        )
    return _message(number, None, None, None, None, ())


def _request(kind: str, body: dict[int, bytes]) -> KerberosMessage:
    kinds = (der.integer(_element(t, c)) for t, c in der.elements(der.inner(body.get(8, b""))))
    host = ""
    for _, address in der.elements(der.inner(body.get(9, b""))):
        parts = der.fields(address)
        if der.integer(parts.get(0, b"")) == _NETBIOS_ADDRESS:
            host = safe_text(der.inner(parts.get(1, b"")).rstrip(b" \x00"), 64)
    return KerberosMessage(
        kind, _name(body.get(1)), _string(body.get(2)), _name(body.get(3)), None,
        tuple(k for k in kinds if k is not None and abs(k) < 1 << 31)[:_MOST_TYPES], host,
    )  # fmt: skip


def _message(
    number: int, client: bytes | None, realm: bytes | None, service: bytes | None,
    error: int | None, encryption: tuple[int, ...],
) -> KerberosMessage:  # fmt: skip
    if error is not None and abs(error) >= 1 << 31:
        error = None
    return KerberosMessage(
        _TYPES[number], _name(client), _string(realm), _name(service), error, encryption, ""
    )


def _encryption(data: bytes) -> tuple[int, ...]:
    kind = der.integer(der.fields(der.inner(data)).get(0, b""))
    return () if kind is None or abs(kind) >= 1 << 31 else (kind,)


def _element(tag: int, content: bytes) -> bytes:
    return bytes((tag, len(content))) + content if len(content) < 128 else b""


def _string(element: bytes | None) -> str:
    return safe_text(der.inner(element), 256) if element else ""


def _name(element: bytes | None) -> str:
    """PrincipalName: its components joined by ``/``."""
    if not element:
        return ""
    parts = [c for _, c in der.elements(der.inner(der.fields(der.inner(element)).get(1, b"")))]
    return "/".join(safe_text(part, 256) for part in parts[:_MOST_COMPONENTS])
