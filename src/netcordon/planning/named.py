"""Which flows and look-ups bear a denied name: told by the flow itself, or by its client's DNS."""

from __future__ import annotations

from netcordon.tables.engine import Engine

# Each spelling once, before anything is done with its text: names repeat, rows are many.
_HOST = """
SELECT raw, lower(regexp_replace(raw, ':[0-9]+$', '')) AS host FROM (
    SELECT server_name AS raw FROM tls_activity WHERE server_name IS NOT NULL
    UNION SELECT host FROM http_activity WHERE host IS NOT NULL
    UNION SELECT query FROM dns_activity WHERE query IS NOT NULL
)
"""
_DENIED = """
WITH above AS (
    SELECT raw, host, array_to_string(labels[i:], '.') AS domain
    FROM (SELECT raw, host, string_split(host, '.') AS labels FROM host_name),
         unnest(range(1, 128)) t(i)
    WHERE i <= len(labels)
)
SELECT t.no, a.raw, a.host FROM above a JOIN told t ON t.domain = a.domain
"""
_BY_OWN_NAME = """
SELECT d.no, x.evidence_id, x.uid FROM tls_activity x JOIN denied d ON d.raw = x.server_name
UNION
SELECT d.no, x.evidence_id, x.uid FROM http_activity x JOIN denied d ON d.raw = x.host
UNION
SELECT t.no, x.evidence_id, x.uid FROM tls_activity x JOIN told t ON t.ja4 = x.ja4
"""
# All names that a client knew an address by must be denied: it would use the next one.
_LOOKED_UP = """
WITH answer AS (
    SELECT src_ip, unnest(answers) AS address, query AS raw
    FROM dns_activity WHERE service = 'dns' AND is_response
), wanted AS (
    SELECT DISTINCT d.no, a.src_ip, a.address FROM answer a JOIN denied d USING (raw)
), asked AS (
    SELECT DISTINCT a.src_ip, a.address, a.raw FROM answer a
    SEMI JOIN wanted w ON w.src_ip = a.src_ip AND w.address = a.address
), known AS (
    SELECT w.no, w.src_ip, w.address, count(*) AS names, count(d.raw) AS denied
    FROM wanted w JOIN asked a ON a.src_ip = w.src_ip AND a.address = w.address
    LEFT JOIN denied d ON d.no = w.no AND d.raw = a.raw
    GROUP BY w.no, w.src_ip, w.address
)
SELECT k.no, f.evidence_id, f.uid
FROM known k JOIN network_activity f ON f.src_ip = k.src_ip AND f.dst_ip = k.address
WHERE k.names = k.denied
"""
_SILENT = """
SELECT * FROM by_look_up l
WHERE (l.evidence_id, l.uid) NOT IN (
    SELECT (x.evidence_id, x.uid) FROM tls_activity x JOIN by_look_up b USING (evidence_id, uid)
    WHERE x.server_name IS NOT NULL
    UNION ALL
    SELECT (x.evidence_id, x.uid) FROM http_activity x JOIN by_look_up b USING (evidence_id, uid)
    WHERE x.host IS NOT NULL)
"""
_LOOKUPS = """
SELECT d.no, q.src_ip, q.dst_ip, d.host, count(*) AS queries, min(q.time) AS first_seen_time,
       max(q.time) AS last_seen_time
FROM dns_activity q JOIN denied d ON d.raw = q.query
WHERE NOT q.is_response
GROUP BY d.no, q.src_ip, q.dst_ip, d.host
"""
_NONE = {
    "marked": "SELECT 0::BIGINT AS no, '' AS evidence_id, '' AS uid WHERE false",
    "touched_lookup": """
        SELECT 0::BIGINT AS no, '' AS src_ip, '' AS dst_ip, '' AS host, 0::BIGINT AS queries,
               NULL::TIMESTAMP AS first_seen_time, NULL::TIMESTAMP AS last_seen_time WHERE false""",
}


def add_names_once(engine: Engine) -> None:
    """Put every spelling of a name, with the name it is, beside the views."""
    engine.keep("host_name", _HOST)


def mark(engine: Engine, *, by_name: bool, by_ja4: bool) -> None:
    """Put ``marked(no, evidence_id, uid)`` and ``touched_lookup`` beside the views.

    Args:
        engine: with ``told(no, domain, ja4, ...)`` and ``add_names_once`` done.
        by_name: whether any command tells a domain.
        by_ja4: whether any tells a fingerprint.
    """
    if not by_name and not by_ja4:
        for name, nothing in _NONE.items():
            engine.keep(name, nothing)
        return
    engine.keep("denied", _DENIED)
    engine.keep("by_look_up", _LOOKED_UP)
    engine.keep("marked", f"{_BY_OWN_NAME} UNION {_SILENT}")
    engine.keep("touched_lookup", _LOOKUPS)
