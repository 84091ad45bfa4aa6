"""STUN and TURN (RFC 8489, RFC 8656): what is asked, and the addresses that servers map."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from netcordon.ingest.capture.application.datagram.flow import Datagram, DatagramFlow, MessageReader
from netcordon.ingest.capture.application.record.activity import detail
from netcordon.ingest.capture.application.record.text import safe_text

_METHODS = {
    1: "Binding", 2: "SharedSecret", 3: "Allocate", 4: "Refresh", 6: "Send", 7: "Data",
    8: "CreatePermission", 9: "ChannelBind", 10: "Connect", 11: "ConnectionBind",
    12: "ConnectionAttempt",
}  # fmt: skip
_REQUEST, _INDICATION, _SUCCESS, _ERROR = range(4)
_MAPPED, _USERNAME, _CODE, _PEER, _REALM, _RELAYED, _XOR_MAPPED, _SOFTWARE = (
    0x0001, 0x0006, 0x0009, 0x0012, 0x0014, 0x0016, 0x0020, 0x8022,
)  # fmt: skip
_MOST_ATTRIBUTES = 64
_MOST_ROWS = 8


class StunReader(MessageReader):
    """One flow of STUN; the same message is told once."""

    service = "stun"

    def __init__(self, flow: DatagramFlow) -> None:
        super().__init__(flow)
        self._told: set[tuple[object, ...]] = set()

    def read(self, datagram: Datagram) -> bool:
        """One message; what is multiplexed beside it (RTP, DTLS, channel data) is passed over."""
        data = datagram.payload
        if data and data[0] & 0xC0:
            return True
        if len(data) < 20:
            return False
        kind = data[0] << 8 | data[1]
        class_ = (kind >> 7 & 2) | (kind >> 4 & 1)
        method = (kind & 0x0F) | (kind >> 1 & 0x70) | (kind >> 2 & 0xF80)
        if method not in _METHODS:
            return True
        found = dict(_attributes(data))
        operation = _METHODS[method]
        if class_ == _INDICATION:
            operation += " indication"
        self._tell(datagram, operation, class_, found)
        return True

    def _tell(
        self, datagram: Datagram, operation: str, class_: int, found: dict[int, bytes]
    ) -> None:
        is_response = class_ in (_SUCCESS, _ERROR)
        cookie = datagram.payload[4:20]
        mapped = _address(found.get(_XOR_MAPPED, b""), cookie) or _address(found.get(_MAPPED, b""))
        facts = detail(
            mapped_address=mapped,
            relayed_address=_address(found.get(_RELAYED, b""), cookie),
            realm=safe_text(found.get(_REALM, b"")),
        )
        status = {_SUCCESS: "success", _ERROR: _error(found.get(_CODE, b""))}.get(class_)
        peer = _address(found.get(_PEER, b""), cookie)
        account = safe_text(found.get(_USERNAME, b""))
        key = (operation, is_response, status, facts, peer, account)
        if key in self._told or len(self._told) >= _MOST_ROWS:
            return
        self._told.add(key)
        self.note(
            datagram,
            1 - datagram.direction if is_response else datagram.direction,
            operation=operation,
            object=peer,
            account=account,
            software=safe_text(found.get(_SOFTWARE, b"")),
            status=status,
            detail=facts,
        )


def _attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    at, end = 20, min(len(data), 20 + (data[2] << 8 | data[3]))
    for _ in range(_MOST_ATTRIBUTES):
        if at + 4 > end:
            return
        size = data[at + 2] << 8 | data[at + 3]
        yield data[at] << 8 | data[at + 1], data[at + 4 : min(at + 4 + size, end)]
        at += 4 + (size + 3 & ~3)


def _address(value: bytes, mask: bytes = b"") -> str | None:
    """MAPPED-ADDRESS or, with cookie and transaction id as ``mask``, XOR-MAPPED-ADDRESS."""
    size = {1: 4, 2: 16}.get(value[1] if len(value) > 1 else 0, 0)
    if not size or len(value) < 4 + size or (mask and len(mask) < 16):
        return None
    port, address = value[2:4], value[4 : 4 + size]
    if mask:
        port = bytes(a ^ b for a, b in zip(port, mask, strict=False))
        address = bytes(a ^ b for a, b in zip(address, mask, strict=False))
    text = str(ipaddress.ip_address(address))
    return f"{text if size == 4 else f'[{text}]'}:{port[0] << 8 | port[1]}"


def _error(value: bytes) -> str:
    """ERROR-CODE (RFC 8489 section 14.8)."""
    return str((value[2] & 7) * 100 + value[3]) if len(value) >= 4 else "error"
