"""A person's private key out of its file, with the passphrase asked for only when it has one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from netcordon.casefile.keys import NeedsPassphraseError, fingerprint, read_private_key
from netcordon.casefile.people import People
from netcordon.errors import UsageError
from netcordon.model.person import Person

Ask = Callable[[Path], bytes]
"""Gives the passphrase of a key file."""


def open_key(path: Path, ask: Ask) -> Ed25519PrivateKey:
    """The key.

    Raises:
        UsageError: NC-831 it cannot be used.
    """
    try:
        return read_private_key(path, None)
    except NeedsPassphraseError:
        return read_private_key(path, ask(path))


def whose(key: Ed25519PrivateKey, known: People) -> Person:
    """Who signs with this key.

    Raises:
        UsageError: NC-833 nobody that the workspace knows, or the key was revoked.
    """
    person = known.with_key(fingerprint(key))
    if person is None:
        raise UsageError(
            "NC-833",
            "This key stands for nobody here.",
            "nobody was registered with it in this workspace",
            "netcordon person add NAME --role ROLE --key FILE; netcordon person list",
        )
    if person.revoked is not None:
        raise UsageError(
            "NC-833",
            f"The key of {person.name} was revoked.",
            f"on {person.revoked.time:%Y-%m-%d %H:%M} UTC: {person.revoked.reason}",
            "what it signs now is void; register anew with another key: netcordon person add",
        )
    return person
