"""Lines that two logs hold: a rotated file and its successor, a log beside its packed copy.

Such a line is one event. Two rows of a table are the same line when they are equal in all columns
but those that say where the row stands, and as many of them count as the log that holds most of
them has. Equal rows alone prove nothing, for two servers behind a balancer may log the same request
in the same second: where lines of two logs are the same, most lines of one of the two must be, over
the time of the lines that are.
"""

from __future__ import annotations

from collections.abc import Sequence

from netcordon.model.log_set import LINE_BITS
from netcordon.tables.log_sets import KEPT, NUMBERED, LogSets
from netcordon.tables.schema import Table

FEWEST = 3
"""Lines of two logs that are the same; fewer are a coincidence, and do little harm."""
SHARE = 0.8
"""Of the lines of one of the two logs, over the time of those that are the same."""

_PLACES = frozenset(NUMBERED) | {"uid", "tunnel_parent"}
"""What tells where a row stands; ids of flows that a device does not give are made of the line."""
_NOT_EVENTS = KEPT - {"detection_finding"}


def number_of(table: Table) -> str:
    """The column with the number of a row's line; empty where rows are no events of lines."""
    names = {column.name for column in table.columns}
    if table.name in _NOT_EVENTS:
        return ""
    return next((name for name in ("frame", "first_frame") if name in names), "")


def beside_sql(table: Table, sets: LogSets) -> str:
    """SQL of ``evidence_id, file``: logs whose time overlaps with another's of their family."""
    several = [str(found) for found in sets.families.values() if len(found.members) > 1]
    names = ", ".join(f"'{name}'" for name in several) or "NULL"
    return f"""
WITH span AS (
    SELECT evidence_id, {number_of(table)} >> {LINE_BITS} AS file,
           min({table.time}) AS t0, max({table.time}) AS t1
    FROM {table.name} WHERE evidence_id IN ({names}) GROUP BY ALL
)
SELECT DISTINCT one.evidence_id, one.file FROM span one JOIN span other
  ON one.evidence_id = other.evidence_id AND one.file <> other.file
 AND one.t0 <= other.t1 AND other.t0 <= one.t1
"""


def logged_again_sql(table: Table, beside: str) -> str:
    """SQL of ``evidence_id`` and the number of lines that an earlier log of the set holds too.

    Args:
        table: which one.
        beside: a table of ``evidence_id, file``; lines of other logs are not compared.
    """
    number = number_of(table)
    told = ", ".join(_told(table))
    return f"""
WITH line AS (
    SELECT evidence_id, {number} AS number, {number} >> {LINE_BITS} AS file, {table.time} AS time,
           hash({told}) AS told
    FROM {table.name}
),
near AS (SELECT line.* FROM line SEMI JOIN {beside} USING (evidence_id, file)),
shared AS (
    SELECT evidence_id, told FROM near GROUP BY evidence_id, told HAVING min(file) < max(file)
),
counted AS (
    SELECT near.*, row_number() OVER (PARTITION BY evidence_id, told, file ORDER BY number) AS nth
    FROM near SEMI JOIN shared USING (evidence_id, told)
),
placed AS (
    SELECT *, min(file) OVER (PARTITION BY evidence_id, told, nth) AS earlier FROM counted
),
again AS (SELECT * FROM placed WHERE file > earlier),
pair AS (
    SELECT evidence_id, file, earlier, count(*) AS n, min(time) AS t0, max(time) AS t1
    FROM again GROUP BY evidence_id, file, earlier HAVING count(*) >= {FEWEST}
),
copy AS (
    SELECT p.evidence_id, p.file, p.earlier FROM pair p JOIN near l
      ON l.evidence_id = p.evidence_id AND l.time BETWEEN p.t0 AND p.t1
     AND (l.file = p.file OR l.file = p.earlier)
    GROUP BY p.evidence_id, p.file, p.earlier, p.n
    HAVING p.n >= {SHARE} * least(count(*) FILTER (WHERE l.file = p.file),
                                  count(*) FILTER (WHERE l.file = p.earlier))
)
SELECT DISTINCT evidence_id, number AS {number} FROM again
SEMI JOIN copy USING (evidence_id, file, earlier)
"""


def _told(table: Table) -> Sequence[str]:
    names = [column.name for column in table.flat()]
    device = ["CASE WHEN contains(uid, '-') THEN split_part(uid, '-', 1) END"]
    return [name for name in names if name not in _PLACES] + (device if "uid" in names else [])
