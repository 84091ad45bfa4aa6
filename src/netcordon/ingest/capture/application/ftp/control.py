"""FTP control connections (RFC 959, 2428): logins, what is asked of files, and announced ends.

Passwords are never looked at. Each telling command is a row with the reply that settles it.
"""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass

from netcordon.ingest.capture.application.files.tracker import Label
from netcordon.ingest.capture.application.ftp.ends import (
    ends_of_eprt,
    ends_of_port,
    port_of_epsv,
    written,
)
from netcordon.ingest.capture.application.record.ends import Address
from netcordon.ingest.capture.application.record.text import safe_text
from netcordon.ingest.capture.application.stream.conversation import Conversation
from netcordon.ingest.capture.application.stream.expected import Announced
from netcordon.ingest.capture.application.stream.lines import LineParser

_TRANSFERS = frozenset((b"RETR", b"STOR", b"STOU", b"APPE"))
_LISTINGS = frozenset((b"LIST", b"NLST", b"MLSD"))
_TELLING = _TRANSFERS | _LISTINGS | {
    b"CWD", b"XCWD", b"CDUP", b"XCUP", b"DELE", b"MKD", b"XMKD", b"RMD", b"XRMD", b"RNFR", b"RNTO",
    b"SITE", b"SIZE", b"MDTM", b"MLST",
}  # fmt: skip
"""Commands with a row; the rest only sets parameters or logs in."""
_MOST_PENDING = 64
_SIZE = re.compile(rb"\((\d{1,15}) bytes\)")
_REPLY = re.compile(rb"(\d{3})(?: |\Z)")


@dataclass(slots=True)
class _Asked:
    command: bytes
    path: str
    time_ns: int
    frame: int
    announced: Announced | None = None
    size: int | None = None


class FtpParser(LineParser):
    """Commands with their replies."""

    service = "ftp"
    most_bytes = 16 << 20

    def __init__(self, conversation: Conversation, client: int) -> None:
        super().__init__(conversation, client)
        self._ends = conversation.client(client)
        self._asked: deque[_Asked] = deque()
        self._announced: Announced | None = None
        self._account = ""
        self._is_binary = True
        self._begins_within = False
        self._greeted = False
        self._software = ""

    def client_line(self, line: bytes, mark: tuple[int, int]) -> None:
        """A command."""
        command, _, argument = line.strip().partition(b" ")
        command, argument = command.upper(), argument.strip()
        if command == b"USER":
            self._account = safe_text(argument)
            self._logins.named("ftp", self._account, *mark)
        elif command == b"AUTH":
            self.turns_secure = True
        elif command == b"TYPE":
            self._is_binary = argument[:1] not in (b"A", b"a", b"E", b"e")
        elif command == b"REST":
            self._begins_within = argument.strip(b"0") != b""
        elif command == b"PORT":
            self._announce(ends_of_port(argument), mark[0])
        elif command == b"EPRT":
            self._announce(ends_of_eprt(argument), mark[0])
        if len(self._asked) >= _MOST_PENDING:
            self._write(self._asked.popleft(), None)
        path = "" if command == b"PASS" else safe_text(argument)
        asked = _Asked(command, path, *mark)
        if command in _TRANSFERS or command in _LISTINGS:
            self._bind(asked)
        self._asked.append(asked)

    def server_line(self, line: bytes, mark: tuple[int, int]) -> None:
        """230 (or 232) is success, 530 failure; 331 asks for the password."""
        code = line[:3]
        if code in (b"230", b"232"):
            self._logins.outcome(True)
        elif code in (b"530", b"430"):
            self._logins.outcome(False)
        is_greeting = not self._greeted and code in (b"120", b"220", b"421")
        if is_greeting and not self._software:
            self._greet(line, mark)
        if not _REPLY.match(line):
            return  # a line within a longer reply
        if is_greeting:
            self._greeted = code != b"120"
            return
        self._greeted = True
        if code == b"227":
            self._announce(ends_of_port(line[4:]), mark[0], is_passive=True)
        elif code == b"229":
            port = port_of_epsv(line)
            self._announce((self._ends.dst_ip, port) if port else None, mark[0])
        if code[:1] == b"1":
            self._begin_transfer(line)
        elif self._asked:
            self._write(self._asked.popleft(), code.decode("ascii"))

    def _greet(self, line: bytes, mark: tuple[int, int]) -> None:
        self._software = safe_text(line[4:].strip()) or "-"
        self._conversation.context.rows.note(
            "application_activity", *mark, self._ends,
            {"protocol": "tcp", "service": "ftp", "is_response": True, "operation": "GREETING",
             "software": self._software, "status": line[:3].decode("ascii")},
        )  # fmt: skip

    def _announce(
        self, end: tuple[Address, int] | None, time_ns: int, *, is_passive: bool = False
    ) -> None:
        if end is None:
            return
        self._announced = Announced(time_ns)
        expected = self._conversation.context.expected
        expected.announce(*end, self._announced)
        if is_passive and end[0] != self._ends.dst_ip:  # behind address translation
            expected.announce(self._ends.dst_ip, end[1], self._announced)

    def _bind(self, asked: _Asked) -> None:
        """The command that an announced connection serves."""
        announced, self._announced = self._announced, None
        is_part, self._begins_within = self._begins_within, False
        if announced is None:
            return
        asked.announced = announced
        announced.is_part = is_part
        announced.is_listing = asked.command in _LISTINGS
        origin = f"ftp://{written(self._ends.dst_ip, self._ends.dst_port)}"
        announced.label = Label("ftp", False, name=asked.path or None, origin=origin)

    def _begin_transfer(self, line: bytes) -> None:
        """150: some servers say how much will come."""
        size = _SIZE.search(line[:512])
        if size is None or not self._asked:
            return
        asked = self._asked[0]
        asked.size = int(size[1])
        announced = asked.announced
        if announced is not None and self._is_binary and asked.command == b"RETR":
            announced.label = announced.label._replace(size=asked.size)

    def _write(self, asked: _Asked, status: str | None) -> None:
        if asked.command not in _TELLING:
            return
        self._conversation.context.rows.note(
            "application_activity", asked.time_ns, asked.frame, self._ends,
            {"protocol": "tcp", "service": "ftp", "is_response": False,
             "operation": asked.command.decode("ascii"), "object": asked.path or None,
             "account": self._account or None, "status": status, "bytes": asked.size},
        )  # fmt: skip

    def finish(self) -> None:
        """What was not answered has no status."""
        while self._asked:
            self._write(self._asked.popleft(), None)
        super().finish()
