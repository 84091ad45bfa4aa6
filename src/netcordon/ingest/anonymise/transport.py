"""TCP and UDP: headers stay, of payloads at most names under their pseudonyms."""

from __future__ import annotations

from netcordon.ingest.anonymise import dns_message, tls_hello
from netcordon.ingest.anonymise.checksums import checksum
from netcordon.ingest.anonymise.pseudonyms import Pseudonyms

_TCP = 6
_DNS = frozenset({53, 5353, 5355})


class Transport:
    """Rewrites segments and datagrams in place.

    Args:
        pseudonyms: what stands for whom.
        names: see ``Frames``.
    """

    def __init__(self, pseudonyms: Pseudonyms, *, names: bool) -> None:
        self._pseudonyms, self._names = pseudonyms, names

    def rewrite(
        self, frame: bytearray, at: int, protocol: int, start: int, *, is_part: bool
    ) -> None:
        """Rewrite what stands from ``at`` to the end of the frame.

        Args:
            frame: the frame.
            at: where the header begins.
            protocol: 6 or 17.
            start: sum of the pseudo-header.
            is_part: only a part of it is here, so that its checksum cannot be told.
        """
        header = self._header(frame, at, protocol)
        if header == 0:
            frame[at:] = bytes(len(frame) - at)
            return
        payload = bytes(frame[at + header :])
        made = self._told(payload, frame, at, protocol) if self._names and not is_part else None
        frame[at + header :] = made if made is not None else bytes(len(payload))
        place = at + (16 if protocol == _TCP else 6)
        was = bytes(frame[place : place + 2])
        frame[place : place + 2] = bytes(2)
        if protocol != _TCP and (is_part or was == b"\0\0"):
            return  # none was sent, or none can be told: both are said by zero
        told = checksum(frame[at:], start)
        # In UDP zero would mean that there is none (RFC 768).
        frame[place : place + 2] = (told or (0 if protocol == _TCP else 0xFFFF)).to_bytes(2, "big")

    def _header(self, frame: bytearray, at: int, protocol: int) -> int:
        """Octets of the header; 0 when it is not whole."""
        if protocol != _TCP:
            return 8 if at + 8 <= len(frame) else 0
        size = 4 * (frame[at + 12] >> 4) if at + 20 <= len(frame) else 0
        return size if size >= 20 and at + size <= len(frame) else 0

    def _told(self, payload: bytes, frame: bytearray, at: int, protocol: int) -> bytes | None:
        if not payload:
            return None
        if protocol == _TCP:
            return tls_hello.anonymised(payload, self._pseudonyms)
        ports = {int.from_bytes(frame[place : place + 2], "big") for place in (at, at + 2)}
        return dns_message.anonymised(payload, self._pseudonyms) if ports & _DNS else None
