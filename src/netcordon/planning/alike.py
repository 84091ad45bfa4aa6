"""Other ways that look like the confirmed ones: the channels that nobody has noticed yet (M1).

A destination outside is a candidate when our hosts show there what they show on a confirmed way:

* the same server certificate, which is one operator's key;
* the same client fingerprint (JA4) or User-Agent *and* the same rhythm, since a fingerprint alone
  is that of a library;
* the same client fingerprint or User-Agent when hardly anybody else has it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from netcordon.model.plan import Way
from netcordon.model.register import Register
from netcordon.planning.crossing import crossings
from netcordon.planning.ways import utc, way_table
from netcordon.tables.engine import Engine

RHYTHM = 0.25
"""Median gaps between calls agree within this share: jitter of 30 % moves the median of twenty gaps
by about 8 %."""

LEAST_GAPS = 5
"""Gaps that make a median worth comparing."""

RARE_HOSTS, RARE_SITES = 2, 4
"""A client mark of more hosts, or seen at more places, is a library's, not one program's."""

_MARKS = """
SELECT evidence_id, uid, 'certificate' AS kind, certificate_sha256 AS value
FROM tls_activity WHERE certificate_sha256 IS NOT NULL
UNION SELECT evidence_id, uid, 'JA4', ja4 FROM tls_activity WHERE ja4 IS NOT NULL
UNION SELECT evidence_id, uid, 'User-Agent', user_agent FROM http_activity
WHERE user_agent IS NOT NULL AND user_agent <> ''
"""
_CALLS = """
SELECT n.evidence_id, n.uid, n.src_ip, n.dst_ip, n.dst_port, n.protocol, n.start_time, n.end_time,
       epoch_us(n.start_time) - lag(epoch_us(n.start_time)) OVER (
           PARTITION BY n.src_ip, n.dst_ip, n.dst_port
           ORDER BY n.start_time, n.evidence_id, n.uid) AS gap
FROM network_activity n
WHERE is_internal(n.src_ip_hi, n.src_ip_lo) AND NOT is_internal(n.dst_ip_hi, n.dst_ip_lo)
  AND n.protocol IN ('tcp', 'udp') AND n.tunnel_parent IS NULL
  AND n.dst_ip IN (
      SELECT f.dst_ip FROM network_activity f JOIN way_mark m USING (evidence_id, uid))
"""
_MARKED = """
SELECT m.evidence_id, m.uid, m.kind, m.value FROM mark m
WHERE (m.kind, m.value) IN (
    SELECT (m.kind, m.value) FROM mark m JOIN network_activity f USING (evidence_id, uid)
    JOIN confirmed w ON w.src = f.src_ip AND w.dst = f.dst_ip AND w.port = f.dst_port)
"""
_ALIKE = """
WITH pair AS (
    SELECT m.kind, m.value, c.src_ip, c.dst_ip, c.dst_port, c.protocol,
           median(c.gap) FILTER (c.gap >= 1000000) AS gap,
           count(c.gap) FILTER (c.gap >= 1000000) AS gaps,
           count(*) AS calls, min(c.start_time) AS first, max(c.end_time) AS last
    FROM calls c JOIN way_mark m USING (evidence_id, uid) GROUP BY ALL
), spread AS (
    SELECT kind, value, count(DISTINCT src_ip) AS hosts, count(DISTINCT dst_ip) AS sites
    FROM pair GROUP BY ALL
), model AS (
    SELECT p.*, w.no FROM pair p
    JOIN confirmed w ON w.src = p.src_ip AND w.dst = p.dst_ip AND w.port = p.dst_port
)
SELECT p.kind, p.value, p.src_ip, p.dst_ip, p.dst_port, p.protocol, p.calls, p.gaps, p.gap / 1e6
       AS period_s, p.first, p.last, s.hosts, s.sites, m.no, m.gap / 1e6 AS model_s, m.gaps
       AS model_gaps
FROM pair p JOIN spread s USING (kind, value) JOIN model m USING (kind, value)
WHERE p.dst_ip NOT IN (SELECT dst FROM confirmed)
ORDER BY p.first, p.src_ip, p.dst_ip, p.dst_port, p.kind, p.value, m.no
"""


def alike(engine: Engine, ways: Sequence[Way], register: Register) -> tuple[Way, ...]:
    """Ways nobody confirmed yet, each with what makes it look like which confirmed one.

    Args:
        engine: with the views and the home networks.
        ways: the confirmed ones.
        register: of the network.
    """
    known = [way for way in ways if way.port is not None]
    if not known:
        return ()
    engine.add_table("confirmed", way_table(known))
    engine.add_view("mark", _MARKS)
    engine.keep("way_mark", _MARKED)
    engine.keep("calls", _CALLS)
    reasons: dict[tuple[str, str, int, str], list[str]] = {}
    rows: dict[tuple[str, str, int, str], Mapping[str, Any]] = {}
    for row in engine.query(_ALIKE):
        reason = _reason(row, known)
        if reason is None:
            continue
        key = (str(row["src_ip"]), str(row["dst_ip"]), int(str(row["dst_port"])),
               str(row["protocol"]))  # fmt: skip
        rows.setdefault(key, row)
        if reason not in reasons.setdefault(key, []):
            reasons[key].append(reason)
    between = crossings(register)
    return tuple(
        Way(
            id=f"way-{len(ways) + place}",
            src=src,
            dst=dst,
            name=None,
            port=port,
            protocol=protocol,
            ja4=str(rows[key]["value"]) if rows[key]["kind"] == "JA4" else "",
            purpose="perhaps command and control",
            certain=False,
            reason="; ".join(reasons[key]),
            boundaries=between.get((register.zone_of(src), register.zone_of(dst)), ()),
            first_seen_time=utc(rows[key]["first"]),
            last_seen_time=utc(rows[key]["last"]),
        )
        for place, key in enumerate(rows, 1)
        for src, dst, port, protocol in [key]
    )


def _reason(row: Mapping[str, Any], known: Sequence[Way]) -> str | None:
    way = known[row["no"]]
    if row["kind"] == "certificate":
        return f"shows the certificate of {way.id}'s server ({row['value'][:16]}…)"
    said = f"same {row['kind']} as {way.id} ({str(row['value'])[:40]})"
    if row["gaps"] >= LEAST_GAPS and row["model_gaps"] >= LEAST_GAPS:
        period, model = row["period_s"], row["model_s"]
        if abs(period - model) <= RHYTHM * model:
            return (
                f"{said}, and calls every {period:.3g} s where {way.id} calls every {model:.3g} s"
            )
    if row["hosts"] <= RARE_HOSTS and row["sites"] <= RARE_SITES:
        return f"{said}, which only {row['hosts']} hosts show, at {row['sites']} places"
    return None
