"""S7 communication of Siemens controllers over ISO on TCP (RFC 1006, ISO 8073).

The protocol is published nowhere; the fields are those Wireshark's dissector documents.
"""

from __future__ import annotations

from netcordon.ingest.capture.application.record.control_rows import ControlRequest, ControlRows
from netcordon.ingest.capture.application.stream.conversation import Conversation
from netcordon.ingest.capture.application.stream.framed import FramedParser

_CONNECT, _CONFIRM, _DATA = 0xE0, 0xD0, 0xF0
_JOB, _ACK, _ACK_DATA, _USER_DATA = 1, 2, 3, 7
_SETUP, _READ, _WRITE = 0xF0, 0x04, 0x05
_FUNCTIONS = {
    0x00: "CPU services", _READ: "Read Var", _WRITE: "Write Var", 0x1A: "Request download",
    0x1B: "Download block", 0x1C: "Download ended", 0x1D: "Start upload", 0x1E: "Upload",
    0x1F: "End upload", 0x28: "PI-Service", 0x29: "PLC Stop", _SETUP: "Setup communication",
}  # fmt: skip
_CHANGES = frozenset((_WRITE, 0x1A, 0x1B, 0x1C, 0x28, 0x29))
_GROUPS = {
    0: "Mode-transition", 1: "Programmer commands", 2: "Cyclic data", 3: "Block functions",
    4: "CPU functions", 5: "Security", 6: "PBC BSEND/BRECV", 7: "Time functions",
    15: "NC programming",
}  # fmt: skip
_CHANGING_GROUPS = {(5, 1), (7, 2), (7, 4), (1, 2)}
"""Group and subfunction of user data that change the device: password, clock, memory by hand."""
_S7, _S7_PLUS = 0x32, 0x72


def is_s7(data: bytes) -> bool:
    """Whether a segment begins with an S7 message, or connects to a rack and slot."""
    if len(data) < 7 or data[0] != 3 or data[1] != 0:
        return False
    size = data[2] << 8 | data[3]
    if data[5] == _DATA and data[4] == 2 and len(data) >= 11:
        return data[7] == _S7 and data[8] in (_JOB, _ACK, _ACK_DATA, _USER_DATA) and size >= 17
    # RDP's connection request names no transport selectors; S7's are two octets each.
    if data[5] not in (_CONNECT, _CONFIRM) or size != data[4] + 5 or len(data) < size:
        return False
    parameters = _parameters(data[11:size])
    return all(len(parameters.get(code, b"")) == 2 for code in (0xC1, 0xC2))


def is_s7_plus(data: bytes) -> bool:
    """Whether a segment begins with a message of S7comm-plus, the sealed successor."""
    return (
        len(data) >= 12 and data[:2] == b"\x03\x00" and data[4:6] == b"\x02\xf0"
        and data[7] == _S7_PLUS and data[8] in (1, 2, 3)
    )  # fmt: skip


def _parameters(data: bytes) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    at = 0
    while at + 2 <= len(data) and len(found) < 8:
        found.setdefault(data[at], data[at + 2 : at + 2 + data[at + 1]])
        at += 2 + data[at + 1]
    return found


class S7commParser(FramedParser):
    """Jobs and their acknowledgements by PDU reference."""

    service = "s7comm"

    def __init__(self, conversation: Conversation, client: int) -> None:
        super().__init__(conversation, client)
        self._rows = ControlRows(conversation.context, self.service, self._ends)
        self._unit: int | None = None
        self._parts = [b"", b""]

    def length(self, buffer: bytearray, direction: int) -> int:  # noqa: ARG002
        """TPKT (RFC 1006 section 6)."""
        if len(buffer) < 4:
            return 0
        size = buffer[2] << 8 | buffer[3]
        return size if buffer[0] == 3 and buffer[1] == 0 and size >= 7 else -1

    def message(self, data: bytes, direction: int, mark: tuple[int, int]) -> None:
        """One TPDU; a data unit may be spread over several."""
        kind = data[5]
        if kind == _CONNECT and len(data) > 11:
            selector = _parameters(data[11:]).get(0xC2, b"")
            # The low octet of the called selector holds rack (3 bits) and slot (5 bits).
            self._unit = selector[1] if len(selector) == 2 else None
        elif kind == _DATA and len(data) > 7:
            whole = self._parts[direction] + data[5 + data[4] :]
            is_last = bool(data[6] & 0x80)
            self._parts[direction] = b"" if is_last else whole[: self.longest]
            if is_last and whole[:1] == bytes([_S7]):
                self._pdu(whole, mark)

    def _pdu(self, pdu: bytes, mark: tuple[int, int]) -> None:
        if len(pdu) < 10:
            return
        kind, reference, size = pdu[1], pdu[4:6], pdu[6] << 8 | pdu[7]
        if kind in (_ACK, _ACK_DATA):
            error = pdu[10:12] if len(pdu) >= 12 else b""
            self._rows.answered(
                reference, f"error {error.hex()}" if any(error) else _item_error(pdu, size)
            )
            return
        parameter = pdu[10 : 10 + size]
        if not parameter:
            return
        if kind == _JOB:
            code = parameter[0]
            address, quantity = _first_item(parameter)
            function = _FUNCTIONS.get(code, f"Function {code:#04x}")
            self._rows.asked(
                reference,
                ControlRequest(
                    mark, self._unit, code, function, code in _CHANGES, address, quantity
                ),
            )
        elif kind == _USER_DATA and len(parameter) >= 8:
            self._user_data(reference, parameter, mark)

    def _user_data(self, reference: bytes, parameter: bytes, mark: tuple[int, int]) -> None:
        """Parameter head 00 01 12, then type and group, subfunction, sequence number."""
        type_, group, subfunction = parameter[5] >> 4, parameter[5] & 15, parameter[6]
        if type_ == 8:
            error = parameter[10:12] if len(parameter) >= 12 else b""
            self._rows.answered(reference, f"error {error.hex()}" if any(error) else None)
            return
        name = f"{_GROUPS.get(group, f'Group {group}')} {subfunction}"
        is_change = (group, subfunction) in _CHANGING_GROUPS
        request = ControlRequest(mark, self._unit, 0, name, is_change)
        if type_ == 4:
            self._rows.asked(reference, request)
        else:
            self._rows.alone(request)  # pushed by the controller

    def finish(self) -> None:
        """Jobs without an acknowledgement."""
        self._rows.finish()
        super().finish()


def _first_item(parameter: bytes) -> tuple[int | None, int | None]:
    """Byte address and count of the first item of a read or write, where it is an S7ANY."""
    if parameter[0] not in (_READ, _WRITE) or len(parameter) < 14:
        return None, None
    if parameter[2] != 0x12 or parameter[4] != 0x10:
        return None, None
    quantity = parameter[6] << 8 | parameter[7]
    bits = int.from_bytes(parameter[11:14], "big")
    return bits >> 3, quantity


def _item_error(pdu: bytes, size: int) -> str | None:
    """The first return code of the data that is no success (0xFF)."""
    if len(pdu) < 13 or pdu[12] not in (_READ, _WRITE):
        return None
    data = pdu[12 + size : 13 + size]
    return None if data in (b"\xff", b"") else f"item {data.hex()}"
