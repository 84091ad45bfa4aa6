"""The ways of an incident: its channels, with what a device must know of each to stop it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa

from netcordon.model.incident import Channel, Incident
from netcordon.model.plan import Way
from netcordon.model.register import INTERNET, Register
from netcordon.model.wellformed import is_domain
from netcordon.planning.crossing import crossings
from netcordon.tables.engine import Engine

DNS_PORT = 53

_TRANSPORT = """
WITH way AS (
    SELECT unnest($no) AS no, unnest($src) AS src, unnest($dst) AS dst, unnest($port) AS port
), spoken AS (
    SELECT w.no, n.protocol, count(*) AS flows, max(x.ja4) AS ja4
    FROM way w JOIN network_activity n ON n.src_ip = w.src AND n.dst_ip = w.dst
      AND (w.port IS NULL OR n.dst_port = w.port) AND n.tunnel_parent IS NULL
    LEFT JOIN (SELECT evidence_id, uid, max(ja4) AS ja4 FROM tls_activity GROUP BY ALL) x
      ON x.evidence_id = n.evidence_id AND x.uid = n.uid
    GROUP BY w.no, n.protocol
)
SELECT no, protocol, max(ja4) OVER (PARTITION BY no) AS ja4 FROM spoken
QUALIFY row_number() OVER (PARTITION BY no ORDER BY flows DESC, protocol) = 1
ORDER BY no
"""

_UDP_SERVICES = frozenset({"dns", "quic", "ntp", "dhcp", "snmp", "mdns", "llmnr", "nbns", "ssdp"})
_PORTLESS = frozenset({"icmp", "icmp6", "gre", "esp", "ah", "igmp", "sctp", "udp", "tcp"})


def ways_of(engine: Engine, incidents: Sequence[Incident], register: Register) -> tuple[Way, ...]:
    """Every channel once, the earliest first.

    Args:
        engine: with the views.
        incidents: as they were recorded.
        register: of the network, with at least one boundary.
    """
    channels = _merged([channel for incident in incidents for channel in incident.channels])
    spoken = _spoken(engine, channels)
    between = crossings(register)
    # Who asks a resolver of ours for a name of the attacker's: the resolver asks on for him.
    relayed = [_is_relayed(channel, register) for channel in channels]
    return tuple(
        Way(
            id=f"way-{no + 1}",
            src=channel.src,
            dst=channel.dst,
            name=channel.dst_name,
            port=channel.port,
            protocol=str(spoken[no]["protocol"]) if no in spoken else _guessed(channel.protocol),
            ja4=str(spoken[no]["ja4"] or "") if no in spoken else "",
            purpose=channel.purpose,
            certain=True,
            reason="a channel of the incident",
            boundaries=between.get(
                (register.zone_of(channel.dst), INTERNET)
                if relayed[no]
                else (register.zone_of(channel.src), register.zone_of(channel.dst)),
                (),
            ),
            relayed=relayed[no],
            first_seen_time=channel.first_seen_time,
            last_seen_time=channel.last_seen_time,
            finding_ids=channel.finding_ids,
        )
        for no, channel in enumerate(channels)
    )


def _is_relayed(channel: Channel, register: Register) -> bool:
    name = (channel.dst_name or "").lower().rstrip(".")
    return (
        channel.port == DNS_PORT and is_domain(name) and register.zone_of(channel.dst) != INTERNET
    )


def _merged(channels: Sequence[Channel]) -> list[Channel]:
    found: dict[tuple[str, str, int | None, str], Channel] = {}
    for channel in channels:
        key = (channel.src, channel.dst, channel.port, channel.protocol)
        found.setdefault(key, channel)
    return sorted(
        found.values(), key=lambda c: (c.first_seen_time, c.src, c.dst, c.port or 0, c.protocol)
    )


def _spoken(engine: Engine, channels: Sequence[Channel]) -> Mapping[int, Mapping[str, Any]]:
    if not channels:
        return {}
    rows = engine.query(
        _TRANSPORT,
        {
            "no": list(range(len(channels))),
            "src": [channel.src for channel in channels],
            "dst": [channel.dst for channel in channels],
            "port": [channel.port for channel in channels],
        },
    )
    return {int(str(row["no"])): row for row in rows}


def _guessed(protocol: str) -> str:
    """Transport of a channel that no flow stands behind (logs of other tools)."""
    if protocol in _PORTLESS:
        return protocol
    return "udp" if protocol in _UDP_SERVICES else "tcp"


def way_table(ways: Sequence[Way]) -> pa.Table:
    """Ways as rows to join flows with: ``no`` (place), ``src``, ``dst``, ``port``, ``protocol``."""
    return pa.table(
        {
            "no": pa.array(range(len(ways)), pa.int64()),
            "src": pa.array([way.src for way in ways], pa.string()),
            "dst": pa.array([way.dst for way in ways], pa.string()),
            "port": pa.array([way.port for way in ways], pa.int32()),
            "protocol": pa.array([way.protocol for way in ways], pa.string()),
        }
    )


def utc(time: datetime) -> datetime:
    """A time of the tables, which are UTC without saying so."""
    return time if time.tzinfo else time.replace(tzinfo=UTC)
