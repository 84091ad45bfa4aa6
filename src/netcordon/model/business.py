"""What the organisation declares about itself: what its hosts are worth, which flows are vital."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

LOWEST_VALUE, HIGHEST_VALUE = 1, 5
"""Value of an asset: 1 is hardly missed, 5 stops the organisation."""


@dataclass(frozen=True, kw_only=True)
class Asset:
    """A host, a network or a name that somebody answers for.

    Attributes:
        network: address or network in canonical CIDR notation; empty when it is told by name.
        name: host or domain name in lower case; a domain stands for all names under it.
        value: ``LOWEST_VALUE`` to ``HIGHEST_VALUE``.
        tags: in lower case; which of them call the crisis cell, ``[crisis]`` says (line C1).
        confidential: whether it holds data that nobody taken over may reach (line C9c).
    """

    value: int
    network: str = ""
    name: str = ""
    owner: str = ""
    business_line: str = ""
    confidential: bool = False
    tags: tuple[str, ...] = ()

    def label(self) -> str:
        """``10.2.0.0/16 (payments, owner A. Diaz)``."""
        said = [self.business_line, f"owner {self.owner}" if self.owner else ""]
        about = ", ".join(part for part in said if part)
        return (self.network or self.name) + (f" ({about})" if about else "")


@dataclass(frozen=True, kw_only=True)
class VitalFlow:
    """Traffic without which the organisation stops.

    Attributes:
        src: network in canonical CIDR notation, like ``dst``.
        dst: empty when the other end is told by name.
        dst_name: domain, with all names under it; empty when it is told by address.
        port: of the responder; ``None`` for any.
        protocol: transport; empty for any.
        contact: how to reach the owner at night.
        tolerance_min: minutes it may be cut; ``None`` when nobody said.
    """

    name: str
    src: str
    dst: str = ""
    dst_name: str = ""
    port: int | None = None
    protocol: str = ""
    owner: str = ""
    business_line: str = ""
    contact: str = ""
    tolerance_min: int | None = None

    def joins(self, src: str, dst: str, port: int | None, name: str | None = None) -> bool:
        """Whether traffic between two addresses is this flow; ``name`` is the responder's."""
        if (self.port is not None and self.port != port) or not _holds(self.src, src):
            return False
        if self.dst_name:
            asked = (name or "").lower().rstrip(".")
            return asked == self.dst_name or asked.endswith(f".{self.dst_name}")
        return _holds(self.dst, dst)

    def ends_at(self, ip: str) -> bool:
        """Whether the address serves this flow: without it, the flow stops for everybody."""
        return bool(self.dst) and _holds(self.dst, ip)


@dataclass(frozen=True, kw_only=True)
class Business:
    """All of it."""

    assets: tuple[Asset, ...] = ()
    vital_flows: tuple[VitalFlow, ...] = ()

    def asset_of(self, ip: str, name: str | None) -> Asset | None:
        """What is declared about a host: by its address, then its name, then the smallest network.

        An address says more than a name (names are what hosts claim), a name more than a network.
        """
        around = _networks_around(ip, self._lengths)
        if around and around[0] in self._by_network and _is_one(around[0]):
            return self._by_network[around[0]]
        named = self._named(name.lower().rstrip(".")) if name else None
        return named or next((self._by_network[n] for n in around if n in self._by_network), None)

    def _named(self, name: str) -> Asset | None:
        labels = name.split(".")
        suffixes = (".".join(labels[at:]) for at in range(len(labels)))
        found = next((self._by_name[s] for s in suffixes if s in self._by_name), None)
        # A host says its bare name where the organisation declares the whole one.
        same = self._by_label.get(name, []) if found is None else []
        return same[0] if len(same) == 1 else found

    @cached_property
    def _by_network(self) -> Mapping[str, Asset]:
        return {asset.network: asset for asset in reversed(self.assets) if asset.network}

    @cached_property
    def _by_name(self) -> Mapping[str, Asset]:
        return {asset.name: asset for asset in reversed(self.assets) if asset.name}

    @cached_property
    def _by_label(self) -> Mapping[str, list[Asset]]:
        found: dict[str, list[Asset]] = {}
        for name, asset in self._by_name.items():
            found.setdefault(name.split(".")[0], []).append(asset)
        return found

    @cached_property
    def _lengths(self) -> tuple[tuple[int, int], ...]:
        networks = (ipaddress.ip_network(text) for text in self._by_network)
        return tuple(sorted({(n.version, n.prefixlen) for n in networks}, reverse=True))


def _networks_around(ip: str, lengths: tuple[tuple[int, int], ...]) -> list[str]:
    """The networks of these lengths that hold the address, the smallest first."""
    try:
        address = ipaddress.ip_address(ip)
    except ValueError:
        return []
    return [
        str(ipaddress.ip_network((address, length), strict=False))
        for version, length in lengths
        if version == address.version
    ]


def _is_one(network: str) -> bool:
    return ipaddress.ip_network(network).num_addresses == 1


@lru_cache(maxsize=4096)
def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    return ipaddress.ip_network(text)


def _holds(network: str, ip: str) -> bool:
    try:
        return ipaddress.ip_address(ip) in _network(network)
    except ValueError:
        return False
