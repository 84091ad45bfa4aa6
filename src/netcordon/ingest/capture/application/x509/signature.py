"""Whether a certificate was signed with its own key: RSA, ECDSA, Ed25519 and Ed448."""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import load_der_public_key

from netcordon.ingest.capture.application.der import split

_HASHES: dict[str, hashes.HashAlgorithm] = {
    "2a864886f70d010104": hashes.MD5(),  # noqa: S303 - what old certificates were signed with
    "2a864886f70d010105": hashes.SHA1(),  # noqa: S303
    "2a864886f70d01010b": hashes.SHA256(),
    "2a864886f70d01010c": hashes.SHA384(),
    "2a864886f70d01010d": hashes.SHA512(),
    "2a864886f70d01010e": hashes.SHA224(),
    "2a8648ce3d0401": hashes.SHA1(),  # noqa: S303
    "2a8648ce3d040301": hashes.SHA224(),
    "2a8648ce3d040302": hashes.SHA256(),
    "2a8648ce3d040303": hashes.SHA384(),
    "2a8648ce3d040304": hashes.SHA512(),
    "2b6570": hashes.SHA512(),  # Ed25519 and Ed448 name no hash: theirs is part of the scheme
    "2b6571": hashes.SHA512(),
}
"""Signature algorithm (hex of its object identifier) -> hash."""
_PSS = "2a864886f70d01010a"
_PSS_HASHES: dict[str, hashes.HashAlgorithm] = {
    "2b0e03021a": hashes.SHA1(),  # noqa: S303
    "608648016503040201": hashes.SHA256(),
    "608648016503040202": hashes.SHA384(),
    "608648016503040203": hashes.SHA512(),
}
_LONGEST_KEY = 8 << 10


def signed_by(key: bytes, algorithm: bytes, signed: bytes, signature: bytes) -> bool | None:
    """Whether ``signature`` over ``signed`` was made with ``key``.

    Args:
        key: SubjectPublicKeyInfo (DER).
        algorithm: content of the AlgorithmIdentifier.
        signed: the TBSCertificate (DER).
        signature: octets of the signature.

    Returns:
        ``None`` when the algorithm or the key is not one of those that can be checked.
    """
    kind = split(algorithm)
    name = kind[1].hex() if kind else ""
    chosen = _pss_hash(kind[3]) if kind and name == _PSS else _HASHES.get(name)
    if chosen is None or len(key) > _LONGEST_KEY:
        return None
    filling: padding.AsymmetricPadding = padding.PKCS1v15()
    if name == _PSS:
        filling = padding.PSS(padding.MGF1(chosen), padding.PSS.AUTO)
    try:
        public = load_der_public_key(key)
        if isinstance(public, rsa.RSAPublicKey):
            public.verify(signature, signed, filling, chosen)
        elif isinstance(public, ec.EllipticCurvePublicKey):
            public.verify(signature, signed, ec.ECDSA(chosen))
        elif isinstance(public, ed25519.Ed25519PublicKey | ed448.Ed448PublicKey):
            public.verify(signature, signed)
        else:
            return None
    except InvalidSignature:
        return False
    except (ValueError, UnsupportedAlgorithm):
        return None
    return True


def _pss_hash(parameters: bytes) -> hashes.HashAlgorithm | None:
    """Hash of RSASSA-PSS parameters (RFC 4055); the mask is made with the same one in practice."""
    listed = split(parameters)
    named = split(listed[1]) if listed else None
    if named is None or named[0] != 0xA0:
        return _PSS_HASHES["2b0e03021a"]  # the default
    identifier = split(named[1])
    kind = split(identifier[1]) if identifier else None
    return _PSS_HASHES.get(kind[1].hex()) if kind else None
