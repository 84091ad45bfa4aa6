"""Transfer encodings of MIME parts undone as the bytes pass (RFC 2045, section 6)."""

from __future__ import annotations

import binascii
from typing import Protocol

_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
_OTHERS = bytes(octet for octet in range(256) if octet not in _ALPHABET)
_LONGEST_LINE = 4096


class Coding(Protocol):
    """Undoes one encoding."""

    def feed(self, data: bytes) -> bytes:
        """What the next bytes stand for, as far as it can be told."""

    def end(self) -> bytes:
        """The rest."""


class Identity:
    """7bit, 8bit, binary."""

    def feed(self, data: bytes) -> bytes:
        """See ``Coding``."""
        return data

    def end(self) -> bytes:
        """See ``Coding``."""
        return b""


class Base64:
    """base64; octets outside its alphabet are passed over, and all behind the padding."""

    def __init__(self) -> None:
        self._rest = b""
        self._is_over = False

    def feed(self, data: bytes) -> bytes:
        """See ``Coding``."""
        if self._is_over:
            return b""
        digits = self._rest + data.translate(None, _OTHERS)
        padding = digits.find(b"=")
        if padding >= 0:
            self._rest = digits[:padding]
            return self.end()
        whole = len(digits) & ~3
        self._rest = digits[whole:]
        return binascii.a2b_base64(digits[:whole])

    def end(self) -> bytes:
        """See ``Coding``."""
        digits, self._rest, self._is_over = self._rest, b"", True
        if len(digits) % 4 == 1:  # six bits make no octet
            digits = digits[:-1]
        return binascii.a2b_base64(digits + b"=" * (-len(digits) % 4))


class QuotedPrintable:
    """quoted-printable, line by line."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> bytes:
        """See ``Coding``."""
        data = self._rest + data
        cut = data.rfind(b"\n") + 1
        if not cut and len(data) > _LONGEST_LINE:
            cut = len(data) - 3  # an escape has three octets
        self._rest = data[cut:]
        return binascii.a2b_qp(data[:cut])

    def end(self) -> bytes:
        """See ``Coding``."""
        data, self._rest = self._rest, b""
        return binascii.a2b_qp(data)


def coding_of(name: bytes) -> Coding:
    """The coding that Content-Transfer-Encoding names; unknown ones stay as they are."""
    name = name.strip().lower()
    if name == b"base64":
        return Base64()
    if name == b"quoted-printable":
        return QuotedPrintable()
    return Identity()
