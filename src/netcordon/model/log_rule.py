"""How times of a device's logs are read that leave out their zone or year."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import PurePath


@dataclass(frozen=True, kw_only=True)
class LogRule:
    """A rule for the logs of some devices.

    Attributes:
        host: pattern (``*``, ``?``) of the name that a device gives itself; empty for all.
        file: pattern of the file's name, or of its whole path; empty for all.
        zone: name (IANA) of the zone of times that name none; empty where nothing is declared.
        year: of times that name none; ``None`` for the latest that is not after the file's own.
    """

    host: str = ""
    file: str = ""
    zone: str = ""
    year: int | None = None

    def is_of_file(self, path: str) -> bool:
        """Whether the rule holds for logs in this file."""
        name = PurePath(path).name
        return not self.file or any(fnmatchcase(text, self.file) for text in (name, path))

    def is_of_host(self, name: str) -> bool:
        """Whether the rule holds for a device of this name."""
        return not self.host or fnmatchcase(name.lower(), self.host.lower())


def rule_for(rules: Iterable[LogRule], host: str) -> LogRule | None:
    """The first rule that holds for a device."""
    return next((rule for rule in rules if rule.is_of_host(host)), None)
