"""IP packets: addresses replaced, options emptied, what they carry handed on."""

from __future__ import annotations

from netcordon.ingest.anonymise.checksums import checksum, pseudo_header
from netcordon.ingest.anonymise.control import Control
from netcordon.ingest.anonymise.pseudonyms import Pseudonyms
from netcordon.ingest.anonymise.transport import Transport

_ICMP, _IPIP, _TCP, _UDP, _IPV6, _ICMP6 = 1, 4, 6, 17, 41, 58
_HOP, _ROUTING, _FRAGMENT, _DESTINATION = 0, 43, 44, 60
_DEEPEST = 4
_MOST_HEADERS = 8
_NO_OPERATION = 1


class Network:
    """Rewrites IP packets in place.

    Args:
        pseudonyms: what stands for whom.
        names: see ``Frames``.
    """

    def __init__(self, pseudonyms: Pseudonyms, *, names: bool) -> None:
        self._address = pseudonyms.address
        self._transport = Transport(pseudonyms, names=names)
        self._control = Control(pseudonyms, self)

    def ipv4(self, frame: bytearray, at: int, depth: int = 0) -> None:
        """RFC 791."""
        header = 4 * (frame[at] & 15) if at < len(frame) else 0
        if header < 20 or at + header > len(frame) or depth > _DEEPEST or frame[at] >> 4 != 4:
            frame[at:] = bytes(len(frame) - at)
            return
        for place in (at + 12, at + 16):
            frame[place : place + 4] = self._address(bytes(frame[place : place + 4]))
        # Routes and times of others may stand in options.
        frame[at + 20 : at + header] = bytes((_NO_OPERATION,)) * (header - 20)
        frame[at + 10 : at + 12] = bytes(2)
        told = checksum(frame[at : at + header])
        frame[at + 10 : at + 12] = told.to_bytes(2, "big")
        length = int.from_bytes(frame[at + 2 : at + 4], "big")
        length = length - header if length >= header else len(frame) - at - header  # 0: offloaded
        self._end(frame, at + header + length)
        fragment = int.from_bytes(frame[at + 6 : at + 8], "big")
        ends = bytes(frame[at + 12 : at + 16]), bytes(frame[at + 16 : at + 20])
        self._inside(
            frame, at + header, length, frame[at + 9], ends, depth,
            is_later=bool(fragment & 0x1FFF), is_part=bool(fragment & 0x3FFF),
        )  # fmt: skip

    def ipv6(self, frame: bytearray, at: int, depth: int = 0) -> None:
        """RFC 8200."""
        if at + 40 > len(frame) or depth > _DEEPEST or frame[at] >> 4 != 6:
            frame[at:] = bytes(len(frame) - at)
            return
        for place in (at + 8, at + 24):
            frame[place : place + 16] = self._address(bytes(frame[place : place + 16]))
        length = int.from_bytes(frame[at + 4 : at + 6], "big") or len(frame) - at - 40
        self._end(frame, at + 40 + length)
        kind, place, left = frame[at + 6], at + 40, length
        is_later = is_part = False
        for _ in range(_MOST_HEADERS):
            if kind not in (_HOP, _ROUTING, _FRAGMENT, _DESTINATION) or place + 8 > len(frame):
                break
            size = 8 if kind == _FRAGMENT else 8 + 8 * frame[place + 1]
            if kind == _FRAGMENT:
                offset = int.from_bytes(frame[place + 2 : place + 4], "big")
                is_later, is_part = is_later or offset >= 8, True
            else:
                # Options become one of padding, routes of nobody; types 0 and 43 keep their place.
                self._empty_header(frame, kind, place, size)
            kind, place, left = frame[place], place + size, left - size
        ends = bytes(frame[at + 8 : at + 24]), bytes(frame[at + 24 : at + 40])
        self._inside(
            frame, place, left, kind, ends, depth, is_later=is_later, is_part=is_part
        )  # fmt: skip

    def _empty_header(self, frame: bytearray, kind: int, at: int, size: int) -> None:
        end = min(at + size, len(frame))
        if kind == _ROUTING:
            frame[at + 2 : end] = bytes(max(end - at - 2, 0))
            return
        frame[at + 2 : end] = bytes(max(end - at - 2, 0))
        if end - at >= 4:
            frame[at + 2 : at + 4] = bytes((1, min(size - 4, 255)))  # PadN

    def _end(self, frame: bytearray, end: int) -> None:
        """What follows the packet within the frame is padding, or something that hides there."""
        if end < len(frame):
            frame[end:] = bytes(len(frame) - end)

    def _inside(
        self,
        frame: bytearray,
        at: int,
        length: int,
        protocol: int,
        ends: tuple[bytes, bytes],
        depth: int,
        *,
        is_later: bool,
        is_part: bool,
    ) -> None:
        if at >= len(frame):
            return
        if is_later or length <= 0:
            frame[at:] = bytes(len(frame) - at)
        elif protocol == _IPIP:
            self.ipv4(frame, at, depth + 1)
        elif protocol == _IPV6:
            self.ipv6(frame, at, depth + 1)
        elif protocol in (_TCP, _UDP):
            start = pseudo_header(*ends, protocol, length)
            self._transport.rewrite(frame, at, protocol, start, is_part=is_part or depth > 0)
        elif protocol == _ICMP:
            self._control.icmp(frame, at, depth)
        elif protocol == _ICMP6:
            self._control.icmp6(frame, at, depth, pseudo_header(*ends, _ICMP6, length))
        else:
            frame[at:] = bytes(len(frame) - at)
