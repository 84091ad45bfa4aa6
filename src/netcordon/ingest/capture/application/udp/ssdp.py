"""SSDP (UPnP Device Architecture 2.0, section 1): who searches, and what devices announce."""

from __future__ import annotations

from netcordon.ingest.capture.application.datagram.flow import Datagram, DatagramFlow, MessageReader
from netcordon.ingest.capture.application.record.activity import detail
from netcordon.ingest.capture.application.record.text import safe_text
from netcordon.ingest.capture.application.record.text_headers import first_line, header_fields

_MOST_ROWS = 32


class SsdpReader(MessageReader):
    """One flow of SSDP; announcements repeat, so each is told once."""

    service = "ssdp"

    def __init__(self, flow: DatagramFlow) -> None:
        super().__init__(flow)
        self._told: set[tuple[object, ...]] = set()

    def read(self, datagram: Datagram) -> bool:
        """M-SEARCH, NOTIFY, or the answer to a search."""
        line = first_line(datagram.payload)
        word = line.split(b" ", 1)[0]
        if word not in (b"M-SEARCH", b"NOTIFY") and not line.startswith(b"HTTP/1."):
            return False
        fields = header_fields(datagram.payload)
        is_response = line.startswith(b"HTTP/")
        operation = "answer" if is_response else word.decode()
        target = safe_text(fields.get(b"st") or fields.get(b"nt") or b"", 256)
        software = safe_text(fields.get(b"server") or fields.get(b"user-agent") or b"", 256)
        event = safe_text(fields.get(b"nts", b""), 64)
        location = safe_text(fields.get(b"location", b""))
        key = (operation, target, software, event, location)
        if key in self._told or len(self._told) >= _MOST_ROWS:
            return True
        self._told.add(key)
        # The answer comes from a new port: it is often the first datagram of a flow of its own.
        client = 1 - datagram.direction if is_response else datagram.direction
        status = safe_text(line.split(b" ", 2)[1], 16) if line.count(b" ") else ""
        self.note(
            datagram,
            client,
            operation=operation,
            object=target,
            software=software,
            status=status if is_response else None,
            detail=detail(
                event=event, location=location, usn=safe_text(fields.get(b"usn", b""), 256)
            ),
        )
        return True
