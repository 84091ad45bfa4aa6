"""A fair sample of the recorded flows that cross a boundary, with what the model says of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from netcordon.model.plan import Plan, Rules
from netcordon.model.register import Boundary, Register
from netcordon.planning.crossing import crossings
from netcordon.tables.engine import Engine

MOST_OF_WAYS, MOST_ORDINARY = 5_000, 15_000
"""Flows judged at one device: of the attacker's, and of ordinary ones, drawn by hash so that the
same evidence gives the same sample."""

# Everything that ordinary work would lose is judged first: a sample that misses it proves nothing.
_CROSSING = """
WITH met AS (
    SELECT DISTINCT t.evidence_id, t.uid FROM touched t JOIN of_point p ON p.no = t.no
    WHERE t.stops
), known AS (SELECT DISTINCT evidence_id, uid FROM of_way)
SELECT f.evidence_id, f.uid, f.src_ip, f.src_port, f.dst_ip, f.dst_port, f.protocol, f.service,
       f.start_time, f.end_time, f.wire_bytes_out + f.wire_bytes_in AS bytes,
       x.begins_inside, k.uid IS NOT NULL AS is_way, m.uid IS NOT NULL AS model_stops
FROM network_activity f
JOIN zoned a ON a.hi = f.src_ip_hi AND a.lo = f.src_ip_lo
JOIN zoned b ON b.hi = f.dst_ip_hi AND b.lo = f.dst_ip_lo
JOIN sided x ON x.a = a.zone AND x.b = b.zone
LEFT JOIN met m ON m.evidence_id = f.evidence_id AND m.uid = f.uid
LEFT JOIN known k ON k.evidence_id = f.evidence_id AND k.uid = f.uid
WHERE f.tunnel_parent IS NULL AND NOT f.is_fragment
QUALIFY row_number() OVER (PARTITION BY is_way
    ORDER BY model_stops DESC, hash(f.evidence_id, f.uid), f.evidence_id, f.uid)
    <= CASE WHEN is_way THEN $ways ELSE $ordinary END
ORDER BY f.evidence_id, f.uid
"""


def crossing(
    engine: Engine, plan: Plan, register: Register, rules: Rules, boundary: Boundary
) -> Sequence[Mapping[str, Any]]:
    """Flows across a boundary, with what the model says of this device's rules.

    Returns:
        ``evidence_id``, ``uid``, the ends and ports, ``protocol``, ``service``, ``start_time``,
        ``end_time``, ``bytes`` (on the wire), ``begins_inside``, ``is_way``, ``model_stops``.
    """
    told = set(rules.command_ids)
    commands = [command.id for measure in plan.measures for command in measure.commands]
    numbers = [number for number, id_ in enumerate(commands) if id_ in told]
    engine.add_table("of_point", pa.table({"no": pa.array(numbers, pa.int64())}))
    engine.add_table("sided", _sided(register, boundary))
    return engine.query(_CROSSING, {"ways": MOST_OF_WAYS, "ordinary": MOST_ORDINARY})


def _sided(register: Register, boundary: Boundary) -> pa.Table:
    """Pairs of zones whose traffic crosses a boundary, and whether it goes from its first side."""
    between = crossings(register)
    rows: list[tuple[str, str, bool]] = []
    for (a, b), names in sorted(between.items()):
        if boundary.name in names:
            near = boundary.zones[0]
            # The side that is reached without this boundary is the side one comes from.
            from_first = a == near or (
                (a, near) in between and boundary.name not in between[a, near]
            )
            rows.append((a, b, from_first))
    return pa.table(
        {
            "a": pa.array([row[0] for row in rows], pa.string()),
            "b": pa.array([row[1] for row in rows], pa.string()),
            "begins_inside": pa.array([row[2] for row in rows], pa.bool_()),
        }
    )
