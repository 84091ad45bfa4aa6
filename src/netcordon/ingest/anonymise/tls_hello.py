"""A ClientHello of TLS (RFC 8446, 4.1.2) whose server name is replaced, and nothing else told."""

from __future__ import annotations

from netcordon.ingest.anonymise.pseudonyms import Pseudonyms

_SERVER_NAME, _TICKET, _PRE_SHARED, _COOKIE = 0, 35, 41, 44
_CUT = frozenset({_TICKET, _PRE_SHARED, _COOKIE, 0xFE0D, 21})
"""Extensions whose content joins sessions or holds what cannot be read: it becomes zeros."""
_MOST = 64


def anonymised(payload: bytes, pseudonyms: Pseudonyms) -> bytes | None:
    """The payload of a segment that holds one whole ClientHello; ``None`` for anything else."""
    if len(payload) < 48 or payload[0] != 22 or payload[1] != 3 or payload[5] != 1:
        return None
    end = 5 + int.from_bytes(payload[3:5], "big")
    if end > len(payload) or 9 + int.from_bytes(payload[6:9], "big") != end:
        return None
    out = bytearray(payload)
    out[end:] = bytes(len(payload) - end)
    at = 43
    out[at + 1 : at + 1 + payload[at]] = bytes(payload[at])  # the session id joins sessions
    at += 1 + payload[at]
    at += 2 + int.from_bytes(payload[at : at + 2], "big")
    if at >= end:
        return None
    at += 1 + payload[at]
    at += 2
    for _ in range(_MOST):
        if at == end:
            return bytes(out)
        if at + 4 > end:
            return None
        kind = int.from_bytes(payload[at : at + 2], "big")
        size = int.from_bytes(payload[at + 2 : at + 4], "big")
        begin, at = at + 4, at + 4 + size
        if at > end:
            return None
        if kind == _SERVER_NAME and size and not _server_name(payload, out, begin, at, pseudonyms):
            return None
        if kind in _CUT:
            out[begin:at] = bytes(size)
    return None


def _server_name(
    payload: bytes, out: bytearray, begin: int, end: int, pseudonyms: Pseudonyms
) -> bool:
    """Replace the one name of the list (RFC 6066, 3); whether there was exactly one."""
    size = int.from_bytes(payload[begin + 3 : begin + 5], "big")
    if end - begin < 5 or payload[begin + 2] != 0 or begin + 5 + size != end:
        return False
    name = payload[begin + 5 : end]
    out[begin + 5 : end] = pseudonyms.name(name)
    return True
