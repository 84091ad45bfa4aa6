"""Split-block Bloom filters: whether a file may hold a value, told by 32 octets of its filter.

The layout is that of Parquet ("Parquet Bloom Filter" in the Apache Parquet format; Putze, Sanders,
Singler, "Cache-, Hash- and Space-Efficient Bloom Filters", 2007): a hash of 64 bits chooses a block
of eight words by its upper half, and one bit in each word by its lower half. So a look costs one
read of 32 octets, however large the file is. With 16 bits a value about two in a thousand other
values are taken for members; a member is never missed.
"""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
import numpy.typing as npt

BLOCK_BYTES = 32
_BITS_PER_VALUE = 16
_WORDS = 8
_SALTS = np.array(
    [0x47B6137B, 0x44974D91, 0x8824AD5B, 0xA2B7289D,
     0x705495C7, 0x2DF1424B, 0x9EFC4947, 0x5C6BFB31], dtype=np.uint32,
)  # fmt: skip
_LOW = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)


def hash_of(token: str) -> int:
    """The hash of a value: the last eight octets of its MD5, as the engine computes it in bulk.

    It need not resist anybody: who makes values collide makes a file be read in vain.
    """
    made = hashlib.md5(token.encode("utf-8", "surrogatepass"), usedforsecurity=False).digest()
    return int.from_bytes(made[8:], "little")


def build(hashes: npt.NDArray[np.uint64]) -> bytes:
    """The filter of these hashes (repeats count once); without any it has one empty block."""
    hashes = np.unique(hashes)
    blocks = max(1, -(-len(hashes) * _BITS_PER_VALUE // (8 * BLOCK_BYTES)))
    words = np.zeros((blocks, _WORDS), dtype="<u4")
    bits = _bits(hashes)
    at = _block(hashes, blocks)
    for word in range(_WORDS):
        np.bitwise_or.at(words[:, word], at, bits[:, word])
    return words.tobytes()


def place_of(token_hash: int, blocks: int) -> int:
    """Octet at which the block for a hash begins, in a filter of this many blocks."""
    return ((token_hash >> 32) * blocks >> 32) * BLOCK_BYTES


def mask_of(token_hash: int) -> int:
    """The bits that a block must have for a hash, as one number."""
    low = token_hash & 0xFFFFFFFF
    shifts = ((low * int(salt) & 0xFFFFFFFF) >> 27 for salt in _SALTS)
    return sum(1 << (32 * word + shift) for word, shift in enumerate(shifts))


def may_hold(block: bytes, mask: int) -> bool:
    """Whether the block at ``place_of`` leaves it possible; one that is cut short always does."""
    return len(block) != BLOCK_BYTES or int.from_bytes(block, "little") & mask == mask


def may_hold_any(whole: bytes, hashes: npt.NDArray[np.uint64]) -> bool:
    """Whether a whole filter leaves any of the hashes possible."""
    if not whole or len(whole) % BLOCK_BYTES:
        return True
    words = np.frombuffer(whole, dtype="<u4").reshape(-1, _WORDS)
    bits = _bits(hashes)
    return bool(np.any(np.all(words[_block(hashes, len(words))] & bits == bits, axis=1)))


def _block(hashes: npt.NDArray[np.uint64], blocks: int) -> npt.NDArray[np.int64]:
    found: npt.NDArray[np.int64] = ((hashes >> _HALF) * np.uint64(blocks) >> _HALF).astype(np.int64)
    return found


def _bits(hashes: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint32]:
    low: npt.NDArray[Any] = (hashes & _LOW).astype(np.uint32)
    shifts = (low[:, None] * _SALTS[None, :]) >> np.uint32(27)
    bits: npt.NDArray[np.uint32] = np.uint32(1) << shifts
    return bits
