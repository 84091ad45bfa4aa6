"""SIP over UDP (RFC 3261 section 18)."""

from __future__ import annotations

from netcordon.ingest.capture.application.datagram.flow import Datagram, MessageReader
from netcordon.ingest.capture.application.record.logins import Logins
from netcordon.ingest.capture.application.sip_message import Registration, as_row, parse

_KEEP_ALIVES = frozenset((b"", b"jaK"))


class SipReader(MessageReader):
    """One flow of SIP; either side may ask, so the client is who sent the request."""

    service = "sip"
    _registration: Registration | None = None

    def read(self, datagram: Datagram) -> bool:
        """One message."""
        if datagram.payload.strip(b"\0 \r\n") in _KEEP_ALIVES:
            return True
        message = parse(datagram.payload)
        if message is None:
            return False
        client = 1 - datagram.direction if message.status else datagram.direction
        self.note(datagram, client, **as_row(message))
        if self._registration is None:
            self._registration = Registration(Logins(self._flow, client, "sip"))
        self._registration.hear(message, (datagram.time_ns, datagram.frame))
        return True

    def finish(self) -> None:
        """A registration without an answer stays without an outcome."""
        if self._registration is not None:
            self._registration.finish()
        super().finish()
