"""CoAP (RFC 7252): method and path, and how it was answered."""

from __future__ import annotations

from collections.abc import Iterator

from netcordon.ingest.capture.application.datagram.flow import Datagram, MessageReader
from netcordon.ingest.capture.application.record.activity import detail
from netcordon.ingest.capture.application.record.text import safe_text

_METHODS = {1: "GET", 2: "POST", 3: "PUT", 4: "DELETE", 5: "FETCH", 6: "PATCH", 7: "iPATCH"}
_HOST, _PATH, _QUERY = 3, 11, 15
_MOST_OPTIONS = 64


class CoapReader(MessageReader):
    """One flow; either end may serve."""

    service = "coap"

    def read(self, datagram: Datagram) -> bool:
        """One message; empty ones and resets say nothing."""
        data = datagram.payload
        if len(data) < 4 or data[0] >> 6 != 1:
            return False
        code = data[1]
        if code >> 5 == 0 and code:
            return self._request(datagram, code)
        if code >> 5 in (2, 4, 5):
            client = 1 - datagram.direction
            self.note(
                datagram,
                client,
                operation="response",
                status=f"{code >> 5}.{code & 31:02d}",
                detail=detail(token=_token(data)),
            )
        return True

    def _request(self, datagram: Datagram, code: int) -> bool:
        data = datagram.payload
        options = list(_options(data))
        path = b"".join(b"/" + value for number, value in options if number == _PATH)
        query = b"&".join(value for number, value in options if number == _QUERY)
        host = next((value for number, value in options if number == _HOST), b"")
        self.note(
            datagram,
            datagram.direction,
            operation=_METHODS.get(code, str(code)),
            object=safe_text((path or b"/") + (b"?" + query if query else b"")),
            detail=detail(host=safe_text(host, 255), token=_token(data)),
        )
        return True


def _token(data: bytes) -> str | None:
    size = data[0] & 15
    return data[4 : 4 + size].hex() if 0 < size <= 8 else None


def _options(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Number and value of each option (section 3.1)."""
    at, number = 4 + (data[0] & 15), 0
    for _ in range(_MOST_OPTIONS):
        if at >= len(data) or data[at] == 0xFF:
            return
        fields = [data[at] >> 4, data[at] & 15]
        at += 1
        for i, value in enumerate(fields):
            extra = {13: 1, 14: 2}.get(value, 0)
            if value == 15 or at + extra > len(data):
                return
            if extra:
                fields[i] = int.from_bytes(data[at : at + extra], "big") + (13, 269)[extra - 1]
            at += extra
        number += fields[0]
        yield number, data[at : at + fields[1]]
        at += fields[1]
