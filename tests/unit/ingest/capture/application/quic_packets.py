"""QUIC Initial packets made for tests, protected as RFC 9001 section 5 says."""

from __future__ import annotations

import struct

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

SALTS = {
    1: "38762cf7f55934b34d179ae6a4c80cadccbb7f0a",
    0x6B3343CF: "0dede3def700a6db819381be6e269dcbf9bd2ed9",
    0xFF00001D: "afbfec289993d24c9e9786f19c6111e04390a899",
}
VERSION_2 = 0x6B3343CF


def _expand(secret: bytes, label: str, size: int) -> bytes:
    name = b"tls13 " + label.encode()
    info = struct.pack(">HB", size, len(name)) + name + b"\0"
    return HKDFExpand(hashes.SHA256(), size, info).derive(secret)


def keys(version: int, destination: bytes, side: str) -> tuple[bytes, bytes, bytes]:
    """Key, iv and header protection key of ``client`` or ``server``."""
    extract = HMAC(bytes.fromhex(SALTS[version]), hashes.SHA256())
    extract.update(destination)
    secret = _expand(extract.finalize(), f"{side} in", 32)
    name = "quicv2" if version == VERSION_2 else "quic"
    return (
        _expand(secret, f"{name} key", 16),
        _expand(secret, f"{name} iv", 12),
        _expand(secret, f"{name} hp", 16),
    )


def protect(header: bytes, payload: bytes, made_of: tuple[bytes, bytes, bytes]) -> bytes:
    """A packet out of its plain header, whose last octets are the packet number."""
    key, iv, header_key = made_of
    size = (header[0] & 3) + 1
    number = int.from_bytes(header[-size:], "big")
    nonce = (int.from_bytes(iv, "big") ^ number).to_bytes(12, "big")
    sealed = AESGCM(key).encrypt(nonce, payload, header)
    sample = sealed[4 - size : 20 - size]
    mask = Cipher(algorithms.AES(header_key), modes.ECB()).encryptor().update(sample)
    first = header[0] ^ mask[0] & 0x0F
    shown = bytes(a ^ b for a, b in zip(header[-size:], mask[1:], strict=False))
    return bytes([first]) + header[1:-size] + shown + sealed


def crypto(data: bytes, offset: int = 0) -> bytes:
    """A CRYPTO frame."""
    return b"\x06" + struct.pack(">HH", 0x4000 | offset, 0x4000 | len(data)) + data


def initial(
    payload: bytes,
    *,
    key_id: bytes,
    to: bytes,
    sender: bytes = b"",
    side: str = "client",
    version: int = 1,
    number: int = 0,
    token: bytes = b"",
    least: int = 0,
) -> bytes:
    """An Initial packet with a packet number of two octets."""
    payload = payload.ljust(least, b"\0")
    first = 0xD1 if version == VERSION_2 else 0xC1
    header = struct.pack(">BIB", first, version, len(to)) + to + bytes([len(sender)]) + sender
    header += bytes([len(token)]) + token + struct.pack(">H", 0x4000 | len(payload) + 18)
    header += struct.pack(">H", number)
    return protect(header, payload, keys(version, key_id, side))


def retry(*, to: bytes, sender: bytes, version: int = 1) -> bytes:
    """A Retry packet with a token and some tag."""
    first = 0xC0 if version == VERSION_2 else 0xF0
    return (
        struct.pack(">BIB", first, version, len(to)) + to + bytes([len(sender)]) + sender
        + b"token" + bytes(16)
    )  # fmt: skip
