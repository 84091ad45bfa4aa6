"""Handshakes of TLS, DTLS and QUIC as tshark reads them; certificates as OpenSSL's reader does."""

from __future__ import annotations

import hashlib
import re
import warnings
from collections import Counter
from pathlib import Path

from cryptography import x509
from cryptography.x509 import ObjectIdentifier

from tests.engines.tshark import rows

Values = dict[str, Counter[str]]
"""Kind of value -> how often each occurs."""

_FIELDS = (
    "frame.protocols", "tcp.stream", "udp.stream", "tcp.srcport", "udp.srcport",
    "tls.handshake.type", "tls.handshake.extensions_server_name", "tls.handshake.ja3",
    "tls.handshake.ja3s", "tls.handshake.certificate", "dtls.handshake.type",
    "dtls.handshake.extensions_server_name", "dtls.handshake.ja3", "dtls.handshake.ja3s",
    "dtls.handshake.certificate", "gquic.tag.sni",
)  # fmt: skip
_CLIENT_HELLO, _SERVER_HELLO = "1", "2"
_NAMES = {
    ObjectIdentifier(number): name
    for number, name in (
        ("2.5.4.4", "SN"), ("2.5.4.5", "serialNumber"), ("2.5.4.12", "title"),
        ("2.5.4.13", "description"), ("2.5.4.15", "businessCategory"), ("2.5.4.17", "postalCode"),
        ("2.5.4.41", "name"), ("2.5.4.42", "givenName"), ("2.5.4.43", "initials"),
        ("2.5.4.46", "dnQualifier"), ("2.5.4.97", "organizationIdentifier"),
        ("1.2.840.113549.1.9.1", "emailAddress"), ("1.3.6.1.4.1.311.60.2.1.1", "jurisdictionL"),
        ("1.3.6.1.4.1.311.60.2.1.2", "jurisdictionST"),
        ("1.3.6.1.4.1.311.60.2.1.3", "jurisdictionC"),
    )
}  # fmt: skip


def read(capture: Path, tshark: str) -> Values:
    """Run tshark once over a capture."""
    found: set[tuple[str, str, str]] = set()
    sides: dict[tuple[str, str], set[str]] = {}
    leaves: dict[tuple[str, str], bytes] = {}
    for row in rows(capture, tshark, "tls or dtls or gquic or gquic.tag.sni", _FIELDS):
        protocols = row["frame.protocols"][0]
        if re.search(r":icmp(v6)?:ip", protocols):
            continue  # a quoted packet is no message of its own
        over = "tcp" if ":tcp" in protocols else "quic" if "quic" in protocols else "dtls"
        number = row[f"{'tcp' if over == 'tcp' else 'udp'}.stream"] or ["?"]
        port = row[f"{'tcp' if over == 'tcp' else 'udp'}.srcport"] or ["?"]
        side = f"{over} {number[0]}", port[0]
        layer = "dtls" if over == "dtls" else "tls"
        for kind, field in (
            ("server_name", f"{layer}.handshake.extensions_server_name"),
            ("ja3", f"{layer}.handshake.ja3"), ("ja3s", f"{layer}.handshake.ja3s"),
        ):  # fmt: skip
            found |= {(f"{over}_{kind}", side[0], value) for value in row[field]}
        found |= {("gquic_server_name", side[0], value) for value in row["gquic.tag.sni"]}
        sides.setdefault(side, set()).update(row[f"{layer}.handshake.type"])
        for certificate in row[f"{layer}.handshake.certificate"][:1]:
            # QUIC's are decrypted with secrets that lie in the capture.
            if over != "quic":
                leaves.setdefault(side, bytes.fromhex(certificate.replace(":", "")))
    values: Values = {}
    for kind, _, value in sorted(found):
        values.setdefault(kind, Counter())[value] += 1
    for side, certificate in leaves.items():
        if _SERVER_HELLO in sides[side]:
            _describe(certificate, values)
        elif _CLIENT_HELLO in sides[side]:
            values.setdefault("client_certificate_subject", Counter()).update(_subject(certificate))
    return values


def _load(data: bytes) -> x509.Certificate | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return x509.load_der_x509_certificate(data)
        except ValueError:
            return None  # it refuses what it could read; ours are then compared by hash alone


def _subject(data: bytes) -> list[str]:
    certificate = _load(data)
    return [certificate.subject.rfc4514_string(_NAMES)] if certificate else []


def _describe(data: bytes, values: Values) -> None:
    """The columns of a server's certificate, each with its hash so that all of them belong."""
    digest = hashlib.sha256(data).hexdigest()
    values.setdefault("certificate_sha256", Counter())[digest] += 1
    certificate = _load(data)
    if certificate is None:
        return
    shown = {
        "certificate_subject": certificate.subject.rfc4514_string(_NAMES),
        "certificate_issuer": certificate.issuer.rfc4514_string(_NAMES),
        "not_before": str(certificate.not_valid_before_utc.replace(tzinfo=None)),
        "not_after": str(certificate.not_valid_after_utc.replace(tzinfo=None)),
        "certificate_names": str(_alternative_names(certificate)),
    }
    for kind, value in shown.items():
        values.setdefault(kind, Counter())[f"{digest[:8]} {value}"] += 1


def _alternative_names(certificate: x509.Certificate) -> list[str]:
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return []
    except ValueError:
        return ["unreadable"]
    kinds = (x509.DNSName, x509.IPAddress, x509.RFC822Name, x509.UniformResourceIdentifier)
    return [str(name.value) for name in found if isinstance(name, kinds)][:64]
