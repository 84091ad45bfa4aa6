"""Entries of ``netcordon.toml`` that repeat (``[[asset]]``), read key by key with clear errors."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping

MOST = 10_000
"""Entries of each kind; more belong in an inventory."""
EVERYTHING = ("0.0.0.0/0", "::/0")
_LONGEST = 200
_NAME = re.compile(r"(?!-)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*\Z")


class WrongKeyError(ValueError):
    """A key that cannot be used: which entry, which key, and why."""

    def __init__(self, section: str, number: int, key: str, why: str) -> None:
        super().__init__(
            f"{section} {number}, key {key}: {why}" if key else f"{section} {number}: {why}"
        )
        self.section, self.number, self.key = section, number, key


def entries(values: Mapping[str, object], section: str) -> list[Entry]:
    """All entries of a section, in the order of the file.

    Raises:
        WrongKeyError: it is no list of tables, or too long a one.
    """
    found = values.get(section, [])
    if not isinstance(found, list):
        raise WrongKeyError(section, 1, "", f"write [[{section}]] with two brackets, once for each")
    if len(found) > MOST:
        raise WrongKeyError(section, MOST + 1, "", f"more than {MOST:,} entries")
    for number, entry in enumerate(found, 1):
        if not isinstance(entry, dict):
            raise WrongKeyError(section, number, "", f"write [[{section}]] and keys under it")
    return [Entry(section, number, entry) for number, entry in enumerate(found, 1)]


class Entry:
    """One entry, read key by key."""

    def __init__(self, section: str, number: int, values: Mapping[str, object]) -> None:
        self._section, self._number, self._values = section, number, values

    def wrong(self, key: str, why: str) -> WrongKeyError:
        """The error that names this entry and a key of it."""
        return WrongKeyError(self._section, self._number, key, why)

    def check_keys(self, known: tuple[str, ...]) -> None:
        """Refuse keys that nobody knows: a slip of the pen would be passed over in silence."""
        for key in self._values:
            if key not in known:
                raise self.wrong(key, f"unknown; known: {', '.join(known)}")

    def has(self, key: str) -> bool:
        """Whether the entry says anything of this key."""
        return key in self._values

    def text(self, key: str, *, needed: bool = False) -> str:
        """A text without the space around it."""
        value = self._values.get(key, "")
        if not isinstance(value, str):
            raise self.wrong(key, "is not a text; put it in quotes")
        if needed and not value.strip():
            raise self.wrong(key, "is missing")
        if len(value) > _LONGEST:
            raise self.wrong(key, f"is longer than {_LONGEST} characters")
        return value.strip()

    def whole(self, key: str, least: int, most: int) -> int:
        """A whole number within bounds, both included."""
        value = self._values.get(key)
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            said = "is missing" if value is None else f"{value!r} is none"
            raise self.wrong(key, f"{said}; a whole number from {least} to {most}")
        return value

    def network(self, key: str) -> str:
        """A network in canonical CIDR notation."""
        return self._network(key, self.text(key, needed=True))

    def _network(self, key: str, text: str) -> str:
        try:
            return str(ipaddress.ip_network(text))
        except ValueError as error:
            raise self.wrong(key, f"{text!r} is no address or network: {error}") from error

    def networks(self, key: str, *, needed: bool = False) -> tuple[str, ...]:
        """A list of networks in canonical CIDR notation."""
        return tuple(self._network(key, text) for text in self.texts(key, needed=needed))

    def parts(self, key: str, *, needed: bool = False) -> tuple[str, ...]:
        """A list of networks, none of which is all there is."""
        found = self.networks(key, needed=needed)
        for network in found:
            if network in EVERYTHING:
                raise self.wrong(key, f"{network} is every address there is; name what is meant")
        return found

    def texts(self, key: str, *, needed: bool = False) -> tuple[str, ...]:
        """A list of texts."""
        value = self._values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise self.wrong(key, 'is not a list of texts; write it like ["one", "two"]')
        if needed and not value:
            raise self.wrong(key, "is missing" if key not in self._values else "is empty")
        if len(value) > MOST or any(len(each) > _LONGEST for each in value):
            raise self.wrong(key, f"more than {MOST:,} texts, or one of over {_LONGEST} characters")
        return tuple(each.strip() for each in value)

    def options(self, key: str) -> dict[str, str]:
        """A table of texts."""
        value = self._values.get(key, {})
        if not isinstance(value, dict) or not all(isinstance(v, str) for v in value.values()):
            raise self.wrong(key, 'is not a table of texts; write it like { list = "blocked" }')
        if any(len(str(part)) > _LONGEST for pair in value.items() for part in pair):
            raise self.wrong(key, f"holds a text of over {_LONGEST} characters")
        return dict(sorted(value.items()))

    def flag(self, key: str, *, default: bool) -> bool:
        """True or false."""
        value = self._values.get(key, default)
        if not isinstance(value, bool):
            raise self.wrong(key, "is neither true nor false")
        return value

    def domain(self, key: str) -> str:
        """A host or domain name in lower case."""
        name = self.text(key, needed=True).rstrip(".").lower()
        if not _NAME.match(name):
            raise self.wrong(key, f"{name!r} is no host or domain name")
        return name

    def given(self, *keys: str) -> list[str]:
        """Those of the keys that the entry has."""
        return [key for key in keys if self.has(key)]

    def one_of(self, *keys: str) -> str:
        """The one key of these that the entry has."""
        given = self.given(*keys)
        if len(given) != 1:
            said = " and ".join(given) or "none"
            raise self.wrong("", f"needs exactly one of {', '.join(keys)}; it has {said}")
        return given[0]
