"""SASL security layers of LDAP: what is only signed can be read (RFC 4121, [MS-NLMP])."""

from __future__ import annotations

from netcordon.ingest.capture.application import der

_WRAP, _SEALED, _HEADER = b"\x05\x04", 2, 16
_NTLM_VERSION, _NTLM_SIGNATURE = b"\x01\x00\x00\x00", 16
_OLD_WRAP, _NO_SEAL = b"\x02\x01", b"\xff\xff"
_OLD_HEADER = 32


def is_layer(buffer: bytes | bytearray) -> bool:
    """Whether a SASL buffer behind its length stands here (8 octets are there)."""
    begin = bytes(buffer[4:8])
    return buffer[0] == 0 and (begin[:2] == _WRAP or begin == _NTLM_VERSION or begin[:1] == b"\x60")


def signed_payload(token: bytes) -> bytes | None:
    """The LDAPMessages within one SASL buffer, ``None`` when they are sealed.

    Args:
        token: the buffer behind its length.
    """
    if token[:2] == _WRAP and len(token) >= _HEADER:
        if token[2] & _SEALED:
            return None
        extra, rotated = int.from_bytes(token[4:6], "big"), int.from_bytes(token[6:8], "big")
        body = token[_HEADER:]
        if body:
            rotated %= len(body)
            body = body[rotated:] + body[:rotated]
        return body[: max(0, len(body) - extra)]
    if token[:1] == b"\x60":  # RFC 1964: token id, algorithms, checksum, confounder
        inner = der.inner(token)
        kind, size = (inner[0], inner[1]) if len(inner) >= 2 else (0, 0)
        body = inner[2 + size :] if kind == 6 else b""
        if body[:2] == _OLD_WRAP and body[4:6] == _NO_SEAL:
            return body[_OLD_HEADER:]
        return None
    if token[:4] == _NTLM_VERSION and token[_NTLM_SIGNATURE : _NTLM_SIGNATURE + 1] == b"\x30":
        return token[_NTLM_SIGNATURE:]
    return None
