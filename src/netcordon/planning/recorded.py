"""What recorded traffic says of single ways: what is open still, and who else uses a service."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from netcordon.model.plan import Way
from netcordon.planning.ways import way_table
from netcordon.tables.engine import Engine

MOST_CLIENTS = 48
"""Clients that a service is left to; more is no restriction but a policy."""

# Zeek: established and no end seen (S1), half closed (S2, S3), seen only in the middle (OTH).
_OPEN = """
WITH asked AS (SELECT no, src, dst, port, protocol FROM open_way)
SELECT w.no, count(*) AS flows
FROM network_activity f JOIN asked w ON w.src = f.src_ip AND w.dst = f.dst_ip
WHERE (w.port IS NULL OR w.port = f.dst_port) AND f.protocol = w.protocol AND f.protocol = 'tcp'
  AND f.conn_state IN ('S1', 'S2', 'S3', 'OTH') AND f.tunnel_parent IS NULL
GROUP BY w.no ORDER BY w.no
"""
_CLIENTS = """
SELECT w.no, f.src_ip AS client, count(*) AS flows
FROM network_activity f JOIN pinned_way w ON w.dst = f.dst_ip AND w.port = f.dst_port
  AND w.protocol = f.protocol
WHERE f.src_ip NOT IN (SELECT unnest($bad)) AND f.tunnel_parent IS NULL
  AND f.conn_state NOT IN ('S0', 'REJ', 'OTH', 'RSTO', 'RSTR', 'RSTOS0', 'RSTRH', 'SH', 'SHR')
GROUP BY w.no, f.src_ip
QUALIFY row_number() OVER (PARTITION BY w.no ORDER BY flows DESC, client) <= $most
ORDER BY w.no, client
"""


def open_connections(engine: Engine, ways: Sequence[Way]) -> Mapping[str, int]:
    """Id of a way -> connections of it that were open when recording ended."""
    engine.add_table("open_way", way_table(ways))
    rows: Sequence[Mapping[str, Any]] = engine.query(_OPEN)
    return {ways[row["no"]].id: int(row["flows"]) for row in rows}


def known_clients(
    engine: Engine, ways: Sequence[Way], bad: Sequence[str]
) -> Mapping[str, tuple[str, ...]]:
    """Id of a way -> who else used its service and was served, the busiest if there are many.

    Args:
        engine: with the views.
        ways: whose responder is left to known clients.
        bad: addresses that are none.
    """
    engine.add_table("pinned_way", way_table(ways))
    found: dict[str, list[str]] = {way.id: [] for way in ways}
    params = {"bad": sorted(bad), "most": MOST_CLIENTS}
    for row in engine.query(_CLIENTS, params) if ways else ():
        found[ways[int(str(row["no"]))].id].append(str(row["client"]))
    return {way_id: tuple(clients) for way_id, clients in found.items()}
