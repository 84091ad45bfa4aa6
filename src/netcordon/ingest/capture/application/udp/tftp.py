"""TFTP (RFC 1350): files asked for and files written. The transfer runs in a flow of its own."""

from __future__ import annotations

from netcordon.ingest.capture.application.datagram.flow import Datagram, MessageReader
from netcordon.ingest.capture.application.record.activity import detail
from netcordon.ingest.capture.application.record.text import safe_text

_READ, _WRITE, _ERROR = 1, 2, 5
_OPERATIONS = {_READ: "read", _WRITE: "write"}
_MOST_OPTIONS = 16


class TftpReader(MessageReader):
    """Requests and errors; blocks are passed over."""

    service = "tftp"

    def read(self, datagram: Datagram) -> bool:
        """One datagram."""
        data = datagram.payload
        if len(data) < 4 or data[0] or not 1 <= data[1] <= 6:
            return False
        if data[1] in _OPERATIONS:
            return self._request(datagram)
        if data[1] == _ERROR:
            self.note(
                datagram,
                1 - datagram.direction,
                operation="error",
                status=str(data[2] << 8 | data[3]),
                detail=detail(message=safe_text(data[4:].split(b"\0")[0], 256)),
            )
        return True

    def _request(self, datagram: Datagram) -> bool:
        data = datagram.payload
        parts = data[2:].split(b"\0", 2 + 2 * _MOST_OPTIONS)
        if len(parts) < 3 or not parts[0]:
            return False
        options = {
            safe_text(name.lower(), 32): safe_text(value, 32)
            for name, value in zip(parts[2:-1:2], parts[3:-1:2], strict=False)
        }
        self.note(
            datagram,
            datagram.direction,
            operation=_OPERATIONS[data[1]],
            object=safe_text(parts[0]),
            detail=detail(mode=safe_text(parts[1].lower(), 16), options=options or None),
        )
        return True
