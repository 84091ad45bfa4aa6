"""Packages of evidence for others: what went in, and what one that came proves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Package:
    """A package that was made.

    Attributes:
        path: of the file; ``sha256`` and ``bytes``: as it was written, encrypted.
        name: of the bag in it.
        files: name in the bag -> SHA-256 of each piece of evidence and slice.
        recipients: whom it was encrypted for, as they were named.
        signed_by: whose signature is in it; empty without one. ``fingerprint``: of their key.
        entries: of the journal in the chain; ``given``: those that can be read.
        stamps: time stamps in it.
    """

    path: str
    sha256: str
    bytes: int
    name: str
    files: Mapping[str, str]
    recipients: tuple[str, ...]
    signed_by: str
    fingerprint: str
    entries: int
    given: int
    stamps: int


@dataclass(frozen=True, kw_only=True)
class OpenedPackage:
    """A package that was opened and checked.

    Attributes:
        folder: where it was unpacked to.
        sha256: of the package as it came.
        files: that are as the manifests say; ``bytes``: of them.
        head: of the journal that its extract ends with; empty without one.
        signer: fingerprint of the key that signed it; empty when nobody did.
        problems: what does not hold, one sentence each.
        notes: what must be known besides.
    """

    folder: str
    sha256: str
    files: int
    bytes: int
    head: str
    signer: str
    problems: tuple[str, ...]
    notes: tuple[str, ...]
