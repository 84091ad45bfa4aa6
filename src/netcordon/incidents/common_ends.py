"""Ends that so many speak to that sharing them means nothing: resolvers, gateways, directories.

Two findings at the same mail relay or domain controller are no reason to see one intrusion. An end
is common when at least ``MIN_CLIENTS`` of our hosts and at least ``MIN_SHARE`` of them got an
answer from it; for a name, when that many asked for it; or when the world knows it as a service.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from netcordon.incidents.addresses import public_service
from netcordon.incidents.queries import Queries, Row
from netcordon.model.finding import Finding
from netcordon.tables.names import registered_domain

MIN_CLIENTS = 10
"""Distinct internal hosts; fewer can all be victims of one intrusion."""

MIN_SHARE = 0.4
"""Share of our hosts that spoke at all; an intrusion seldom holds that many when it is found."""

_CLIENTS = """
WITH ends AS (SELECT unnest($ips) AS ip),
ours AS (
    SELECT count(DISTINCT src_ip) AS hosts FROM network_activity
    WHERE is_internal(src_ip_hi, src_ip_lo)
)
SELECT n.dst_ip AS ip, count(DISTINCT n.src_ip) AS clients, max(ours.hosts) AS hosts
FROM network_activity n JOIN ends ON ends.ip = n.dst_ip CROSS JOIN ours
WHERE is_internal(n.src_ip_hi, n.src_ip_lo) AND n.packets_in > 0
GROUP BY n.dst_ip ORDER BY n.dst_ip
"""

_RESOLVERS = """
WITH ends AS (SELECT unnest($ips) AS ip)
SELECT d.dst_ip AS ip, count(DISTINCT coalesce(name.registered_domain, lower(d.query))) AS domains,
       count(*) FILTER (is_response AND ra AND NOT coalesce(aa, false)) AS for_others,
       count(*) FILTER (is_response) AS answers,
       bool_or(is_internal(d.dst_ip_hi, d.dst_ip_lo)) AS internal
FROM dns_activity d JOIN ends ON ends.ip = d.dst_ip LEFT JOIN name ON name.name = lower(d.query)
WHERE d.service = 'dns' AND d.query IS NOT NULL
GROUP BY d.dst_ip ORDER BY d.dst_ip
"""

_NAMES = """
WITH wanted AS (SELECT unnest($names) AS name),
ours AS (
    SELECT count(DISTINCT src_ip) AS hosts FROM network_activity
    WHERE is_internal(src_ip_hi, src_ip_lo)
)
SELECT coalesce(name.registered_domain, lower(d.query)) AS domain,
       count(DISTINCT d.src_ip) AS clients, max(ours.hosts) AS hosts
FROM dns_activity d LEFT JOIN name ON name.name = lower(d.query) CROSS JOIN ours
WHERE is_internal(d.src_ip_hi, d.src_ip_lo)
  AND coalesce(name.registered_domain, lower(d.query)) IN (SELECT name FROM wanted)
GROUP BY domain ORDER BY domain
"""

_KNOWN = """
WITH wanted AS (SELECT DISTINCT unnest($domains) AS domain)
SELECT k.registered_domain AS domain, min(k.kind) AS kind, min(k.note) AS note
FROM known_service k JOIN wanted ON wanted.domain = k.registered_domain
GROUP BY k.registered_domain ORDER BY k.registered_domain
"""

MIN_RESOLVED_DOMAINS = 2
"""A server that answers for more than the tunnel's own domain passes questions on for others."""


@dataclass(frozen=True, kw_only=True)
class CommonEnds:
    """What must not join findings on its own.

    Attributes:
        ips: addresses that many of our hosts use, or the world does.
        domains: registered domains that many of our hosts ask for, or known services.
        resolvers: addresses that answer DNS questions about several domains, or ours that say so.
        maybe_resolvers: strangers that say they resolve for others; a tunnel's server may lie.
        known: registered domain -> what kind of known service it is.
    """

    ips: frozenset[str]
    domains: frozenset[str]
    resolvers: frozenset[str]
    maybe_resolvers: frozenset[str]
    known: dict[str, str]


def find_common_ends(engine: Queries, findings: Sequence[Finding]) -> CommonEnds:
    """Look up, among the ends of the findings, those that many use."""
    ips = _sorted(ip for f in findings for ip in (*f.dst_ips, *f.src_ips))
    names = _sorted(name for f in findings for name in f.dst_names)
    domains = _sorted(domain_of(name) for name in names)
    known = {
        str(row["domain"]): str(row["kind"])
        for row in (engine.query(_KNOWN, {"domains": domains}) if domains else ())
    }
    clients = engine.query(_CLIENTS, {"ips": ips}) if ips else ()
    askers = engine.query(_NAMES, {"names": domains}) if domains else ()
    asked = engine.query(_RESOLVERS, {"ips": ips}) if ips else ()
    return CommonEnds(
        ips=frozenset(
            {str(r["ip"]) for r in clients if _many(r["clients"], r["hosts"])}
            | {ip for ip in ips if public_service(ip)}
        ),
        domains=frozenset(
            {str(r["domain"]) for r in askers if _many(r["clients"], r["hosts"])} | set(known)
        ),
        resolvers=frozenset(
            {str(r["ip"]) for r in asked if _resolves(r)} | {ip for ip in ips if public_service(ip)}
        ),
        maybe_resolvers=frozenset(
            str(r["ip"]) for r in asked if _says_it_resolves(r) and not _resolves(r)
        ),
        known=known,
    )


def domain_of(name: str) -> str:
    """Registered domain of a name, in lower case; the name itself where there is none."""
    return registered_domain(name) or name.rstrip(".").lower()


def _says_it_resolves(row: Row) -> bool:
    """Whether most answers offer recursion and none claims authority (RFC 1035, section 4.1.1)."""
    return bool(row["answers"] and 2 * row["for_others"] > row["answers"])


def _resolves(row: Row) -> bool:
    return row["domains"] >= MIN_RESOLVED_DOMAINS or bool(
        row["internal"] and _says_it_resolves(row)
    )


def _many(clients: int, hosts: int) -> bool:
    return clients >= MIN_CLIENTS and clients >= MIN_SHARE * hosts


def _sorted(values: Iterable[str]) -> list[str]:
    return sorted(set(values))
