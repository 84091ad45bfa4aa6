"""Card, source addresses (I15a): who sent, since when, ours or not, and whether to believe it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from netcordon.incidents.behaviour import Kind
from netcordon.incidents.behind import REFS, Behind, evidence_of
from netcordon.incidents.card_entry import entries, span, total
from netcordon.incidents.parties import Namer
from netcordon.incidents.queries import Queries, Row
from netcordon.incidents.scene import Scene
from netcordon.model.incident import CardEntry

MAX_SOURCES = 100
"""Addresses told one by one; a first line counts them all when there are more."""

SPOOF_SOURCES = 50
"""Senders from which on a flood with next to no packets each is not believed."""

SPOOF_PACKETS = 3
"""Median packets per sender of such a flood, at most; a real client retries and gets answers."""

_SOURCES = f"""
SELECT * FROM (
    SELECT incident, evidence_id, ip, side, sum(packets)::BIGINT AS packets,
           sum(bytes)::BIGINT AS bytes, sum(finished)::BIGINT AS finished,
           min(start_time) AS first_seen_time, max(end_time) AS last_seen_time, {REFS},
           row_number() OVER (
               PARTITION BY incident, evidence_id, side ORDER BY sum(packets) DESC, ip
           ) AS place
    FROM (
        SELECT incident, evidence_id, src_ip AS ip, 'initiator' AS side, packets_out AS packets,
               ip_bytes_out AS bytes, start_time, end_time, first_frame,
               (conn_state IN ('SF', 'S1', 'S2', 'S3', 'RSTO', 'RSTR'))::INTEGER AS finished
        FROM flow
        UNION ALL
        SELECT incident, evidence_id, dst_ip, 'responder', packets_in, ip_bytes_in, start_time,
               end_time, first_frame, 0
        FROM flow JOIN (SELECT unnest($hostile_no) AS no, unnest($hostile_ip) AS ip) h
          ON h.no = flow.incident AND h.ip = flow.dst_ip
    )
    GROUP BY incident, evidence_id, ip, side
) WHERE place <= {MAX_SOURCES}
ORDER BY incident, side, packets DESC, ip, evidence_id
"""

_SPREAD = """
SELECT incident, count(*) AS sources, median(packets) AS median_packets,
       sum(packets)::BIGINT AS packets, sum(finished)::BIGINT AS finished,
       count(DISTINCT mac) AS macs, count(DISTINCT ttl) AS ttls
FROM (
    SELECT incident, src_ip, sum(packets_out) AS packets, min(src_mac) AS mac,
           min(ttl_min_out) AS ttl,
           count(*) FILTER (conn_state IN ('SF', 'S1', 'S2', 'S3', 'RSTO', 'RSTR')) AS finished
    FROM flow GROUP BY incident, src_ip
)
GROUP BY incident ORDER BY incident
"""

_ALL = f"""
SELECT incident, evidence_id, {REFS} FROM flow
GROUP BY incident, evidence_id ORDER BY incident, evidence_id
"""


def source_ips(
    engine: Queries, flows: Behind, scenes: Sequence[Scene], namers: Sequence[Namer]
) -> list[CardEntry]:
    """Initiators of the incident's flows, and the attacker's ends that answered."""
    hostile = [(no, ip) for no, scene in enumerate(scenes) for ip in sorted(scene.hostile)]
    rows = flows.by_incident(
        engine,
        _SOURCES,
        {"hostile_no": [no for no, _ in hostile], "hostile_ip": [ip for _, ip in hostile]},
    )
    spread = {row["incident"]: row for row in flows.by_incident(engine, _SPREAD)}
    whole: dict[int, list[Row]] = {}
    for row in flows.by_incident(engine, _ALL):
        whole.setdefault(row["incident"], []).append(row)
    spoofed = {no for no, row in spread.items() if _looks_spoofed(scenes[no], row)}

    def value(same: Sequence[Row]) -> Mapping[str, object]:
        first = same[0]
        no, ip = first["incident"], first["ip"]
        party = namers[no].party(ip, "", "")
        hint = "one of many senders that look invented" if no in spoofed else None
        return {
            "value": ip,
            "side": first["side"],
            "name": party.name,
            "mac": party.mac,
            "internal": party.internal,
            "flows": total(same, "total"),
            "packets": total(same, "packets"),
            "bytes": total(same, "bytes"),
            **span(same),
            **({"spoof_hint": hint} if hint and first["side"] == "initiator" else {}),
        }

    extra = [
        _counted(spread[no], whole.get(no, ()), spoofed=no in spoofed)
        if no in spread and (spread[no]["sources"] > MAX_SOURCES or no in spoofed)
        else []
        for no in range(len(scenes))
    ]
    return entries(len(scenes), rows, lambda r: (r["side"], r["ip"]), value, extra=extra)


def _looks_spoofed(scene: Scene, row: Row) -> bool:
    """A flood by many senders with next to no packets each and no finished handshake."""
    return (
        Kind.FLOOD in scene.kinds
        and row["sources"] >= SPOOF_SOURCES
        and row["median_packets"] <= SPOOF_PACKETS
        and row["finished"] == 0
    )


def _counted(row: Row, whole: Sequence[Row], *, spoofed: bool) -> list[Mapping[str, object]]:
    line: dict[str, object] = {
        "value": f"{row['sources']} addresses",
        "sources": row["sources"],
        "packets": row["packets"],
        "median_packets_per_source": row["median_packets"],
    }
    if spoofed:
        line["attributable"] = False
        line["spoof_hint"] = (
            "not attributable: many senders, next to no packets each, no finished handshake"
            + (", all from one Ethernet address" if row["macs"] == 1 else "")
            + (", all with the same TTL" if row["ttls"] == 1 else "")
        )
    return [{**line, "evidence": evidence_of(whole)}]
