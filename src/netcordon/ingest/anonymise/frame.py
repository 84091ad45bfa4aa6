"""One frame, layer by layer: what is understood is replaced, all else becomes zeros.

Lengths stay as they are, so that sequence numbers, sizes and rhythm do too; checksums are made
right again. Nothing is passed on because nobody knew what it was.
"""

from __future__ import annotations

from collections.abc import Callable

from netcordon.ingest.anonymise.network import Network
from netcordon.ingest.anonymise.pseudonyms import Pseudonyms

_VLANS = frozenset({0x8100, 0x88A8, 0x9100})
_IPV4, _IPV6, _ARP = 0x0800, 0x86DD, 0x0806
_MOST_TAGS = 4

LinkRewriter = Callable[[bytearray], None]


class Frames:
    """Rewrites frames.

    Args:
        pseudonyms: what stands for whom.
        names: keep look-ups and server names, with pseudonyms; else every payload becomes zeros.
    """

    def __init__(self, pseudonyms: Pseudonyms, *, names: bool) -> None:
        self._pseudonyms = pseudonyms
        self._network = Network(pseudonyms, names=names)
        self._links: dict[int, LinkRewriter] = {
            1: self._ethernet,
            0: self._loopback,
            108: self._loopback,
            113: self._cooked,
            276: self._cooked_2,
            **dict.fromkeys((12, 14, 101, 228, 229), self._raw),
        }

    def knows(self, link_type: int) -> bool:
        """Whether frames of this link type can be rewritten at all."""
        return link_type in self._links

    def rewrite(self, frame: bytearray, link_type: int) -> None:
        """Rewrite a frame in place."""
        self._links[link_type](frame)

    def _ethernet(self, frame: bytearray) -> None:
        if len(frame) < 14:
            frame[:] = bytes(len(frame))
            return
        for at in (0, 6):
            frame[at : at + 6] = self._pseudonyms.mac(bytes(frame[at : at + 6]))
        at, kind = 12, int.from_bytes(frame[12:14], "big")
        for _ in range(_MOST_TAGS):
            if kind not in _VLANS or at + 6 > len(frame):
                break
            at += 4
            kind = int.from_bytes(frame[at : at + 2], "big")
        self._payload(frame, at + 2, kind)

    def _raw(self, frame: bytearray) -> None:
        version = frame[0] >> 4 if frame else 0
        self._payload(frame, 0, {4: _IPV4, 6: _IPV6}.get(version, 0))

    def _loopback(self, frame: bytearray) -> None:
        version = frame[4] >> 4 if len(frame) > 4 else 0
        self._payload(frame, min(4, len(frame)), {4: _IPV4, 6: _IPV6}.get(version, 0))

    def _cooked(self, frame: bytearray) -> None:
        """https://www.tcpdump.org/linktypes/LINKTYPE_LINUX_SLL.html"""  # noqa: D415
        self._cooked_at(frame, 16, 4, 14)

    def _cooked_2(self, frame: bytearray) -> None:
        """https://www.tcpdump.org/linktypes/LINKTYPE_LINUX_SLL2.html"""  # noqa: D415
        self._cooked_at(frame, 20, 11, 0)

    def _cooked_at(self, frame: bytearray, header: int, length_at: int, kind_at: int) -> None:
        if len(frame) < header:
            frame[:] = bytes(len(frame))
            return
        size = frame[length_at] if header == 20 else int.from_bytes(frame[4:6], "big")
        address = 12 if header == 20 else 6
        if size == 6:
            frame[address : address + 6] = self._pseudonyms.mac(bytes(frame[address : address + 6]))
            frame[address + 6 : address + 8] = bytes(2)
        else:
            frame[address : address + 8] = bytes(8)
        self._payload(frame, header, int.from_bytes(frame[kind_at : kind_at + 2], "big"))

    def _payload(self, frame: bytearray, at: int, kind: int) -> None:
        if kind == _IPV4:
            self._network.ipv4(frame, at)
        elif kind == _IPV6:
            self._network.ipv6(frame, at)
        elif kind == _ARP:
            self._arp(frame, at)
        else:
            frame[at:] = bytes(len(frame) - at)

    def _arp(self, frame: bytearray, at: int) -> None:
        """RFC 826, for IPv4 over Ethernet."""
        if frame[at : at + 6] != b"\x00\x01\x08\x00\x06\x04" or len(frame) < at + 28:
            frame[at:] = bytes(len(frame) - at)
            return
        for place in (at + 8, at + 18):
            frame[place : place + 6] = self._pseudonyms.mac(bytes(frame[place : place + 6]))
            address = bytes(frame[place + 6 : place + 10])
            frame[place + 6 : place + 10] = self._pseudonyms.address(address)
        frame[at + 28 :] = bytes(len(frame) - at - 28)
