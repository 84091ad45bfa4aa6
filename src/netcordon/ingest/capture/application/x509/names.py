"""Names in certificates: distinguished names as RFC 4514 writes them, and alternative names."""

from __future__ import annotations

import ipaddress

from netcordon.ingest.capture.application.der import elements, first, split
from netcordon.ingest.capture.application.record.text import SHORT, safe_text, visible

MOST_NAMES = 64
_MOST_RDNS = 64
_LONGEST_VALUE = 4096

_TYPES = {
    "550403": "CN", "550404": "SN", "550405": "serialNumber", "550406": "C", "550407": "L",
    "550408": "ST", "550409": "STREET", "55040a": "O", "55040b": "OU", "55040c": "title",
    "55040d": "description", "55040f": "businessCategory", "550411": "postalCode",
    "55042a": "givenName", "55042b": "initials", "55042e": "dnQualifier",
    "550429": "name", "550461": "organizationIdentifier", "0992268993f22c640119": "DC",
    "0992268993f22c640101": "UID", "2a864886f70d010901": "emailAddress",
    "2b0601040182373c020101": "jurisdictionL", "2b0601040182373c020102": "jurisdictionST",
    "2b0601040182373c020103": "jurisdictionC",
}  # fmt: skip
"""Object identifier (hex of its DER content) -> LDAP descriptor."""
_CHARSETS = {18: "ascii", 19: "ascii", 20: "latin-1", 22: "ascii", 26: "ascii", 28: "utf-32-be",
             30: "utf-16-be"}  # fmt: skip
_UTF8 = 12
_EMAIL, _DNS, _URI, _IP = 0x81, 0x82, 0x86, 0x87


def distinguished_name(content: bytes) -> str | None:
    """An RDNSequence's content as RFC 4514 text, the most specific part first.

    Returns:
        At most 1,024 characters; ``None`` when the DER is malformed.
    """
    parts: list[str] = []
    rest = content
    while rest and len(parts) < _MOST_RDNS:
        found = split(rest)
        if found is None or found[0] != 0x31:
            return None
        part = _relative_name(found[1])
        if part is None:
            return None
        parts.append(part)
        rest = found[3]
    return visible(",".join(reversed(parts)), SHORT)


def _relative_name(content: bytes) -> str | None:
    """A SET of type and value pairs."""
    pairs: list[str] = []
    rest = content
    while rest and len(pairs) < _MOST_RDNS:
        found = split(rest)
        kind = split(found[1]) if found and found[0] == 0x30 else None
        value = split(kind[3]) if kind and kind[0] == 6 else None
        if found is None or kind is None or value is None:
            return None
        pairs.append(_pair(kind[1], value))
        rest = found[3]
    return "+".join(pairs)


def _pair(kind: bytes, value: tuple[int, bytes, bytes, bytes]) -> str:
    name = _TYPES.get(kind[:32].hex())
    text = _text(value[0], value[1][:_LONGEST_VALUE])
    if name is None or text is None:
        # Section 2.4: types without a descriptor are written with the encoding of the value.
        return f"{name or _dotted(kind)}=#{value[2][:_LONGEST_VALUE].hex()}"
    return f"{name}={_escaped(text)}"


def _text(tag: int, data: bytes) -> str | None:
    if tag == _UTF8:
        return data.decode("utf-8", "backslashreplace")
    charset = _CHARSETS.get(tag)
    return data.decode(charset, "backslashreplace") if charset else None


def _escaped(text: str) -> str:
    """RFC 4514 section 2.4; control characters are left to ``visible``."""
    out = "".join("\\" + c if c in '"+,;<>\\' else c for c in text)
    if out[:1] in ("#", " "):
        out = "\\" + out
    if out[-1:] == " " and len(text) > 1:
        out = out[:-1] + "\\ "
    return out


def _dotted(kind: bytes) -> str:
    """An object identifier in dotted form, at most 32 octets of it."""
    numbers: list[int] = []
    value = 0
    for octet in kind[:32]:
        value = value << 7 | octet & 0x7F
        if not octet & 0x80:
            numbers.append(value)
            value = 0
    if not numbers:
        return "0.0"
    head = min(numbers[0] // 40, 2)
    return ".".join(map(str, (head, numbers[0] - 40 * head, *numbers[1:])))


def alternative_names(value: bytes) -> list[str]:
    """DNS names, addresses, mail addresses and URIs of a subjectAltName (RFC 5280 4.2.1.6)."""
    names: list[str] = []
    for tag, content in elements(first(value)[1]):
        if len(names) == MOST_NAMES:
            break
        if tag in (_DNS, _EMAIL, _URI):
            names.append(safe_text(content, 512))
        elif tag == _IP and len(content) in (4, 16):
            names.append(str(ipaddress.ip_address(content)))
    return names
