"""The list of what law enforcement gets."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class PackageItem:
    """One thing.

    Attributes:
        state: ``there``, ``missing`` or ``left out``.
        detail: where it is, the command that makes it, or why it stays.
    """

    name: str
    state: str
    detail: str
