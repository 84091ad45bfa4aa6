from __future__ import annotations

import hashlib

from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.x509 import NameOID
from hypothesis import given
from hypothesis import strategies as st

from netcordon.ingest.capture.application.x509 import certificate as x509
from netcordon.ingest.capture.application.x509.names import distinguished_name
from tests.unit.ingest.capture.application import certificates
from tests.unit.ingest.capture.application.messages import der

KEY = certificates.new_key()
SUBJECT = certificates.name(
    (NameOID.COUNTRY_NAME, "DE"), (NameOID.ORGANIZATION_NAME, "Ä, Inc. <x>"),
    (NameOID.COMMON_NAME, " a\u202eb "), (NameOID.EMAIL_ADDRESS, "m@example.com"),
)  # fmt: skip
WHOLE = certificates.certificate(SUBJECT, KEY, names=("example.com", "*.example.com"))


def read(data: bytes) -> x509.Certificate:
    return x509.parse(data, hashlib.sha256(data).hexdigest())


def micros(moment: object) -> int:
    return int(moment.timestamp()) * 10**6  # type: ignore[attr-defined]


def test_every_column_of_a_certificate() -> None:
    made = read(WHOLE)
    shown = "emailAddress=m@example.com,CN=\\ a\\u202eb\\ ,O=Ä\\, Inc. \\<x\\>,C=DE"
    assert (made.subject, made.issuer) == (shown, shown)
    assert made.names == [
        "example.com", "*.example.com", "192.0.2.9", "2001:db8::9", "a@example.com",
        "https://example.com/x",
    ]  # fmt: skip
    assert made.not_before == micros(certificates.NOT_BEFORE)
    assert made.not_after == micros(certificates.NOT_AFTER)
    assert (made.is_self_signed, made.is_whole) == (True, True)
    assert made.sha256 == hashlib.sha256(WHOLE).hexdigest()


def test_the_same_name_is_not_self_signed_when_another_key_signed() -> None:
    other = certificates.certificate(SUBJECT, KEY, signer=certificates.new_key())
    assert read(other).is_self_signed is False
    issued = certificates.certificate(
        SUBJECT, KEY, issuer=certificates.common_name("ca"), signer=certificates.new_key()
    )
    assert (read(issued).is_self_signed, read(issued).issuer) == (False, "CN=ca")
    modern = certificates.certificate(SUBJECT, ed25519.Ed25519PrivateKey.generate())
    assert read(modern).is_self_signed is True


def test_an_unknown_algorithm_is_no_judgement() -> None:
    sha256 = bytes.fromhex("06082a8648ce3d040302")
    assert WHOLE.count(sha256) == 2
    unknown = WHOLE.replace(sha256, bytes.fromhex("06082a8648ce3d0403ff"))
    assert (read(unknown).is_self_signed, read(unknown).is_whole) == (None, True)


def test_a_broken_certificate_shows_what_could_be_read() -> None:
    at = WHOLE.index(b"260102030405Z")
    broken = read(WHOLE[:at] + b"261302030405Z" + WHOLE[at + 13 :])
    assert (broken.not_before, broken.is_whole) == (None, False)
    assert broken.not_after == micros(certificates.NOT_AFTER)
    cut = read(WHOLE[:200])
    assert (cut.subject, cut.is_whole, len(cut.sha256)) == (None, False, 64)


@given(st.lists(st.tuples(st.integers(0, len(WHOLE) - 1), st.integers(0, 255)), max_size=6),
       st.integers(0, len(WHOLE)))  # fmt: skip
def test_no_bytes_make_it_raise(changes: list[tuple[int, int]], size: int) -> None:
    data = bytearray(WHOLE)
    for at, octet in changes:
        data[at] = octet
    made = read(bytes(data[:size]))
    assert made.is_whole is False or size == len(WHOLE)


def test_types_without_a_descriptor_are_written_with_their_encoding() -> None:
    value = der(0x0C, b"x")
    pair = der(0x30, der(6, bytes.fromhex("2a0304")), value)
    both = der(0x31, pair, der(0x30, der(6, bytes.fromhex("550403")), der(0x1E, b"\0h\0i")))
    assert distinguished_name(both) == "1.2.3.4=#0c0178+CN=hi"
    assert distinguished_name(b"\x31\x05\x30") is None


def test_certificates_are_parsed_once() -> None:
    known = x509.Certificates()
    assert known.read(WHOLE) is known.read(bytes(WHOLE))
