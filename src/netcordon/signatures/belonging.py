"""Which recorded flows are an incident's own, so that all others count as ordinary."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from netcordon.incidents.addresses import HomeNets, is_group, is_private, public_service
from netcordon.tables.engine import Engine

_DNS = 53

_TOLD = """
SELECT n.evidence_id, n.uid FROM network_activity n
JOIN his_end e ON e.ip = n.dst_ip OR e.ip = n.src_ip
UNION
SELECT n.evidence_id, n.uid FROM network_activity n JOIN his_channel c
  ON c.src = n.src_ip AND c.dst = n.dst_ip AND (c.port IS NULL OR c.port = n.dst_port)
UNION
SELECT x.evidence_id, x.uid FROM dns_activity x JOIN his_name h
  ON lower(x.query) = h.name OR ends_with(lower(x.query), '.' || h.name)
UNION
SELECT x.evidence_id, x.uid FROM tls_activity x JOIN his_name h
  ON lower(x.server_name) = h.name OR ends_with(lower(x.server_name), '.' || h.name)
"""


def add_own_flows(engine: Engine, channels: Sequence[Mapping[str, Any]]) -> int:
    """Put ``told(evidence_id, uid)``, the flows of an incident's channels, beside the views.

    All flows with an end of the attacker's abroad, all between two hosts of ours on the port of a
    channel, and all that bear a name of the attacker's. What goes through a resolver or a public
    service is told by its name alone, for everybody talks to those.

    Args:
        engine: with the views and the home networks.
        channels: of the incident, as its document has them.

    Returns:
        How many there are.
    """
    home = HomeNets(engine.home_nets)

    def is_abroad(ip: str) -> bool:
        ours = home.holds(ip) or (not home.networks and is_private(ip))
        return not ours and not is_group(ip) and not public_service(ip)

    ends = {str(c[side]) for c in channels for side in ("src", "dst") if is_abroad(str(c[side]))}
    named = [
        c for c in channels
        if "." in str(c.get("dst_name") or "") and (c["dst"] in ends or c.get("port") == _DNS)
    ]  # fmt: skip
    within = [c for c in channels if not {c["src"], c["dst"]} & ends and c.get("port") != _DNS]
    names = sorted({str(c["dst_name"]).lower() for c in named})
    engine.add_table("his_end", pa.table({"ip": pa.array(sorted(ends), pa.string())}))
    engine.add_table("his_name", pa.table({"name": pa.array(names, pa.string())}))
    engine.add_table(
        "his_channel",
        pa.table(
            {
                "src": pa.array([str(c["src"]) for c in within], pa.string()),
                "dst": pa.array([str(c["dst"]) for c in within], pa.string()),
                "port": pa.array([c.get("port") for c in within], pa.int32()),
            }
        ),
    )
    engine.keep("told", _TOLD)
    (row,) = engine.query("SELECT count(*) AS n FROM told")
    return int(str(row["n"]))
