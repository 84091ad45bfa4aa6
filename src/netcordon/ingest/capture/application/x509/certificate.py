"""X.509 certificates (RFC 5280): what a handshake shows of them, read strictly and never trusted.

A broken certificate yields the columns that could be read. No chain is validated: whether a
certificate is believed is the client's business; who made it is what a responder looks at.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, datetime

from netcordon.ingest.capture.application.der import split
from netcordon.ingest.capture.application.x509.names import alternative_names, distinguished_name
from netcordon.ingest.capture.application.x509.signature import signed_by

_MOST_KEPT = 4096
_SUBJECT_ALT_NAME = bytes.fromhex("551d11")
_MOST_EXTENSIONS = 64
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class Certificate:
    """One certificate; what could not be read is ``None``.

    Attributes:
        sha256: over the DER, hexadecimal.
        subject: RFC 4514 text.
        issuer: the same.
        names: subject alternative names.
        not_before: microseconds since 1970 UTC.
        not_after: the same.
        is_self_signed: issuer equals subject and its own key signed it; ``None`` when the
            algorithm is not known.
        is_whole: everything could be read.
    """

    sha256: str
    subject: str | None = None
    issuer: str | None = None
    names: list[str] | None = None
    not_before: int | None = None
    not_after: int | None = None
    is_self_signed: bool | None = None
    is_whole: bool = False


class Certificates:
    """Certificates of one capture; servers show the same ones over and over."""

    def __init__(self) -> None:
        self._known: OrderedDict[bytes, Certificate] = OrderedDict()

    def read(self, data: bytes) -> Certificate:
        """The certificate in ``data`` (DER)."""
        digest = hashlib.sha256(data).digest()
        known = self._known.get(digest)
        if known is not None:
            self._known.move_to_end(digest)
            return known
        made = parse(data, digest.hex())
        self._known[digest] = made
        if len(self._known) > _MOST_KEPT:
            self._known.popitem(last=False)
        return made


def parse(data: bytes, sha256: str) -> Certificate:
    """Read a certificate as far as its DER is sound."""
    made = Certificate(sha256)
    outer = split(data)
    if outer is None or outer[0] != 0x30:
        return made
    signed = split(outer[1])
    if signed is None or signed[0] != 0x30:
        return made
    fields = _fields(signed[1])
    if len(fields) < 6:
        return made
    algorithm, issuer, validity, subject, key = fields[1:6]
    made.issuer = distinguished_name(issuer[1])
    made.subject = distinguished_name(subject[1])
    made.not_before, made.not_after = _validity(validity[1])
    extensions = next((content for tag, content, _ in fields[6:] if tag == 0xA3), None)
    made.names = [] if extensions is None else _alternative_names(extensions)
    made.is_whole = None not in (made.issuer, made.subject, made.not_before, made.not_after)
    made.is_whole &= made.names is not None
    if issuer[1] != subject[1]:
        made.is_self_signed = False
    else:
        made.is_self_signed = signed_by(key[2], algorithm[1], signed[2], _signature(signed[3]))
    return made


def _fields(content: bytes) -> list[tuple[int, bytes, bytes]]:
    """Tag, content and encoding of what a TBSCertificate holds, from the serial number on."""
    fields: list[tuple[int, bytes, bytes]] = []
    rest = content
    while rest and len(fields) < 16:
        found = split(rest)
        if found is None:
            break
        tag, inner, whole, rest = found
        if fields or tag != 0xA0:  # the version, absent in version 1
            fields.append((tag, inner, whole))
    return fields


def _validity(content: bytes) -> tuple[int | None, int | None]:
    begin = split(content)
    end = split(begin[3]) if begin else None
    return (
        _time(begin[0], begin[1]) if begin else None,
        _time(end[0], end[1]) if end else None,
    )


def _time(tag: int, text: bytes) -> int | None:
    """UTCTime or GeneralizedTime as RFC 5280 section 4.1.2.5 allows them, in microseconds."""
    if tag == 0x17 and len(text) == 13:
        # Two digits of a year below 50 are this century's.
        text = (b"20" if text < b"50" else b"19") + text
    elif tag != 0x18 or len(text) != 15:
        return None
    if not text[:14].isdigit() or text[14:] != b"Z":
        return None
    year, month, day, hour, minute, second = (
        int(text[:4]), *(int(text[at : at + 2]) for at in range(4, 14, 2)),
    )  # fmt: skip
    try:
        moment = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None
    since = moment - _EPOCH
    return (since.days * 86400 + since.seconds) * 10**6


def _alternative_names(extensions: bytes) -> list[str] | None:
    """Names of the subjectAltName extension; none when there is none, ``None`` when broken."""
    outer = split(extensions)
    if outer is None:
        return None
    rest = outer[1]
    for _ in range(_MOST_EXTENSIONS):
        if not rest:
            return []
        extension = split(rest)
        kind = split(extension[1]) if extension else None
        if extension is None or kind is None:
            return None
        if kind[1] == _SUBJECT_ALT_NAME:
            value = split(kind[3])
            if value is not None and value[0] == 1:  # critical
                value = split(value[3])
            return None if value is None else alternative_names(value[1])
        rest = extension[3]
    return []


def _signature(rest: bytes) -> bytes:
    """Octets of the signature behind the signed part."""
    algorithm = split(rest)
    value = split(algorithm[3]) if algorithm else None
    return b"" if value is None or value[0] != 3 else value[1][1:]
