"""NTLM messages ([MS-NLMP] section 2.2), wherever they are carried."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from netcordon.ingest.capture.application.record.text import safe_text, utf16_text

SIGNATURE = b"NTLMSSP\x00"
_UNICODE = 0x00000001
_VERSION = 0x02000000
_NETBIOS_COMPUTER, _NETBIOS_DOMAIN, _DNS_COMPUTER, _DNS_DOMAIN = 1, 2, 3, 4
_MOST_PAIRS = 32


@dataclass(frozen=True)
class Challenge:
    """What a server says of itself (type 2)."""

    computer: str
    domain: str
    dns_computer: str
    dns_domain: str
    os_version: str
    challenge: str
    """The server's eight random octets (section 2.2.1.2) as hex digits."""


@dataclass(frozen=True)
class Authenticate:
    """Who a client says it is (type 3); empty text where nothing was sent."""

    account: str
    domain: str
    workstation: str
    os_version: str


def find_message(data: bytes) -> Challenge | Authenticate | None:
    """The first NTLM challenge or authentication within ``data``."""
    at = data.find(SIGNATURE)
    while at >= 0:
        message = data[at:]
        if len(message) >= 12:
            kind = int.from_bytes(message[8:12], "little")
            if kind == 2 and len(message) >= 32:
                return _challenge(message)
            if kind == 3 and len(message) >= 52:
                return _authenticate(message)
        at = data.find(SIGNATURE, at + 1)
    return None


def _challenge(message: bytes) -> Challenge:
    flags = int.from_bytes(message[20:24], "little")
    pairs: dict[int, str] = {}
    if len(message) >= 48:
        block = _field(message, 40)
        at = 0
        while at + 4 <= len(block) and len(pairs) < _MOST_PAIRS:
            kind, size = struct.unpack_from("<HH", block, at)
            if kind == 0:
                break
            if kind <= _DNS_DOMAIN:
                pairs.setdefault(kind, utf16_text(block[at + 4 : at + 4 + size]))
            at += 4 + size
    target = _text(_field(message, 12), flags)
    return Challenge(
        pairs.get(_NETBIOS_COMPUTER, ""),
        pairs.get(_NETBIOS_DOMAIN, target),
        pairs.get(_DNS_COMPUTER, ""),
        pairs.get(_DNS_DOMAIN, ""),
        _version(message, 48, flags),
        message[24:32].hex(),
    )


def _authenticate(message: bytes) -> Authenticate:
    # Windows NT 4 leaves the flags out: its payload begins where they would stand.
    first = min(
        (int.from_bytes(message[at + 4 : at + 8], "little") for at in (12, 20, 28, 36, 44)
         if message[at : at + 2] != b"\x00\x00"),
        default=64,
    )  # fmt: skip
    has_flags = first >= 64 and len(message) >= 64
    flags = int.from_bytes(message[60:64], "little") if has_flags else _UNICODE
    return Authenticate(
        _text(_field(message, 36), flags),
        _text(_field(message, 28), flags),
        _text(_field(message, 44), flags),
        _version(message, 64, flags) if first >= 72 else "",
    )


def _field(message: bytes, at: int) -> bytes:
    size, _, offset = struct.unpack_from("<HHI", message, at)
    return message[offset : offset + size]


def _text(data: bytes, flags: int) -> str:
    return utf16_text(data) if flags & _UNICODE else safe_text(data)


def _version(message: bytes, at: int, flags: int) -> str:
    if not flags & _VERSION or len(message) < at + 8:
        return ""
    major, minor, build = struct.unpack_from("<BBH", message, at)
    return f"Windows {major}.{minor} build {build}" if major else ""
