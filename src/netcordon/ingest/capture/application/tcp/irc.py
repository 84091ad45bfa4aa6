"""IRC (RFC 2812): names, channels, and to whom somebody speaks; never what is said."""

from __future__ import annotations

import re

from netcordon.ingest.capture.application.record.activity import Activity
from netcordon.ingest.capture.application.record.text import safe_text
from netcordon.ingest.capture.application.stream.conversation import Conversation
from netcordon.ingest.capture.application.stream.lines import LineParser

CLIENT = re.compile(
    rb"(?:NICK [^\r\n :]{1,64}|CAP LS(?: 30\d)?|PASS [^\r\n]{1,200}|"
    rb"(?:USER|user) [^\r\n ]{1,200} [^\r\n ]{1,200} [^\r\n ]{1,200} :[^\r\n]{0,200})\r?\n"
)
SERVER = re.compile(rb":[^ \r\n]{1,200} (?:NOTICE (?:AUTH|\*|[^ ]{1,64}) :|001 |020 |CAP \* )")
_TOLD = frozenset((b"NICK", b"USER", b"JOIN", b"PART", b"PRIVMSG", b"NOTICE", b"QUIT", b"OPER"))
_MOST_TARGETS = 256


class IrcParser(LineParser):
    """Commands of the client, and the server's answer to its registration."""

    service = "irc"

    def __init__(self, conversation: Conversation, client: int) -> None:
        super().__init__(conversation, client)
        self._activity = Activity(conversation.context, self.service, "tcp")
        self._ends = conversation.client(client)
        self._nick = ""
        self._spoken: set[bytes] = set()

    def client_line(self, line: bytes, mark: tuple[int, int]) -> None:
        """A command with its first parameter."""
        words = line.split(b" ", 2)
        command = words[0].upper()
        target = words[1].lstrip(b":") if len(words) > 1 else b""
        if command not in _TOLD or self._is_repeated(command, target):
            return
        name = safe_text(target, 200)
        if command == b"NICK":
            self._nick = name
        elif command == b"USER":
            self._logins.named("irc", self._nick or name, *mark)
        # The second parameter of JOIN and OPER is a password, that of PRIVMSG the message.
        self._activity.note(
            self._ends, mark, size=len(line), operation=command.decode(),
            object="" if command == b"QUIT" else name, account=self._nick,
        )  # fmt: skip

    def server_line(self, line: bytes, mark: tuple[int, int]) -> None:
        """001 welcomes, 433 and 464 refuse; a message to the client says who speaks."""
        words = line.split(b" ", 3)
        if len(words) < 3 or not words[0].startswith(b":"):
            return
        command = words[1]
        if command == b"001":
            self._logins.outcome(True)
        elif command in (b"433", b"464", b"465"):
            self._logins.outcome(False)
        elif command == b"PRIVMSG" and not self._is_repeated(command, words[0] + words[2]):
            self._activity.note(
                self._ends, mark, is_response=True, size=len(line), operation="PRIVMSG",
                object=safe_text(words[2], 200),
                account=safe_text(words[0][1:].partition(b"!")[0], 200),
            )  # fmt: skip

    def _is_repeated(self, command: bytes, target: bytes) -> bool:
        """Whether a conversation with somebody was told of already."""
        if command not in (b"PRIVMSG", b"NOTICE"):
            return False
        if target in self._spoken or len(self._spoken) >= _MOST_TARGETS:
            return True
        self._spoken.add(target)
        return False

    def finish(self) -> None:
        """A login without an answer stays without an outcome."""
        super().finish()
        self._activity.finish()
