"""What a piece of evidence is proven against later."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Seal:
    """What a piece of evidence is checked against later.

    Attributes:
        sha256: of all bytes as handed in.
        bytes: how many.
        ends_sha256: of the first and the last 64 KiB together; a cheap first test for "the same
            again".
        step_bytes: distance of the digests in ``prefixes``.
        prefixes: SHA-256 of the first ``step_bytes``, ``2 * step_bytes``, … bytes, up to the last
            full
            step. The first that differs says where a changed byte stands, and costs no second hash.
        location: absolute path it was read from, ``None`` for a stream.
        kept: path of the sealed copy, relative to the workspace; streams have one.
    """

    sha256: str
    bytes: int
    ends_sha256: str
    step_bytes: int
    prefixes: tuple[str, ...]
    location: str | None
    kept: str | None = None
