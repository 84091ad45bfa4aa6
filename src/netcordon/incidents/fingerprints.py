"""Rare client fingerprints on the attacker's channels, JA4 and User-Agent, to find more of him."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from netcordon.incidents.queries import Queries, Row
from netcordon.incidents.scene import Scene

RARE_HOSTS = 3
"""Hosts of ours with the same fingerprint, at most: more, and it names a library everybody has."""

MOST_ENDS = 50
"""Servers of one attacker at most; only marks that nobody but his servers saw are kept."""

PART_OF_WINDOWS = (
    r"^(microsoft-(webdav-miniredir|cryptoapi|delivery-optimization)|davclnt|microsoft bits|"
    r"windows-update-agent)(/|$)"
)
"""User-Agents that every Windows has; rare in one recording, and a mark of nobody."""

_RARE = """
WITH wanted AS (SELECT unnest($no) AS no, unnest($src) AS src, unnest($dst) AS dst),
mark AS (
    SELECT 'x-ja4' AS type, ja4 AS value, src_ip, dst_ip, time FROM tls_activity
    WHERE ja4 IS NOT NULL
    UNION ALL
    SELECT 'user-agent', user_agent, src_ip, dst_ip, time FROM http_activity
    WHERE user_agent IS NOT NULL AND user_agent <> ''
      AND NOT regexp_matches(lower(user_agent), $part_of_windows)
),
spread AS (
    SELECT type, value, count(DISTINCT src_ip) AS hosts, list(DISTINCT dst_ip) AS ends
    FROM mark GROUP BY type, value HAVING hosts <= $rare_hosts AND len(ends) <= $most_ends
),
theirs AS (SELECT no, list(DISTINCT dst) AS ends FROM wanted GROUP BY no)
SELECT w.no, m.type, m.value, m.src_ip, m.dst_ip, min(m.time) AS first_seen_time,
       max(m.time) AS last_seen_time, count(*) AS times
FROM mark m JOIN spread USING (type, value) JOIN wanted w ON w.src = m.src_ip AND w.dst = m.dst_ip
JOIN theirs ON theirs.no = w.no AND list_has_all(theirs.ends, spread.ends)
GROUP BY w.no, m.type, m.value, m.src_ip, m.dst_ip
ORDER BY w.no, m.type, m.value, m.src_ip, m.dst_ip
"""


@dataclass(frozen=True, kw_only=True)
class Fingerprint:
    """A rare mark of the attacker's client.

    Attributes:
        type: ``x-ja4`` or ``user-agent``.
        times: handshakes or requests that showed it to the attacker's ends.
        finding_ids: findings about those ends.
    """

    type: str
    value: str
    times: int
    first_seen_time: datetime
    last_seen_time: datetime
    finding_ids: tuple[str, ...]


def find_fingerprints(
    engine: Queries, scenes: Sequence[Scene]
) -> tuple[tuple[Fingerprint, ...], ...]:
    """Marks that only the traffic with the attacker's ends shows, by incident."""
    met: dict[tuple[int, str, str], set[str]] = defaultdict(set)
    for no, scene in enumerate(scenes):
        for ip, parts in scene.hostile.items():
            for part in parts:
                for host in part.by:
                    if host in scene.calls:
                        met[no, host, ip].add(part.finding.id)
    if not met:
        return tuple(() for _ in scenes)
    nos, src, dst = (list(column) for column in zip(*sorted(met), strict=True))
    params = {
        "no": nos,
        "src": src,
        "dst": dst,
        "rare_hosts": RARE_HOSTS,
        "most_ends": MOST_ENDS,
        "part_of_windows": PART_OF_WINDOWS,
    }
    grouped: dict[tuple[int, str, str], list[Row]] = defaultdict(list)
    for row in engine.query(_RARE, params):
        grouped[row["no"], row["type"], row["value"]].append(row)
    found: list[list[Fingerprint]] = [[] for _ in scenes]
    for (no, kind, value), rows in grouped.items():
        found[no].append(
            Fingerprint(
                type=kind,
                value=value,
                times=sum(r["times"] for r in rows),
                first_seen_time=min(r["first_seen_time"] for r in rows),
                last_seen_time=max(r["last_seen_time"] for r in rows),
                finding_ids=tuple(
                    sorted({i for r in rows for i in met[no, r["src_ip"], r["dst_ip"]]})
                ),
            )
        )
    return tuple(tuple(marks) for marks in found)
