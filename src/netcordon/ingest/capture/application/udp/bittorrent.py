"""BitTorrent over UDP: DHT (BEP 5), trackers (BEP 15), local discovery (BEP 14)."""

from __future__ import annotations

import re

from netcordon.ingest.capture.application.datagram.flow import Datagram, DatagramFlow, MessageReader
from netcordon.ingest.capture.application.record.text import safe_text
from netcordon.ingest.capture.application.record.text_headers import header_fields

_QUERY = re.compile(rb"1:q(?:4:(ping)|9:(find_node)|9:(get_peers)|13:(announce_peer))")
_INFO_HASH = re.compile(rb"9:info_hash20:(.{20})", re.DOTALL)
_VERSION = re.compile(rb"1:v4:(.{4})", re.DOTALL)
_TRACKER_ID = bytes.fromhex("0000041727101980")
_ACTIONS = {0: "connect", 1: "announce", 2: "scrape", 3: "error"}
_MOST_ROWS = 16


class BittorrentReader(MessageReader):
    """One flow; only what names a torrent, and the first message, are told."""

    service = "bittorrent"

    def __init__(self, flow: DatagramFlow) -> None:
        super().__init__(flow)
        self._told: set[tuple[str, str]] = set()
        self._is_tracker = False

    def read(self, datagram: Datagram) -> bool:
        """A message of one of the three."""
        data = datagram.payload
        if data.startswith(b"d") and data.endswith(b"e"):
            return self._krpc(datagram)
        if data.startswith(b"BT-SEARCH"):
            info_hash = header_fields(data).get(b"infohash", b"")
            self._tell(datagram, "BT-SEARCH", safe_text(info_hash.lower(), 40))
            return True
        return self._tracker(datagram)

    def _krpc(self, datagram: Datagram) -> bool:
        query = _QUERY.search(datagram.payload)
        if query is None:
            return True  # answers name nothing of interest
        operation = next(name for name in query.groups() if name).decode()
        info_hash = _INFO_HASH.search(datagram.payload)
        version = _VERSION.search(datagram.payload)
        software = safe_text(version[1][:2], 8) if version else ""
        self._tell(datagram, operation, info_hash[1].hex() if info_hash else "", software)
        return True

    def _tracker(self, datagram: Datagram) -> bool:
        data = datagram.payload
        if data.startswith(_TRACKER_ID):
            self._is_tracker = True
            self._tell(datagram, "connect", "")
            return True
        if not self._is_tracker or len(data) < 8:
            return True  # uTP of the same client
        action = int.from_bytes(data[8:12], "big")
        if (action == 1 and len(data) >= 98) or (action == 2 and len(data) >= 36):
            self._tell(datagram, _ACTIONS[action], data[16:36].hex())
        return True

    def _tell(self, datagram: Datagram, operation: str, info_hash: str, software: str = "") -> None:
        key = (operation, info_hash)
        if key in self._told or len(self._told) >= _MOST_ROWS:
            return
        self._told.add(key)
        self.note(
            datagram, datagram.direction, operation=operation, object=info_hash, software=software
        )
