"""DNP3 over TCP (IEEE 1815): requests of masters matched to the answers of outstations."""

from __future__ import annotations

from netcordon.ingest.capture.application.record.control_rows import ControlRequest, ControlRows
from netcordon.ingest.capture.application.stream.conversation import Conversation
from netcordon.ingest.capture.application.stream.framed import FramedParser
from netcordon.ingest.capture.application.tcp.dnp3_link import (
    START,
    Transport,
    checksum,
    frame_length,
    read_frame,
)

_FUNCTIONS = {
    0: "Confirm", 1: "Read", 2: "Write", 3: "Select", 4: "Operate", 5: "Direct Operate",
    6: "Direct Operate No Ack", 7: "Freeze", 8: "Freeze No Ack", 9: "Freeze and Clear",
    10: "Freeze and Clear No Ack", 11: "Freeze With Time", 12: "Freeze With Time No Ack",
    13: "Cold Restart", 14: "Warm Restart", 15: "Initialize Data", 16: "Initialize Application",
    17: "Start Application", 18: "Stop Application", 19: "Save Configuration",
    20: "Enable Unsolicited", 21: "Disable Unsolicited", 22: "Assign Class",
    23: "Delay Measurement", 24: "Record Current Time", 25: "Open File", 26: "Close File",
    27: "Delete File", 28: "Get File Info", 29: "Authenticate File", 30: "Abort File",
    31: "Activate Config", 32: "Authentication Request", 33: "Authentication Request No Ack",
    129: "Response", 130: "Unsolicited Response", 131: "Authentication Response",
}  # fmt: skip
_CHANGES = frozenset((2, 3, 4, 5, 6, 9, 10, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 27, 30, 31))
_CONFIRM, _RESPONSE, _UNSOLICITED, _AUTHENTICATION = 0, 129, 130, 131
_WITHOUT_ANSWER = frozenset((_CONFIRM, 6, 8, 10, 12, 33))
_TROUBLE = {
    0x01: "function not supported", 0x02: "object unknown", 0x04: "parameter error",
    0x10: "already executing", 0x20: "configuration corrupt",
}  # fmt: skip
"""Second octet of the internal indications, as far as it reports errors of the request."""
_MOST_PEERS = 64


def is_dnp3(data: bytes) -> bool:
    """Whether a segment begins with a link header of a sound checksum."""
    return (
        len(data) >= 10 and data[:2] == START and data[2] >= 5
        and checksum(data[:8]) == data[8] | data[9] << 8
    )  # fmt: skip


class Dnp3Parser(FramedParser):
    """Link frames, transport segments, application fragments."""

    service = "dnp3"

    def __init__(self, conversation: Conversation, client: int) -> None:
        super().__init__(conversation, client)
        self._rows = ControlRows(conversation.context, self.service, self._ends)
        self._transports: dict[tuple[int, int, int], Transport] = {}

    def length(self, buffer: bytearray, direction: int) -> int:  # noqa: ARG002
        """From the link header."""
        if len(buffer) < 3:
            return 0
        return frame_length(buffer) if buffer[:2] == START else -1

    def message(self, data: bytes, direction: int, mark: tuple[int, int]) -> None:
        """One link frame."""
        frame = read_frame(data)
        if frame is None or frame.data is None:
            self._conversation.context.give_up("checksum wrong in a control message", mark[1])
            return
        if not frame.is_primary or frame.function not in (3, 4):
            return
        key = (direction, frame.source, frame.destination)
        if key not in self._transports and len(self._transports) >= _MOST_PEERS:
            return
        transport = self._transports.setdefault(key, Transport())
        for fragment in transport.take(frame.data):
            outstation = frame.destination if frame.from_master else frame.source
            self._fragment(fragment, outstation, mark)

    def _fragment(self, fragment: bytes, outstation: int, mark: tuple[int, int]) -> None:
        if len(fragment) < 2:
            return
        sequence, code = fragment[0] & 15, fragment[1]
        if code in (_RESPONSE, _AUTHENTICATION):
            trouble = fragment[3] if len(fragment) >= 4 else 0
            named = [name for bit, name in _TROUBLE.items() if trouble & bit]
            self._rows.answered((outstation, sequence), ", ".join(named) or None)
            return
        address, quantity = _first_object(fragment[4 if code == _UNSOLICITED else 2 :])
        request = ControlRequest(
            mark, outstation, code, _FUNCTIONS.get(code, f"Function {code}"), code in _CHANGES,
            address, quantity,
        )  # fmt: skip
        if code == _CONFIRM:
            return
        if code in _WITHOUT_ANSWER or code == _UNSOLICITED:
            self._rows.alone(request)
        else:
            self._rows.asked((outstation, sequence), request)

    def finish(self) -> None:
        """Requests without an answer."""
        self._rows.finish()
        super().finish()


def _first_object(objects: bytes) -> tuple[int | None, int | None]:
    """First index and count of the first object header, as far as its qualifier tells."""
    if len(objects) < 3:
        return None, None
    prefix, specifier = objects[2] >> 4 & 7, objects[2] & 15
    size = {0: 1, 1: 2, 2: 4}.get(specifier, 0)
    if size and len(objects) >= 3 + 2 * size:
        start = int.from_bytes(objects[3 : 3 + size], "little")
        stop = int.from_bytes(objects[3 + size : 3 + 2 * size], "little")
        return start, max(0, stop - start + 1)
    size = {7: 1, 8: 2, 9: 4}.get(specifier, 0)
    if size and len(objects) >= 3 + size:
        count = int.from_bytes(objects[3 : 3 + size], "little")
        width = {1: 1, 2: 2, 3: 4}.get(prefix, 0)
        index = objects[3 + size : 3 + size + width]
        return int.from_bytes(index, "little") if width and len(index) == width else None, count
    return None, None
