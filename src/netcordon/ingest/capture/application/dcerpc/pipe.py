"""Units of DCE/RPC out of the reads and writes of a named pipe."""

from __future__ import annotations

from netcordon.ingest.capture.application.dcerpc import pdu
from netcordon.ingest.capture.application.dcerpc.association import Association

_MOST_WAITING = 64 << 10


class Pipe:
    """Both directions of one open pipe; a unit may come in several reads or writes."""

    def __init__(self, association: Association) -> None:
        self._association = association
        self._waiting = (bytearray(), bytearray())

    def carry(self, data: bytes, from_client: bool, mark: tuple[int, int]) -> None:
        """Take what one request or answer carries."""
        waiting = self._waiting[from_client]
        waiting += data
        while len(waiting) >= pdu.HEAD:
            unit = pdu.head(waiting)
            if unit is None:
                waiting.clear()  # another protocol, or the beginning was not captured
                return
            if len(waiting) < unit.size:
                break
            self._association.read(unit, bytes(waiting[: unit.size]), from_client, mark)
            del waiting[: unit.size]
        if len(waiting) > _MOST_WAITING:
            waiting.clear()

    def finish(self) -> None:
        """The pipe is closed."""
        self._association.finish()


def is_unit(data: bytes) -> bool:
    """Whether data on a pipe whose opening was not seen begins with a unit of DCE/RPC."""
    unit = pdu.head(data)
    return unit is not None and unit.size >= len(data) > pdu.HEAD
