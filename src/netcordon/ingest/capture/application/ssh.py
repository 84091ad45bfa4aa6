"""SSH: banners (RFC 4253 section 4.2) and HASSH of the key exchange lists.

HASSH is MD5 over ``kex;encryption;mac;compression``: of the client's lists for the direction
client to server, for HASSH server of the server's lists for server to client
(github.com/salesforce/hassh).
"""

from __future__ import annotations

import hashlib

from netcordon.ingest.capture.application.record.text import safe_text
from netcordon.ingest.capture.application.stream.conversation import Conversation

_MOST_BANNER = 8 << 10
_LONGEST_PACKET = 64 << 10
_KEXINIT = 20
_LISTS = 10
_SERVER_MARKS = (b"ext-info-s", b"kex-strict-s-v00@openssh.com")


class SshParser:
    """Reads each direction's banner and first packet, then wants nothing more."""

    measures = False

    def __init__(self, conversation: Conversation, client: int) -> None:
        self._conversation = conversation
        self._client = client
        self._banners: list[bytes | None] = [None, None]
        self._lists: list[list[bytes]] = [[], []]
        self._first: tuple[int, int] | None = None
        self._written = False
        conversation.label("ssh")

    def advance(self, direction: int) -> None:
        """Read banner and KEXINIT as far as the bytes go."""
        conversation = self._conversation
        stream = conversation.streams[direction]
        while self._banners[direction] is None and stream.buffer:
            end = stream.buffer.find(b"\n", 0, _MOST_BANNER)
            if end < 0:
                if len(stream.buffer) >= _MOST_BANNER:
                    conversation.stop(direction)
                return
            line = bytes(stream.buffer[:end]).rstrip(b"\r")
            mark = stream.mark()
            stream.consume(end + 1)
            if line.startswith(b"SSH-"):  # a server may send other lines first
                self._banners[direction] = line
                self._first = self._first or mark
        if self._banners[direction] is not None and len(stream.buffer) >= 4:
            size = int.from_bytes(stream.buffer[:4], "big")
            if 12 <= size <= _LONGEST_PACKET and len(stream.buffer) < size + 4:
                return
            if size <= _LONGEST_PACKET:
                self._lists[direction] = _name_lists(bytes(stream.buffer[4 : size + 4]))
            conversation.stop(direction)
        if not conversation.want:
            self.finish()

    def gap(self, direction: int) -> None:
        """What follows cannot be told apart."""
        self._conversation.stop(direction)

    def finish(self) -> None:
        """Write the row."""
        if self._written or self._first is None:
            return
        self._written = True
        if any(mark in self._lists[self._client][:1][0].split(b",")
               for mark in _SERVER_MARKS if self._lists[self._client]):  # fmt: skip
            self._client = 1 - self._client  # the recording began after the connection did
        client, server = self._client, 1 - self._client
        self._conversation.context.rows.add(
            "ssh_activity",
            *self._first,
            *self._conversation.client(client),
            _text(self._banners[client]),
            _text(self._banners[server]),
            _hassh(self._lists[client], (0, 2, 4, 6)),
            _hassh(self._lists[server], (0, 3, 5, 7)),
        )


def _text(banner: bytes | None) -> str | None:
    return None if banner is None else safe_text(banner, 512)


def _name_lists(packet: bytes) -> list[bytes]:
    """The ten name-lists of a KEXINIT (RFC 4253 section 7.1), empty when it is none."""
    if len(packet) < 18 or packet[1] != _KEXINIT:
        return []
    lists: list[bytes] = []
    at = 18
    for _ in range(_LISTS):
        size = int.from_bytes(packet[at : at + 4], "big")
        if at + 4 + size > len(packet):
            return []
        lists.append(packet[at + 4 : at + 4 + size])
        at += 4 + size
    return lists


def _hassh(lists: list[bytes], which: tuple[int, int, int, int]) -> str | None:
    if not lists:
        return None
    joined = b";".join(lists[i] for i in which)
    return hashlib.md5(joined, usedforsecurity=False).hexdigest()
