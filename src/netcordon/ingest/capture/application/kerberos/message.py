"""Kerberos 5 messages (RFC 4120 section 5): names, realm, encryption types, error code."""

from __future__ import annotations

from dataclasses import dataclass

from netcordon.ingest.capture.application import der
from netcordon.ingest.capture.application.record.text import safe_text

_TYPES = {10: "AS-REQ", 11: "AS-REP", 12: "TGS-REQ", 13: "TGS-REP", 14: "AP-REQ", 15: "AP-REP",
          20: "KRB-SAFE", 21: "KRB-PRIV", 22: "KRB-CRED", 30: "KRB-ERROR"}  # fmt: skip
_NETBIOS_ADDRESS = 20
_MOST_COMPONENTS = 16
_MOST_TYPES = 32


_ENCRYPTED_PROOF = frozenset((2, 14, 16, 138))
"""Padata that proves who asks: timestamp, PKINIT (old and new), encrypted challenge."""
_TGS_REQ, _FOR_USER = 1, 129
_AP_REQ = b"\x6e"
_MOST_PADATA = 32


@dataclass(frozen=True)
class KerberosMessage:
    """One message; empty text where a name is not sent.

    Attributes:
        message_type: AS-REQ, ...
        client_name: cname, components joined by ``/``.
        realm: of the client, or of the request.
        service_name: sname, components joined by ``/``.
        error_code: of KRB-ERROR.
        encryption_types: asked for, or the one that seals the answer or the authenticator.
        host_name: NetBIOS name among the addresses of a request.
        ticket_encryption_type: of the ticket that is sent or granted.
        padata_types: of a request.
        options: KDC options of a request, AP options of an AP-REQ.
        impersonated: user for whom a service asks (S4U2self).
    """

    message_type: str
    client_name: str = ""
    realm: str = ""
    service_name: str = ""
    error_code: int | None = None
    encryption_types: tuple[int, ...] = ()
    host_name: str = ""
    ticket_encryption_type: int | None = None
    padata_types: tuple[int, ...] = ()
    options: int | None = None
    impersonated: str = ""

    @property
    def from_client(self) -> bool:
        """Whether a client sends such a message."""
        return self.message_type in ("AS-REQ", "TGS-REQ", "AP-REQ")

    @property
    def pre_authentication(self) -> bool | None:
        """Whether an AS-REQ proves who asks."""
        if self.message_type != "AS-REQ":
            return None
        return not _ENCRYPTED_PROOF.isdisjoint(self.padata_types)


def parse(data: bytes) -> KerberosMessage | None:
    """One message from its application tag on, ``None`` when it is none."""
    tag, content = der.first(data)
    number = tag & 0x1F
    if tag & 0xE0 != 0x60 or number not in _TYPES:
        return None
    sequence_tag, sequence = der.first(content)
    if sequence_tag != 0x30:
        return None
    kind, fields = _TYPES[number], der.fields(sequence)
    if number in (10, 12):
        return _request(kind, fields)
    if number in (11, 13):
        ticket = _ticket(fields.get(5))
        return KerberosMessage(
            kind, _name(fields.get(4)), _string(fields.get(3)), _name(ticket.get(2)),
            encryption_types=_encryption(fields.get(6)),
            ticket_encryption_type=_one(_encryption(ticket.get(3))),
        )  # fmt: skip
    if number == 30:
        return KerberosMessage(
            kind, _name(fields.get(8)), _string(fields.get(7) or fields.get(9)),
            _name(fields.get(10)), _small(der.integer(fields.get(6, b""))),
        )  # fmt: skip
    if number == 14:
        ticket = _ticket(fields.get(3))
        return KerberosMessage(
            kind, "", _string(ticket.get(1)), _name(ticket.get(2)),
            encryption_types=_encryption(fields.get(4)),
            ticket_encryption_type=_one(_encryption(ticket.get(3))),
            options=_bits(fields.get(2)),
        )  # fmt: skip
    return KerberosMessage(kind)


def _request(kind: str, fields: dict[int, bytes]) -> KerberosMessage:
    body = der.fields(der.inner(fields.get(4, b"")))
    kinds = (der.integer(_element(t, c)) for t, c in der.elements(der.inner(body.get(8, b""))))
    host = ""
    for _, address in der.elements(der.inner(body.get(9, b""))):
        parts = der.fields(address)
        if der.integer(parts.get(0, b"")) == _NETBIOS_ADDRESS:
            host = safe_text(der.inner(parts.get(1, b"")).rstrip(b" \x00"), 64)
    padata: dict[int, bytes] = {}
    for _, entry in der.elements(der.inner(fields.get(3, b""))):
        parts = der.fields(entry)
        number = _small(der.integer(parts.get(1, b"")))
        if number is not None and len(padata) < _MOST_PADATA:
            padata.setdefault(number, der.inner(parts.get(2, b"")))
    shown = padata.get(_TGS_REQ, b"")
    ticket = parse(shown) if shown[:1] == _AP_REQ else None  # and no request within a request
    return KerberosMessage(
        kind, _name(body.get(1)), _string(body.get(2)), _name(body.get(3)), None,
        tuple(k for k in kinds if k is not None and abs(k) < 1 << 31)[:_MOST_TYPES], host,
        ticket.ticket_encryption_type if ticket is not None else None,
        tuple(padata), _bits(body.get(0)),
        _name(der.fields(der.inner(padata.get(_FOR_USER, b""))).get(0)),
    )  # fmt: skip


def _ticket(element: bytes | None) -> dict[int, bytes]:
    return der.fields(der.inner(der.inner(element or b"")))


def _small(number: int | None) -> int | None:
    return number if number is not None and abs(number) < 1 << 31 else None


def _one(numbers: tuple[int, ...]) -> int | None:
    return numbers[0] if numbers else None


def _bits(element: bytes | None) -> int | None:
    """The first 32 bits of a BIT STRING, the first bit highest."""
    tag, content = der.first(element or b"")
    return int.from_bytes(content[1:5].ljust(4, b"\0"), "big") if tag == 3 and content else None


def _encryption(data: bytes | None) -> tuple[int, ...]:
    kind = _small(der.integer(der.fields(der.inner(data or b"")).get(0, b"")))
    return () if kind is None else (kind,)


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
