"""ClientHello and ServerHello (RFC 8446 section 4.1), read as far as their bytes go."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

SERVER_NAME, GROUPS, POINT_FORMATS, SIGNATURES, ALPN = 0, 10, 11, 13, 16
PRE_SHARED_KEY, SUPPORTED_VERSIONS = 41, 43
_ECH = (0xFE0D, 0xFE08, 0xFE09, 0xFE0A, 0xFFCE)
"""Extensions of Encrypted ClientHello, its drafts, and Encrypted SNI before it."""
_RETRY_RANDOM = bytes.fromhex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c")
_MOST_NAMES = 32

GREASE = frozenset(0x0A0A + 0x1010 * i for i in range(16))
"""Values reserved to keep parsers honest (RFC 8701)."""


@dataclass(slots=True)
class Hello:
    """Either hello.

    Attributes:
        extensions: type -> data; the order is that of the wire (``order`` keeps repetitions).
        is_sslv2: a ClientHello in the form of SSL 2.0 (RFC 5246 appendix E.2).
    """

    version: int
    random: bytes
    session_id: bytes
    ciphers: tuple[int, ...]
    order: tuple[int, ...] = ()
    extensions: dict[int, bytes] = field(default_factory=dict)
    is_sslv2: bool = False

    @property
    def is_retry(self) -> bool:
        """Whether a ServerHello is a HelloRetryRequest."""
        return self.random == _RETRY_RANDOM

    @property
    def has_ech(self) -> bool:
        """Whether the client sent an encrypted ClientHello (or pretends to)."""
        return any(kind in self.extensions for kind in _ECH)

    def server_name(self) -> bytes | None:
        """The host name of the server name extension (RFC 6066)."""
        data = self.extensions.get(SERVER_NAME, b"")
        if len(data) < 5 or data[2] != 0:
            return None
        size = data[3] << 8 | data[4]
        return data[5 : 5 + size] if 5 + size <= len(data) else None

    def alpn(self) -> list[bytes]:
        """Protocol names offered (RFC 7301)."""
        data, at = self.extensions.get(ALPN, b""), 2
        names: list[bytes] = []
        while at < len(data) and len(names) < _MOST_NAMES:
            names.append(data[at + 1 : at + 1 + data[at]])
            at += 1 + data[at]
        return names

    def numbers(self, kind: int) -> tuple[int, ...]:
        """16-bit values behind a 16-bit length: groups, signature algorithms."""
        data = self.extensions.get(kind, b"")
        return words(data[2 : 2 + (data[0] << 8 | data[1])]) if len(data) >= 2 else ()

    def offered_versions(self) -> tuple[int, ...]:
        """Versions of a client's supported_versions, without GREASE."""
        data = self.extensions.get(SUPPORTED_VERSIONS, b"")
        return tuple(v for v in words(data[1 : 1 + data[0]]) if v not in GREASE) if data else ()

    def highest_version(self) -> int:
        """Highest version a client offers; DTLS counts downwards."""
        offered = self.offered_versions()
        if not offered:
            return self.version
        datagram = [version for version in offered if version >> 8 == 0xFE]
        return min(datagram) if datagram else max(offered)

    @property
    def hides_certificates(self) -> bool:
        """Whether a ServerHello leads to TLS 1.3 (or a draft of it): certificates are encrypted."""
        version = self.selected_version()
        if version >> 8 == 0xFE:
            return version <= 0xFEFC
        return version >= 0x0304

    def selected_version(self) -> int:
        """Version a server chose."""
        data = self.extensions.get(SUPPORTED_VERSIONS, b"")
        return data[0] << 8 | data[1] if len(data) == 2 else self.version


def words(data: bytes) -> tuple[int, ...]:
    """Big-endian 16-bit values; an odd last byte is left out."""
    count = len(data) // 2
    return struct.unpack_from(f">{count}H", data)


def parse(body: bytes, is_client: bool, *, is_datagram: bool = False) -> Hello | None:
    """A hello from the version on, ``None`` when it is cut off or none.

    Args:
        body: the message without type and length.
        is_client: whether it is a ClientHello.
        is_datagram: a ClientHello of DTLS, which holds a cookie (RFC 6347 section 4.2.1).
    """
    if len(body) < 35:
        return None
    at = 35 + body[34]
    version, random, session_id = body[0] << 8 | body[1], body[2:34], body[35:at]
    if is_client:
        if is_datagram and at < len(body):
            at += 1 + body[at]
        if at + 2 > len(body):
            return None
        size = body[at] << 8 | body[at + 1]
        ciphers = words(body[at + 2 : at + 2 + size])
        at += 2 + size
        if at >= len(body):
            return None
        at += 1 + body[at]
    else:
        if at + 3 > len(body):
            return None
        ciphers = words(body[at : at + 2])
        at += 3
    hello = Hello(version, random, session_id, ciphers)
    _extensions(hello, body[at + 2 : at + 2 + int.from_bytes(body[at : at + 2], "big")])
    return hello


def _extensions(hello: Hello, block: bytes) -> None:
    order: list[int] = []
    at = 0
    while at + 4 <= len(block):
        kind, size = block[at] << 8 | block[at + 1], block[at + 2] << 8 | block[at + 3]
        order.append(kind)
        hello.extensions.setdefault(kind, block[at + 4 : at + 4 + size])
        at += 4 + size
    hello.order = tuple(order)


def parse_sslv2(body: bytes) -> Hello | None:
    """A ClientHello in the form of SSL 2.0, from its type on; ``None`` when it is none.

    Of its three-octet ciphers those of SSL 3.0 and TLS are kept: the ones that begin with zero.
    """
    if len(body) < 9 or body[0] != 1:
        return None
    ciphers, session, challenge = struct.unpack_from(">3H", body, 3)
    if ciphers == 0 or ciphers % 3 or 9 + ciphers + session + challenge != len(body):
        return None
    specs = (body[at : at + 3] for at in range(9, 9 + ciphers, 3))
    return Hello(
        version=body[1] << 8 | body[2],
        random=body[9 + ciphers + session :],
        session_id=body[9 + ciphers : 9 + ciphers + session],
        ciphers=tuple(spec[1] << 8 | spec[2] for spec in specs if spec[0] == 0),
        is_sslv2=True,
    )
