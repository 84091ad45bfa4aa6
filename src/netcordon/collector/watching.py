"""What is odd about a sender: numbers that it left out, and a clock that is wrong (RFC 5424)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

_HEADER = re.compile(
    r"<\d{1,3}>1 (\S{1,40}) (\S{1,255}) (\S{1,48}) \S{1,128} \S{1,32} (.*)", re.DOTALL
)
_SEQUENCE = re.compile(r'\[meta [^\]]*?sequenceId="(\d{1,10})"')
_UNSYNCED = re.compile(r'\[timeQuality [^\]]*?isSynced="0"')
_LAST_NUMBER = 2_147_483_647
_TOLERATED_S = 60.0
_MOST_SENDERS = 4_096


@dataclass
class _Known:
    number: int | None = None
    is_off: bool = False


class Watch:
    """Follows senders; each is told by certificate, host and program."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str, str], _Known] = {}

    def oddities(self, sender: str, message: str, now: datetime) -> list[str]:
        """What this message shows, in sentences; each state of a clock is told once."""
        found = _HEADER.match(message)
        if found is None:
            return []
        time, host, program, rest = found.groups()
        key = (sender, host, program)
        if key not in self._known and len(self._known) >= _MOST_SENDERS:
            return []
        known = self._known.setdefault(key, _Known())
        return [*_gap(known, host, rest), *_clock(known, host, time, rest, now)]


def _gap(known: _Known, host: str, rest: str) -> list[str]:
    """``sequenceId`` counts from 1 and begins again after 2,147,483,647 or a restart (7.3.1)."""
    match = _SEQUENCE.search(rest[:4096])
    if match is None:
        return []
    number, before = int(match[1]), known.number
    known.number = number
    if before is None or number == before + 1 or (number == 1 and before == _LAST_NUMBER):
        return []
    if number > before:
        return [f"gap: {host} left out {number - before - 1} messages before number {number}"]
    return [f"restart: {host} counts from {number} again after {before}"]


def _clock(known: _Known, host: str, time: str, rest: str, now: datetime) -> list[str]:
    try:
        stamped = datetime.fromisoformat(time)
    except ValueError:
        return []
    if stamped.tzinfo is None:
        return []
    off = (stamped.astimezone(UTC) - now).total_seconds()
    is_off = abs(off) > _TOLERATED_S or _UNSYNCED.search(rest[:4096]) is not None
    if is_off == known.is_off:
        return []
    known.is_off = is_off
    if not is_off:
        return [f"clock: {host} is right again"]
    return [f"clock: {host} is {abs(off):.0f} s {'ahead' if off > 0 else 'behind'}, or not set"]
