"""NetBIOS session messages and the SMB messages within them (RFC 1002, [MS-SMB2] section 2.1).

Content of files is not looked at here: it goes by, or on its way to the hash of the file it
belongs to. Short reads and writes are read whole, for they carry remote procedure calls.
"""

from __future__ import annotations

from netcordon.ingest.capture.application.smb import smb1, smb2
from netcordon.ingest.capture.application.smb.session import Session
from netcordon.ingest.capture.application.smb.smb2 import Payload
from netcordon.ingest.capture.application.stream.conversation import Conversation

SMALL = 16 << 10
"""Octets up to which an element is read whole."""
_HEAD = 176
"""Octets of a longer element that say what it is."""
_NETBIOS_KINDS = (0, 0x81, 0x82, 0x83, 0x84, 0x85)
_SMB1, _SMB2, _SEALED, _COMPRESSED = b"\xffSMB", b"\xfeSMB", b"\xfdSMB", b"\xfcSMB"
_MAGIC = (_SMB1, _SMB2, _SEALED, _COMPRESSED)
_TRANSFORM = 52


class _Half:
    """How far one direction is read."""

    __slots__ = ("is_lost", "left", "payload", "rest")

    def __init__(self) -> None:
        self.is_lost = False
        self.left = 0  # octets of the NetBIOS message that stand before the next one
        self.payload: Payload | None = None  # file content that comes next
        self.rest = 0  # octets of the element behind it


class SmbParser:
    """Follows NetBIOS session messages in both directions."""

    measures = False

    def __init__(self, conversation: Conversation, client: int) -> None:
        self._conversation = conversation
        self._client = client
        self._session = Session(conversation, client)
        self._smb1 = smb1.Smb1(self._session)
        self._smb2 = smb2.Smb2(self._session)
        self._halves = (_Half(), _Half())
        conversation.label("smb")

    def advance(self, direction: int) -> None:
        """Read messages as far as the bytes go."""
        half, stream = self._halves[direction], self._conversation.streams[direction]
        if half.is_lost and not self._find_message(direction):
            return
        while stream.buffer:
            if half.payload is not None:
                if not self._carry(half, direction):
                    return
            elif half.left:
                if not self._element(half, direction):
                    return
            elif not self._begin(half, direction):
                return

    def _begin(self, half: _Half, direction: int) -> bool:
        """The header of the next NetBIOS message; says whether reading goes on."""
        stream = self._conversation.streams[direction]
        if len(stream.buffer) < 4:
            return False
        kind, size = stream.buffer[0], int.from_bytes(stream.buffer[1:4], "big")
        if kind not in _NETBIOS_KINDS:
            half.is_lost = True
            return self._find_message(direction)
        if kind == 0:
            half.left = size
            stream.consume(4)
        else:
            self._conversation.skip(direction, size + 4)
        return True

    def _element(self, half: _Half, direction: int) -> bool:
        """One SMB message, or one element of a compound; says whether reading goes on."""
        conversation, stream = self._conversation, self._conversation.streams[direction]
        buffer = stream.buffer
        if len(buffer) < min(half.left, smb2.HEADER):
            return False
        magic, size = bytes(buffer[:4]), half.left
        if magic == _SMB2 and size >= smb2.HEADER:
            behind = int.from_bytes(buffer[20:24], "little")
            size = behind if smb2.HEADER <= behind < size else size
        elif magic in (_SEALED, _COMPRESSED):
            self._say_unreadable(magic, bytes(buffer[:_TRANSFORM]), stream.mark())
            return self._pass(half, direction, size)
        elif magic != _SMB1 or size < smb1.HEADER + 3:
            return self._pass(half, direction, size)
        needed = size if size <= SMALL else SMALL if self._is_setup(magic, buffer) else _HEAD
        if len(buffer) < needed:
            return False
        reader = self._smb2 if magic == _SMB2 else self._smb1
        message, mark = bytes(buffer[:needed]), stream.mark(needed - 1)
        payload = reader.read(message, size, direction == self._client, mark)
        if payload is None:
            return self._pass(half, direction, size)
        conversation.skip(direction, payload.begin)
        half.left -= size
        half.payload, half.rest = payload, size - payload.begin - payload.size
        return True

    def _pass(self, half: _Half, direction: int, count: int) -> bool:
        half.left -= count
        self._conversation.skip(direction, count)
        return True

    @staticmethod
    def _is_setup(magic: bytes, buffer: bytearray) -> bool:
        if magic == _SMB1:
            return buffer[4] == smb1.SESSION_SETUP
        return buffer[12] == smb2.SESSION_SETUP and buffer[13] == 0

    def _carry(self, half: _Half, direction: int) -> bool:
        """Hand file content on as far as it has come; says whether reading goes on."""
        conversation, stream = self._conversation, self._conversation.streams[direction]
        assert half.payload is not None
        file, _, size, offset = half.payload
        mark = stream.mark()
        if not file.wants_bytes and offset == file.end:
            file.pass_by(size, *mark)
            taken = size
        else:
            taken = min(size, len(stream.buffer))
            with memoryview(stream.buffer) as view, view[:taken] as piece:
                file.take_at(offset, piece, *mark)
            if taken:
                file.reached(stream.mark(taken - 1)[1])
        if taken < size:
            stream.consume(taken)
            half.payload = half.payload._replace(size=size - taken, offset=offset + taken)
            return False
        conversation.skip(direction, taken + half.rest)
        half.payload, half.rest = None, 0
        return True

    def _say_unreadable(self, magic: bytes, head: bytes, mark: tuple[int, int]) -> None:
        if magic == _COMPRESSED:
            self._conversation.context.give_up("SMB message compressed", mark[1])
        else:
            self._session.say_encrypted(mark, int.from_bytes(head[44:52], "little"))

    def _find_message(self, direction: int) -> bool:
        # Only what ``advance`` takes for a message, or it would come back here for ever.
        is_found = self._conversation.streams[direction].find_segment(
            lambda head: head[:1] == b"\x00" and head[4:] in _MAGIC, 8
        )
        self._halves[direction].is_lost = not is_found
        return is_found

    def gap(self, direction: int) -> None:
        """Find the next message behind the gap."""
        half = self._halves[direction]
        if half.payload is not None:
            half.payload.file.miss()
        half.is_lost, half.left, half.payload, half.rest = True, 0, None, 0

    def finish(self) -> None:
        """Write the requests without an answer and the files that were not closed."""
        self._session.finish()
