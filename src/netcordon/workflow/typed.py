"""What people type into a case: bounded, never empty, and with an error that says what to type."""

from __future__ import annotations

from datetime import datetime, timedelta

from netcordon.errors import UsageError

TITLE, PERSON, REASON, NOTE = 200, 200, 2_000, 20_000
"""Longest titles, persons, reasons and notes, in characters."""

LONGEST = timedelta(days=365)
"""Nothing is set aside for longer without somebody saying so again."""


def said(text: str, what: str, most: int = REASON) -> str:
    """The text without white space around it.

    Raises:
        UsageError: NC-801 when nothing, or too much, was said.
    """
    cleaned = text.strip()
    if not cleaned:
        raise UsageError(
            "NC-801",
            f"{what[:1].upper()}{what[1:]} is missing.",
            "what people decide stays on record, with their words",
            "say it in a sentence",
        )
    if len(cleaned) > most:
        raise UsageError(
            "NC-801",
            f"{what[:1].upper()}{what[1:]} is too long.",
            f"{len(cleaned):,} characters; at most {most:,} are kept",
            "shorten it, or keep the long text beside the case and name its place",
        )
    return cleaned


def limit_of(until: datetime, now: datetime) -> datetime:
    """A time at which something that was set aside comes back.

    Raises:
        UsageError: NC-809 when it is past, or more than a year away.
    """
    if until <= now:
        raise UsageError(
            "NC-809",
            "The time at which this ends is past.",
            f"{until:%Y-%m-%d %H:%M} UTC; now it is {now:%Y-%m-%d %H:%M} UTC",
            "name a later time",
        )
    if until > now + LONGEST:
        raise UsageError(
            "NC-809",
            "The time at which this ends is too far away.",
            f"{until:%Y-%m-%d} is more than {LONGEST.days} days from now",
            "name a time within a year; it can be said again then",
        )
    return until
