"""Certificates made for tests, with an implementation that is not ours."""

from __future__ import annotations

import ipaddress
import struct
from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding

NOT_BEFORE = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
NOT_AFTER = datetime(2050, 6, 7, 8, 9, 10, tzinfo=UTC)
"""One each in UTCTime and GeneralizedTime."""
Key = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey


def new_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def name(*pairs: tuple[x509.ObjectIdentifier, str]) -> x509.Name:
    return x509.Name([x509.NameAttribute(kind, value) for kind, value in pairs])


def common_name(value: str) -> x509.Name:
    return name((x509.NameOID.COMMON_NAME, value))


def certificate(subject: x509.Name, key: Key, *, issuer: x509.Name | None = None,
                signer: Key | None = None, names: tuple[str, ...] = ()) -> bytes:  # fmt: skip
    """DER of a certificate; signed by its own key unless told otherwise."""
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer or subject)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(NOT_BEFORE)
        .not_valid_after(NOT_AFTER)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    )
    if names:
        listed: list[x509.GeneralName] = [x509.DNSName(text) for text in names]
        listed += [
            x509.IPAddress(ipaddress.ip_address("192.0.2.9")),
            x509.IPAddress(ipaddress.ip_address("2001:db8::9")),
            x509.RFC822Name("a@example.com"),
            x509.UniformResourceIdentifier("https://example.com/x"),
            x509.DirectoryName(common_name("not a name of a host")),
        ]
        builder = builder.add_extension(x509.SubjectAlternativeName(listed), critical=False)
    signer = signer or key
    hashed = None if isinstance(signer, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    return builder.sign(signer, hashed).public_bytes(Encoding.DER)


def message(*certificates: bytes) -> bytes:
    """Certificate handshake message of TLS up to 1.2."""
    listed = b"".join(struct.pack(">I", len(one))[1:] + one for one in certificates)
    body = struct.pack(">I", len(listed))[1:] + listed
    return b"\x0b" + struct.pack(">I", len(body))[1:] + body
