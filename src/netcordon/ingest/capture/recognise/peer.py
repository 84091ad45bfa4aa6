"""BitTorrent over UDP: the distributed hash table, trackers, local discovery."""

from __future__ import annotations

from netcordon.ingest.capture.compiled import subkernel
from netcordon.ingest.capture.events import SERVICES
from netcordon.ingest.capture.layout import Octets
from netcordon.ingest.capture.octets import be16, be32, u8
from netcordon.ingest.capture.recognise.words import begins, word

_BITTORRENT = SERVICES.index("bittorrent")
_QUERY, _ANSWER, _ERROR = word(b"d1:ad2:id20:"), word(b"d1:rd2:id20:"), word(b"d1:el")
_WITH_ADDRESS = word(b"d2:ip")
_SEARCH = word(b"BT-SEARCH * HTTP/1.1\r\n")
_TAIL = word(b"1:y1:")


@subkernel
def peer_service(data: Octets, at: int, size: int, wire: int) -> int:
    """BitTorrent, or 0."""
    first = u8(data, at)
    if first == 0x64 and _is_krpc(data, at, size):
        return _BITTORRENT
    if first == 0x42 and begins(data, at, size, _SEARCH):
        return _BITTORRENT
    if first == 0 and wire == 16 and size >= 12:
        return _BITTORRENT if _is_tracker_connect(data, at) else 0
    return 0


@subkernel
def _is_tracker_connect(data: Octets, at: int) -> bool:
    """The protocol id of BEP 15 and the action "connect"."""
    return be32(data, at) == 0x417 and be32(data, at + 4) == 0x27101980 and be32(data, at + 8) == 0


@subkernel
def _is_krpc(data: Octets, at: int, size: int) -> bool:
    """A bencoded dictionary with the keys of BEP 5."""
    if begins(data, at, size, _QUERY) or begins(data, at, size, _ANSWER):
        return True
    if not begins(data, at, size, _WITH_ADDRESS) and not begins(data, at, size, _ERROR):
        return False
    end = at + size
    return begins(data, end - 7, 7, _TAIL) and be16(data, end - 2) in (0x7265, 0x6565, 0x7165)
