"""RADIUS (RFC 2865, 2866): who logs in at which device, and the answer; no password, no hash."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from netcordon.ingest.capture.application.datagram.flow import Datagram, MessageReader
from netcordon.ingest.capture.application.record.activity import detail
from netcordon.ingest.capture.application.record.logins import Logins
from netcordon.ingest.capture.application.record.text import safe_text

_CODES = {
    1: "Access-Request", 2: "Access-Accept", 3: "Access-Reject", 4: "Accounting-Request",
    5: "Accounting-Response", 11: "Access-Challenge", 12: "Status-Server", 13: "Status-Client",
    40: "Disconnect-Request", 41: "Disconnect-ACK", 42: "Disconnect-NAK", 43: "CoA-Request",
    44: "CoA-ACK", 45: "CoA-NAK",
}  # fmt: skip
_RESPONSES = frozenset((2, 3, 5, 11, 41, 42, 44, 45))
_USER, _NAS_ADDRESS, _CALLED, _CALLING, _NAS_NAME, _STATUS = 1, 4, 30, 31, 32, 40
_ACCOUNTING = {1: "Start", 2: "Stop", 3: "Interim-Update", 7: "Accounting-On", 8: "Accounting-Off"}


class RadiusReader(MessageReader):
    """One flow between a device and its server."""

    service = "radius"
    _logins: Logins | None = None
    _awaited = -1

    def read(self, datagram: Datagram) -> bool:
        """One packet."""
        data = datagram.payload
        if len(data) < 20 or data[0] not in _CODES:
            return False
        code, found = data[0], dict(_attributes(data))
        user = safe_text(found.get(_USER, b""), 253)
        is_response = code in _RESPONSES
        client = 1 - datagram.direction if is_response else datagram.direction
        status = _ACCOUNTING.get(int.from_bytes(found.get(_STATUS, b"")[:4], "big"))
        self.note(
            datagram,
            client,
            operation=_CODES[code],
            object=safe_text(found.get(_CALLED, b""), 253),
            account=user,
            status=_CODES[code] if is_response else None,
            detail=detail(
                identifier=data[1],
                accounting=status if code == 4 else None,
                nas_address=_address(found.get(_NAS_ADDRESS, b"")),
                nas_name=safe_text(found.get(_NAS_NAME, b""), 253),
                calling_station=safe_text(found.get(_CALLING, b""), 253),
            ),
        )
        self._login(datagram, client, code, data[1], user)
        return True

    def _login(
        self, datagram: Datagram, client: int, code: int, identifier: int, user: str
    ) -> None:
        if code == 1 and user:
            if self._logins is None:
                self._logins = Logins(self._flow, client, "radius")
            if identifier != self._awaited:  # else the same request once more
                self._logins.named("radius", user, datagram.time_ns, datagram.frame)
            self._awaited = identifier
        elif self._logins is not None and identifier == self._awaited and code in (2, 3):
            self._logins.outcome(code == 2)
            self._awaited = -1

    def finish(self) -> None:
        """A login without an answer stays without an outcome."""
        if self._logins is not None:
            self._logins.finish()
        super().finish()


def _attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    at, end = 20, min(len(data), data[2] << 8 | data[3])
    while at + 2 <= end:
        size = data[at + 1]
        if size < 2:
            return
        yield data[at], data[at + 2 : min(at + size, end)]
        at += size


def _address(value: bytes) -> str | None:
    return str(ipaddress.IPv4Address(value)) if len(value) == 4 else None
