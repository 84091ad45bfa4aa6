"""Other servers of the same implant: another end, called with the same fingerprint and rhythm.

A TLS fingerprint alone names a library, and a period alone a setting many programs share. Both at
once, shown by few hosts to few ends, are a reason to look: the pair is named as a candidate in the
scope, with what it rests on, and joins nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from netcordon.incidents.behaviour import Kind
from netcordon.incidents.common_ends import CommonEnds
from netcordon.incidents.parties import Namer
from netcordon.incidents.queries import Queries
from netcordon.incidents.scene import Scene
from netcordon.model.incident import ScopeEntry

FEW = 3
"""Hosts of ours, and ends, beside the incident's own that show the fingerprint, at most: more, and
it belongs to a common library."""

MIN_CALLS = 8
"""Connections needed before their median gap says anything."""

ALIKE = 1.25
"""Longest over shortest median gap; a sleep with jitter is known to a tenth after so few calls."""

_SQL = """
WITH wanted AS (SELECT unnest($no) AS no, unnest($src) AS src_ip, unnest($dst) AS dst_ip),
-- Most fingerprints are a library's: they are told by a count, before anything is sorted.
rare AS (
    SELECT ja4 FROM tls_activity
    WHERE is_internal(src_ip_hi, src_ip_lo)
      AND ja4 IN (SELECT t.ja4 FROM tls_activity t SEMI JOIN wanted USING (src_ip, dst_ip))
    GROUP BY ja4
    HAVING count(DISTINCT src_ip) FILTER (dst_ip NOT IN (SELECT dst_ip FROM wanted)) <= $few
       AND count(DISTINCT dst_ip) FILTER (dst_ip NOT IN (SELECT dst_ip FROM wanted)) <= $few
),
hello AS (
    SELECT ja4, src_ip, dst_ip, dst_port, time, lower(server_name) AS server_name,
           epoch_us(time) - epoch_us(lag(time) OVER (
               PARTITION BY ja4, src_ip, dst_ip, dst_port ORDER BY time)) AS gap_us
    FROM tls_activity SEMI JOIN rare USING (ja4) WHERE is_internal(src_ip_hi, src_ip_lo)
),
pair AS (
    SELECT ja4, src_ip, dst_ip, dst_port, count(*) AS times, min(time) AS first_seen_time,
           max(time) AS last_seen_time, median(gap_us) / 1e6 AS period_s,
           min(server_name) AS server_name
    FROM hello GROUP BY ja4, src_ip, dst_ip, dst_port
),
known AS (
    SELECT no, ja4, median(period_s) AS period_s FROM pair JOIN wanted USING (src_ip, dst_ip)
    WHERE times >= $min_calls GROUP BY no, ja4
),
beside AS (
    SELECT k.no, k.period_s AS known_s, p.* FROM pair p JOIN known k USING (ja4)
    WHERE NOT EXISTS (FROM wanted w WHERE w.no = k.no AND w.dst_ip = p.dst_ip)
),
crowd AS (
    SELECT no, ja4, count(DISTINCT src_ip) AS hosts, count(DISTINCT dst_ip) AS ends
    FROM beside GROUP BY no, ja4
)
SELECT b.* FROM beside b JOIN crowd USING (no, ja4)
WHERE hosts <= $few AND ends <= $few AND b.times >= $min_calls
  AND b.period_s BETWEEN known_s / $alike AND known_s * $alike
ORDER BY b.no, b.times DESC, b.src_ip, b.dst_ip, b.dst_port, b.ja4
"""


def find_second_servers(
    engine: Queries, scenes: Sequence[Scene], namers: Sequence[Namer], common: CommonEnds
) -> tuple[tuple[ScopeEntry, ...], ...]:
    """Candidates for further command servers, by incident, the most calls first."""
    calls = sorted(
        {
            (no, host, ip)
            for no, scene in enumerate(scenes)
            for ip, parts in scene.hostile.items()
            if ip not in common.ips
            for part in parts
            if part.kind is Kind.COMMAND
            for host in part.by
            if host in scene.calls
        }
    )
    found: list[list[ScopeEntry]] = [[] for _ in scenes]
    if not calls:
        return tuple(map(tuple, found))
    nos, src, dst = (list(column) for column in zip(*calls, strict=True))
    limits = {"few": FEW, "min_calls": MIN_CALLS, "alike": ALIKE}
    for row in engine.query(_SQL, {"no": nos, "src": src, "dst": dst, **limits}):
        ip, end = str(row["src_ip"]), str(row["dst_ip"])
        called = f"{row['server_name']} ({end})" if row["server_name"] else end
        found[row["no"]].append(
            ScopeEntry(
                ip=ip,
                name=namers[row["no"]].name(ip),
                relation=f"called {called} port {row['dst_port']} with the fingerprint of the"
                f" command channel (JA4 {row['ja4']}) and its rhythm, about every"
                f" {row['period_s']:.0f} s: maybe another server of the attacker",
                count=int(row["times"]),
                first_seen_time=row["first_seen_time"],
                last_seen_time=row["last_seen_time"],
            )
        )
    return tuple(map(tuple, found))
