"""Addresses anonymised so that what shares a prefix still does, and no more (Crypto-PAn).

J. Xu, J. Fan, M. Ammar, S. Moon, "Prefix-Preserving IP Address Anonymization: Measurement-Based
Security Evaluation and a New Cryptography-Based Scheme", ICNP 2002. A bit is flipped or not by a
pseudo-random function (AES) of the bits before it. The same key gives the same addresses for ever;
who knows it, or can have packets of known addresses recorded, can undo what they share a prefix
with (T. Brekne, A. Arnes, A. Oslebo, 2005).

Prefixes that mean something by themselves (private, link-local, multicast, loopback) stay what they
are: on the way to them no bit is flipped, which keeps the mapping one to one and prefixes whole.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

KEY_BYTES = 32
MEANING = (
    "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16",
    "fe80::/10", "fc00::/7",
)  # fmt: skip
"""Prefixes that stay; what follows them is anonymised."""
WHOLE = (
    "0.0.0.0/8", "127.0.0.0/8", "224.0.0.0/4", "255.255.255.255/32",
    "::/127", "ff00::/8",
)  # fmt: skip
"""Prefixes under which everything stays: nobody's addresses."""
_MOST_KNOWN = 1 << 18


class CryptoPan:
    """One key.

    Args:
        key: 32 bytes: the key of AES-128, and what the padding is made of.
        meaning: prefixes that stay, for both families.
        whole: prefixes under which everything stays.
    """

    def __init__(
        self, key: bytes, *, meaning: Sequence[str] = MEANING, whole: Sequence[str] = WHOLE
    ) -> None:
        if len(key) != KEY_BYTES:
            raise ValueError(f"the key has {len(key)} bytes, not {KEY_BYTES}")
        # ECB is what the paper says: one block at a time is the pseudo-random function.
        self._cipher = Cipher(algorithms.AES(key[:16]), modes.ECB())  # noqa: S305
        self._pad = self._encrypt(key[16:])
        self._whole = [ipaddress.ip_network(text) for text in whole]
        self._kept: dict[int, list[tuple[int, int]]] = {4: [], 16: []}
        for network in map(ipaddress.ip_network, (*meaning, *whole)):
            size = network.max_prefixlen // 8
            self._kept[size].append((int(network.network_address), network.prefixlen))
        self._known: dict[bytes, bytes] = {}

    def address(self, raw: bytes) -> bytes:
        """An address of 4 or 16 bytes."""
        found = self._known.get(raw)
        if found is None:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()  # made anew when it is needed: memory stays bounded
            found = self._known[raw] = self._made(raw)
        return found

    def text(self, text: str) -> str:
        """An address as text, in its canonical form.

        Raises:
            ValueError: it is none.
        """
        return str(ipaddress.ip_address(self.address(ipaddress.ip_address(text).packed)))

    def _made(self, raw: bytes) -> bytes:
        address = ipaddress.ip_address(raw)
        if any(address.version == each.version and address in each for each in self._whole):
            return raw
        size, bits = len(raw), 8 * len(raw)
        value = int(address)
        pad = int.from_bytes(self._pad, "big")
        blocks = bytearray()
        for count in range(bits):
            # The first bits of the address, the others of the padding; a block has 128.
            mask = ((1 << count) - 1) << (128 - count)
            head = (value << (128 - bits)) & mask
            blocks += (head | (pad & ~mask & ((1 << 128) - 1))).to_bytes(16, "big")
        made = self._encrypt(bytes(blocks))
        flips = 0
        for count in range(bits):
            flips = flips << 1 | made[16 * count] >> 7
        return (value ^ (flips & self._free(value, size))).to_bytes(size, "big")

    def _free(self, value: int, size: int) -> int:
        """Bits that may be flipped: not those that lead to a prefix that stays."""
        bits = 8 * size
        free = (1 << bits) - 1
        for prefix, length in self._kept[size]:
            same = bits - (value ^ prefix).bit_length()  # leading bits that are shared
            # Bit number n is decided at the node of the first n bits, which lies on the way to the
            # prefix as long as all of them are shared and the prefix is not reached.
            held = min(same + 1, length)
            free &= (1 << (bits - held)) - 1
        return free

    def _encrypt(self, blocks: bytes) -> bytes:
        encryptor = self._cipher.encryptor()
        return encryptor.update(blocks) + encryptor.finalize()
