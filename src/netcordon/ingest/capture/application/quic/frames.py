"""Frames of QUIC's Initial packets (RFC 9000 section 19): what they carry of the handshake."""

from __future__ import annotations

from collections.abc import Iterator

from netcordon.ingest.capture.application.quic.packet import varint

_PADDING, _PING, _ACK, _ACK_ECN, _CRYPTO, _GOOGLE_CRYPTO = 0x00, 0x01, 0x02, 0x03, 0x06, 0x08
_MOST_FRAMES = 256
_MOST_RANGES = 256


def crypto_pieces(payload: bytes, *, is_google: bool = False) -> Iterator[tuple[int, bytes]]:
    """Offset and data of each CRYPTO frame, until a frame that belongs in no Initial packet.

    Args:
        payload: of an Initial packet.
        is_google: a version of Google's with TLS, whose CRYPTO frame has another number.
    """
    crypto, at = _GOOGLE_CRYPTO if is_google else _CRYPTO, 0
    for _ in range(_MOST_FRAMES):
        if at >= len(payload):
            return
        kind = payload[at]
        if kind == _PADDING:
            at = len(payload) - len(payload[at:].lstrip(b"\0"))
        elif kind == _PING:
            at += 1
        elif kind in (_ACK, _ACK_ECN):
            at = _behind_ack(payload, at + 1, kind == _ACK_ECN)
            if at < 0:
                return
        elif is_google and kind >> 6 == 1:
            at = _behind_google_ack(payload, at)
        elif kind == crypto:
            offset, at = varint(payload, at + 1)
            size, at = varint(payload, at) if offset >= 0 else (-1, at)
            if size < 0 or at + size > len(payload):
                return
            yield offset, payload[at : at + size]
            at += size
        else:
            return


def _behind_ack(payload: bytes, at: int, has_counts: bool) -> int:
    """Where an ACK frame ends, -1 when it is malformed."""
    left = 0
    for field in range(4):  # largest, delay, count of ranges, first range
        value, at = varint(payload, at)
        if value < 0:
            return -1
        left = value if field == 2 else left
    if left > _MOST_RANGES:
        return -1
    for _ in range(2 * left + (3 if has_counts else 0)):
        value, at = varint(payload, at)
        if value < 0:
            return -1
    return at


def _behind_google_ack(payload: bytes, at: int) -> int:
    """Where an ACK frame of Google's ends; beyond the payload when it is cut off.

    Its type says how wide the largest packet number and the ranges are; a delay, and times at which
    packets came, are of fixed size.
    """
    kind = payload[at]
    widths = (1, 2, 4, 6)
    largest, width = widths[kind >> 2 & 3], widths[kind & 3]
    at += 1 + largest + 2
    more = 0
    if kind & 0x20:
        more = payload[at] if at < len(payload) else 0
        at += 1
    at += width + more * (1 + width)
    times = payload[at] if at < len(payload) else 0
    return at + 1 + (3 * times + 2 if times else 0)
