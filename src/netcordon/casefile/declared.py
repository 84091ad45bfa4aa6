"""The parts of ``netcordon.toml`` about the business: ``[[asset]]`` and ``[[vital_flow]]``."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping

from netcordon.model.business import HIGHEST_VALUE, LOWEST_VALUE, Asset, Business, VitalFlow

MOST = 10_000
"""Entries of each kind; more belong in an inventory."""
_LONGEST = 200

TEMPLATE = """\

# What your hosts are worth, so that incidents are worked on in the right order. Repeat as needed.
# Name each by exactly one of address, prefix or name (a domain stands for all names under it).
# value: 1 (hardly missed) to 5 (the organisation stops). The closest entry holds.
# [[asset]]
# prefix = "10.20.2.0/24"
# value = 5
# owner = "A. Diaz, +33 1 23 45 67 89"
# business_line = "payments"

# Traffic without which the organisation stops. Incidents that touch it count as 5.
# [[vital_flow]]
# name = "card payments"
# src = "10.20.2.0/24"
# dst = "203.0.113.40"
# port = 443          # left out: any
# owner = "A. Diaz"
"""

_ASSET_KEYS = ("address", "prefix", "name", "value", "owner", "business_line")
_FLOW_KEYS = ("name", "src", "dst", "port", "owner")
_NAME = re.compile(r"(?!-)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*\Z")


class WrongKeyError(ValueError):
    """A key that cannot be used: which entry, which key, and why."""

    def __init__(self, section: str, number: int, key: str, why: str) -> None:
        super().__init__(
            f"{section} {number}, key {key}: {why}" if key else f"{section} {number}: {why}"
        )
        self.section, self.number, self.key = section, number, key


def read_business(values: Mapping[str, object]) -> Business:
    """The business as declared.

    Args:
        values: of the parsed file; keys other than ``asset`` and ``vital_flow`` are passed over.

    Raises:
        WrongKeyError: at the first entry that cannot be used.
    """
    assets = [_asset(_Entry("asset", *each)) for each in _tables(values, "asset")]
    flows = [_flow(_Entry("vital_flow", *each)) for each in _tables(values, "vital_flow")]
    return Business(assets=tuple(assets), vital_flows=tuple(flows))


def _tables(values: Mapping[str, object], section: str) -> list[tuple[int, Mapping[str, object]]]:
    found = values.get(section, [])
    if not isinstance(found, list):
        raise WrongKeyError(section, 1, "", f"write [[{section}]] with two brackets, once for each")
    if len(found) > MOST:
        raise WrongKeyError(section, MOST + 1, "", f"more than {MOST:,} entries")
    for number, entry in enumerate(found, 1):
        if not isinstance(entry, dict):
            raise WrongKeyError(section, number, "", f"write [[{section}]] and keys under it")
    return list(enumerate(found, 1))


class _Entry:
    """One entry, read key by key."""

    def __init__(self, section: str, number: int, values: Mapping[str, object]) -> None:
        self._section, self._number, self._values = section, number, values

    def wrong(self, key: str, why: str) -> WrongKeyError:
        return WrongKeyError(self._section, self._number, key, why)

    def check_keys(self, known: tuple[str, ...]) -> None:
        for key in self._values:
            if key not in known:
                raise self.wrong(key, f"unknown; known: {', '.join(known)}")

    def has(self, key: str) -> bool:
        return key in self._values

    def text(self, key: str, *, needed: bool = False) -> str:
        value = self._values.get(key, "")
        if not isinstance(value, str):
            raise self.wrong(key, "is not a text; put it in quotes")
        if needed and not value.strip():
            raise self.wrong(key, "is missing")
        if len(value) > _LONGEST:
            raise self.wrong(key, f"is longer than {_LONGEST} characters")
        return value.strip()

    def whole(self, key: str, least: int, most: int) -> int:
        value = self._values.get(key)
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            said = "is missing" if value is None else f"{value!r} is none"
            raise self.wrong(key, f"{said}; a whole number from {least} to {most}")
        return value

    def network(self, key: str) -> str:
        text = self.text(key, needed=True)
        try:
            return str(ipaddress.ip_network(text))
        except ValueError as error:
            raise self.wrong(key, f"{text!r} is no address or network: {error}") from error


def _asset(entry: _Entry) -> Asset:
    entry.check_keys(_ASSET_KEYS)
    given = [key for key in ("address", "prefix", "name") if entry.has(key)]
    if len(given) != 1:
        said = " and ".join(given) or "none"
        raise entry.wrong("", f"needs exactly one of address, prefix, name; it has {said}")
    network = name = ""
    if given == ["name"]:
        name = entry.text("name", needed=True).rstrip(".").lower()
        if not _NAME.match(name):
            raise entry.wrong("name", f"{name!r} is no host or domain name")
    else:
        network = entry.network(given[0])
        if given == ["address"] and ipaddress.ip_network(network).num_addresses != 1:
            raise entry.wrong("address", f"{network} is a network; use prefix")
    return Asset(
        network=network,
        name=name,
        value=entry.whole("value", LOWEST_VALUE, HIGHEST_VALUE),
        owner=entry.text("owner"),
        business_line=entry.text("business_line"),
    )


def _flow(entry: _Entry) -> VitalFlow:
    entry.check_keys(_FLOW_KEYS)
    return VitalFlow(
        name=entry.text("name", needed=True),
        src=entry.network("src"),
        dst=entry.network("dst"),
        port=entry.whole("port", 0, 65_535) if entry.has("port") else None,
        owner=entry.text("owner"),
    )
