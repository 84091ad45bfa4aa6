"""Clocks of the devices whose messages one log holds, as ``netcordon.toml`` declares them."""

from __future__ import annotations

from functools import cached_property

from netcordon.ingest.messages.moments import Clock
from netcordon.ingest.text.head import Peeked
from netcordon.model.evidence import IngestWarning
from netcordon.model.log_rule import LogRule, rule_for

_MOST_HOSTS = 4096


class DeviceClocks:
    """One clock a rule, and one for devices that none is declared for.

    Args:
        peeked: the log, with its rules.
    """

    def __init__(self, peeked: Peeked) -> None:
        self._modified, self._zone = peeked.modified, peeked.log_zone
        self._rules = peeked.log_rules
        self._clocks: dict[LogRule | None, Clock] = {}
        self._hosts: dict[str, Clock] = {}

    @cached_property
    def differ(self) -> bool:
        """Whether a device's name decides."""
        return any(rule.host for rule in self._rules)

    def of(self, host: str) -> Clock:
        """The clock of a device."""
        known = self._hosts.get(host)
        if known is None:
            known = self._clock(rule_for(self._rules, host))
            if len(self._hosts) < _MOST_HOSTS:
                self._hosts[host] = known
        return known

    def warnings(self) -> tuple[IngestWarning, ...]:
        """What was assumed, by all of them."""
        return tuple(warning for clock in self._clocks.values() for warning in clock.warnings())

    def _clock(self, rule: LogRule | None) -> Clock:
        if rule not in self._clocks:
            zone = (rule.zone if rule else "") or self._zone
            self._clocks[rule] = Clock(self._modified, zone, rule.year if rule else None)
        return self._clocks[rule]
