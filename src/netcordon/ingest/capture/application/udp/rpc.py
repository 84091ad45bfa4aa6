"""ONC RPC over UDP (RFC 5531): the port mapper (RFC 1833) and NFS; calls, not what they carry."""

from __future__ import annotations

from netcordon.ingest.capture.application.datagram.flow import Datagram, DatagramFlow, MessageReader
from netcordon.ingest.capture.application.record.activity import detail

_PROGRAMS = {
    100000: "portmap", 100003: "nfs", 100005: "mount", 100021: "nlockmgr", 100024: "status",
    100227: "nfs_acl",
}  # fmt: skip
_PORTMAP = {
    0: "NULL", 1: "SET", 2: "UNSET", 3: "GETPORT", 4: "DUMP", 5: "CALLIT", 6: "GETTIME",
    7: "UADDR2TADDR", 8: "TADDR2UADDR", 9: "GETVERSADDR", 10: "INDIRECT", 11: "GETADDRLIST",
    12: "GETSTAT",
}  # fmt: skip
_MOUNT = {0: "NULL", 1: "MNT", 2: "DUMP", 3: "UMNT", 4: "UMNTALL", 5: "EXPORT"}
_MOST_ROWS = 32


class RpcReader(MessageReader):
    """Calls by program and procedure; each kind is told once a flow."""

    def __init__(self, flow: DatagramFlow) -> None:
        super().__init__(flow)
        self._told: set[tuple[int, int, int]] = set()

    def read(self, datagram: Datagram) -> bool:
        """One call; replies and everything else are passed over."""
        data = datagram.payload
        if len(data) < 24 or data[4:8] != b"\0\0\0\0":
            return True
        program, version, procedure = (int.from_bytes(data[i : i + 4], "big") for i in (12, 16, 20))
        key = (program, version, procedure)
        if program not in _PROGRAMS or key in self._told or len(self._told) >= _MOST_ROWS:
            return True
        self._told.add(key)
        words = {100000: _PORTMAP, 100005: _MOUNT}.get(program, {})
        asked = None
        if program == 100000 and procedure == 3 and version == 2:
            asked = _asked_program(data)
        self.note(
            datagram,
            datagram.direction,
            operation=f"{_PROGRAMS[program]} {words.get(procedure, procedure)}",
            object=asked,
            detail=detail(version=version),
        )
        return True


class PortmapReader(RpcReader):
    """The port mapper."""

    service = "portmap"


class NfsReader(RpcReader):
    """NFS and its companions."""

    service = "nfs"


def _asked_program(data: bytes) -> str | None:
    """The program whose port is asked for: behind credentials and verifier."""
    if len(data) < 32:
        return None
    at = 32 + (int.from_bytes(data[28:32], "big") + 3 & ~3)
    at += 8 + (int.from_bytes(data[at + 4 : at + 8], "big") + 3 & ~3)
    if at + 4 > len(data):
        return None
    program = int.from_bytes(data[at : at + 4], "big")
    return _PROGRAMS.get(program, str(program))
