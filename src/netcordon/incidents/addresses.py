"""Addresses: ours or not, private or not, and those of services everybody uses."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

_NOT_ROUTED = tuple(
    ip_network(text)
    for text in (
        "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16",  # RFC 1918
        "100.64.0.0/10",  # RFC 6598
        "169.254.0.0/16", "127.0.0.0/8", "0.0.0.0/8",
        "fc00::/7", "fe80::/10", "::1/128", "::/128",
    )
)  # fmt: skip
# Documentation ranges (RFC 5737) are left out: exercises use them for "the Internet".

PUBLIC_RESOLVERS = frozenset(
    [
        "8.8.8.8",
        "8.8.4.4",
        "2001:4860:4860::8888",
        "2001:4860:4860::8844",
        "1.1.1.1",
        "1.0.0.1",
        "1.1.1.2",
        "1.0.0.2",
        "1.1.1.3",
        "1.0.0.3",
        "2606:4700:4700::1111",
        "2606:4700:4700::1001",
        "9.9.9.9",
        "149.112.112.112",
        "9.9.9.10",
        "149.112.112.10",
        "2620:fe::fe",
        "2620:fe::9",
        "208.67.222.222",
        "208.67.220.220",
        "2620:119:35::35",
        "2620:119:53::53",
        "4.2.2.1",
        "4.2.2.2",
        "4.2.2.3",
        "4.2.2.4",
        "4.2.2.5",
        "4.2.2.6",
        "64.6.64.6",
        "64.6.65.6",
        "94.140.14.14",
        "94.140.15.15",
        "2a10:50c0::ad1:ff",
        "2a10:50c0::ad2:ff",
        "76.76.2.0",
        "76.76.10.0",
        "185.228.168.9",
        "185.228.169.9",
        "77.88.8.8",
        "77.88.8.1",
        "114.114.114.114",
        "114.114.115.115",
        "223.5.5.5",
        "223.6.6.6",
        "119.29.29.29",
        "180.76.76.76",
    ]
)
"""Resolvers open to everybody, as their operators publish them."""

ROOT_SERVERS = frozenset(
    [
        "198.41.0.4",
        "170.247.170.2",
        "192.33.4.12",
        "199.7.91.13",
        "192.203.230.10",
        "192.5.5.241",
        "192.112.36.4",
        "198.97.190.53",
        "192.36.148.17",
        "192.58.128.30",
        "193.0.14.129",
        "199.7.83.42",
        "202.12.27.33",
        "199.9.14.201",
        "2001:503:ba3e::2:30",
        "2801:1b8:10::b",
        "2001:500:2::c",
        "2001:500:2d::d",
        "2001:500:a8::e",
        "2001:500:2f::f",
        "2001:500:12::d0d",
        "2001:500:1::53",
        "2001:7fe::53",
        "2001:503:c27::2:30",
        "2001:7fd::1",
        "2001:500:9f::42",
        "2001:dc3::35",
    ]
)
"""The root name servers, https://www.iana.org/domains/root/servers (and b's former address)."""


class HomeNets:
    """The organisation's networks."""

    def __init__(self, networks: Iterable[str]) -> None:
        self.networks: tuple[IPv4Network | IPv6Network, ...] = tuple(
            ip_network(text, strict=False) for text in networks
        )

    def holds(self, ip: str) -> bool:
        """Whether the address is one of ours; text that is no address is not."""
        address = parse(ip)
        return address is not None and any(
            address in network for network in self.networks if network.version == address.version
        )


@lru_cache(maxsize=65536)
def parse(ip: str) -> IPv4Address | IPv6Address | None:
    """The address a text stands for, ``None`` when it is none (tables can hold any text)."""
    try:
        return ip_address(ip)
    except ValueError:
        return None


def is_private(ip: str) -> bool:
    """Whether an address has no meaning outside the network it was seen in."""
    address = parse(ip)
    return address is not None and any(
        address in network for network in _NOT_ROUTED if network.version == address.version
    )


def is_group(ip: str) -> bool:
    """Whether it is a multicast or limited broadcast address, which is nobody's."""
    address = parse(ip)
    return address is not None and (address.is_multicast or ip == "255.255.255.255")


def public_service(ip: str) -> str | None:
    """What well-known service an address is, or ``None``."""
    if ip in PUBLIC_RESOLVERS:
        return "a public DNS resolver"
    if ip in ROOT_SERVERS:
        return "a DNS root server"
    return None


def order(ip: str) -> tuple[int, int, str]:
    """Sort key: IPv4 before IPv6, each by number, anything else last."""
    address = parse(ip)
    return (9, 0, ip) if address is None else (address.version, int(address), ip)
