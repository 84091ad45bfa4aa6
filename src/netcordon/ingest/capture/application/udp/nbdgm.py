"""NetBIOS datagrams (RFC 1002 section 4.4) and the host announcements in them ([MS-BRWS])."""

from __future__ import annotations

from netcordon.ingest.capture.application.datagram.flow import Datagram, DatagramFlow, MessageReader
from netcordon.ingest.capture.application.record.text import safe_text

_SLOT = b"\\MAILSLOT\\"
_BROWSE = b"\\MAILSLOT\\BROWSE\0"
_SMB = b"\xffSMB\x25"
_COMMANDS = {
    1: "HostAnnouncement", 2: "AnnouncementRequest", 8: "RequestElection",
    9: "GetBackupListRequest", 10: "GetBackupListResponse", 11: "BecomeBackup",
    12: "DomainAnnouncement",
    13: "MasterAnnouncement", 14: "ResetStateRequest", 15: "LocalMasterAnnouncement",
}  # fmt: skip
_ANNOUNCES_ITSELF = (1, 15)
_MOST_ROWS = 32


class NbdgmReader(MessageReader):
    """One flow; hosts repeat themselves, so each message is told once."""

    service = "nbdgm"

    def __init__(self, flow: DatagramFlow) -> None:
        super().__init__(flow)
        self._told: set[tuple[str, str, str]] = set()

    def read(self, datagram: Datagram) -> bool:
        """The names of sender and receiver, and what the mailslot holds."""
        data = datagram.payload
        if len(data) < 14 or not 0x10 <= data[0] <= 0x16:
            return False
        if data[0] > 0x12:
            return True  # errors and queries of a datagram server
        source, at = _name(data, 14)
        target, _ = _name(data, at)
        if not source or not target:
            return False
        operation, announced, system = _mail(data)
        key = (operation, source, target)
        if key not in self._told and len(self._told) < _MOST_ROWS:
            self._told.add(key)
            self.note(
                datagram,
                datagram.direction,
                operation=operation,
                object=target,
                account=None,
                software=system,
                detail=None,
            )
        self._identify(datagram, source, announced, system)
        return True

    def _identify(self, datagram: Datagram, source: str, announced: str, system: str) -> None:
        # Bytes 4 to 8 are the sender's address as it knows it; the packet's is the one to trust.
        ends = self._flow.ends
        ip = ends.src_ip if datagram.direction == 0 else ends.dst_ip
        self._flow.context.identities.say(
            "nbdgm", datagram.time_ns, datagram.frame, ip=ip, host_name=announced or source,
            os_hint=system if announced else "",
        )  # fmt: skip


def _name(data: bytes, at: int) -> tuple[str, int]:
    """A first-level encoded name without its suffix, and the offset behind it."""
    raw = data[at + 1 : at + 33]
    if at + 34 > len(data) or data[at] != 32 or any(not 0x41 <= octet <= 0x50 for octet in raw):
        return "", len(data)
    text = bytes(raw[i] - 0x41 << 4 | raw[i + 1] - 0x41 for i in range(0, 32, 2))
    behind = at + 33
    while behind < len(data) and 0 < data[behind] < 64:
        behind += 1 + data[behind]  # the scope
    return safe_text(text[:15].rstrip(b" \0"), 64), behind + 1


def _mail(data: bytes) -> tuple[str, str, str]:
    """What a browser message says: its kind, the host it announces, and its version."""
    smb = data.find(_SMB)
    slot = data.find(_BROWSE, smb) if smb >= 0 else -1
    if slot < 0:
        slot = data.find(_SLOT, smb) if smb >= 0 else -1
        name = data[slot + len(_SLOT) : slot + 64].split(b"\0")[0] if slot >= 0 else b""
        return (f"mailslot {safe_text(name, 32)}" if name else "datagram"), "", ""
    message = data[slot + len(_BROWSE) :]
    if not message:
        return "datagram", "", ""
    operation = _COMMANDS.get(message[0], f"browser {message[0]}")
    if message[0] not in _ANNOUNCES_ITSELF or len(message) < 24:
        return operation, "", ""
    host = safe_text(message[6:22].split(b"\0")[0], 64)
    return operation, host, f"Windows {message[22]}.{message[23]}"
