"""NTP (RFC 5905): the first exchange of a flow, and every control or private message.

The latter are what amplification abuses (``monlist``: CVE-2013-5211).
"""

from __future__ import annotations

from netcordon.ingest.capture.application.datagram.flow import Datagram, MessageReader
from netcordon.ingest.capture.application.record.activity import detail
from netcordon.ingest.capture.application.record.text import safe_text

_MODES = {
    1: "symmetric active", 2: "symmetric passive", 3: "client", 4: "server", 5: "broadcast",
    6: "control", 7: "private",
}  # fmt: skip
_CONTROL = {
    1: "read status", 2: "read variables", 3: "write variables", 4: "read clock variables",
    5: "write clock variables", 6: "set trap", 7: "asynchronous message", 8: "configure",
    9: "save configuration", 10: "read MRU list", 11: "read ordered list", 12: "request nonce",
    31: "unset trap",
}  # fmt: skip
"""Operations of RFC 9327 and of the reference implementation."""
_PRIVATE = {
    0: "PEER_LIST", 1: "PEER_LIST_SUM", 2: "PEER_INFO", 3: "PEER_STATS", 4: "SYS_INFO",
    5: "SYS_STATS", 6: "IO_STATS", 7: "MEM_STATS", 8: "LOOP_INFO", 9: "TIMER_STATS",
    16: "GET_RESTRICT", 20: "MON_GETLIST", 42: "MON_GETLIST_1",
}  # fmt: skip
"""Request codes of ``ntp_request.h``."""


class NtpReader(MessageReader):
    """One flow of NTP."""

    service = "ntp"
    _has_asked = False
    _has_answered = False

    def read(self, datagram: Datagram) -> bool:
        """Tell modes apart."""
        data = datagram.payload
        if len(data) < 8:
            return False
        mode = data[0] & 7
        if mode == 6:
            return self._control(datagram)
        if mode == 7:
            return self._private(datagram)
        if mode == 0 or len(data) < 48:
            return False
        self._time(datagram, mode)
        return True

    def _time(self, datagram: Datagram, mode: int) -> None:
        is_answer = mode in (2, 4)
        if self._has_answered if is_answer else self._has_asked:
            return
        if is_answer:
            self._has_answered = True
        else:
            self._has_asked = True
        data = datagram.payload
        client = 1 - datagram.direction if is_answer else datagram.direction
        stratum = data[1]
        self.note(
            datagram,
            client,
            operation=_MODES[mode],
            status=f"stratum {stratum}" if is_answer else None,
            detail=detail(
                version=data[0] >> 3 & 7,
                reference_id=_reference(data[12:16], stratum) if is_answer else None,
            ),
        )

    def _control(self, datagram: Datagram) -> bool:
        data = datagram.payload
        if len(data) < 12:
            return False
        is_response, is_error = bool(data[1] & 0x80), bool(data[1] & 0x40)
        number = data[1] & 31
        self.note(
            datagram,
            1 - datagram.direction if is_response else datagram.direction,
            operation=_MODES[6],
            object=_CONTROL.get(number, str(number)),
            status=("error" if is_error else "ok") if is_response else None,
            detail=detail(version=data[0] >> 3 & 7),
        )
        return True

    def _private(self, datagram: Datagram) -> bool:
        data = datagram.payload
        is_response = bool(data[0] & 0x80)
        error, items = data[4] >> 4, (data[4] & 15) << 8 | data[5]
        self.note(
            datagram,
            1 - datagram.direction if is_response else datagram.direction,
            operation=_MODES[7],
            object=_PRIVATE.get(data[3], str(data[3])),
            status=(f"error {error}" if error else "ok") if is_response else None,
            detail=detail(version=data[0] >> 3 & 7, items=items if is_response else None),
        )
        return True


def _reference(identifier: bytes, stratum: int) -> str:
    """A clock's name or kiss code at strata 0 and 1, else the address the server follows."""
    if stratum <= 1:
        return safe_text(identifier.rstrip(b"\0"))
    return ".".join(str(octet) for octet in identifier)
