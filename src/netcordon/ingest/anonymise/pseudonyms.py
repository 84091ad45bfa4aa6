"""Names and hardware addresses by a keyed function: the same one, the same pseudonym."""

from __future__ import annotations

import hashlib
import hmac
from functools import lru_cache
from typing import Any

from netcordon.ingest.anonymise.cryptopan import KEY_BYTES, CryptoPan

_LETTERS = b"abcdefghijklmnopqrstuvwxyz"
_DIGITS = b"0123456789"
_NOBODYS = frozenset(
    b"arpa in-addr.arpa ip6.arpa home.arpa local localhost localdomain lan corp home internal "
    b"intranet private test example invalid onion".split()
)
"""Ends of names that no list of public suffixes has (RFC 6761 and 6762, and what people use)."""
_SUFFIX = 2
"""Labels at the end of a name that are looked up as a public suffix, at most."""


class Pseudonyms:
    """Everything that stands for somebody, replaced.

    Args:
        key: 32 bytes; each use has a key of its own made of it.
        keep_oui: leave the first half of hardware addresses, which names the maker.
    """

    def __init__(self, key: bytes, *, keep_oui: bool = False) -> None:
        if len(key) != KEY_BYTES:
            raise ValueError(f"the key has {len(key)} bytes, not {KEY_BYTES}")
        self._pan = CryptoPan(_derived(key, b"addresses"))
        self._names, self._macs = _derived(key, b"names"), _derived(key, b"hardware addresses")
        self._groups = _derived(key, b"groups")
        self._tokens = _derived(key, b"texts")
        self._keep_oui = keep_oui
        self.address_text = self._pan.text
        self.mac = lru_cache(maxsize=1 << 16)(self._mac)
        self.label = lru_cache(maxsize=1 << 18)(self._label)

    def address(self, raw: bytes) -> bytes:
        """An address of 4 or 16 bytes; a solicited-node group hides the host it is made of."""
        if len(raw) == 16 and raw[:13] == b"\xff\x02" + bytes(9) + b"\x01\xff":
            return raw[:13] + self._group(raw[13:])
        return self._pan.address(raw)

    def token(self, text: str) -> str:
        """A text that is neither name nor address: ``~`` and ten hexadecimal digits."""
        digest = hmac.digest(self._tokens, text.encode("utf-8", "backslashreplace"), "sha256")
        return f"~{digest.hex()[:10]}"

    def _group(self, tail: bytes) -> bytes:
        return hmac.digest(self._groups, tail, "sha256")[:3]

    def _mac(self, raw: bytes) -> bytes:
        if raw[:3] == b"\x33\x33\xff":
            return raw[:3] + self._group(raw[3:])
        if raw[0] & 1 or not any(raw):
            return raw  # groups, and nobody's
        made = hmac.digest(self._macs, raw, "sha256")
        if self._keep_oui:
            return raw[:3] + made[:3]
        # Marked as given locally (IEEE 802): it names no maker.
        return bytes((made[0] & 0xFC | 2,)) + made[1:6]

    def _label(self, label: bytes, parent: bytes) -> bytes:
        """A label of a name, in as many letters; case does not matter.

        Args:
            label: without its length.
            parent: lower case, all that follows it, with dots.
        """
        lower = label.lower()
        if lower[:1] == b"_" or _is_public(lower, parent):
            return label
        is_reverse = parent.endswith((b"in-addr.arpa", b"ip6.arpa"))
        alphabet = _DIGITS if is_reverse else _LETTERS
        made = hashlib.shake_256(self._names + lower + b"." + parent).digest(len(label))
        return bytes(alphabet[byte % len(alphabet)] for byte in made)

    def name(self, name: bytes) -> bytes:
        """A host name with dots, in as many octets; what is no name becomes letters."""
        labels = name.split(b".")
        made = [
            self.label(label, b".".join(labels[place:]).lower().rstrip(b".")) if label else label
            for place, label in enumerate(labels, 1)
        ]
        return b".".join(made)


def _is_public(label: bytes, parent: bytes) -> bool:
    """Whether label and parent together are a public suffix, such as ``co.uk``."""
    if parent.count(b".") >= _SUFFIX:
        return False
    return _suffixes(label + (b"." + parent if parent else b""))


@lru_cache(maxsize=1 << 16)
def _suffixes(name: bytes) -> bool:
    if name in _NOBODYS:
        return True
    try:
        text = name.decode("ascii")
    except UnicodeDecodeError:
        return False
    return bool(_list().publicsuffix(text, accept_unknown=False) == text)


@lru_cache(maxsize=1)
def _list() -> Any:
    from publicsuffixlist import PublicSuffixList

    return PublicSuffixList()


def _derived(key: bytes, use: bytes) -> bytes:
    return hmac.digest(key, b"netcordon anonymise: " + use, "sha256")
