"""Addresses as logs write them: canonical text and two 64-bit halves, a column at a time.

A column has few distinct addresses beside its rows; each is read once by the system's own parser.
"""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

_KNOWN = 1 << 17
"""Addresses that are remembered from block to block."""
_MANY = 2048
"""Distinct addresses of a block that are worth loading the compiled reader for."""
_MAPPED = b"\0" * 10 + b"\xff\xff"
_MAPPED_LO = np.uint64(0xFFFF << 32)


@dataclass(frozen=True)
class Addresses:
    """A column of addresses; all three are NULL where the text is none.

    Attributes:
        text: canonical (RFC 5952), IPv4 dotted.
        hi: upper 64 bits of the 16 bytes (IPv4 as ``::ffff:a.b.c.d``), uint64.
        lo: lower 64 bits, uint64.
    """

    text: pa.Array
    hi: pa.Array
    lo: pa.Array

    def columns(self, name: str) -> dict[str, object]:
        """The three columns of an address in a table."""
        return {name: self.text, f"{name}_hi": self.hi, f"{name}_lo": self.lo}


def addresses(texts: pa.Array) -> Addresses:
    """Read a column of strings."""
    words = texts if pa.types.is_dictionary(texts.type) else texts.dictionary_encode()
    known = _few if len(words.dictionary) < _MANY or words.dictionary.null_count else _many
    text, hi, lo = known(words.dictionary)
    indices = words.indices
    return Addresses(text.take(indices), hi.take(indices), lo.take(indices))


def _few(texts: pa.Array) -> tuple[pa.Array, pa.Array, pa.Array]:
    parsed = [_read(text) for text in texts.to_pylist()]
    known = np.array([text is not None for text, _ in parsed], dtype=np.bool_)
    packed = b"".join([octets for _, octets in parsed])
    halves = np.frombuffer(packed, dtype=">u8").astype(np.uint64).reshape(-1, 2)
    return (
        pa.array([text for text, _ in parsed], pa.string()),
        pa.array(halves[:, 0], mask=~known),
        pa.array(halves[:, 1], mask=~known),
    )


def _many(texts: pa.Array) -> tuple[pa.Array, pa.Array, pa.Array]:
    """The same; IPv4 as it is mostly written is its own canonical text, and read by a kernel."""
    from netcordon.ingest.text.cells import cells_of

    numbers, valid = cells_of(texts).dotted()
    hi = pa.array(np.zeros(len(texts), dtype=np.uint64))
    lo = pa.array(numbers | _MAPPED_LO)
    if valid.all():
        return texts, hi, lo
    others = pa.array(~valid)
    found = _few(texts.filter(others))
    plain = (texts, hi, lo)
    text, high, low = (
        pc.replace_with_mask(old, others, new) for old, new in zip(plain, found, strict=True)
    )
    return text, high, low


def nothing(rows: int) -> Addresses:
    """A column without any address."""
    none = pa.nulls(rows, pa.uint64())
    return Addresses(pa.nulls(rows, pa.string()), none, none)


def canonical(texts: pa.Array) -> pa.Array:
    """Canonical text of addresses, NULL where it is none."""
    return pc.cast(addresses(texts).text, pa.string())


def canonical_text(value: object) -> str | None:
    """Canonical text of one address, ``None`` where it is none."""
    return _read(value)[0] if isinstance(value, str) else None


@lru_cache(_KNOWN)
def _read(text: str | None) -> tuple[str | None, bytes]:
    """Canonical text and the 16 bytes; nothing and zeros where it is no address."""
    packed = _packed(text)
    return (None, bytes(16)) if packed is None else (_text(packed), packed)


def _packed(text: str | None) -> bytes | None:
    """The 16 bytes of an address, a scope or brackets taken off."""
    if not text:
        return None
    text = text.strip("[]").partition("%")[0]
    try:
        if ":" in text:
            return socket.inet_pton(socket.AF_INET6, text)
        return _MAPPED + socket.inet_pton(socket.AF_INET, text)
    except (OSError, ValueError):
        return None


def _text(packed: bytes) -> str:
    if packed.startswith(_MAPPED):
        return socket.inet_ntop(socket.AF_INET, packed[12:])
    # The system prints the obsolete ::/96 dotted, RFC 5952 does not.
    return str(ipaddress.IPv6Address(packed))
