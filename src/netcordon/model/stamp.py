"""The journal's head as it is kept elsewhere, and what an authority said of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class HeadStamp:
    """A time stamp (RFC 3161) of a journal's head.

    Attributes:
        count: entries the journal had; ``hash``: of the last of them.
        authority: who stamped it, as its certificate says.
        stamped_time: by its clock.
        entry: journal entry that keeps it; ``None`` for one that was taken in just now.
        proved: whether it was checked against certificates that were named.
    """

    count: int
    hash: str
    authority: str
    stamped_time: datetime
    entry: int | None = None
    proved: bool = False


@dataclass(frozen=True, kw_only=True)
class JournalHead:
    """A journal's head in the forms in which it is kept elsewhere.

    Attributes:
        count: entries; ``hash``: of the last of them.
        text: ``41:9f86d0…``.
        spoken: the same with the hash as 16 words of five letters.
        stamps: of this and earlier heads, the oldest first.
    """

    count: int
    hash: str
    text: str
    spoken: str
    stamps: tuple[HeadStamp, ...] = ()
