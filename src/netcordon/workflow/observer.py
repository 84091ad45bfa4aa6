"""What a job tells whoever waits for it."""

from __future__ import annotations

from typing import Protocol


class Observer(Protocol):
    """Hears how a job goes on. Implementations must be quick and must not raise."""

    def stage(self, name: str) -> None:
        """A stage begins: ``reading``, ``sensing``, ``detecting``, ``correlating``, ..."""

    def evidence_begins(self, label: str, size_bytes: int | None) -> None:
        """A piece of evidence is opened; its size is ``None`` for standard input.

        Several pieces may be under way at a time.
        """

    def evidence_advances(self, label: str, read_bytes: int, records: int) -> None:
        """So many raw bytes and frames of it have been read."""

    def evidence_ends(self, label: str, outcome: str) -> None:
        """It is done; ``outcome`` is a phrase: ``12,345 frames``, ``already registered``."""

    def note(self, text: str) -> None:
        """Something a person should know, one line."""


class Silent:
    """An observer that hears nothing."""

    def stage(self, name: str) -> None:
        """Nothing."""

    def evidence_begins(self, label: str, size_bytes: int | None) -> None:
        """Nothing."""

    def evidence_advances(self, label: str, read_bytes: int, records: int) -> None:
        """Nothing."""

    def evidence_ends(self, label: str, outcome: str) -> None:
        """Nothing."""

    def note(self, text: str) -> None:
        """Nothing."""
