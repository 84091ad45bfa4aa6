"""Who an address was at a time: Ethernet address, host name, user, as hosts said themselves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from netcordon.incidents.addresses import HomeNets
from netcordon.incidents.queries import Queries, Row, plain

_OWN_SEGMENT = ("dhcp", "arp", "mdns", "llmnr")
"""Sources never forwarded by a router: their Ethernet address is the host's own."""

_NAME_ORDER = ("dhcp", "nbns", "ntlm", "mdns", "llmnr", "kerberos", "dns")
_MAC_ORDER = ("dhcp", "arp", "mdns", "llmnr", "nbns", "ntlm", "kerberos", "flow")
_USER_ORDER = ("kerberos", "ntlm", "dhcp", "nbns")
_RIVALS = frozenset({"dhcp", "arp"})
"""Sources whose claims are compared with each other; a difference is a sign of spoofing."""

ROUTER_ADDRESSES = 4
"""IPv4 addresses behind one Ethernet address from which on it is taken for a router's."""

_SAID = """
WITH wanted AS (SELECT unnest($ips) AS ip)
SELECT h.ip, h.mac, h.host_name, h."user", h.domain, h.os_hint, h.source, h.first_seen_time,
       h.last_seen_time, h."count" AS times, h.first_frame, h.evidence_id
FROM host_identity h JOIN wanted ON wanted.ip = h.ip
ORDER BY h.ip, h.first_seen_time, h.source, h.evidence_id, h.first_frame, h.mac, h.host_name,
         h."user"
"""

_ROUTERS = """
WITH owner AS (
    SELECT src_mac AS mac, src_ip AS ip, src_ip_hi AS hi, src_ip_lo AS lo FROM network_activity
    WHERE src_mac IS NOT NULL AND tunnel_parent IS NULL
    UNION
    SELECT dst_mac, dst_ip, dst_ip_hi, dst_ip_lo FROM network_activity
    WHERE dst_mac IS NOT NULL AND tunnel_parent IS NULL AND packets_in > 0
)
SELECT mac FROM owner
WHERE NOT is_multicast(hi, lo) AND ip NOT IN ('0.0.0.0', '::')  -- who has no address yet
GROUP BY mac
HAVING count(*) FILTER (WHERE hi = 0) >= $limit
    OR count(*) FILTER (WHERE NOT is_internal(hi, lo) AND NOT is_private(hi, lo)) > 0
ORDER BY mac
"""

_FLOW_MACS = """
WITH wanted AS (SELECT unnest($ips) AS ip), seen AS (
    SELECT src_ip AS ip, src_mac AS mac, start_time, end_time, first_frame, evidence_id
    FROM network_activity JOIN wanted ON wanted.ip = src_ip
    WHERE src_mac IS NOT NULL AND tunnel_parent IS NULL
    UNION ALL
    SELECT dst_ip, dst_mac, start_time, end_time, first_frame, evidence_id
    FROM network_activity JOIN wanted ON wanted.ip = dst_ip
    WHERE dst_mac IS NOT NULL AND tunnel_parent IS NULL AND packets_in > 0
)
SELECT ip, mac, min(start_time) AS first_seen_time, max(end_time) AS last_seen_time,
       count(*) AS times
FROM seen GROUP BY ip, mac ORDER BY ip, mac
"""

_CLAIMS = """
WITH wanted AS (SELECT unnest($macs) AS mac), allowed AS (SELECT unnest($sources) AS source)
SELECT h.mac, count(DISTINCT h.ip) AS ips
FROM host_identity h JOIN wanted USING (mac) JOIN allowed USING (source)
WHERE h.ip IS NOT NULL AND NOT contains(h.ip, ':')
GROUP BY h.mac ORDER BY h.mac
"""

_DNS_NAMES = """
WITH wanted AS (SELECT unnest($ips) AS ip), said AS (
    SELECT unnest(answers) AS ip, query, time FROM dns_activity
    WHERE is_response AND service = 'dns' AND query_type IN ('A', 'AAAA')
)
SELECT said.ip, said.query AS name, min(said.time) AS first_seen_time,
       max(said.time) AS last_seen_time, count(*) AS times
FROM said JOIN wanted ON wanted.ip = said.ip
GROUP BY said.ip, said.query ORDER BY said.ip, times DESC, said.query
"""

_SPOKEN_NAMES = """
WITH wanted AS (SELECT unnest($ips) AS ip), spoken AS (
    SELECT dst_ip AS ip, server_name AS name, time FROM tls_activity
    WHERE server_name IS NOT NULL
    UNION ALL
    SELECT dst_ip, regexp_replace(host, ':[0-9]+$', ''), time FROM http_activity
    WHERE host IS NOT NULL
)
SELECT spoken.ip, spoken.name, min(spoken.time) AS first_seen_time,
       max(spoken.time) AS last_seen_time, count(*) AS times
FROM spoken JOIN wanted ON wanted.ip = spoken.ip
WHERE spoken.name NOT IN (spoken.ip, '[' || spoken.ip || ']', '')
GROUP BY spoken.ip, spoken.name ORDER BY spoken.ip, times DESC, spoken.name
"""


@dataclass(frozen=True, kw_only=True)
class Who:
    """What is known of an address in a span of time."""

    ip: str
    mac: str | None = None
    name: str | None = None
    user: str | None = None
    conflicts: tuple[str, ...] = ()

    def text(self) -> str:
        """``PC-042 (10.1.2.3, user alice)`` with what is known, for use in sentences."""
        if not self.name and not self.user:
            return self.ip
        inside = self.ip + (f", user {self.user}" if self.user else "")
        return f"{self.name} ({inside})" if self.name else f"{self.ip} (user {self.user})"

    def short(self) -> str:
        """``PC-042``: its name without the domain, for titles; the address where it has none."""
        return self.name.partition(".")[0] or self.ip if self.name else self.ip


@dataclass(frozen=True, kw_only=True)
class _Claim:
    value: str
    source: str
    first: datetime
    last: datetime
    times: int


@dataclass
class Identities:
    """Claims about addresses, answerable for any span of time."""

    rows: Mapping[str, Sequence[Row]]
    routers: frozenset[str]
    _macs: dict[str, list[_Claim]] = field(default_factory=lambda: defaultdict(list))
    _names: dict[str, list[_Claim]] = field(default_factory=lambda: defaultdict(list))
    _users: dict[str, list[_Claim]] = field(default_factory=lambda: defaultdict(list))
    _claimed: dict[str, int] = field(default_factory=dict)
    """Router's MAC -> how many IPv4 addresses claimed it on their own segment."""

    def who(self, ip: str, since: datetime, until: datetime) -> Who:
        """What the address was called between two times; claims valid then win over others."""
        mac, other_macs = _choose(self._macs.get(ip, ()), _MAC_ORDER, since, until)
        name, other_names = _choose(self._names.get(ip, ()), _NAME_ORDER, since, until)
        user, _ = _choose(self._users.get(ip, ()), _USER_ORDER, since, until)
        conflicts = [f"{ip} is also claimed by {m}" for m in other_macs]
        conflicts += [f"{ip} also calls itself {n}" for n in other_names]
        return Who(ip=ip, mac=mac, name=name, user=user, conflicts=tuple(conflicts))

    def key(self, ip: str, since: datetime, until: datetime) -> str:
        """What to recognise a host by when addresses move: its leased Ethernet address."""
        leased = [c for c in self._macs.get(ip, ()) if c.source == "dhcp"]
        mac, _ = _choose(leased, _MAC_ORDER, since, until)
        return mac or ip

    def routes(self, ip: str) -> bool:
        """Whether the address is a router's own: it says itself that it has a router's MAC.

        Flows are not asked: beyond a router, every host's packets carry the router's address. A MAC
        that claims many addresses answers for others (proxy ARP), and says nothing of each.
        """
        own = {c.value for c in self._macs.get(ip, ()) if c.source in _OWN_SEGMENT}
        return any(self._claimed.get(mac, 0) < ROUTER_ADDRESSES for mac in own & self.routers)


def read_identities(engine: Queries, ips: Iterable[str], home: HomeNets) -> Identities:
    """Gather everything said about some addresses.

    Args:
        engine: over the tables.
        ips: the addresses wanted.
        home: the organisation's networks; only hosts in them may be named by a DNS answer alone.
    """
    wanted = sorted(set(ips))
    if not wanted:
        return Identities({}, frozenset())
    routers = frozenset(str(r["mac"]) for r in engine.query(_ROUTERS, {"limit": ROUTER_ADDRESSES}))
    known = said_identities(engine, wanted, routers)
    if routers:
        claims = engine.query(_CLAIMS, {"macs": sorted(routers), "sources": list(_OWN_SEGMENT)})
        known._claimed.update({str(r["mac"]): int(r["ips"]) for r in claims})
    for row in engine.query(_FLOW_MACS, {"ips": wanted}):
        if row["mac"] not in routers:
            known._macs[str(row["ip"])].append(_claim(row, "mac", "flow"))
    for row in engine.query(_DNS_NAMES, {"ips": wanted}):
        known._names[str(row["ip"])].append(_claim(row, "name", "dns"))
    for row in engine.query(_SPOKEN_NAMES, {"ips": [ip for ip in wanted if not home.holds(ip)]}):
        known._names[str(row["ip"])].append(_claim(row, "name", "dns"))
    return known


def said_identities(
    engine: Queries, ips: Iterable[str], routers: frozenset[str] = frozenset()
) -> Identities:
    """The same from what hosts said of themselves alone, which costs no look at the flows."""
    rows: dict[str, list[Row]] = defaultdict(list)
    for row in engine.query(_SAID, {"ips": sorted(set(ips))}):
        rows[str(row["ip"])].append(row)
    known = Identities(rows, routers)
    for ip, said in rows.items():
        for row in said:
            source = str(row["source"])
            if row["mac"] and (source in _OWN_SEGMENT or row["mac"] not in routers):
                known._macs[ip].append(_claim(row, "mac", source))
            if row["host_name"]:
                known._names[ip].append(_claim(row, "host_name", source))
            if row["user"] and not str(row["user"]).endswith("$"):
                known._users[ip].append(_claim(row, "user", source))
    return known


def _claim(row: Row, column: str, source: str) -> _Claim:
    return _Claim(
        value=str(row[column]),
        source=source,
        first=plain(row["first_seen_time"]),
        last=plain(row["last_seen_time"]),
        times=int(row["times"] or 0),
    )


def _choose(
    claims: Sequence[_Claim], sources: Sequence[str], since: datetime, until: datetime
) -> tuple[str | None, tuple[str, ...]]:
    """The best claim for a span of time, and equally good ones that contradict it.

    Claims made within the span win, then the last one before it, then the first one after it.
    Among them the better source wins, then the earlier claim (a forger comes second), then the
    more frequent.
    """
    valid = [c for c in claims if c.first <= until and c.last >= since]
    if not valid:
        before = [c for c in claims if c.last < since]
        after = [c for c in claims if c.first > until]
        newest = max((c.last for c in before), default=None)
        oldest = min((c.first for c in after), default=None)
        valid = [c for c in before if c.last == newest] or [c for c in after if c.first == oldest]
    if not valid:
        return None, ()
    rank = {source: place for place, source in enumerate(sources)}
    ordered = sorted(
        valid, key=lambda c: (rank.get(c.source, len(rank)), c.first, -c.times, c.value)
    )
    best = ordered[0]
    others = {
        c.value
        for c in ordered
        if (c.source == best.source or {c.source, best.source} <= _RIVALS)
        and c.source not in ("dns", "flow")
        and not _same(c.value, best.value)
    }
    return best.value, tuple(sorted(others))


def _same(one: str, other: str) -> bool:
    """Whether two names are the same host's, with or without domain (RFC 4343: case is nothing)."""
    a, b = one.lower(), other.lower()
    return a == b or a.partition(".")[0] == b.partition(".")[0]
