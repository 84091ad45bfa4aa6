"""Recordings that are made here."""

from __future__ import annotations

from dataclasses import dataclass

from netcordon.model.acquisition import Custody


@dataclass(frozen=True, kw_only=True)
class Recording:
    """A recording that ended and was sealed.

    Attributes:
        folder: where its files are; ``tool``: that recorded, with version.
        why: it ended, in words.
        packets: recorded; ``dropped``: lost, as the tool says; ``None`` where it did not.
        items: its files, sealed.
        unsealed: files of earlier recordings of the workspace that nobody sealed: netcordon was
            killed while it recorded, or records there now.
    """

    folder: str
    tool: str
    why: str
    packets: int | None
    dropped: int | None
    items: tuple[Custody, ...]
    unsealed: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class RecordingState:
    """A recording at a moment.

    Attributes:
        seconds: since it began; ``bytes``: in its files now; ``files``: how many.
        packets: as the tool says; ``None`` until it does.
    """

    seconds: float
    bytes: int
    files: int
    packets: int | None
