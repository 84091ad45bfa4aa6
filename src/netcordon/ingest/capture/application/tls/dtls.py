"""DTLS 1.0 to 1.3 (RFC 4347, 6347, 9147): the handshake messages before encryption.

Messages come in fragments, in any order and more than once (RFC 6347 section 4.2.3).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from netcordon.ingest.capture.application.datagram.flow import (
    Datagram,
    DatagramFlow,
    DatagramReader,
)
from netcordon.ingest.capture.application.tls.handshake import (
    CLIENT_HELLO,
    HELLO_VERIFY_REQUEST,
    SERVER_HELLO,
    Handshake,
    Mark,
)

_CHANGE_CIPHER_SPEC, _HANDSHAKE = 20, 22
_RECORD_HEADER, _MESSAGE_HEADER = 13, 12
_VERSIONS = (0xFEFF, 0xFEFD, 0xFEFC, 0x0100)
_MOST_RECORDS = 32
_LONGEST_MESSAGE = 32 << 10
_MOST_WAITING = 8
"""Messages of a side that are put together at a time."""
_MOST_FRAGMENTS = 64
_HELLOS = (CLIENT_HELLO, SERVER_HELLO, HELLO_VERIFY_REQUEST)


class _Fragment(NamedTuple):
    kind: int
    size: int
    number: int
    offset: int
    data: bytes


class _Message:
    """A handshake message being put together.

    Attributes:
        kind: HandshakeType.
        mark: where its first fragment was.
        whole: the message without its header, once all of it is there.
    """

    __slots__ = ("_held", "_parts", "_size", "kind", "mark", "whole")

    def __init__(self, fragment: _Fragment, mark: Mark) -> None:
        self.kind = fragment.kind
        self.mark = mark
        self.whole: bytes | None = None
        self._size = fragment.size
        self._parts: dict[int, bytes] = {}
        self._held = 0

    def add(self, fragment: _Fragment) -> None:
        """Take a fragment; they may overlap, and the longest at an offset counts."""
        if self.whole is not None or (fragment.kind, fragment.size) != (self.kind, self._size):
            return
        known = self._parts.get(fragment.offset)
        if known is not None and len(known) >= len(fragment.data):
            return
        self._held += len(fragment.data)
        if self._held > 2 * _LONGEST_MESSAGE or len(self._parts) > _MOST_FRAGMENTS:
            return
        self._parts[fragment.offset] = fragment.data
        whole = bytearray()
        for offset in sorted(self._parts):
            if offset > len(whole):
                return
            whole += self._parts[offset][len(whole) - offset :]
        if len(whole) == self._size:
            self.whole = bytes(whole)
            self._parts.clear()


class DtlsReader(DatagramReader):
    """The handshake of one flow."""

    def __init__(self, flow: DatagramFlow) -> None:
        super().__init__(flow)
        self._client = -1
        self._handshake: Handshake | None = None
        self._waiting: tuple[dict[int, _Message], dict[int, _Message]] = ({}, {})
        self._next = [-1, -1]  # number of the message to read next, -1 before the hello

    def read(self, datagram: Datagram) -> bool:
        """Read the records of a datagram."""
        for kind, body in _records(datagram.payload):
            if kind == _HANDSHAKE:
                for fragment in _fragments(body):
                    self._take(datagram, fragment)
            elif self._handshake is not None:
                is_client = datagram.direction == self._client
                if kind == _CHANGE_CIPHER_SPEC:
                    self._handshake.change_cipher(is_client)
                else:
                    self._handshake.lose(is_client)
        self._stop()
        return True

    def finish(self) -> None:
        """Read what waits behind a message that never came, and hand on what is known."""
        if self._handshake is None:
            return
        for direction, waiting in enumerate(self._waiting):
            for _, message in sorted(waiting.items()):
                self._hand_over(direction, message)
        self._handshake.write()

    def _take(self, datagram: Datagram, fragment: _Fragment) -> None:
        direction = datagram.direction
        if self._handshake is None:
            if fragment.kind == CLIENT_HELLO:
                self._client = direction
            elif fragment.kind in (SERVER_HELLO, HELLO_VERIFY_REQUEST):
                self._client = 1 - direction
            else:
                return
            ends = self._flow.client(self._client)
            self._handshake = Handshake(self._flow.context, ends, "udp")
        waiting = self._waiting[direction]
        if fragment.size > _LONGEST_MESSAGE or fragment.number < self._next[direction]:
            return
        message = waiting.get(fragment.number)
        if message is None:
            if len(waiting) >= _MOST_WAITING:
                return
            message = _Message(fragment, (datagram.time_ns, datagram.frame))
            waiting[fragment.number] = message
        if not self._handshake.hold(direction == self._client, len(fragment.data), message.mark):
            return
        message.add(fragment)
        self._read_in_order(direction, fragment.number)

    def _read_in_order(self, direction: int, number: int) -> None:
        waiting = self._waiting[direction]
        if self._next[direction] < 0 and waiting[number].kind in _HELLOS:
            self._next[direction] = number
        while (message := waiting.get(self._next[direction])) and message.whole is not None:
            del waiting[self._next[direction]]
            self._next[direction] += 1
            self._hand_over(direction, message)

    def _hand_over(self, direction: int, message: _Message) -> None:
        is_client = direction == self._client
        if self._handshake and message.whole is not None and self._handshake.wants(is_client):
            self._handshake.take(is_client, message.kind, message.whole, message.mark)

    def _stop(self) -> None:
        """Want no more of the sides that are done with."""
        handshake = self._handshake
        if handshake is None:
            return
        for direction in (0, 1):
            if not handshake.wants(direction == self._client):
                self._flow.stop(direction)
                self._waiting[direction].clear()
        if not self._flow.want:
            handshake.write()


def _records(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Content type and content of the records that are in clear (epoch 0)."""
    at = 0
    for _ in range(_MOST_RECORDS):
        if at + _RECORD_HEADER > len(data):
            return
        size = data[at + 11] << 8 | data[at + 12]
        behind = at + _RECORD_HEADER + size
        if (data[at + 1] << 8 | data[at + 2]) not in _VERSIONS or behind > len(data):
            return
        if data[at + 3] == 0 and data[at + 4] == 0:
            yield data[at], data[at + _RECORD_HEADER : behind]
        at = behind


def _fragments(body: bytes) -> Iterator[_Fragment]:
    """Handshake messages, or parts of them, in a record."""
    at = 0
    for _ in range(_MOST_RECORDS):
        if at + _MESSAGE_HEADER > len(body):
            return
        size = int.from_bytes(body[at + 1 : at + 4], "big")
        offset = int.from_bytes(body[at + 6 : at + 9], "big")
        length = int.from_bytes(body[at + 9 : at + 12], "big")
        behind = at + _MESSAGE_HEADER + length
        if behind > len(body) or offset + length > size:
            return
        number = body[at + 4] << 8 | body[at + 5]
        yield _Fragment(body[at], size, number, offset, body[at + _MESSAGE_HEADER : behind])
        at = behind
