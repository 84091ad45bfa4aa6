"""Encryption of packages for their recipients: age (C2SP), or CMS (RFC 5652) for certificates."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any, Protocol

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.ciphers import algorithms
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key, pkcs7

from netcordon.errors import UsageError

MOST_CMS = 512 << 20
"""Bytes of a package as CMS, which is made in memory; age has no such limit."""
_MOST_KEY = 1 << 16


class Target(Protocol):
    """What takes the encrypted bytes."""

    def write(self, data: bytes, /) -> object: ...  # noqa: D102


def age_recipients(texts: Sequence[str]) -> list[Any]:
    """Recipients: ``age1…``, a line of an SSH key, or a file with one of them a line.

    Raises:
        UsageError: NC-548 one of them is none.
    """
    from pyrage import RecipientError, ssh, x25519

    found: list[Any] = []
    for text in texts:
        for line in _lines(text):
            kind: Any = ssh.Recipient if line.startswith("ssh-") else x25519.Recipient
            try:
                found.append(kind.from_str(line))
            except RecipientError as error:
                raise no_recipient(line[:60], str(error)[:200] or "it is no key") from error
    return found


def _lines(text: str) -> list[str]:
    if text.startswith(("age1", "ssh-")):
        return [text.strip()]
    lines = _read(Path(text)).decode("utf-8", "replace").splitlines()
    found = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    if not found:
        raise no_recipient(text, "the file names nobody")
    return found


def certificates_of(paths: Sequence[str]) -> list[x509.Certificate]:
    """Certificates of recipients out of files (PEM), with RSA keys, as CMS needs here.

    Raises:
        UsageError: NC-548 there is none in one of them.
    """
    found: list[x509.Certificate] = []
    for name in paths:
        try:
            loaded = x509.load_pem_x509_certificates(_read(Path(name)))
        except ValueError as error:
            raise no_recipient(name, "it holds no certificate in PEM") from error
        if not all(isinstance(each.public_key(), rsa.RSAPublicKey) for each in loaded):
            raise no_recipient(name, "only certificates with RSA keys can be written to")
        found += loaded
    return found


def encrypt_age(source: IO[bytes], target: Target, recipients: Sequence[Any]) -> None:
    """Encrypt everything that can be read from ``source``."""
    from pyrage import encrypt_io

    encrypt_io(source, _Flushed(target), list(recipients))


class _Flushed:
    """A target as age's library wants it."""

    def __init__(self, target: Target) -> None:
        self._target = target

    def write(self, data: bytes) -> int:
        self._target.write(data)
        return len(data)

    def flush(self) -> None:
        """Nothing waits here."""


def encrypt_cms(source: IO[bytes], target: Target, recipients: Sequence[x509.Certificate]) -> None:
    """The same as EnvelopedData in DER, AES-256-CBC.

    Raises:
        UsageError: NC-549 it is too large.
    """
    content = source.read(MOST_CMS + 1)
    if len(content) > MOST_CMS:
        raise UsageError(
            "NC-549",
            "The package is too large for CMS.",
            f"it is made in memory, and at most {MOST_CMS:,} bytes are",
            "encrypt it with age (-o NAME.zip.age), or give slices instead of originals",
        )
    builder = pkcs7.PKCS7EnvelopeBuilder().set_data(content)
    builder = builder.set_content_encryption_algorithm(algorithms.AES256)
    for certificate in recipients:
        builder = builder.add_recipient(certificate)
    target.write(builder.encrypt(Encoding.DER, [pkcs7.PKCS7Options.Binary]))


def decrypt_age(source: IO[bytes], target: IO[bytes], identity: Path) -> None:
    """Decrypt with an identity of age, or a private key of SSH without a passphrase.

    Raises:
        UsageError: NC-550 it cannot be opened with that.
    """
    from pyrage import DecryptError, IdentityError, decrypt_io, ssh, x25519

    raw = _read(identity)
    try:
        if b"PRIVATE KEY" in raw:
            identities: list[Any] = [ssh.Identity.from_buffer(raw)]
        else:
            lines = raw.decode("utf-8", "replace").splitlines()
            keys = [line.strip() for line in lines if line.startswith("AGE-SECRET-KEY-")]
            identities = [x25519.Identity.from_str(key) for key in keys]
        if not identities:
            raise not_opened("the key is neither one of age nor of SSH")
        decrypt_io(source, target, identities)
    except (DecryptError, IdentityError) as error:
        raise not_opened(str(error)[:200] or "it was not encrypted for this key") from error


def decrypt_cms(
    source: IO[bytes], target: IO[bytes], key: Path, certificate: Path | None, passphrase: bytes
) -> None:
    """Decrypt CMS in DER with the recipient's key and certificate (PEM; may stand in one file).

    Raises:
        UsageError: NC-550 it cannot be opened with that.
    """
    content = source.read(MOST_CMS * 2)
    try:
        private = load_pem_private_key(_read(key), passphrase or None)
        (own, *_) = x509.load_pem_x509_certificates(_read(certificate or key))
        if not isinstance(private, rsa.RSAPrivateKey):
            raise not_opened("the key is no RSA key")
        options = [pkcs7.PKCS7Options.Binary]
        target.write(pkcs7.pkcs7_decrypt_der(content, own, private, options))
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise not_opened(str(error)[:200] or "key and certificate do not open it") from error


def is_cms(head: bytes) -> bool:
    """Whether a file begins like EnvelopedData in DER: a SEQUENCE, not age's first line."""
    return head[:1] == b"\x30"


def not_opened(why: str) -> UsageError:
    """The error for a package that stays shut."""
    return UsageError(
        "NC-550",
        "The package cannot be opened.",
        why,
        "name the recipient's private key with --key",
    )


def no_recipient(name: str, why: str) -> UsageError:
    """The error for a recipient that cannot be encrypted for."""
    return UsageError(
        "NC-548",
        f"{name!r} is no recipient.",
        why,
        "name age1…, a line of an SSH key, a file of them, or for .p7m a certificate (PEM)",
    )


def _read(path: Path) -> bytes:
    with io.FileIO(path) as file:
        return file.read(_MOST_KEY)
