"""Card, header fields (I15b): time to live and IP identification of every actor.

An initial TTL is one of 32, 64, 128 or 255 on nearly every system (RFC 1700 said 64); the next one
above what arrives is the guess, and the difference is the number of routers passed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from netcordon.incidents.behind import REFS, Behind
from netcordon.incidents.card_entry import entries, total
from netcordon.incidents.parties import Namer
from netcordon.incidents.queries import Queries, Row
from netcordon.incidents.scene import Scene
from netcordon.model.incident import CardEntry

INITIAL_TTLS = (32, 64, 128, 255)
"""Initial values in use; a system that starts at 60 or 200 is guessed wrongly."""

MAX_ACTORS = 100
"""Actors whose headers are told, by incident."""

_SENT = """
FROM (
    SELECT incident, evidence_id, src_ip AS ip, {out} AS field, packets_out AS packets, first_frame
    FROM flow
    UNION ALL
    SELECT incident, evidence_id, dst_ip, {back}, packets_in, first_frame FROM flow
) sent JOIN (SELECT unnest($actor_no) AS no, unnest($actor_ip) AS actor) a
  ON a.no = sent.incident AND a.actor = sent.ip
WHERE field IS NOT NULL
GROUP BY incident, evidence_id, ip, field
ORDER BY incident, ip, packets DESC, field, evidence_id
"""

_TTL = f"""
SELECT incident, evidence_id, ip, field, sum(packets)::BIGINT AS packets, {REFS}
""" + _SENT.format(out="ttl_min_out", back="ttl_min_in")

_IP_ID = f"""
SELECT incident, evidence_id, ip, field, sum(packets)::BIGINT AS packets, {REFS}
""" + _SENT.format(out="ip_id_pattern_out", back="ip_id_pattern_in")

_MEANINGS = {
    "zero": "always 0: usual for Linux with DF set, or crafted packets",
    "constant": "one value repeated: crafted packets",
    "incremental": "a counter: one sender, usual for Windows",
    "random": "random: usual for BSD and newer systems, or several senders",
}


def ttls(
    engine: Queries, flows: Behind, scenes: Sequence[Scene], namers: Sequence[Namer]
) -> list[CardEntry]:
    """TTL or hop limit of each actor, with initial value and distance guessed."""

    def value(same: Sequence[Row]) -> Mapping[str, object]:
        ttl = int(same[0]["field"])
        initial = next((start for start in INITIAL_TTLS if start >= ttl), 255)
        return {
            "value": ttl,
            "ip": same[0]["ip"],
            "name": namers[same[0]["incident"]].name(same[0]["ip"]),
            "initial_guess": initial,
            "hops_guess": initial - ttl,
            "flows": total(same, "total"),
            "packets": total(same, "packets"),
        }

    return entries(
        len(scenes),
        flows.by_incident(engine, _TTL, _actors(scenes)),
        lambda row: (row["ip"], row["field"]),
        value,
        reason="no packet of an actor was recorded with its IP header",
    )


def ip_ids(
    engine: Queries, flows: Behind, scenes: Sequence[Scene], namers: Sequence[Namer]
) -> list[CardEntry]:
    """Pattern of the IPv4 identification of each actor."""

    def value(same: Sequence[Row]) -> Mapping[str, object]:
        pattern = str(same[0]["field"])
        return {
            "value": pattern,
            "ip": same[0]["ip"],
            "name": namers[same[0]["incident"]].name(same[0]["ip"]),
            "meaning": _MEANINGS.get(pattern, ""),
            "flows": total(same, "total"),
            "packets": total(same, "packets"),
        }

    return entries(
        len(scenes),
        flows.by_incident(engine, _IP_ID, _actors(scenes)),
        lambda row: (row["ip"], row["field"]),
        value,
        reason="fewer than 4 IPv4 packets of an actor in any one flow, too few for a pattern",
    )


def _actors(scenes: Sequence[Scene]) -> dict[str, list[object]]:
    actors = [
        (no, ip)
        for no, scene in enumerate(scenes)
        for ip in sorted({*scene.hostile, *scene.controlled})[:MAX_ACTORS]
    ]
    return {"actor_no": [no for no, _ in actors], "actor_ip": [ip for _, ip in actors]}
