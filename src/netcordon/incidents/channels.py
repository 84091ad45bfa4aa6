"""Every way the attacker talks: flows behind the findings, and what else passed between ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from netcordon.incidents.behaviour import Kind
from netcordon.incidents.behind import Behind
from netcordon.incidents.common_ends import CommonEnds
from netcordon.incidents.ends import Ends
from netcordon.incidents.movement import Movement
from netcordon.incidents.parties import Namer
from netcordon.incidents.queries import Queries, Row, plain
from netcordon.incidents.scene import Scene
from netcordon.model.finding import Finding
from netcordon.model.incident import Channel
from netcordon.model.quantity import size_text

MAX_CHANNELS = 200
"""Channels kept by incident."""

MAX_ATTEMPTS = 20
"""Pairs of ends kept by finding that is a scan or a flood: a way in is no way to talk."""

PURPOSES = {
    Kind.COMMAND: "command and control",
    Kind.GENERATED_NAMES: "search for a command server",
    Kind.TUNNEL: "tunnel",
    Kind.EXFILTRATION: "exfiltration",
    Kind.DOWNLOAD: "download of a tool",
    Kind.MINING: "mining",
    Kind.SCAN: "scan",
    Kind.ENUMERATION: "enumeration",
    Kind.BRUTE_FORCE: "password guessing",
    Kind.LOGIN: "remote login",
    Kind.EXPLOITATION: "exploitation",
    Kind.CREDENTIAL_THEFT: "theft of credentials",
    Kind.INTERCEPTION: "interception",
    Kind.LATERAL_MOVEMENT: "lateral movement",
    Kind.COPY: "copy between hosts",
    Kind.COLLECTION: "gathering of data",
    Kind.FLOOD: "flood",
    Kind.DESTRUCTION: "destruction of data",
    Kind.ACCOUNT_CHANGE: "change of accounts",
    Kind.EVASION: "covering of tracks",
    Kind.ADMINISTRATION: "calls of administration",
    Kind.CONTROL: "commands to a control device",
    Kind.OTHER: "part of the finding",
}
"""What a channel is for, by what is done over it."""

_BESIDE = "other traffic between the ends"

_ATTEMPTS = frozenset({Kind.SCAN, Kind.FLOOD})

_PAIRS = f"""
SELECT * FROM (
    SELECT finding, src_ip, dst_ip, dst_port, protocol, service,
           min(start_time) AS first_seen_time, max(end_time) AS last_seen_time,
           count(*) AS flows, sum(packets_in)::BIGINT AS answered,
           row_number() OVER (
               PARTITION BY finding
               ORDER BY sum(packets_in) DESC, count(*) DESC, src_ip, dst_ip, dst_port, protocol,
                        service
           ) AS place
    FROM flow
    GROUP BY finding, src_ip, dst_ip, dst_port, protocol, service
) WHERE place <= {MAX_CHANNELS}
ORDER BY finding, place
"""

_BETWEEN = f"""
WITH pair AS (SELECT unnest($no) AS no, unnest($a) AS a, unnest($b) AS b),
way AS (SELECT no, a AS src, b AS dst FROM pair UNION SELECT no, b, a FROM pair)
SELECT no, src_ip, dst_ip, dst_port, protocol, service, min(start_time) AS first_seen_time,
       max(end_time) AS last_seen_time
FROM network_activity n JOIN way ON way.src = n.src_ip AND way.dst = n.dst_ip
WHERE n.packets_in > 0 AND n.payload_bytes_out + n.payload_bytes_in > 0
GROUP BY no, src_ip, dst_ip, dst_port, protocol, service
ORDER BY no, src_ip, dst_ip, dst_port, protocol, service
LIMIT {20 * MAX_CHANNELS}
"""

_Key = tuple[str, str, int | None, str]
"""Initiator, responder, port, transport protocol."""


class _Span(NamedTuple):
    """One way between two ends, and when."""

    src: str
    dst: str
    port: int | None
    transport: str
    service: str | None
    first: datetime
    last: datetime

    @property
    def key(self) -> _Key:
        return self.src, self.dst, self.port, self.transport


def find_channels(
    engine: Queries,
    flows: Behind,
    scenes: Sequence[Scene],
    ends: Mapping[str, Ends],
    namers: Sequence[Namer],
    movements: Sequence[Sequence[Movement]],
    common: CommonEnds,
) -> tuple[tuple[Channel, ...], ...]:
    """Channels of every incident, the earliest first."""
    by_finding: dict[str, list[Row]] = {}
    for row in flows.by_finding(engine, _PAIRS):
        by_finding.setdefault(flows.finding_ids[row["finding"]], []).append(row)
    beside: list[list[Row]] = [[] for _ in scenes]
    pairs = _pairs(scenes, common)
    if pairs:
        no, a, b = (list(column) for column in zip(*pairs, strict=True))
        for row in engine.query(_BETWEEN, {"no": no, "a": a, "b": b}):
            beside[row["no"]].append(row)
    return tuple(
        _of_one(scene, ends, by_finding, beside[place], namers[place], movements[place])
        for place, scene in enumerate(scenes)
    )


def _pairs(scenes: Sequence[Scene], common: CommonEnds) -> list[tuple[int, str, str]]:
    """Ends between which all traffic is of interest."""
    return sorted(
        {
            (no, ip, part_ip)
            for no, scene in enumerate(scenes)
            for ip, parts in (*scene.hostile.items(), *scene.taken.items())
            for part in parts
            for part_ip in part.by
            if part.kind not in _ATTEMPTS and ip not in common.ips
        }
    )


def _of_one(
    scene: Scene,
    ends: Mapping[str, Ends],
    by_finding: Mapping[str, Sequence[Row]],
    beside: Sequence[Row],
    namer: Namer,
    movements: Sequence[Movement],
) -> tuple[Channel, ...]:
    found: dict[_Key, Channel] = {}
    talks = [f for f in scene.group.findings if ends[f.id].behaviour.kind not in _ATTEMPTS]
    for finding in talks or scene.group.findings:
        part = ends[finding.id]
        spans = [_span(row) for row in by_finding.get(finding.id, ())] or _stated(finding, part)
        if part.behaviour.kind in _ATTEMPTS:
            spans = _condensed(spans, by_finding.get(finding.id, ()))
        for span in spans:
            name = _name(finding, span.dst, part, namer)
            _add(found, span, name, PURPOSES[part.behaviour.kind], finding.id)
    for movement in movements:
        size = size_text(movement.bytes)
        purpose = {
            "download": PURPOSES[Kind.DOWNLOAD],
            "gathering": f"gathering of data, {size} from {movement.dst}",
        }.get(movement.what, f"copy of {size} {movement.way} {movement.dst}")
        span = _Span(
            movement.src, movement.dst, movement.port, "tcp", movement.protocol, movement.time,
            movement.end_time,
        )  # fmt: skip
        name = movement.dst_name or namer.name(movement.dst)
        _add(found, span, name, purpose, movement.finding_id)
    talked = {(c.src, c.dst): c.purpose for c in found.values() if c.protocol == "ftp"}
    for span in map(_span, beside):
        if span.key not in found and span.last >= plain(scene.since):
            # What FTP moves has connections of its own (RFC 959, section 3.2).
            moved = talked.get((span.src, span.dst)) or talked.get((span.dst, span.src))
            purpose = moved if span.service == "ftp-data" and moved else _BESIDE
            _add(found, span, namer.name(span.dst), purpose)
    ordered = sorted(
        found.values(), key=lambda c: (c.first_seen_time, c.src, c.dst, c.port or 0, c.protocol)
    )
    return tuple(ordered[:MAX_CHANNELS])


def _span(row: Row) -> _Span:
    port = row["dst_port"] if row["protocol"] in ("tcp", "udp") else None
    return _Span(
        row["src_ip"], row["dst_ip"], port, row["protocol"], row["service"],
        row["first_seen_time"], row["last_seen_time"],
    )  # fmt: skip


def _stated(finding: Finding, part: Ends) -> list[_Span]:
    """Channels of a finding that no flow row stands behind (ARP, logs of other tools)."""
    ports: Sequence[int | None] = finding.dst_ports[:MAX_ATTEMPTS] or (None,)
    times = (finding.first_seen_time, finding.last_seen_time)
    answering = finding.facts.get("answering")
    dst_ips = finding.dst_ips
    if part.behaviour.kind in _ATTEMPTS and isinstance(answering, (tuple, list)) and answering:
        dst_ips = tuple(ip for ip in dst_ips if ip in answering) or dst_ips
    return [
        _Span(src, dst, port, finding.protocol or "unknown", None, *times)
        for src in finding.src_ips[:MAX_ATTEMPTS]
        for dst in dst_ips[:MAX_ATTEMPTS]
        for port in ports
    ]


def _condensed(spans: Sequence[_Span], rows: Sequence[Row]) -> list[_Span]:
    """Of a scan or flood: the ways that were answered, else the ends without their many ports."""
    answered = [span for span, row in zip(spans, rows, strict=False) if row["answered"]]
    if answered:
        return answered[:MAX_ATTEMPTS]
    pairs: dict[tuple[str, str, str], list[_Span]] = {}
    for span in spans:
        pairs.setdefault((span.src, span.dst, span.transport), []).append(span)
    return [
        same[0]._replace(
            port=same[0].port if len({s.port for s in same}) == 1 else None,
            first=min(s.first for s in same),
            last=max(s.last for s in same),
        )
        for same in list(pairs.values())[:MAX_ATTEMPTS]
    ]


def _name(finding: Finding, dst: str, part: Ends, namer: Namer) -> str | None:
    """The name the channel goes to; for a tunnel the domain behind the resolver."""
    if dst in part.carriers and part.domains:
        return min(part.domains)
    only = finding.dst_names[0] if len(finding.dst_names) == 1 else None
    return only if only and only != dst else namer.name(dst)


def _add(
    found: dict[_Key, Channel], span: _Span, name: str | None, purpose: str, *finding_ids: str
) -> None:
    """Put a channel in, or widen the one that is there; the first purpose told leads."""
    old = found.get(span.key)
    purposes = list(dict.fromkeys([*(old.purpose.split("; ") if old else ()), purpose]))
    known = old.protocol if old and old.protocol != span.transport else None
    found[span.key] = Channel(
        src=span.src,
        dst=span.dst,
        dst_name=(old.dst_name if old else None) or name,
        port=span.port,
        protocol=known or span.service or span.transport,
        purpose="; ".join(purposes),
        first_seen_time=min(span.first, old.first_seen_time) if old else span.first,
        last_seen_time=max(span.last, old.last_seen_time) if old else span.last,
        finding_ids=tuple(sorted({*(old.finding_ids if old else ()), *finding_ids})),
    )
