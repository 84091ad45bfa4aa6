"""ICMP: what it quotes and whom it names, replaced like everything else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netcordon.ingest.anonymise.checksums import checksum
from netcordon.ingest.anonymise.pseudonyms import Pseudonyms

if TYPE_CHECKING:  # each of the two knows the other
    from netcordon.ingest.anonymise.network import Network

_QUOTING = frozenset({3, 4, 5, 11, 12})
_QUOTING_6 = frozenset({1, 2, 3, 4})
_REDIRECT = 5
_NEIGHBOUR = {133: 8, 134: 16, 135: 24, 136: 24, 137: 40}
"""Kind of neighbour discovery (RFC 4861) -> where its options begin."""
_LINK_ADDRESS = frozenset({1, 2})
_MOST_OPTIONS = 16


class Control:
    """Rewrites ICMP in place.

    Args:
        pseudonyms: what stands for whom.
        network: rewrites the packets it quotes.
    """

    def __init__(self, pseudonyms: Pseudonyms, network: Network) -> None:
        self._pseudonyms, self._network = pseudonyms, network

    def icmp(self, frame: bytearray, at: int, depth: int) -> None:
        """RFC 792."""
        kind = frame[at]
        if at + 8 > len(frame):
            self._keep(frame, at, 4)
        elif kind in _QUOTING:
            if kind == _REDIRECT:
                gateway = bytes(frame[at + 4 : at + 8])
                frame[at + 4 : at + 8] = self._pseudonyms.address(gateway)
            self._network.ipv4(frame, at + 8, depth + 1)
        else:
            self._keep(frame, at, 8)
        self._mend(frame, at, 0)

    def icmp6(self, frame: bytearray, at: int, depth: int, start: int) -> None:
        """RFC 4443 and RFC 4861; ``start`` is the sum of the pseudo-header."""
        kind = frame[at]
        if at + 8 > len(frame):
            self._keep(frame, at, 4)
        elif kind in _QUOTING_6:
            self._network.ipv6(frame, at + 8, depth + 1)
        elif kind in _NEIGHBOUR:
            self._neighbour(frame, at, _NEIGHBOUR[kind])
        else:
            self._keep(frame, at, 8)
        self._mend(frame, at, start)

    def _neighbour(self, frame: bytearray, at: int, options: int) -> None:
        if at + options > len(frame):
            self._keep(frame, at, 8)
            return
        for place in range(at + 8, at + options - 15, 16):
            if options >= 24:
                address = bytes(frame[place : place + 16])
                frame[place : place + 16] = self._pseudonyms.address(address)
        at += options
        for _ in range(_MOST_OPTIONS):
            size = 8 * frame[at + 1] if at + 2 <= len(frame) else 0
            if not size or at + size > len(frame):
                break
            kind = frame[at]
            if kind in _LINK_ADDRESS and size == 8:
                frame[at + 2 : at + 8] = self._pseudonyms.mac(bytes(frame[at + 2 : at + 8]))
            elif kind == 3 and size == 32:  # prefix information
                prefix = bytes(frame[at + 16 : at + 32])
                frame[at + 16 : at + 32] = self._prefix(prefix, frame[at + 2])
            else:
                frame[at + 2 : at + size] = bytes(size - 2)
            at += size
        frame[at:] = bytes(max(len(frame) - at, 0))

    def _prefix(self, prefix: bytes, length: int) -> bytes:
        """A prefix of so many bits: what follows them is nothing and stays so."""
        shift = 128 - min(length, 128)
        made = int.from_bytes(self._pseudonyms.address(prefix), "big")
        return (made >> shift << shift).to_bytes(16, "big")

    def _keep(self, frame: bytearray, at: int, count: int) -> None:
        rest = at + count
        if rest < len(frame):
            frame[rest:] = bytes(len(frame) - rest)

    def _mend(self, frame: bytearray, at: int, start: int) -> None:
        if at + 4 <= len(frame):
            frame[at + 2 : at + 4] = bytes(2)
            frame[at + 2 : at + 4] = checksum(frame[at:], start).to_bytes(2, "big")
