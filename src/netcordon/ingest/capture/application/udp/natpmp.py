"""NAT-PMP (RFC 6886) and PCP (RFC 6887): ports that hosts open in a router."""

from __future__ import annotations

import ipaddress

from netcordon.ingest.capture.application.datagram.flow import Datagram, MessageReader
from netcordon.ingest.capture.application.record.activity import detail

_OPERATIONS = {0: "external address", 1: "map udp", 2: "map tcp"}
_PCP = {0: "announce", 1: "map", 2: "peer", 3: "authentication"}


class NatpmpReader(MessageReader):
    """One flow between a host and its router."""

    service = "natpmp"

    def read(self, datagram: Datagram) -> bool:
        """A request or its answer."""
        data = datagram.payload
        if len(data) < 2:
            return False
        if data[0] == 2:
            return self._port_control(datagram)
        operation, is_response = data[1] & 0x7F, bool(data[1] & 0x80)
        if data[0] != 0 or operation not in _OPERATIONS:
            return False
        asked = detail(
            internal_port=_number(data, 4, 2), external_port=_number(data, 6, 2),
            lifetime_s=_number(data, 8, 4),
        )  # fmt: skip
        given = detail(
            internal_port=_number(data, 8, 2), external_port=_number(data, 10, 2),
            lifetime_s=_number(data, 12, 4),
        )  # fmt: skip
        address = None
        if is_response and operation == 0 and len(data) >= 12:
            address = str(ipaddress.IPv4Address(data[8:12]))
        mapping = None if operation == 0 else given if is_response else asked
        result = _number(data, 2, 2)
        self.note(
            datagram,
            1 - datagram.direction if is_response else datagram.direction,
            operation=_OPERATIONS[operation],
            object=address,
            status=f"result {result}" if is_response and result is not None else None,
            detail=mapping,
        )
        return True

    def _port_control(self, datagram: Datagram) -> bool:
        data = datagram.payload
        operation, is_response = data[1] & 0x7F, bool(data[1] & 0x80)
        if len(data) < 24 or operation not in _PCP:
            return False
        mapping = None
        if operation == 1 and len(data) >= 60:
            mapping = detail(
                protocol=data[36], internal_port=_number(data, 40, 2),
                external_port=_number(data, 42, 2), lifetime_s=_number(data, 4, 4),
            )  # fmt: skip
        self.note(
            datagram,
            1 - datagram.direction if is_response else datagram.direction,
            operation=f"pcp {_PCP[operation]}",
            status=f"result {data[3]}" if is_response else None,
            detail=mapping,
        )
        return True


def _number(data: bytes, at: int, size: int) -> int | None:
    return int.from_bytes(data[at : at + size], "big") if len(data) >= at + size else None
