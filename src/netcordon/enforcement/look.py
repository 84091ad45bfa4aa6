"""What a device says is there."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from netcordon.enforcement.effects import Dialogue, ask, failed, now, text_of
from netcordon.model.actuator import Actuator, Site
from netcordon.model.command import Command, InForce

_MOST_LINES = 20
_VOLATILE = (
    (re.compile(r"\bpackets \d+ bytes \d+"), "packets # bytes #"),
    (re.compile(r" expires (?:\d+(?:ms|[wdhms]))+"), ""),
    (re.compile(r"^# (?:Generated|Completed) .*$", re.MULTILINE), ""),
    (re.compile(r"\[\d+:\d+\]"), "[#:#]"),
    (re.compile(r"^(add \S+ \S+ .*?timeout) \d+", re.MULTILINE), r"\1 #"),
    (re.compile(r"^(add \S+ \S+ .*?packets) \d+ bytes \d+", re.MULTILINE), r"\1 # bytes #"),
    (re.compile(r"^(@ SOA \S+ \S+) \d+", re.MULTILINE), r"\1 #"),
)
"""Counters and timers of nftables, iptables-save and ipset, and the time in their comments; and
the serial number of a zone, which must grow with every change (RFC 1982)."""


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What ``read`` made of a look.

    Attributes:
        there: command id -> as the device tells it.
        tells: whether the device can be asked at all.
        error: why the look failed; empty when it did not.
    """

    there: Mapping[str, InForce] = field(default_factory=dict)
    tells: bool = True
    error: str = ""

    def lacks(self, commands: Sequence[Command]) -> list[str]:
        """Ids of those that are not there."""
        return [command.id for command in commands if command.id not in self.there]

    def has(self, commands: Sequence[Command]) -> list[str]:
        """Ids of those that are."""
        return [command.id for command in commands if command.id in self.there]


def look(key: str, actuator: Actuator, site: Site, commands: Sequence[Command]) -> Dialogue[Seen]:
    """Ask a device for commands of the site's case, besides what is known to stand there."""
    site = replace(site, standing=site.all_with(commands))
    calls = actuator.look(site)
    if not calls:
        return Seen(tells=False)
    replies = yield from ask(key, calls)
    if why := failed(replies):
        return Seen(error=why)
    at = yield from now()
    found = actuator.read(text_of(replies), site, at)
    return Seen(there={each.command_id: each for each in found})


def configuration(key: str, actuator: Actuator, site: Site) -> Dialogue[tuple[str, str]]:
    """The device's configuration, and why it could not be had (empty when it could)."""
    replies = yield from ask(key, actuator.snapshot(site))
    return text_of(replies), failed(replies) or ""


def differences(before: str, after: str) -> tuple[str, ...]:
    """Lines that came (``+``) and went (``-``), counters and timers apart; empty when the same."""
    if (first := steady(before)) == (second := steady(after)):
        return ()
    lines = difflib.unified_diff(first.splitlines(), second.splitlines(), n=0, lineterm="")
    changed = [line for line in lines if line[:3] not in ("---", "+++") and line[:2] != "@@"]
    more = len(changed) - _MOST_LINES
    return (*changed[:_MOST_LINES], *([f"and {more} more lines"] if more > 0 else []))


def steady(configuration: str) -> str:
    """A configuration without what changes by itself."""
    for pattern, instead in _VOLATILE:
        configuration = pattern.sub(instead, configuration)
    return configuration
