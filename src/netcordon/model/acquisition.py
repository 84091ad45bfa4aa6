"""How a piece of evidence came to be, and what became of it (RFC 3227; ISO/IEC 27037)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, kw_only=True)
class Acquisition:
    """Who recorded a file, where and how. All of it is what people say; empty where nobody said.

    Attributes:
        collector: who recorded or copied it.
        place: where, such as ``switch core-1 port 12, SPAN``.
        filter: what the recording left out, in the words of the tool; empty for nothing.
        tool: that recorded it, with version.
        started_time: when the recording began, by the clock of the tool; ``None`` when not said.
        ended_time: when it ended.
        clock_offset_s: seconds by which that clock was ahead of true time; negative: behind;
            ``None`` when nobody compared it, which is not the same as 0.
        note: whatever else must be known.
    """

    collector: str
    place: str = ""
    filter: str = ""
    tool: str = ""
    started_time: datetime | None = None
    ended_time: datetime | None = None
    clock_offset_s: float | None = None
    note: str = ""


class Happening(StrEnum):
    """What can become of evidence."""

    SEALED = "sealed"
    REGISTERED = "taken in"
    PRESENTED = "handed in again"
    GIVEN = "handed over"
    RECEIVED = "received"
    EXPORTED = "exported"


@dataclass(frozen=True, kw_only=True)
class CustodyEvent:
    """One line of the chain of custody.

    Attributes:
        seq: journal entry that holds it.
        time: when it was recorded.
        who: the person of a signature, else the collector or the account that wrote the entry.
        said: what happened, in words.
        signed: whether a person's signature under it holds.
        doubts: what is wrong with it, one sentence each.
    """

    seq: int
    time: datetime
    happening: Happening
    who: str
    said: str
    signed: bool = False
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Custody:
    """One piece of evidence: what it is, and its chain of custody.

    Attributes:
        id: ``ev-`` and the first 16 hexadecimal digits of ``sha256``.
        name: as it was handed in (hostile text).
        acquisition: as it was said last; ``None`` when it was never sealed with such words.
        holder: who has it now, as far as the journal knows.
        events: in the order of the journal.
    """

    id: str
    name: str
    sha256: str
    bytes: int
    acquisition: Acquisition | None
    holder: str
    events: tuple[CustodyEvent, ...]

    @property
    def doubts(self) -> tuple[str, ...]:
        """Everything that is wrong with the chain."""
        return tuple(doubt for event in self.events for doubt in event.doubts)
