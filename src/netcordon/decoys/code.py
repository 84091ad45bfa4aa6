"""The code words of copies: bits that only the holder of the key can tell from chance.

Every copy has a word of its own, as long as the document has places. The bits come from
HMAC-SHA256 (RFC 2104) under a key of the workspace. To whoever did not have the copy they are coin
tosses: the number of places in which a document agrees with a copy that it was not made from is
binomial with one half, whatever was done to the document. Any part of the places that survives
names the copy if it is large enough, so no further coding is needed: the word itself is the spread
(a random fingerprinting code; Tardos 2003 for what holds against colluders).
"""

from __future__ import annotations

import base64
import hashlib
import hmac

KEY_BYTES = 32
TOKEN_LENGTH = 10
"""Characters of base 32 (RFC 4648): 50 bits."""
METADATA_DIGITS = 16


def key_id(key: bytes) -> str:
    """A name for the key that does not give it away."""
    return hmac.new(key, b"netcordon decoy key id", hashlib.sha256).hexdigest()[:16]


def code_bits(key: bytes, batch: str, copy: int, layer: str, count: int) -> tuple[int, ...]:
    """The first ``count`` bits of a copy's word in one layer, each 0 or 1."""
    out: list[int] = []
    block = 0
    while len(out) < count:
        digest = _digest(key, "bits", batch, layer, str(copy), str(block))
        out += [(byte >> shift) & 1 for byte in digest for shift in range(8)]
        block += 1
    return tuple(out[:count])


def chosen(key: bytes, batch: str, layer: str, place: int, one_in: int) -> bool:
    """Whether a place carries a mark; about one in ``one_in`` does, the same in all copies."""
    digest = _digest(key, "place", batch, layer, str(place))
    return int.from_bytes(digest[:4], "big") % one_in == 0


def token(key: bytes, batch: str, copy: int) -> str:
    """Ten characters of ``a-z2-7`` that name the copy, for a label of a host name."""
    digest = _digest(key, "token", batch, str(copy))
    return base64.b32encode(digest)[:TOKEN_LENGTH].decode("ascii").lower()


def metadata_id(key: bytes, batch: str, copy: int) -> str:
    """Sixteen hexadecimal digits for the properties of the file."""
    return _digest(key, "metadata", batch, str(copy)).hex()[:METADATA_DIGITS]


def _digest(key: bytes, *parts: str) -> bytes:
    # Lengths in front, so that no two lists of parts are the same bytes.
    message = b"".join(len(p.encode()).to_bytes(4, "big") + p.encode() for p in parts)
    return hmac.new(key, message, hashlib.sha256).digest()
