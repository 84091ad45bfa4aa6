"""Time stamps (RFC 3161): what an authority is asked, and what its answer proves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.x509 import Certificate

from netcordon.model.quantity import utc

if TYPE_CHECKING:  # loaded where a stamp is read or made
    from rfc3161_client import TimeStampResponse

MOST_RESPONSE = 1 << 20
"""Bytes of an answer; one with its certificates has a few thousand."""

_SHA256 = "2.16.840.1.101.3.4.2.1"


class StampError(ValueError):
    """An answer that proves nothing: why, in words."""


class LapsedError(StampError):
    """A certificate behind the stamp has expired: it cannot be proved now, and is no worse."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What an authority's answer says; nothing of it is proved yet.

    Attributes:
        imprint: SHA-256 of what was stamped.
        time: by the clock of the authority.
        authority: name in its certificate, or in the token; empty when neither says.
    """

    imprint: bytes
    time: datetime
    authority: str


def request_for(data: bytes) -> tuple[bytes, int | None]:
    """A question to an authority (TimeStampReq in DER, for its certificate too), and its nonce."""
    from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

    builder = TimestampRequestBuilder().data(data).hash_algorithm(HashAlgorithm.SHA256)
    request = builder.cert_request(cert_request=True).nonce(nonce=True).build()
    return request.as_bytes(), request.nonce


def read_answer(response: bytes) -> Answer:
    """What an answer says.

    Raises:
        StampError: it is none, or the authority refused.
    """
    from rfc3161_client import PKIStatus

    decoded = _decoded(response)
    if decoded.status != PKIStatus.GRANTED:
        try:
            status = PKIStatus(decoded.status).name.lower().replace("_", " ")
        except ValueError:
            status = f"status {decoded.status}"
        said = "; ".join(decoded.status_string)[:200]
        raise StampError(f"the authority did not grant it: {status}" + (f", {said}" * bool(said)))
    try:
        return _said(decoded)
    except StampError:
        raise
    except ValueError as error:
        raise StampError(f"it cannot be read: {error}") from error


def _said(decoded: TimeStampResponse) -> Answer:
    info = decoded.tst_info
    if info.message_imprint.hash_algorithm.dotted_string != _SHA256:
        raise StampError("what it stamped was not hashed with SHA-256")
    if len(decoded.signed_data.signer_infos) != 1:
        raise StampError("it is not signed by exactly one authority")
    (signer,) = decoded.signed_data.signer_infos
    certificates = map(x509.load_der_x509_certificate, decoded.signed_data.certificates)
    named = [
        c.subject
        for c in certificates
        if (c.serial_number, c.issuer) == (signer.serial_number, signer.issuer)
    ]
    return Answer(
        imprint=info.message_imprint.message,
        time=utc(info.gen_time),
        authority=(named[0] if named else signer.issuer).rfc4514_string()[:400],
    )


def authorities_of(pem: bytes) -> list[Certificate]:
    """Certificates of authorities.

    Raises:
        StampError: there is none in it.
    """
    try:
        return x509.load_pem_x509_certificates(pem)
    except ValueError as error:
        raise StampError("it holds no certificate in PEM") from error


def prove(response: bytes, data: bytes, roots: list[Certificate], nonce: int | None = None) -> None:
    """Check that one whom these roots vouch for has stamped exactly these bytes.

    Args:
        response: TimeStampResp in DER.
        data: that was stamped.
        roots: certificates that are trusted.
        nonce: of the question, when it is known: an answer to another one is refused.

    Raises:
        LapsedError: a certificate has expired since; the library knows no other time than now.
        StampError: it does not hold.
    """
    from rfc3161_client import VerificationError, VerifierBuilder

    builder = VerifierBuilder(roots=list(roots), nonce=nonce)
    try:
        builder.build().verify_message(_decoded(response), data)
    except (VerificationError, ValueError) as error:
        if "certificate has expired" in str(error):
            raise LapsedError("a certificate of the authority has expired") from error
        raise StampError(str(error)[:300] or "the signature does not hold") from error


def _decoded(response: bytes) -> TimeStampResponse:
    from rfc3161_client import decode_timestamp_response

    if len(response) > MOST_RESPONSE:
        raise StampError("it is too long for an answer")
    try:
        return decode_timestamp_response(response)
    except ValueError as error:
        raise StampError("it is no answer of a time-stamping authority (RFC 3161)") from error
