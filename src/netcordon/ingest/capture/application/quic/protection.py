"""Protection of QUIC's Initial packets (RFC 9001 section 5, RFC 9369 section 3.3).

Their keys come from a connection id that both headers show, so anybody on the path can read them.
"""

from __future__ import annotations

import hmac
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, CipherContext
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB

from netcordon.ingest.capture.application.quic.packet import VERSION_2, LongHeader

_SALT_1 = bytes.fromhex("38762cf7f55934b34d179ae6a4c80cadccbb7f0a")
_SALT_2 = bytes.fromhex("0dede3def700a6db819381be6e269dcbf9bd2ed9")
_SALT_29 = bytes.fromhex("afbfec289993d24c9e9786f19c6111e04390a899")
_SALT_23 = bytes.fromhex("c3eef712c72ebb5a11a7d2432bb46365bef9f502")
_SALT_22 = bytes.fromhex("7fbcdb0e7c66bbe9193a96cd21519ebd7a02644a")
_NAMED = {
    1: _SALT_1,
    VERSION_2: _SALT_2,
    0xFACEB001: _SALT_22,  # Facebook's mvfst stands on drafts
    0xFACEB002: _SALT_23,
    0xFACEB00E: _SALT_23,
    0x51303530: bytes.fromhex("504574efd066fe2f9d945cfcdbd3a7f0d3b56b45"),  # Google's Q050
    0x54303530: bytes.fromhex("7ff579e5acd072915580304c43a2367c60483310"),  # T050
    0x54303531: bytes.fromhex("7a4edef4e7ccee5fa4506c19124fc8ccda6e033d"),  # T051
}
_DRAFTS = ((22, _SALT_22), (28, _SALT_23), (32, _SALT_29), (34, _SALT_1))
"""Last draft that used a salt; the ones before draft 21 have other headers."""
_TAG = 16


def _label(text: str, size: int) -> bytes:
    """HkdfLabel without context (RFC 8446 section 7.1), and the counter of HKDF-Expand."""
    name = b"tls13 " + text.encode()
    return size.to_bytes(2, "big") + bytes([len(name)]) + name + b"\0\x01"


_SIDES = (_label("client in", 32), _label("server in", 32))
_LABELS = (_label("quic key", 16), _label("quic iv", 12), _label("quic hp", 16))
_LABELS_2 = (_label("quicv2 key", 16), _label("quicv2 iv", 12), _label("quicv2 hp", 16))


def _salts(version: int) -> tuple[bytes, ...]:
    """Salts that a version may use; none when it is not known."""
    if version in _NAMED:
        return (_NAMED[version],)
    if version & 0x0F0F0F0F == 0x0A0A0A0A:
        # Reserved for forcing negotiation (RFC 9000 section 15): protected as what is asked for.
        return (_SALT_1, _SALT_29)
    if version >> 8 != 0xFF0000 or version & 0xFF < 21:
        return ()
    return next(((salt,) for last, salt in _DRAFTS if version & 0xFF <= last), ())


class Protection:
    """Keys of one side's Initial packets, made when they are first needed."""

    __slots__ = ("_aead", "_header", "_iv", "_labels", "_largest", "_secret")

    def __init__(self, secret: bytes, labels: tuple[bytes, ...]) -> None:
        self._secret = secret
        self._labels = labels
        self._iv = 0
        self._aead: AESGCM | None = None
        self._header: CipherContext | None = None
        self._largest = -1

    def _derive(self) -> tuple[AESGCM, CipherContext]:
        key, iv, header = (hmac.digest(self._secret, label, "sha256") for label in self._labels)
        self._iv = int.from_bytes(iv[:12], "big")
        self._aead = AESGCM(key[:16])
        # One block at a time: the sample is all that is ever encrypted with this key.
        self._header = Cipher(AES(header[:16]), ECB()).encryptor()  # noqa: S305
        return self._aead, self._header

    def open(self, data: bytes, header: LongHeader) -> bytes | None:
        """Payload of an Initial packet; ``None`` when these are not its keys.

        Args:
            data: the datagram.
            header: of the packet in it.
        """
        at = header.number
        if header.end - at < 4 + _TAG:
            return None
        aead, mask_of = self._aead, self._header
        if aead is None or mask_of is None:
            aead, mask_of = self._derive()
        mask = mask_of.update(data[at + 4 : at + 20])
        first = data[header.start] ^ mask[0] & 0x0F
        size = (first & 3) + 1
        shown = bytes(a ^ b for a, b in zip(data[at : at + size], mask[1:5], strict=False))
        number = _whole_number(int.from_bytes(shown, "big"), 8 * size, self._largest)
        nonce = (self._iv ^ number).to_bytes(12, "big")
        known = bytes([first]) + data[header.start + 1 : at] + shown
        try:
            payload = aead.decrypt(nonce, data[at + size : header.end], known)
        except InvalidTag:
            return None
        self._largest = max(self._largest, number)
        return payload


def _whole_number(shown: int, bits: int, largest: int) -> int:
    """The packet number of which ``bits`` bits were sent (RFC 9000 appendix A.3)."""
    expected, window = largest + 1, 1 << bits
    candidate = (expected & ~(window - 1)) | shown
    if candidate <= expected - window // 2:
        return candidate + window
    if candidate > expected + window // 2 and candidate >= window:
        return candidate - window
    return candidate


class Keys(NamedTuple):
    """Protection of both sides."""

    client: Protection
    server: Protection


def initial_keys(version: int, destination: bytes) -> list[Keys]:
    """Keys of the Initial packets of a connection.

    Args:
        version: of QUIC.
        destination: connection id that the client's first packet was sent to.

    Returns:
        One for most versions, none for those whose salt is not known.
    """
    labels = _LABELS_2 if version == VERSION_2 else _LABELS
    found: list[Keys] = []
    for salt in _salts(version):
        initial = hmac.digest(salt, destination, "sha256")
        sides = (Protection(hmac.digest(initial, side, "sha256"), labels) for side in _SIDES)
        found.append(Keys(*sides))
    return found
