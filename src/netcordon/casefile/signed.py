"""Signing statements, and believing them only when every byte is as it was signed."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from dataclasses import fields
from datetime import datetime
from typing import Any, TypeVar, get_type_hints

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from netcordon.casefile.canonical import canonical, instant
from netcordon.casefile.keys import public_key
from netcordon.model.approval import Signed

_MOST = 65_536
"""Characters of a statement."""

_Kind = TypeVar("_Kind")


def sign(statement: object, key: Ed25519PrivateKey) -> Signed:
    """The canonical JSON of a statement with a signature under it."""
    text = canonical(statement)
    signature = base64.b64encode(key.sign(text.encode("ascii"))).decode("ascii")
    return Signed(statement=text, signature=signature)


def digest(signed: Signed) -> str:
    """SHA-256 of the statement, hexadecimal."""
    return hashlib.sha256(signed.statement.encode("utf-8", "backslashreplace")).hexdigest()


def holds(signed: Signed, pem: str) -> bool:
    """Whether the signature is this key's over exactly this text. Never raises."""
    key = public_key(pem) if pem.isascii() else None
    if key is None or not signed.statement.isascii() or len(signed.statement) > _MOST:
        return False
    try:
        raw = base64.b64decode(signed.signature, validate=True)
        # Base64 has spare bits at its end: one signature has one text here.
        if base64.b64encode(raw).decode("ascii") != signed.signature:
            return False
        key.verify(raw, signed.statement.encode("ascii"))
    except (binascii.Error, ValueError, InvalidSignature):
        return False
    return True


def said(kind: type[_Kind], signed: Signed) -> _Kind | None:
    """The statement of this kind, or ``None`` when the text is not its one canonical form.

    Another order of keys, one key more or less, or another type of a value is another text.
    """
    try:
        values = json.loads(signed.statement)
        hints = get_type_hints(kind)
        found = kind(
            **{f.name: _value(hints[f.name], values[f.name]) for f in fields(kind) if f.init}  # type: ignore[arg-type]
        )
        return found if canonical(found) == signed.statement else None
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, OverflowError):
        return None


def _value(hint: Any, value: Any) -> Any:
    """A value of a flat statement; what is of another type will not give the same text again."""
    if hint is datetime:
        return instant(value)
    if hint is bool:
        return bool(value)
    if hint is str:
        return str(value)
    return tuple(str(each) for each in value)
