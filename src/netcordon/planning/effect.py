"""Which recorded traffic commands would touch: joined with the flows, at column speed.

What a device does with packets is said here of flows. A command meets a flow that passes its device
and has one end in each of the target's networks, when protocol and port agree, who began it is on
the side that the direction names, and neither end is among the exceptions. Ports are those of
packets, as on the device: a rule for port 443 of a server also meets a flow that this server began
*from* its port 443.

Names: where a flow said its name (TLS, HTTP), that name decides. Else it is met when every name its
client knew the address by is denied; a client that knew it by another name finds it again.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence

import pyarrow as pa

from netcordon.hunting.spans import spans
from netcordon.model.command import Command, Verb
from netcordon.model.register import Register
from netcordon.planning.bounds import NETWORK, bounds, within
from netcordon.planning.named import add_names_once, mark
from netcordon.planning.zoned import add_zones, span_table
from netcordon.tables.engine import Engine

_GOES_ON = (Verb.SET, Verb.STOP, Verb.ALLOW)
"""Verbs under which a new flow passes all the same."""

_STRUCK = """
WITH wide AS (
    SELECT e.hi, e.lo, s.nos FROM ends e ASOF JOIN key_wide s ON e.hi >= s.first
    WHERE e.hi <= s.last
), narrow AS (
    SELECT e.hi, e.lo, s.nos FROM ends e ASOF JOIN key_narrow s ON e.hi = s.hi AND e.lo >= s.first
    WHERE e.lo <= s.last
)
SELECT hi, lo, unnest(nos) AS no FROM (SELECT * FROM wide UNION ALL SELECT * FROM narrow)
"""

_FLOW = """f.evidence_id, f.uid, f.src_ip, f.dst_ip, f.src_port, f.dst_port, f.protocol, f.service,
    f.src_ip_hi, f.src_ip_lo, f.dst_ip_hi, f.dst_ip_lo, f.packets_out, f.packets_in,
    f.ip_bytes_out, f.ip_bytes_in, f.start_time, f.end_time, f.tunnel_parent,
    ((f.protocol = 'tcp' AND f.payload_bytes_out = 0 AND f.payload_bytes_in = 0
      AND f.conn_state IN ('S0', 'SH', 'SHR', 'REJ', 'RSTO', 'RSTR', 'RSTOS0', 'RSTRH'))
     OR (f.protocol IN ('icmp', 'icmp6') AND f.packets_in = 0)) IS TRUE AS is_attempt"""
# A flow with both ends in the key network is a candidate once, by its initiator.
_CANDIDATE = f"""
SELECT k.no, {_FLOW}
FROM network_activity f JOIN struck k ON f.src_ip_hi = k.hi AND f.src_ip_lo = k.lo
UNION ALL
SELECT k.no, {_FLOW}
FROM network_activity f JOIN struck k ON f.dst_ip_hi = k.hi AND f.dst_ip_lo = k.lo
LEFT JOIN struck s ON s.no = k.no AND f.src_ip_hi = s.hi AND f.src_ip_lo = s.lo
WHERE s.no IS NULL
UNION ALL
SELECT m.no, {_FLOW}
FROM network_activity f JOIN marked m ON f.evidence_id = m.evidence_id AND f.uid = m.uid
"""


def _met(to_outside: bool) -> str:
    """SQL: the flow meets the target when its responder (or its initiator) is outside."""
    outside, inside = ("dst", "src") if to_outside else ("src", "dst")
    service, other = (f"{outside}_port", f"{inside}_port")
    # Where a port tells who answers, devices ask for nothing more (model.leg).
    begun = "egress" if to_outside else "ingress"
    return f"""(
        {within(f"f.{outside}_ip", "t.outside")} AND {within(f"f.{inside}_ip", "t.inside")}
        AND (t.port IS NULL OR t.port = CASE WHEN t.serves_inside THEN f.{other}
                                             ELSE f.{service} END)
        AND (t.port IS NOT NULL OR t.direction IN ('both', '{begun}'))
        AND (t.spared IS NULL OR len(list_filter(
                t.spared, lambda s: {within(f"f.{outside}_ip", "s")}
                    OR {within(f"f.{inside}_ip", "s")})) = 0)
    )"""


_TOUCHED = f"""
SELECT t.no, f.evidence_id, f.uid, f.src_ip, f.dst_ip, f.dst_port, f.protocol, f.service,
       f.ip_bytes_out + f.ip_bytes_in AS bytes, f.start_time, f.end_time,
       f.src_ip_hi, f.src_ip_lo, f.dst_ip_hi, f.dst_ip_lo, f.is_attempt,
       t.stops
FROM ({_CANDIDATE}) f
JOIN told t ON t.no = f.no
JOIN zoned a ON a.hi = f.src_ip_hi AND a.lo = f.src_ip_lo
JOIN zoned b ON b.hi = f.dst_ip_hi AND b.lo = f.dst_ip_lo
JOIN passed x ON x.point = t.point AND x.a = a.zone AND x.b = b.zone
WHERE f.tunnel_parent IS NULL AND (t.protocol IS NULL OR t.protocol = f.protocol)
  AND ({_met(True)} OR {_met(False)})
"""


def prepare(engine: Engine, register: Register) -> None:
    """Put beside the views what all plans and rehearsals on this traffic share: zones, names."""
    add_zones(engine, register)
    add_names_once(engine)


def touch(engine: Engine, commands: Sequence[Command]) -> None:
    """Put what the commands would touch beside the views.

    ``touched``: ``no`` (place in ``commands``), then of each flow ``evidence_id``, ``uid``,
    ``src_ip``, ``dst_ip``, ``dst_port``, ``protocol``, ``service``, ``bytes`` (of IP, both ways),
    ``start_time``, ``end_time``, the halves of its addresses, ``is_attempt`` for a TCP connection
    in which nothing was said or an echo that nobody answered, and ``stops``: whether the command
    keeps such flows from passing, which one that slows or ends what is open does not; a flow at
    most once for each command.
    ``touched_lookup``: the look-ups of denied names, whoever would answer them.

    Args:
        engine: with ``prepare`` done.
        commands: any number; those that narrow nothing touch nothing.
    """
    engine.add_table("told", _told(commands))
    wide, narrow = spans(_keys(commands))
    engine.add_table("key_wide", span_table(wide))
    engine.add_table("key_narrow", span_table(narrow))
    engine.keep("struck", _STRUCK)
    mark(
        engine,
        by_name=any(command.target.domain for command in commands),
        by_ja4=any(command.target.ja4 for command in commands),
    )
    engine.keep("touched", _TOUCHED)


def _keys(commands: Sequence[Command]) -> list[tuple[int, str]]:
    """The smaller network of each command that is told by addresses alone."""
    found: list[tuple[int, str]] = []
    for no, command in enumerate(commands):
        target = command.target
        networks = [text for text in (target.outside, target.inside) if text]
        if networks and not target.domain and not target.ja4:
            found.append((no, min(networks, key=lambda n: ipaddress.ip_network(n).num_addresses)))
    return found


def _told(commands: Sequence[Command]) -> pa.Table:
    targets = [command.target for command in commands]
    columns: dict[str, pa.Array] = {
        "no": pa.array(range(len(commands)), pa.int64()),
        "inside": pa.array([bounds(t.inside) for t in targets], NETWORK),
        "outside": pa.array([bounds(t.outside) for t in targets], NETWORK),
        "spared": pa.array(
            [[bounds(text) for text in t.except_for] or None for t in targets],
            pa.list_(NETWORK),
        ),
        "port": pa.array([t.port for t in targets], pa.int32()),
        "serves_inside": pa.array([t.serves_inside for t in targets], pa.bool_()),
        "protocol": pa.array([t.protocol or None for t in targets], pa.string()),
        "domain": pa.array([t.domain or None for t in targets], pa.string()),
        "ja4": pa.array([t.ja4 or None for t in targets], pa.string()),
        "direction": pa.array([c.direction.value for c in commands], pa.string()),
        "point": pa.array([c.point for c in commands], pa.string()),
        "stops": pa.array([c.verb not in _GOES_ON for c in commands], pa.bool_()),
    }
    return pa.table(columns)
