"""IKE (RFC 7296, RFC 2408): version and exchange; all else is sealed soon."""

from __future__ import annotations

from netcordon.ingest.capture.application.datagram.flow import Datagram, DatagramFlow, MessageReader
from netcordon.ingest.capture.application.record.activity import detail

_EXCHANGES = {
    (1, 1): "Base", (1, 2): "Identity Protection", (1, 3): "Authentication Only",
    (1, 4): "Aggressive", (1, 5): "Informational", (1, 6): "Transaction", (1, 32): "Quick Mode",
    (1, 33): "New Group Mode", (2, 34): "IKE_SA_INIT", (2, 35): "IKE_AUTH",
    (2, 36): "CREATE_CHILD_SA", (2, 37): "INFORMATIONAL", (2, 38): "IKE_SESSION_RESUME",
    (2, 43): "IKE_INTERMEDIATE", (2, 44): "IKE_FOLLOWUP_KE",
}  # fmt: skip


class IkeReader(MessageReader):
    """One flow; each kind of exchange is told once a direction."""

    service = "ike"

    def __init__(self, flow: DatagramFlow) -> None:
        super().__init__(flow)
        self._told: set[tuple[int, int, bool]] = set()
        self._asks = -1

    def read(self, datagram: Datagram) -> bool:
        """The header of a message; ESP and keep-alives are passed over."""
        data = datagram.payload
        if data[:4] == b"\0\0\0\0":
            data = data[4:]
        elif len(data) < 28 or int.from_bytes(data[24:28], "big") != datagram.wire_length:
            return True
        if len(data) < 28:
            return False
        version, exchange = data[17] >> 4, data[18]
        if self._asks < 0:
            # Only the very first message of version 1 has no cookie of the responder.
            is_first = version == 2 or not any(data[8:16])
            self._asks = datagram.direction if is_first else 0
        is_response = bool(data[19] & 0x20) if version == 2 else datagram.direction != self._asks
        key = (version, exchange, is_response)
        if key in self._told:
            return True
        self._told.add(key)
        self.note(
            datagram,
            1 - datagram.direction if is_response else datagram.direction,
            operation=_EXCHANGES.get((version, exchange), str(exchange)),
            software=f"IKEv{version}",
            detail=detail(initiator_spi=data[:8].hex()),
        )
        return True
