"""What commands would stop of ordinary traffic: by critical flow, else by service and far end."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from netcordon.model.business import Business
from netcordon.model.plan import Harm, Way
from netcordon.planning.bounds import NETWORK, bounds, within
from netcordon.planning.ways import utc, way_table
from netcordon.tables.engine import Engine

MOST_TOLD = 20
"""Groups of harmed traffic told of one command, the largest first; the rest is summed up as one."""

_NAMED = 8

_WAY_FLOW = """
SELECT DISTINCT f.evidence_id, f.uid
FROM network_activity f JOIN way w ON w.src = f.src_ip AND w.dst = f.dst_ip
WHERE (w.port IS NULL OR w.port = f.dst_port) AND f.protocol = w.protocol
"""
# Nobody misses an attempt that was refused, reset or never answered before anything was said.
_ORDINARY = """
SELECT * FROM touched t ANTI JOIN way_flow w ON w.evidence_id = t.evidence_id AND w.uid = t.uid
WHERE NOT t.is_attempt
"""
# The name a flow said, else the names by which its client knew the far end.
_CALLED = """
SELECT o.evidence_id, o.uid, lower(x.server_name) AS host
FROM ordinary o JOIN tls_activity x ON x.evidence_id = o.evidence_id AND x.uid = o.uid
WHERE x.server_name IS NOT NULL
UNION
SELECT o.evidence_id, o.uid, lower(regexp_replace(x.host, ':[0-9]+$', ''))
FROM ordinary o JOIN http_activity x ON x.evidence_id = o.evidence_id AND x.uid = o.uid
WHERE x.host IS NOT NULL
UNION
SELECT o.evidence_id, o.uid, lower(d.query)
FROM ordinary o JOIN (SELECT DISTINCT src_ip, unnest(answers) AS address, query
                      FROM dns_activity WHERE is_response) d
  ON d.src_ip = o.src_ip AND d.address = o.dst_ip
"""
_NOT_CALLED = "SELECT '' AS evidence_id, '' AS uid, '' AS host WHERE false"
# The first critical flow that fits, as they are declared.
_VITAL = f"""
SELECT o.no, o.evidence_id, o.uid, min(v.place) AS place
FROM ordinary o
JOIN vital v ON {within("o.src_ip", "v.src")}
LEFT JOIN called c ON c.evidence_id = o.evidence_id AND c.uid = o.uid AND v.name IS NOT NULL
WHERE (v.port IS NULL OR v.port = o.dst_port) AND (v.protocol IS NULL OR v.protocol = o.protocol)
  AND CASE WHEN v.name IS NULL
           THEN {within("o.dst_ip", "v.dst")}
           ELSE c.host = v.name OR ends_with(c.host, '.' || v.name) END
GROUP BY o.no, o.evidence_id, o.uid
"""
_GROUPS = f"""
WITH told AS (
    SELECT o.*, v.place FROM ordinary o
    LEFT JOIN vital_of v ON v.no = o.no AND v.evidence_id = o.evidence_id AND v.uid = o.uid
), grouped AS (
    SELECT no, place, CASE WHEN place IS NULL THEN dst_ip END AS dst,
           CASE WHEN place IS NULL THEN dst_port END AS port,
           CASE WHEN place IS NULL THEN protocol END AS protocol, min(service) AS service,
           count(*) AS flows, sum(bytes)::BIGINT AS bytes, count(DISTINCT src_ip) AS hosts,
           list_sort(list(DISTINCT src_ip))[1:{_NAMED}] AS src_ips,
           min(start_time) AS first, max(end_time) AS last
    FROM told GROUP BY 1, 2, 3, 4, 5
)
SELECT * FROM grouped
QUALIFY place IS NOT NULL
     OR row_number() OVER (PARTITION BY no, place IS NULL
                           ORDER BY flows DESC, dst, port, protocol) <= {MOST_TOLD}
ORDER BY no, place NULLS LAST, flows DESC, dst, port, protocol
"""
_WEIGHT = """
SELECT no, count(*) AS flows, count(DISTINCT src_ip) AS hosts, count(DISTINCT (dst_ip, dst_port))
       AS services FROM ordinary GROUP BY no ORDER BY no
"""


def find_harm(
    engine: Engine, ways: Sequence[Way], business: Business, commands: int
) -> tuple[tuple[tuple[Harm, ...], ...], tuple[float, ...]]:
    """What each command would stop that is no way of the attacker, and its weight in rules.

    Args:
        engine: with ``touched`` (``planning.effect.touch``).
        ways: whose flows are not missed by anybody.
        business: whose critical flows are told by name.
        commands: how many there are.

    Returns:
        For each command, harms with critical flows first; and a weight that grows with the hosts
        and services concerned, and slowly with the number of flows: ten people who cannot work
        are worse than one machine that asks a thousand times.
    """
    engine.add_table("way", way_table(ways))
    engine.keep("way_flow", _WAY_FLOW)
    engine.add_view("ordinary", _ORDINARY)
    engine.add_table("vital", _vital_table(business))
    named = any(flow.dst_name for flow in business.vital_flows)
    engine.keep("called", _CALLED if named else _NOT_CALLED)
    engine.keep("vital_of", _VITAL)
    harms: list[list[Harm]] = [[] for _ in range(commands)]
    for row in engine.query(_GROUPS):
        harms[int(str(row["no"]))].append(_harm(row, business))
    weights = [0.0] * commands
    for row in engine.query(_WEIGHT):
        flows, hosts, services = (int(str(row[key])) for key in ("flows", "hosts", "services"))
        weights[int(str(row["no"]))] = hosts + services + math.log10(1 + flows)
    return tuple(map(tuple, harms)), tuple(weights)


def _harm(row: Mapping[str, Any], business: Business) -> Harm:
    place = row["place"]
    vital = business.vital_flows[place] if place is not None else None
    far = f"{row['dst']} {row['service'] or row['protocol']}/{row['port']}"
    # Who answers for what is no longer reached has a say, be it vital or not.
    loser = vital or business.asset_of(row["dst"], None)
    return Harm(
        what=vital.name if vital else far,
        critical=vital.name if vital else "",
        owner=loser.owner if loser else "",
        business_line=loser.business_line if loser else "",
        flows=row["flows"],
        bytes=row["bytes"],
        hosts=row["hosts"],
        src_ips=tuple(row["src_ips"]),
        first_seen_time=utc(row["first"]),
        last_seen_time=utc(row["last"]),
    )


def _vital_table(business: Business) -> pa.Table:
    flows = business.vital_flows
    return pa.table(
        {
            "place": pa.array(range(len(flows)), pa.int64()),
            "src": pa.array([bounds(flow.src) for flow in flows], NETWORK),
            "dst": pa.array([bounds(flow.dst) if flow.dst else None for flow in flows], NETWORK),
            "name": pa.array([flow.dst_name or None for flow in flows], pa.string()),
            "port": pa.array([flow.port for flow in flows], pa.int32()),
            "protocol": pa.array([flow.protocol or None for flow in flows], pa.string()),
        }
    )
