"""Every row that touches something wanted, grouped by thing, place, host and value."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from netcordon.hunting.places import (
    ACCOUNTS,
    FLOW_ENDS,
    LOGGED_ENDS,
    NAMES,
    TEXTS,
    TOLD_ADDRESSES,
    URLS,
    Place,
)  # fmt: skip
from netcordon.hunting.wanted_tables import Numbered
from netcordon.model.hunt import WantedType
from netcordon.tables.engine import Engine

_JOINS: tuple[tuple[tuple[Place, ...], str, str, frozenset[WantedType]], ...] = (
    ((*FLOW_ENDS, *LOGGED_ENDS), "wanted_address", "w.hi = s.hi AND w.lo = s.lo",
     frozenset({WantedType.ADDRESS, WantedType.PREFIX, WantedType.URL})),
    (TOLD_ADDRESSES, "wanted_address", "w.text = s.key",
     frozenset({WantedType.ADDRESS, WantedType.PREFIX, WantedType.URL})),
    (NAMES, "wanted_name", "w.key = s.key", frozenset({WantedType.DOMAIN, WantedType.URL})),
    (TEXTS, "wanted_text", "w.key = s.key AND w.type IN ({types})",
     frozenset().union(*(place.types for place in TEXTS))),
    (ACCOUNTS, "wanted_text", "w.key = s.key AND w.type = 'account' "
     "AND (w.realm IS NULL OR s.realm IS NULL OR w.realm = s.realm)",
     frozenset({WantedType.ACCOUNT})),
    ((URLS,), "wanted_url", "w.key = s.key AND (w.query IS NULL OR w.query = s.query) "
     "AND (w.port IS NULL OR w.port = s.port)", frozenset({WantedType.URL})),
)  # fmt: skip
"""Places, the table they are joined with, the condition, and the types that make it worth while."""

_GROUPED = """
SELECT w.no, w.is_exact, '{table}' AS tbl, '{column}' AS col, '{way}' AS way, s.host, s.value,
       count(*) AS n, min(s.t) AS first_seen_time, max(s.t_end) AS last_seen_time,
       min({{'t': s.t, 'tbl': '{table}',
             'evidence_id': row_at(s.evidence_id, '{table}', s.frame).evidence_id,
             'frame': row_at(s.evidence_id, '{table}', s.frame).frame}}) AS ex
FROM ({rows}) s JOIN {wanted} w ON {condition}
WHERE s.host IS NOT NULL
GROUP BY w.no, w.is_exact, s.host, s.value
"""
_MEMBERS = """
SELECT DISTINCT w.no, s.evidence_id, s.uid FROM ({rows}) s JOIN {wanted} w ON {condition}
WHERE w.is_exact AND s.uid IS NOT NULL AND w.no IN (SELECT no FROM part)
"""
_WHOLE = """
WITH met AS (
    SELECT p.pattern, min(p.port) AS port, m.evidence_id, m.uid
    FROM member m JOIN part p ON p.no = m.no
    GROUP BY p.pattern, m.evidence_id, m.uid HAVING count(DISTINCT m.no) = min(p.size)
)
SELECT m.pattern AS no, true AS is_exact, 'network_activity' AS tbl, 'all parts' AS col,
       'out' AS way, n.src_ip AS host, n.dst_ip AS value, count(*) AS n,
       min(n.start_time) AS first_seen_time, max(n.end_time) AS last_seen_time,
       min({'t': n.start_time, 'tbl': 'network_activity',
            'evidence_id': row_at(n.evidence_id, '', n.first_frame).evidence_id,
            'frame': row_at(n.evidence_id, '', n.first_frame).frame}) AS ex
FROM met m JOIN network_activity n ON n.uid = m.uid AND n.evidence_id = m.evidence_id
WHERE m.port IS NULL OR n.dst_port = m.port
GROUP BY m.pattern, n.src_ip, n.dst_ip
"""
_NONE = (
    "SELECT NULL::BIGINT AS no, false AS is_exact, '' AS tbl, '' AS col, '' AS way, '' AS host, "
    "'' AS value, 0::BIGINT AS n, NULL::TIMESTAMP AS first_seen_time, "
    "NULL::TIMESTAMP AS last_seen_time, {'t': NULL::TIMESTAMP, 'tbl': '', 'evidence_id': '', "
    "'frame': NULL::BIGINT} AS ex WHERE false"
)


def find_touches(
    engine: Engine, numbered: Numbered, patterns: Sequence[tuple[int, Sequence[int], int | None]]
) -> None:
    """Put the view ``touch`` beside the others; ``register`` must have run.

    Args:
        engine: with the views and the tables of what is wanted.
        numbered: single things.
        patterns: number of the pattern, numbers of its parts, the port it asks for.
    """
    types = {atom.type for atom in numbered}
    parts = [_NONE]
    members: list[str] = []
    for places, wanted, condition, worth in _JOINS:
        if not types & worth:
            continue
        for place in places:
            if place.types.isdisjoint(types) and WantedType.URL not in types:
                continue
            listed = ", ".join(f"'{type_.value}'" for type_ in sorted(place.types))
            joined = condition.format(types=listed)
            name = f"touch_{len(parts)}"
            facts = {"rows": place.rows, "wanted": wanted, "condition": joined}
            engine.keep(
                name,
                _GROUPED.format(table=place.table, column=place.column, way=place.way, **facts),
            )
            parts.append(f"SELECT * FROM {name}")
            members.append(_MEMBERS.format(**facts))
    if patterns and members:
        _whole_patterns(engine, patterns, members)
        parts.append("SELECT * FROM touch_whole")
    engine.add_view("touch", " UNION ALL ".join(parts))


def _whole_patterns(
    engine: Engine,
    patterns: Sequence[tuple[int, Sequence[int], int | None]],
    members: Sequence[str],
) -> None:
    rows = [(number, no, len(nos), port) for number, nos, port in patterns for no in nos]
    columns = list(zip(*rows, strict=True))
    names = ("pattern", "no", "size", "port")
    arrays = [pa.array(column, pa.int64()) for column in columns]
    engine.add_table("part", pa.table(dict(zip(names, arrays, strict=True))))
    engine.keep("member", " UNION ".join(members))
    engine.keep("touch_whole", _WHOLE)
