"""Ed25519 keys of people (RFC 8032), in the files that OpenSSL reads too (RFC 8410, PKCS #8)."""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from netcordon.errors import UsageError

_MOST = 16_384
"""Bytes of a key file; an Ed25519 key has a few hundred."""


class NeedsPassphraseError(Exception):
    """The key is encrypted and no passphrase was given."""


def new_key() -> Ed25519PrivateKey:
    """A key from the system's random numbers."""
    return Ed25519PrivateKey.generate()


def private_pem(key: Ed25519PrivateKey, passphrase: bytes) -> bytes:
    """PKCS #8 in PEM; encrypted unless the passphrase is empty."""
    encryption = BestAvailableEncryption(passphrase) if passphrase else NoEncryption()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption)


def public_pem(key: Ed25519PrivateKey | Ed25519PublicKey) -> str:
    """SubjectPublicKeyInfo in PEM."""
    public = key.public_key() if isinstance(key, Ed25519PrivateKey) else key
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode("ascii")


def public_key(pem: str) -> Ed25519PublicKey | None:
    """The key of a PEM text; ``None`` unless it is an Ed25519 key in exactly the one form."""
    try:
        key = load_pem_public_key(pem.encode("ascii"))
    except (ValueError, UnsupportedAlgorithm):
        return None
    if not isinstance(key, Ed25519PublicKey) or public_pem(key) != pem:
        return None
    return key


def fingerprint(key: Ed25519PrivateKey | Ed25519PublicKey) -> str:
    """SHA-256 of the public key in DER: ``openssl pkey -pubin -outform DER | sha256sum``."""
    public = key.public_key() if isinstance(key, Ed25519PrivateKey) else key
    der = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(der).hexdigest()


def read_private_key(path: Path, passphrase: bytes | None) -> Ed25519PrivateKey:
    """A key from its file.

    Args:
        path: the file; nobody but its owner may read it.
        passphrase: ``None`` when none was asked for yet.

    Raises:
        NeedsPassphraseError: it is encrypted and ``passphrase`` is ``None``.
        UsageError: NC-831 it is no such key, the passphrase is wrong, or others may read the file.
    """
    try:
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError as error:
        raise _unusable(path, error.strerror or str(error)) from error
    with os.fdopen(handle, "rb") as file:
        mode = os.fstat(file.fileno()).st_mode
        if not stat.S_ISREG(mode):
            raise _unusable(path, "it is no regular file")
        if mode & 0o077:
            raise _unusable(path, "others may read it", f"chmod 600 {path}, if nobody has")
        data = file.read(_MOST + 1)
    if len(data) > _MOST:
        raise _unusable(path, "it is too long for a key")
    try:
        key = load_pem_private_key(data, passphrase or None)
    except TypeError as error:
        if passphrase is None and b"ENCRYPTED" in data:
            raise NeedsPassphraseError from error
        # The other way round: a passphrase for a key that has none. It does no harm.
        return _plain(path, data) if passphrase else _refuse(path, error)
    except (ValueError, UnsupportedAlgorithm) as error:
        why = "the passphrase is wrong" if passphrase else "it is no private key in PEM"
        raise _unusable(path, why) from error
    return _ed25519(path, key)


def _plain(path: Path, data: bytes) -> Ed25519PrivateKey:
    try:
        return _ed25519(path, load_pem_private_key(data, None))
    except (TypeError, ValueError, UnsupportedAlgorithm) as error:
        raise _unusable(path, "it is no private key in PEM") from error


def _refuse(path: Path, error: Exception) -> Ed25519PrivateKey:
    raise _unusable(path, "the passphrase is missing") from error


def _ed25519(path: Path, key: object) -> Ed25519PrivateKey:
    if not isinstance(key, Ed25519PrivateKey):
        raise _unusable(path, "it is a key of another kind; Ed25519 is asked for")
    return key


def _unusable(path: Path, why: str, hint: str = "") -> UsageError:
    return UsageError(
        "NC-831",
        f"The key in {str(path)!r} cannot be used.",
        why,
        hint or "netcordon person add makes one; name its file with --key",
    )
