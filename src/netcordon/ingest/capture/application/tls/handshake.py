"""One handshake of TLS, DTLS or QUIC: what both sides say in clear, and its row.

Whatever carries the messages hands them over one by one and asks which side is still of interest.
Certificates are in clear up to TLS 1.2 (RFC 5246 section 7.4.2, RFC 6347); later they are not.
"""

from __future__ import annotations

from netcordon.ingest.capture.application.record.ends import Ends
from netcordon.ingest.capture.application.record.text import safe_text
from netcordon.ingest.capture.application.stream.conversation import Context
from netcordon.ingest.capture.application.tls import (
    fingerprint as tls_fingerprint,
)
from netcordon.ingest.capture.application.tls import (
    hello as tls_hello,
)
from netcordon.ingest.capture.application.tls.heartbeats import EXTENSION
from netcordon.ingest.capture.application.tls.hello import Hello
from netcordon.ingest.capture.application.x509.certificate import Certificate

HELLO_REQUEST, CLIENT_HELLO, SERVER_HELLO, HELLO_VERIFY_REQUEST, NEW_SESSION_TICKET = range(5)
CERTIFICATE, SUPPLEMENTAL_DATA = 11, 23
_LONGEST_MESSAGE = 64 << 10
_LONGEST = {CERTIFICATE: 128 << 10}
"""Handshake message -> most octets of it that are read."""
MOST_UNFINISHED = 32 << 20
"""Octets that unfinished handshakes over UDP may hold together."""
_BEFORE_CERTIFICATE = (HELLO_REQUEST, HELLO_VERIFY_REQUEST, SUPPLEMENTAL_DATA)
_VERSIONS = {0x0002: "SSLv2", 0x0300: "SSLv3", 0x0301: "TLSv1.0", 0x0302: "TLSv1.1",
             0x0303: "TLSv1.2", 0x0304: "TLSv1.3", 0xFEFF: "DTLSv1.0", 0x0100: "DTLSv1.0",
             0xFEFD: "DTLSv1.2", 0xFEFC: "DTLSv1.3"}  # fmt: skip

Mark = tuple[int, int]
"""Time (ns) and frame."""


class Handshake:
    """State of one handshake. After a HelloRetryRequest the second ServerHello counts.

    Attributes:
        wants_client: whether messages of the client are still of interest.
        wants_server: the same of the server.
        is_retried: whether the server asked for another ClientHello and has not answered it yet.
    """

    __slots__ = (
        "_answered", "_began", "_certificate", "_client", "_client_certificate", "_context",
        "_count", "_ends", "_held", "_is_written", "_protocol", "_retry", "_retry_mark", "_server",
        "_state", "wants_client", "wants_server",
    )  # fmt: skip

    def __init__(self, context: Context, ends: Ends, protocol: str) -> None:
        self._context = context
        self._ends = ends
        self._protocol = protocol
        self._client: Hello | None = None
        self._server: Hello | None = None
        self._retry: Hello | None = None
        self._began: Mark | None = None
        self._answered: Mark | None = None
        self._retry_mark: Mark | None = None
        self._state = ""
        self._certificate: Certificate | None = None
        self._client_certificate: Certificate | None = None
        self._count: int | None = None
        self._held = 0
        self._is_written = False
        self.wants_client = True
        self.wants_server = True

    @property
    def is_retried(self) -> bool:
        """See the class."""
        return self._retry is not None and self._server is None

    @property
    def has_heartbeats(self) -> bool:
        """Whether both sides agreed on heartbeats (RFC 6520 section 2)."""
        return self._server is not None and EXTENSION in self._server.extensions

    def wants(self, is_client: bool) -> bool:
        """Whether messages of a side are still of interest."""
        return self.wants_client if is_client else self.wants_server

    def take(self, is_client: bool, kind: int, body: bytes, mark: Mark) -> None:
        """Take a whole handshake message.

        Args:
            is_client: who sent it.
            kind: HandshakeType.
            body: what follows type and length.
            mark: where its first byte was.
        """
        if is_client:
            self._take_client(kind, body, mark)
        else:
            self._take_server(kind, body, mark)

    def read(self, is_client: bool, message: bytearray, mark: Mark) -> int:
        """Take the whole messages at the front of a side's handshake stream.

        Args:
            is_client: who sent it.
            message: octets in order, from the beginning of a message on.
            mark: where the first of them was.

        Returns:
            How many octets are done with.
        """
        at = 0
        while len(message) >= at + 4 and self.wants(is_client):
            kind = message[at]
            size = message[at + 1] << 16 | message[at + 2] << 8 | message[at + 3]
            if size > _LONGEST.get(kind, _LONGEST_MESSAGE):
                self.lose(is_client)
            elif len(message) < at + 4 + size:
                break
            else:
                self.take(is_client, kind, bytes(message[at + 4 : at + 4 + size]), mark)
                at += 4 + size
        return at

    def take_hello(self, hello: Hello | None, mark: Mark) -> None:
        """Take a ClientHello that was read elsewhere."""
        if hello is None:
            self.wants_client = False
        elif self._client is None:
            self._client, self._began = hello, mark

    def hold(self, is_client: bool, size: int, mark: Mark) -> bool:
        """Whether ``size`` octets more of a side may be kept until its message is whole."""
        self._held += size
        self._context.unfinished += size
        if self._context.unfinished <= MOST_UNFINISHED:
            return True
        self._context.give_up("handshakes beyond the bound", mark[1])
        self.lose(is_client)
        return False

    def change_cipher(self, is_client: bool) -> None:
        """A ChangeCipherSpec: what this side sends from here on is encrypted."""
        if not is_client and self._server is not None and not self._state:
            self._resumed()
        self.lose(is_client)

    def lose(self, is_client: bool) -> None:
        """Nothing more of this side can be read."""
        if is_client:
            self.wants_client = False
        else:
            self.wants_server = False

    def _take_client(self, kind: int, body: bytes, mark: Mark) -> None:
        if kind == CLIENT_HELLO:
            hello = tls_hello.parse(body, True, is_datagram=self._protocol == "udp")
            self.take_hello(hello, mark)
            return
        if kind == CERTIFICATE and self._client is not None:
            listed = self._read_certificates(body, mark)
            self._client_certificate = listed[0] if listed else None
        self.wants_client = False

    def _take_server(self, kind: int, body: bytes, mark: Mark) -> None:
        if kind == SERVER_HELLO and self._server is None:
            self._take_server_hello(tls_hello.parse(body, False), mark)
        elif kind in _BEFORE_CERTIFICATE:
            return
        elif self._server is None:
            self.wants_server = False
        elif kind == CERTIFICATE:
            listed = self._read_certificates(body, mark)
            self._count = len(listed)
            self._certificate = listed[0] if listed else None
            self._state = "seen" if listed else "not sent"
            self.wants_server = False
        elif kind == NEW_SESSION_TICKET:
            self._resumed()
        else:
            self._state = "not sent"
            self.wants_server = False

    def _take_server_hello(self, hello: Hello | None, mark: Mark) -> None:
        if hello is None:
            self.wants_server = False
        elif hello.is_retry:
            self._retry, self._retry_mark = hello, mark
        else:
            self._server, self._answered = hello, mark
            if hello.hides_certificates:
                is_resumed = tls_hello.PRE_SHARED_KEY in hello.extensions
                self._state = "resumed" if is_resumed else "encrypted"
                self.wants_client = self.wants_server = False

    def _resumed(self) -> None:
        self._state = "resumed"
        self.wants_client = self.wants_server = False

    def _read_certificates(self, body: bytes, mark: Mark) -> list[Certificate | None]:
        """The certificates of a list, the first one read, the others counted."""
        at, end = 3, 3 + int.from_bytes(body[:3], "big")
        listed: list[Certificate | None] = []
        is_whole = len(body) >= 3 and end == len(body)
        while at + 3 <= min(end, len(body)):
            begin, at = at + 3, at + 3 + int.from_bytes(body[at : at + 3], "big")
            if at > min(end, len(body)):
                is_whole = False
                break
            first = None if listed else self._context.certificates.read(body[begin:at])
            is_whole &= first is None or first.is_whole
            listed.append(first)
        if not is_whole:
            self._context.give_up("certificate malformed", mark[1])
        return listed

    def write(self) -> None:
        """Hand on the row, once; without any hello there is none."""
        self._context.unfinished -= self._held
        self._held = 0
        server, answered = self._server, self._answered
        if server is None:
            server, answered = self._retry, self._retry_mark
        began = self._began or answered
        if self._is_written or began is None:
            return
        self._is_written = True
        client = self._client
        name = client.server_name() if client else None
        fingerprinted = client if client and not client.is_sslv2 else None
        is_resumed = self._is_resumed(server)
        found = self._certificate
        theirs = self._client_certificate
        self._context.rows.add(
            "tls_activity",
            *began,
            *self._ends,
            None if name is None else safe_text(name, 512),
            _version(server.selected_version()) if server else None,
            _version(client.highest_version()) if client else None,
            f"0x{server.ciphers[0]:04X}" if server and server.ciphers else None,
            [safe_text(protocol, 256) for protocol in client.alpn()] if client else None,
            tls_fingerprint.ja3(fingerprinted) if fingerprinted else None,
            tls_fingerprint.ja3s(server) if server else None,
            tls_fingerprint.ja4(fingerprinted, self._protocol) if fingerprinted else None,
            is_resumed,
            client.has_ech if client else None,
            answered[1] if answered else None,
            self._protocol,
            self._state or ("resumed" if is_resumed else "not captured"),
            *(_shown(found) if found else [None] * 7),
            self._count,
            theirs.subject if theirs else None,
        )

    def _is_resumed(self, server: Hello | None) -> bool | None:
        """A chosen pre-shared key (1.3); before, no certificate or the own session id echoed."""
        if server is None:
            return None
        if server.hides_certificates:
            return tls_hello.PRE_SHARED_KEY in server.extensions
        if self._state:
            return self._state == "resumed"
        if self._client is None:
            return None
        return bool(self._client.session_id) and self._client.session_id == server.session_id


def _shown(found: Certificate) -> tuple[object, ...]:
    """A server certificate's columns, in the order of the schema."""
    return (
        found.subject, found.issuer, found.names, found.not_before, found.not_after,
        found.is_self_signed, found.sha256,
    )  # fmt: skip


def _version(number: int) -> str:
    return _VERSIONS.get(number, f"0x{number:04X}")
