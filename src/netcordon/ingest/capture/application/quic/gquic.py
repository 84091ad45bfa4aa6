"""Google's QUIC before TLS (Q024 to Q050): the server name in its first message, the CHLO.

Its handshake is Google's own: tags with values instead of TLS extensions, so there is a name and a
version and no fingerprint. Up to Q046 the message is in clear; Q050 protects it as QUIC does.
"""

from __future__ import annotations

import struct

from netcordon.ingest.capture.application.datagram.flow import Datagram, DatagramReader
from netcordon.ingest.capture.application.quic.packet import Kind, long_headers
from netcordon.ingest.capture.application.quic.protection import initial_keys
from netcordon.ingest.capture.application.record.text import safe_text

_CHLO, _SERVER_NAME = b"CHLO", b"SNI\0"
_FURTHEST = 128
"""Octets of headers that may stand before the message."""
_MOST_TAGS = 128


class GquicReader(DatagramReader):
    """The first message of a client."""

    def read(self, datagram: Datagram) -> bool:
        """Look for the message in a datagram; the first one ends the interest in the flow."""
        version, shown = _in_clear(datagram.payload)
        at = shown.find(_CHLO, 0, _FURTHEST)
        if at < 0:
            return True
        flow = self._flow
        name = _server_name(shown, at)
        flow.context.rows.note(
            "tls_activity",
            datagram.time_ns,
            datagram.frame,
            flow.client(datagram.direction),
            {
                "server_name": None if name is None else safe_text(name, 512),
                "client_version": version,
                "protocol": "quic",
                "certificate": "not captured",
            },
        )
        flow.stop_all()
        return True


def _in_clear(data: bytes) -> tuple[str | None, bytes]:
    """Version, and what follows the header, decrypted where it has to be."""
    if len(data) < 14:
        return None, b""
    if not data[0] & 0x80:
        # Public header: flags, connection id, version when bit 0 is set.
        return (_version(data[9:13]) if data[0] & 1 else None), data[9:]
    version = _version(data[1:5])
    if version in ("Q043", "Q044", "Q046"):
        return version, data[5:]
    for header in long_headers(data):
        if header.kind is Kind.INITIAL:
            for keys in initial_keys(header.version, header.destination):
                return version, keys.client.open(data, header) or b""
    return version, b""


def _version(tag: bytes) -> str | None:
    return safe_text(tag) if tag[:1] in b"QT" and tag[1:].isdigit() else None


def _server_name(data: bytes, at: int) -> bytes | None:
    """Value of the SNI tag: tags with the ends of their values, then the values."""
    if at + 8 > len(data):
        return None
    (count,) = struct.unpack_from("<H", data, at + 4)
    values = at + 8 + 8 * count
    begin = 0
    for i in range(min(count, _MOST_TAGS)):
        entry = at + 8 + 8 * i
        if entry + 8 > len(data):
            return None
        (end,) = struct.unpack_from("<I", data, entry + 4)
        if data[entry : entry + 4] == _SERVER_NAME:
            return data[values + begin : values + end] if begin <= end else None
        begin = end
    return None
