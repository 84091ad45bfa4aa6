"""The sealed log: records as they were received, and what a check finds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class Record:
    """One line of the log.

    Attributes:
        seq: from 1, without a gap.
        time: of receipt, RFC 3339 in UTC.
        sender: name in the certificate that the message came under, ``-`` for our own events.
        message: as it was received; bytes that are no UTF-8 as surrogates.
    """

    seq: int
    time: str
    sender: str
    message: str

    @property
    def is_event(self) -> bool:
        """Whether the collector itself says it."""
        return self.sender == "-"


@dataclass(frozen=True)
class Defect:
    """One thing that is not as it was written: where, and what."""

    place: str
    what: str


@dataclass(frozen=True, kw_only=True)
class SenderSeen:
    """What came from one sender.

    Attributes:
        longest_silence_s: between two of its messages.
    """

    name: str
    records: int
    first_time: datetime
    last_time: datetime
    longest_silence_s: float


@dataclass(frozen=True, kw_only=True)
class LogCheck:
    """What a check of a whole log says.

    Attributes:
        defects: what was changed; empty when it is sound.
        events: what the collector noted: gaps, clocks, torn tails, restarts.
        proven: whether the key that was kept elsewhere proves the whole; else only the chain was
            checked, which somebody who can write all files could make anew.
        head: hash of the last record.
    """

    records: int
    segments: int
    defects: tuple[Defect, ...]
    events: tuple[Record, ...]
    senders: tuple[SenderSeen, ...]
    proven: bool
    head: str
