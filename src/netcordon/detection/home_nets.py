"""Which networks are the organisation's own, inferred from the traffic when nobody says.

Private ranges are home as soon as one of their addresses sends, or acts in a log: no private
address on a wire belongs to a stranger. Public addresses are home when something only the local
link shows speaks for them: ARP between them, an address leased by DHCP, or an Ethernet address that
serves one host while another (the router's) serves the world. Where frames have no Ethernet
addresses and hardly any private ones take part, home is where the flows meet: the prefix that is an
end of most of them.

Networks are /24 for public IPv4 and /64 for IPv6; the answer depends on the rows alone.
"""

from __future__ import annotations

import ipaddress
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

PRIVATE = tuple(
    ipaddress.ip_network(text)
    for text in (
        "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16",  # RFC 1918
        "100.64.0.0/10",  # RFC 6598, behind a provider's NAT
        "169.254.0.0/16", "fc00::/7", "fe80::/10",  # RFC 3927, 4193, 4291
    )
)  # fmt: skip
"""Ranges without meaning on the Internet."""

ROUTER_NETS = 3
"""Public /24s (or /64s) behind one Ethernet address from which on it is a router's."""

MIN_PRIVATE_SHARE = 0.5
"""Share of flows with a private end below which the private hosts are bystanders."""

MIN_MEETING_SHARE = 0.5
"""Share of the flows that one public prefix must be an end of to be taken for home."""

MAX_PREFIXES = 50_000
"""Prefixes looked at, the busiest first; a flood from invented addresses brings millions."""

# An IPv4 /24 is the low half without its last 8 bits; an IPv6 /64 is the high half.
_PREFIXES = """
WITH part AS (
    SELECT src_ip_hi AS hi, src_ip_lo AS lo, src_mac AS mac, true AS started, true AS sent
    FROM network_activity WHERE tunnel_parent IS NULL
    UNION ALL
    SELECT dst_ip_hi, dst_ip_lo, CASE WHEN packets_in > 0 THEN dst_mac END, false,
           packets_in > 0
    FROM network_activity
    WHERE tunnel_parent IS NULL AND NOT is_multicast(dst_ip_hi, dst_ip_lo)
)
SELECT hi, CASE WHEN hi = 0 THEN lo & ~255::UBIGINT ELSE 0 END AS base, mac,
       count(*) FILTER (started) AS started, count(*) FILTER (sent) AS sent, count(*) AS flows
FROM part WHERE hi IS NOT NULL GROUP BY ALL
ORDER BY flows DESC, hi, base, mac
LIMIT $limit
"""

# Logs of logins and alerts name hosts without flows: a private address that acts in one is ours.
_LOGGED = """
SELECT DISTINCT hi, CASE WHEN hi = 0 THEN lo & ~255::UBIGINT ELSE 0 END AS base FROM (
    SELECT src_ip_hi AS hi, src_ip_lo AS lo FROM detection_finding
    UNION ALL SELECT dst_ip_hi, dst_ip_lo FROM detection_finding WHERE kind = 'honeypot'
    UNION ALL SELECT src_ip_hi, src_ip_lo FROM authentication
)
WHERE hi IS NOT NULL AND is_private(hi, lo) ORDER BY hi, base LIMIT $limit
"""

_FLOWS = """
SELECT count(*) AS flows,
       count(*) FILTER (is_private(src_ip_hi, src_ip_lo) OR is_private(dst_ip_hi, dst_ip_lo))
           AS private
FROM network_activity
WHERE tunnel_parent IS NULL AND NOT is_multicast(dst_ip_hi, dst_ip_lo)
"""

_LINK = """
SELECT DISTINCT sender_ip AS ip, target_ip AS other FROM arp_activity
WHERE sender_ip IS NOT NULL AND sender_ip <> '0.0.0.0'
UNION
SELECT DISTINCT assigned_ip, assigned_ip FROM dhcp_activity
WHERE message_type = 'ACK' AND assigned_ip IS NOT NULL
ORDER BY ip, other
LIMIT $limit
"""


class Queries(Protocol):
    """The part of ``tables.engine.Engine`` that is used here."""

    def query(
        self, sql: str, params: Mapping[str, object] | None = None, /
    ) -> Sequence[Mapping[str, Any]]:
        """Rows of one ``SELECT`` with ``$name`` parameters bound."""


@dataclass
class _Prefix:
    """What is known of a /24 or /64."""

    flows: int = 0
    started: int = 0
    sent: int = 0
    macs: set[str] = field(default_factory=set)


def infer_home_nets(engine: Queries) -> tuple[str, ...]:
    """The organisation's networks in CIDR notation, IPv4 first, each once; empty without traffic.

    Args:
        engine: views over the evidence; ``is_internal`` is not used, for it is what is sought.
    """
    prefixes = _prefixes(engine)
    link = list(_link_prefixes(engine))
    (row,) = engine.query(_FLOWS)
    # Scans of random addresses meet private ones that nobody holds: to count, one must have sent,
    # or be where most of the traffic goes.
    alive = [
        n for n, p in prefixes.items() if p.sent or p.flows >= MIN_MEETING_SHARE * row["flows"]
    ]
    private = {
        wide for wide in map(_private, (*alive, *link, *_logged(engine))) if wide is not None
    }
    home = set(private)
    home |= {p for p in link if _private(p) is None}
    home |= _beside_private(prefixes)
    if row["flows"] and row["private"] < MIN_PRIVATE_SHARE * row["flows"] and not home - private:
        home |= _behind_router(prefixes) or _meeting_place(prefixes, row["flows"])
    return tuple(
        str(network)
        for version in (4, 6)
        for network in sorted(n for n in _collapsed(home, version))
    )


def _logged(engine: Queries) -> list[Network]:
    """Private /24s and /64s of hosts that act in logs of logins and of alerts."""
    found = engine.query(_LOGGED, {"limit": MAX_PREFIXES})
    networks = (_network(int(row["hi"]), int(row["base"])) for row in found)
    return [network for network in networks if network is not None]


def _prefixes(engine: Queries) -> dict[Network, _Prefix]:
    found: dict[Network, _Prefix] = defaultdict(_Prefix)
    for row in engine.query(_PREFIXES, {"limit": MAX_PREFIXES}):
        network = _network(int(row["hi"]), int(row["base"]))
        if network is not None:
            prefix = found[network]
            prefix.flows += row["flows"]
            prefix.started += row["started"]
            prefix.sent += row["sent"]
            if row["mac"] is not None:
                prefix.macs.add(row["mac"])
    return dict(found)


def _network(hi: int, base: int) -> Network | None:
    """The prefix a group of rows stands for; ``None`` for unspecified, loopback and broadcast."""
    network: Network = (
        ipaddress.ip_network((base & 0xFFFF_FFFF, 24))
        if hi == 0 and base >> 32 == 0xFFFF
        else ipaddress.ip_network((hi << 64, 64))
    )
    first = network.network_address
    odd = first.is_unspecified or first.is_loopback or first.is_multicast
    return None if odd or network == ipaddress.ip_network("255.255.255.0/24") else network


def _link_prefixes(engine: Queries) -> Iterable[Network]:
    """Prefixes of addresses that ARP spoke about among themselves, and of leased ones."""
    for row in engine.query(_LINK, {"limit": MAX_PREFIXES}):
        try:
            ip, other = (ipaddress.IPv4Address(row[c]) for c in ("ip", "other"))
        except (ipaddress.AddressValueError, TypeError):
            continue
        network = ipaddress.ip_network((int(ip) & ~255, 24))
        if other in network and _network(0, 0xFFFF_0000_0000 | int(network[0])) is not None:
            yield network


def _private(network: Network) -> Network | None:
    """The private range that holds a prefix."""
    for wide in PRIVATE:
        if wide.version == network.version and network.network_address in wide:
            return wide
    return None


def _beside_private(prefixes: Mapping[Network, _Prefix]) -> set[Network]:
    """Public IPv6 prefixes of hosts that also have a private address: one card, both addresses."""
    routers = _routers(prefixes)
    ours = {
        mac for network, prefix in prefixes.items() if _private(network) for mac in prefix.macs
    } - routers
    return {
        network
        for network, prefix in prefixes.items()
        if network.version == 6 and not _private(network) and prefix.macs & ours
    }


def _routers(prefixes: Mapping[Network, _Prefix]) -> set[str]:
    """Ethernet addresses behind which several public prefixes stand."""
    served: dict[str, int] = defaultdict(int)
    for network, prefix in prefixes.items():
        if _private(network) is None:
            for mac in prefix.macs:
                served[mac] += 1
    return {mac for mac, count in served.items() if count >= ROUTER_NETS}


def _behind_router(prefixes: Mapping[Network, _Prefix]) -> set[Network]:
    """Public prefixes with an Ethernet address of their own, beside a router for the rest."""
    routers = _routers(prefixes)
    if not routers:
        return set()
    return {
        network
        for network, prefix in prefixes.items()
        if _private(network) is None and prefix.macs - routers
    }


def _meeting_place(prefixes: Mapping[Network, _Prefix], flows: int) -> set[Network]:
    """The public prefix that most flows have as an end; of equals the one that starts more."""
    public = [(n, p) for n, p in prefixes.items() if _private(n) is None]
    if not public:
        return set()
    network, prefix = min(
        public, key=lambda pair: (-pair[1].flows, -pair[1].started, pair[0].version, pair[0])
    )
    return {network} if prefix.flows >= MIN_MEETING_SHARE * flows else set()


def _collapsed(networks: Iterable[Network], version: int) -> list[Network]:
    if version == 4:
        four = [n for n in networks if isinstance(n, ipaddress.IPv4Network)]
        return list(ipaddress.collapse_addresses(four))
    six = [n for n in networks if isinstance(n, ipaddress.IPv6Network)]
    return list(ipaddress.collapse_addresses(six))
