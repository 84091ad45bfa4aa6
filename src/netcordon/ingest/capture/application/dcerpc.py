"""DCE/RPC over TCP: the logins of bind, alter context and auth3 (C706 chapter 12, [MS-RPCE])."""

from __future__ import annotations

from netcordon.ingest.capture.application.tokens import TokenParser

_FAULT, _RESPONSE = 3, 2
_ACCESS_DENIED = 5


class DcerpcParser(TokenParser):
    """Protocol data units by their fragment length."""

    service = "dcerpc"

    def length(self, buffer: bytearray) -> int:
        """``frag_length`` of the common header; its byte order is little-endian in practice."""
        if len(buffer) < 16:
            return 0
        size = buffer[8] | buffer[9] << 8
        return size if buffer[0] == 5 and size >= 16 else -1

    def success(self, message: bytes) -> bool | None:
        """The first response proves a login, the fault "access denied" disproves it."""
        if message[2] == _RESPONSE:
            return True
        if message[2] == _FAULT and int.from_bytes(message[24:28], "little") == _ACCESS_DENIED:
            return False
        return None
