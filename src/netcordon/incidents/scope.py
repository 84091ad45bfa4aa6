"""Scope in one step: who else spoke to the attacker's ends or showed his fingerprint."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from netcordon.incidents.addresses import HomeNets
from netcordon.incidents.behaviour import Kind
from netcordon.incidents.common_ends import CommonEnds
from netcordon.incidents.fingerprints import Fingerprint
from netcordon.incidents.parties import Namer
from netcordon.incidents.queries import Queries, Row
from netcordon.incidents.scene import Scene
from netcordon.model.incident import ScopeEntry

MAX_ENTRIES = 500
"""Entries kept by incident, the most contacts first."""

_SAME_ADDRESS = """
WITH hostile AS (SELECT unnest($no) AS no, unnest($ip) AS ip)
SELECT h.no, n.src_ip AS ip, h.ip AS end_, 'spoke to' AS how, count(*) AS times,
       min(n.start_time) AS first_seen_time, max(n.end_time) AS last_seen_time
FROM network_activity n JOIN hostile h ON h.ip = n.dst_ip
WHERE is_internal(n.src_ip_hi, n.src_ip_lo)
GROUP BY ALL
UNION ALL
SELECT h.no, n.dst_ip, h.ip,
       CASE WHEN sum(n.packets_in) > 0 THEN 'answered' ELSE 'was tried by' END,
       count(*), min(n.start_time), max(n.end_time)
FROM network_activity n JOIN hostile h ON h.ip = n.src_ip
WHERE is_internal(n.dst_ip_hi, n.dst_ip_lo) AND NOT is_multicast(n.dst_ip_hi, n.dst_ip_lo)
GROUP BY h.no, n.dst_ip, h.ip
"""

_SAME_NAME = """
WITH wanted AS (SELECT unnest($no) AS no, unnest($domain) AS domain),
host AS (
    SELECT wanted.no, wanted.domain, name.name FROM wanted JOIN name
      ON coalesce(name.registered_domain, name.name) = wanted.domain
),
spoken AS (
    SELECT src_ip AS ip, src_ip_hi AS hi, src_ip_lo AS lo, lower(query) AS name, time
    FROM dns_activity WHERE NOT is_response AND query IS NOT NULL
    UNION ALL
    SELECT src_ip, src_ip_hi, src_ip_lo, lower(server_name), time FROM tls_activity
    WHERE server_name IS NOT NULL
    UNION ALL
    SELECT src_ip, src_ip_hi, src_ip_lo, lower(regexp_replace(host, ':[0-9]+$', '')), time
    FROM http_activity WHERE host IS NOT NULL
)
SELECT host.no, spoken.ip, host.domain AS end_, 'asked for or spoke to' AS how, count(*) AS times,
       min(spoken.time) AS first_seen_time, max(spoken.time) AS last_seen_time
FROM spoken JOIN host ON host.name = spoken.name
WHERE is_internal(spoken.hi, spoken.lo)
  -- Who answers such questions himself asks them for others.
  AND NOT EXISTS (
      SELECT 1 FROM dns_activity r
      WHERE r.dst_ip = spoken.ip AND r.is_response AND r.ra AND r.service = 'dns'
  )
GROUP BY ALL
"""

EARLIER = timedelta(minutes=1)
"""How long before the first finding a contact counts as an earlier one."""

_SAME_JA4 = """
WITH wanted AS (SELECT unnest($no) AS no, unnest($ja4) AS ja4)
SELECT w.no, t.src_ip AS ip, w.ja4 AS end_, 'showed the TLS fingerprint' AS how, count(*) AS times,
       min(t.time) AS first_seen_time, max(t.time) AS last_seen_time
FROM tls_activity t JOIN wanted w ON w.ja4 = t.ja4
WHERE is_internal(t.src_ip_hi, t.src_ip_lo)
GROUP BY ALL
"""


def find_scope(
    engine: Queries,
    scenes: Sequence[Scene],
    fingerprints: Sequence[Sequence[Fingerprint]],
    namers: Sequence[Namer],
    home: HomeNets,
    common: CommonEnds,
) -> tuple[tuple[ScopeEntry, ...], ...]:
    """Others with the same ends or fingerprint, and hosts that met them earlier."""
    ends = [
        (no, ip)
        for no, scene in enumerate(scenes)
        for ip, parts in sorted(scene.hostile.items())
        if ip not in common.ips
        and not home.holds(ip)
        and not all(part.kind is Kind.FLOOD for part in parts)
    ]
    names = [
        (no, domain)
        for no, scene in enumerate(scenes)
        for domain in sorted(set(scene.domains) - common.domains)
    ]
    marks = [
        (no, mark.value)
        for no, marks_of in enumerate(fingerprints)
        for mark in marks_of
        if mark.type == "x-ja4"
    ]
    rows: list[Row] = []
    for sql, column, pairs in (
        (_SAME_ADDRESS, "ip", ends), (_SAME_NAME, "domain", names), (_SAME_JA4, "ja4", marks)
    ):  # fmt: skip
        if pairs:
            params = {"no": [no for no, _ in pairs], column: [value for _, value in pairs]}
            rows += engine.query(sql, params)
    found: list[list[ScopeEntry]] = [[] for _ in scenes]
    for row in rows:
        entry = _entry(row, scenes[row["no"]], namers[row["no"]])
        if entry is not None:
            found[row["no"]].append(entry)
    return tuple(
        tuple(sorted(set(entries), key=lambda e: (-e.count, e.ip, e.relation))[:MAX_ENTRIES])
        for entries in found
    )


def _entry(row: Row, scene: Scene, namer: Namer) -> ScopeEntry | None:
    ip, first = str(row["ip"]), row["first_seen_time"]
    involved = ip in scene.controlled or ip in scene.targets or ip in scene.taken
    if involved and not _before(first, scene):
        return None
    note = ", already before the first finding" if _before(first, scene) else ""
    return ScopeEntry(
        ip=ip,
        name=namer.name(ip),
        relation=f"{row['how']} {row['end_']}{note}",
        count=int(row["times"]),
        first_seen_time=first,
        last_seen_time=row["last_seen_time"],
    )


def _before(time: datetime, scene: Scene) -> bool:
    return time < scene.since - EARLIER
