"""Certificates: an authority everybody in the lab trusts; the attacker signs his own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from lab.cage import STATE
from lab.crew import run

TRUST = STATE / "tls" / "authority.crt"
OCSP_REQUEST, OCSP_REPLY = STATE / "tls" / "request.der", STATE / "tls" / "reply.der"
CURVE = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-sha256")


@dataclass(frozen=True)
class Pair:
    """A certificate and its key, as files."""

    certificate: Path
    key: Path


def authority() -> Pair:
    """Make the trusted authority."""
    TRUST.parent.mkdir(parents=True, exist_ok=True)
    pair = Pair(TRUST, TRUST.with_suffix(".key"))
    subject = "/O=Trust Anchor Lab/CN=Trust Anchor Issuing CA 3"
    run(
        "openssl",
        "req",
        "-x509",
        *CURVE,
        "-days",
        "400",
        "-subj",
        subject,
        "-keyout",
        str(pair.key),
        "-out",
        str(pair.certificate),
    )
    return pair


def leaf(signer: Pair, *names: str) -> Pair:
    """A certificate for `names`, signed by the authority."""
    pair = _place(names[0])
    alternatives = ",".join(f"DNS:{name}" for name in names)
    run(
        *("openssl", "req", "-x509", *CURVE, "-days", "90", "-subj", f"/CN={names[0]}"),
        *(
            "-addext",
            f"subjectAltName={alternatives}",
            "-addext",
            "basicConstraints=critical,CA:FALSE",
        ),
        *(
            "-CA",
            str(signer.certificate),
            "-CAkey",
            str(signer.key),
            "-keyout",
            str(pair.key),
            "-out",
            str(pair.certificate),
        ),
    )
    return pair


def self_signed(name: str, subject: str) -> Pair:
    """A certificate that signs itself, with a subject its owner made up."""
    pair = _place(name)
    run(
        "openssl",
        "req",
        "-x509",
        *CURVE,
        "-days",
        "3650",
        "-subj",
        subject,
        "-keyout",
        str(pair.key),
        "-out",
        str(pair.certificate),
    )
    return pair


def _place(name: str) -> Pair:
    return Pair(TRUST.parent / f"{name}.crt", TRUST.parent / f"{name}.key")


def status(signer: Pair, asked: Pair) -> None:
    """A certificate-status question and the authority's answer, made once and used by all."""
    index = TRUST.parent / "index.txt"
    index.write_text("")
    ca, key = str(signer.certificate), str(signer.key)
    run(
        "openssl",
        "ocsp",
        "-issuer",
        ca,
        "-cert",
        str(asked.certificate),
        "-no_nonce",
        "-reqout",
        str(OCSP_REQUEST),
    )
    run(
        *(
            "openssl",
            "ocsp",
            "-index",
            str(index),
            "-rsigner",
            ca,
            "-rkey",
            key,
            "-CA",
            ca,
            "-ndays",
            "1",
        ),
        *("-reqin", str(OCSP_REQUEST), "-respout", str(OCSP_REPLY)),
    )
