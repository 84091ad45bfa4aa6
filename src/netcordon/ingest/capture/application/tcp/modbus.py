"""Modbus/TCP (MODBUS Messaging on TCP/IP V1.0b, Application Protocol V1.1b3)."""

from __future__ import annotations

from netcordon.ingest.capture.application.record.control_rows import ControlRequest, ControlRows
from netcordon.ingest.capture.application.stream.conversation import Conversation
from netcordon.ingest.capture.application.stream.framed import FramedParser

FUNCTIONS = {
    1: "Read Coils", 2: "Read Discrete Inputs", 3: "Read Holding Registers",
    4: "Read Input Registers", 5: "Write Single Coil", 6: "Write Single Register",
    7: "Read Exception Status", 8: "Diagnostics", 11: "Get Comm Event Counter",
    12: "Get Comm Event Log", 15: "Write Multiple Coils", 16: "Write Multiple Registers",
    17: "Report Server ID", 20: "Read File Record", 21: "Write File Record",
    22: "Mask Write Register", 23: "Read/Write Multiple Registers", 24: "Read FIFO Queue",
    43: "Encapsulated Interface Transport", 90: "Unity (Schneider)",
}  # fmt: skip
_EXCEPTIONS = {
    1: "Illegal function", 2: "Illegal data address", 3: "Illegal data value",
    4: "Server device failure", 5: "Acknowledge", 6: "Server device busy",
    8: "Memory parity error", 10: "Gateway path unavailable",
    11: "Gateway target device failed to respond",
}  # fmt: skip
_WRITES = frozenset((5, 6, 15, 16, 21, 22, 23))
_SINGLE = frozenset((5, 6, 22))
_WITH_QUANTITY = frozenset((1, 2, 3, 4, 15, 16))
_LONGEST_PDU = 254


def is_modbus(data: bytes) -> bool:
    """Whether a segment begins with a header (MBAP) and a function code that exist."""
    if len(data) < 8 or data[2:4] != b"\0\0":
        return False
    size = data[4] << 8 | data[5]
    if not 2 <= size <= _LONGEST_PDU + 1 or len(data) < 6 + size:
        return False
    if len(data) > 6 + size:
        rest = data[6 + size :]
        if len(rest) >= 4 and rest[2:4] != b"\0\0":
            return False
    code = data[7]
    return code & 0x7F in FUNCTIONS and (size == 3 if code & 0x80 else _fits(code, size - 2))


def _fits(code: int, size: int) -> bool:
    """Whether ``size`` octets could follow a function code, in a request or an answer."""
    if code in (1, 2, 3, 4):
        return size == 4 or size >= 2
    if code in (5, 6):
        return size == 4
    if code in (15, 16):
        return size == 4 or size >= 6
    return True


class ModbusParser(FramedParser):
    """Requests and answers by transaction identifier."""

    service = "modbus"

    def __init__(self, conversation: Conversation, client: int) -> None:
        super().__init__(conversation, client)
        self._rows = ControlRows(conversation.context, self.service, self._ends)

    def length(self, buffer: bytearray, direction: int) -> int:  # noqa: ARG002
        """From the header's length field."""
        if len(buffer) < 6:
            return 0
        size = buffer[4] << 8 | buffer[5]
        return 6 + size if buffer[2:4] == b"\0\0" and 2 <= size <= _LONGEST_PDU + 1 else -1

    def message(self, data: bytes, direction: int, mark: tuple[int, int]) -> None:
        """One application data unit."""
        transaction, unit, code = data[0] << 8 | data[1], data[6], data[7]
        key = (transaction, unit, code & 0x7F)
        if direction == self._client:
            self._rows.asked(key, _request(data, mark))
        elif code & 0x80:
            number = data[8] if len(data) > 8 else 0
            self._rows.answered(key, _EXCEPTIONS.get(number, f"Exception {number}"))
        else:
            self._rows.answered(key)

    def finish(self) -> None:
        """Requests without an answer."""
        self._rows.finish()
        super().finish()


def _request(data: bytes, mark: tuple[int, int]) -> ControlRequest:
    code = data[7]
    has_address = (code in _WITH_QUANTITY or code in _SINGLE or code == 23) and len(data) >= 12
    address = data[8] << 8 | data[9] if has_address else None
    quantity = None
    if has_address:
        quantity = 1 if code in _SINGLE else data[10] << 8 | data[11]
    if code == 23 and len(data) >= 16:
        # What it writes counts for more than what it reads.
        address, quantity = data[12] << 8 | data[13], data[14] << 8 | data[15]
    return ControlRequest(
        mark, data[6], code, FUNCTIONS.get(code, f"Function {code}"), code in _WRITES, address,
        quantity,
    )  # fmt: skip
