"""MongoDB's wire protocol: which commands run on which database, and who logs in."""

from __future__ import annotations

import re

from netcordon.ingest.capture.application.record.logins import Logins
from netcordon.ingest.capture.application.record.text import safe_text
from netcordon.ingest.capture.application.stream.conversation import Conversation
from netcordon.ingest.capture.application.stream.framed import FramedParser

_REPLY, _QUERY, _COMPRESSED, _MESSAGE = 1, 2004, 2012, 2013
_OPERATIONS = frozenset(
    (_REPLY, 2001, 2002, _QUERY, 2005, 2006, 2007, 2010, 2011, _COMPRESSED, _MESSAGE)
)
_STRING = 2
_DATABASE = re.compile(rb"\x02\$db\x00(.{4})([^\x00]{1,64})\x00", re.DOTALL)
_SCRAM_USER = re.compile(rb"n,,n=([^,\x00]{1,256}),r=")
_SUCCEEDED, _FAILED = b"\x08done\x00\x01", b"\x01ok\x00" + bytes(8)
_MOST_TOLD = 128


def is_mongodb(data: bytes) -> bool:
    """Whether a segment begins with a message header whose length and operation exist."""
    if len(data) < 21:
        return False
    size, _, answered, operation = (
        int.from_bytes(data[i : i + 4], "little") for i in (0, 4, 8, 12)
    )
    if operation not in (_REPLY, _QUERY, _COMPRESSED, _MESSAGE) or not 21 <= size <= 48 << 20:
        return False
    if operation == _MESSAGE:
        # Flags of OP_MSG, then the kind of the first section and the size of its document.
        document = int.from_bytes(data[21:25], "little")
        return data[18:20] in (b"\0\0", b"\1\0") and data[20] <= 1 and 5 <= document <= size - 20
    if operation == _QUERY:
        return answered == 0 and b".$cmd\0" in data[20:150]
    return operation == _REPLY and answered != 0 and len(data) >= 36 and data[19] == 0


class MongodbParser(FramedParser):
    """Commands by their name; documents are never kept."""

    service = "mongodb"
    longest = 1 << 20

    def __init__(self, conversation: Conversation, client: int) -> None:
        super().__init__(conversation, client)
        self._logins = Logins(conversation, client, self.service)
        self._told: set[tuple[str, str]] = set()
        self._is_asked = False

    def length(self, buffer: bytearray, direction: int) -> int:  # noqa: ARG002
        """From the message header."""
        if len(buffer) < 16:
            return 0
        size = int.from_bytes(buffer[:4], "little")
        operation = int.from_bytes(buffer[12:16], "little")
        return size if 16 <= size <= 48 << 20 and operation in _OPERATIONS else -1

    def message(self, data: bytes, direction: int, mark: tuple[int, int]) -> None:
        """One message."""
        if direction == self._client:
            self._command(data, mark)
        elif self._is_asked and (_SUCCEEDED in data or _FAILED in data):
            self._is_asked = False
            self._logins.outcome(_SUCCEEDED in data)

    def _command(self, data: bytes, mark: tuple[int, int]) -> None:
        operation = int.from_bytes(data[12:16], "little")
        database = ""
        if operation == _MESSAGE:
            at = 21
            named = _DATABASE.search(data)
            database = safe_text(named[2], 64) if named else ""
        elif operation == _QUERY:
            end = data.find(b"\0", 20, 276)
            if end < 0:
                return
            database = safe_text(data[20:end].partition(b".")[0], 64)
            at = end + 9
        else:
            return
        name, value = _first_field(data[at:])
        if name.lower() in ("saslstart", "authenticate"):
            user = _SCRAM_USER.search(data)
            if user:
                self._logins.named("mongodb", safe_text(user[1], 256), *mark)
                self._is_asked = True
        target = f"{database}.{value}" if value and database else database or value
        if name and (name, target) not in self._told and len(self._told) < _MOST_TOLD:
            self._told.add((name, target))
            self.note(self._client, mark, len(data), operation=name, object=target)

    def finish(self) -> None:
        """A login without an answer stays without an outcome."""
        self._logins.finish()
        super().finish()


def _first_field(document: bytes) -> tuple[str, str]:
    """Name of a document's first field, and its value where that is text: a command."""
    end = document.find(b"\0", 5, 133)
    if len(document) < 7 or end < 0:
        return "", ""
    value = ""
    if document[4] == _STRING:
        size = int.from_bytes(document[end + 1 : end + 5], "little")
        if 1 <= size <= 256:
            value = safe_text(document[end + 5 : end + 4 + size], 128)
    return safe_text(document[5:end], 64), value
