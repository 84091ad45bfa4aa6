"""QUIC (RFC 9000, 9369, and the drafts before them): the handshake in its Initial packets.

One flow may carry several connections; after a Retry or Version Negotiation the client's second
try is the same handshake. Once both hellos are read nothing more of the flow is wanted.
"""

from __future__ import annotations

from netcordon.ingest.capture.application.datagram.flow import (
    Datagram,
    DatagramFlow,
    DatagramReader,
)
from netcordon.ingest.capture.application.quic.frames import crypto_pieces
from netcordon.ingest.capture.application.quic.packet import Kind, LongHeader, long_headers
from netcordon.ingest.capture.application.quic.protection import Keys, initial_keys
from netcordon.ingest.capture.application.stream.reassembly import Stream
from netcordon.ingest.capture.application.tls.handshake import Handshake, Mark

_MOST_CONNECTIONS = 8
_MOST_KEYS = 4
_GOOGLE = ord("T")
"""First octet of the versions by which Google moved its QUIC to TLS."""
_LONGEST_FLIGHT = 16 << 10
"""Octets of a side's CRYPTO stream that are kept until a message in it is whole."""


class _Connection:
    """One attempt to connect: its keys, both CRYPTO streams, and the handshake in them."""

    def __init__(self, flow: DatagramFlow, client: int) -> None:
        self.client = client
        self.is_repeated = False  # by Retry or Version Negotiation; another Initial is to come
        self._keys: dict[tuple[int, bytes], Keys] = {}
        self._streams = (Stream(flow.context.budget), Stream(flow.context.budget))
        self.handshake = Handshake(flow.context, flow.client(client), "quic")

    def learn(self, version: int, destination: bytes, keys: Keys) -> None:
        """Remember keys; the oldest ones go."""
        self._keys[version, destination] = keys
        if len(self._keys) > _MOST_KEYS:
            del self._keys[next(iter(self._keys))]

    def expect(self, version: int) -> None:
        """The server may answer in another version than it was asked in (RFC 9368)."""
        for _, destination in list(self._keys):
            if (version, destination) not in self._keys:
                for keys in initial_keys(version, destination)[:1]:
                    self.learn(version, destination, keys)

    def open(self, data: bytes, header: LongHeader, is_client: bool) -> bytes | None:
        """Payload of an Initial packet, ``None`` when it is not of this connection."""
        for (version, _), keys in reversed(self._keys.items()):
            if version == header.version:
                payload = (keys.client if is_client else keys.server).open(data, header)
                if payload is not None:
                    return payload
        return None

    def take(self, payload: bytes, version: int, is_client: bool, mark: Mark) -> None:
        """Read the handshake messages that the frames of a packet bring or complete."""
        stream = self._streams[not is_client]
        for offset, piece in crypto_pieces(payload, is_google=version >> 24 == _GOOGLE):
            if not self.handshake.wants(is_client):
                break
            if offset > _LONGEST_FLIGHT or not self.handshake.hold(is_client, len(piece), mark):
                continue
            if stream.arrive(offset, piece, *mark):
                self._read(stream, is_client)
        if not self.handshake.wants(is_client):
            stream.drop()

    def _read(self, stream: Stream, is_client: bool) -> None:
        taken = self.handshake.read(is_client, stream.buffer, stream.mark())
        if taken:
            stream.consume(taken)
        if len(stream.buffer) > _LONGEST_FLIGHT:
            self.handshake.lose(is_client)

    def close(self) -> None:
        """Hand on what is known."""
        for stream in self._streams:
            stream.drop()
        self.handshake.write()


class QuicReader(DatagramReader):
    """Initial packets of one flow."""

    def __init__(self, flow: DatagramFlow) -> None:
        super().__init__(flow)
        self._connections: list[_Connection] = []
        self._is_read = False
        self._unread: int | None = None  # frame of the first Initial that could not be read

    def read(self, datagram: Datagram) -> bool:
        """Read the coalesced packets of a datagram."""
        for header in long_headers(datagram.payload):
            if header.kind is Kind.INITIAL:
                self._take_initial(datagram, header)
            elif header.kind in (Kind.RETRY, Kind.VERSION_NEGOTIATION):
                self._take_repeat(datagram, header)
            if not self._flow.want:
                break
        return True

    def _take_initial(self, datagram: Datagram, header: LongHeader) -> None:
        mark = (datagram.time_ns, datagram.frame)
        for connection in reversed(self._connections):
            is_client = connection.client == datagram.direction
            if not is_client:
                connection.expect(header.version)
            payload = connection.open(datagram.payload, header, is_client)
            if payload is not None:
                self._feed(connection, payload, header.version, is_client, mark)
                return
        self._begin(datagram, header, mark)

    def _begin(self, datagram: Datagram, header: LongHeader, mark: Mark) -> None:
        """A client's Initial to an id of its own making: a new try, or a new connection."""
        for keys in initial_keys(header.version, header.destination):
            payload = keys.client.open(datagram.payload, header)
            if payload is not None:
                break
        else:
            if self._unread is None:
                self._unread = datagram.frame
            return
        connection = next(
            (c for c in self._connections if c.is_repeated and c.client == datagram.direction),
            None,
        )
        if connection is None:
            if len(self._connections) == _MOST_CONNECTIONS:
                self._connections.pop(0).close()
            connection = _Connection(self._flow, datagram.direction)
            self._connections.append(connection)
        connection.is_repeated = False
        connection.learn(header.version, header.destination, keys)
        self._feed(connection, payload, header.version, True, mark)

    def _take_repeat(self, datagram: Datagram, header: LongHeader) -> None:
        for connection in self._connections:
            if connection.client != datagram.direction:
                connection.is_repeated = True
                if header.kind is Kind.RETRY:
                    # From here on keys come from the id that the server chose.
                    for keys in initial_keys(header.version, header.source)[:1]:
                        connection.learn(header.version, header.source, keys)

    def _feed(
        self, connection: _Connection, payload: bytes, version: int, is_client: bool, mark: Mark
    ) -> None:
        connection.take(payload, version, is_client, mark)
        self._is_read = True
        handshake = connection.handshake
        if not handshake.wants_client and not handshake.wants_server:
            self._connections.remove(connection)
            connection.close()
            if not self._connections:
                self._flow.stop_all()

    def finish(self) -> None:
        """Hand on what is known of the connections that were not answered."""
        for connection in self._connections:
            connection.close()
        self._connections.clear()
        if not self._is_read and self._unread is not None:
            self._flow.context.give_up("QUIC handshake not readable", self._unread)
