"""Reflection: many servers answer a host that asked them nothing.

Finds        Datagrams from service ports, and SYN-ACKs, that reach a host without any request of
             its own, from many servers at once or in bulk from a few whose service is known to
             answer with far more than it was asked. Somebody else asked in the victim's name.
Blind spots  Captures where the forged requests are mixed with the victim's own; reflection over
             services whose answers are as rare as ordinary traffic; later fragments carry no
             port and are not counted.
Often benign A capture that holds one direction only: every answer looks unasked.
Look next    Bytes a second against the capacity of the link, the service that answers (filter by
             its source port upstream), and whether the victim's own use of it must be spared.

The asker's address is not in the evidence: the reflectors named here are bystanders.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from netcordon.model.detector import Detector, Judgement, Row
from netcordon.model.quantity import number_text, size_text, span_text
from netcordon.model.score import confidence, ramp, term
from netcordon.model.severity import Severity


@dataclass(frozen=True, kw_only=True)
class Params:
    """What counts as reflection."""

    window_s: int = 10
    """Answers are counted in windows of this many seconds; request and answer lie well within."""
    min_packets: int = 200
    """Unasked packets from one service port in a window; a lost start of a capture or a NAT that
    forgot leaves a handful."""
    min_reflectors: int = 10
    """Servers from which on their answering together needs no further explanation."""
    min_bulk_bytes: int = 1_000_000
    """Unasked bytes in a window that let fewer servers count when their service amplifies: nearly
    1 Mbit/s that nobody ordered."""
    amplifiers: str = (
        "17,19,53,69,111,123,137,161,389,427,500,520,1434,1900,3283,3702,4500,5093,5353,5683,"
        "10001,11211,27015,37810"
    )
    """UDP ports of services known to answer with a multiple of what they are asked (CISA alert
    TA14-017A and its updates)."""
    loose_segments: int = 10
    """TCP packets of a flow of which only the answering side was seen; more are a connection whose
    other direction was not recorded."""
    two_way_share: float = 0.2
    """Share of the victim's other flows with both directions below which its own questions may
    have taken a way that the sensor does not see."""
    listed_reflectors: int = 49
    """Reflectors named, the largest first; from 50 on incidents match by the victim."""


PARAMS = Params()
PRIOR = -3.0

_SQL = """
WITH answer AS NOT MATERIALIZED (
    -- The decoder turns a flow round when only the answering side was seen.
    SELECT src_ip AS victim, dst_ip AS reflector, dst_internal AS inside,
           -- TFTP (RFC 1350) and many SSDP devices answer from a port of their own choice.
           CASE WHEN protocol <> 'udp' THEN 0 WHEN service = 'ssdp' THEN 1900
                WHEN service = 'tftp' THEN 69 ELSE dst_port END AS port, src_port AS victim_port,
           protocol, packets_in AS packets, ip_bytes_in AS bytes, start_time, end_time,
           evidence_id, first_frame
    FROM flows
    WHERE packets_out = 0 AND packets_in > 0
      AND (protocol IN ('udp', 'icmp')
           OR (protocol = 'tcp' AND packets_in <= $loose_segments
               AND (tcp_flags_in & 18 = 18 OR tcp_flags_in & 2 = 0)))
      AND NOT src_multicast AND is_outer
    UNION ALL
    -- Of services it does not know the first packet seen decides.
    SELECT dst_ip, src_ip, src_internal, src_port, dst_port, protocol,
           packets_out, ip_bytes_out, start_time, end_time, evidence_id, first_frame
    FROM flows
    WHERE packets_in = 0 AND protocol = 'udp' AND src_port > 0
      AND (src_port <> dst_port
           OR list_contains(string_split($amplifiers, ',')::INTEGER[], src_port))
      AND NOT dst_multicast AND is_outer
),
part AS NOT MATERIALIZED (
    SELECT *, epoch_us(start_time) // ($window_s * 1000000) AS win FROM answer
),
hot AS (
    SELECT victim, protocol, port, win FROM part GROUP BY ALL
    HAVING sum(packets) >= $min_packets
       AND (count(DISTINCT reflector) >= $min_reflectors
            OR sum(bytes) >= $min_bulk_bytes)
),
hit AS MATERIALIZED (SELECT part.* FROM part JOIN hot USING (victim, protocol, port, win)),
by_reflector AS (
    SELECT victim, protocol, port, reflector, sum(bytes)::BIGINT AS bytes FROM hit GROUP BY ALL
),
ends AS (
    SELECT victim, protocol, port, count(*) AS reflectors,
           max({'bytes': bytes, 'ip': reflector}, $listed_reflectors) AS top
    FROM by_reflector GROUP BY victim, protocol, port
),
total AS (
    SELECT victim, protocol, port, sum(packets)::BIGINT AS packets, sum(bytes)::BIGINT AS bytes,
           count(DISTINCT win) AS windows, count(DISTINCT victim_port) AS victim_ports,
           count(*) FILTER (inside) AS inside, count(*) AS flows,
           min(start_time) AS t0, max(end_time) AS t1,
           min({'evidence_id': evidence_id, 'table': 'network_activity', 'frame': first_frame},
               1000) AS evidence
    FROM hit GROUP BY victim, protocol, port
),
-- Does the victim use the service itself, and is anything of both directions recorded?
asked AS (
    SELECT t.victim, t.protocol, t.port, sum(n.packets_in)::BIGINT AS asked_packets
    FROM total t JOIN flows n
      ON n.src_ip = t.victim AND n.protocol = t.protocol
     AND (n.dst_port = t.port OR t.protocol <> 'udp')
    WHERE n.packets_out > 0 GROUP BY t.victim, t.protocol, t.port
),
-- Of what the victim else did: how much was seen both ways?
others AS (
    SELECT victim, count(*) AS others,
           count(*) FILTER (packets_out > 0 AND packets_in > 0) AS two_way
    FROM (
        SELECT src_ip AS victim, packets_out, packets_in FROM flows n
        SEMI JOIN total t ON t.victim = n.src_ip
        WHERE protocol IN ('tcp', 'udp') AND NOT dst_multicast
          AND (packets_out > 0 OR (protocol = 'tcp' AND packets_in > $loose_segments))
        UNION ALL
        SELECT dst_ip, packets_out, packets_in FROM flows n
        SEMI JOIN total t ON t.victim = n.dst_ip
        WHERE protocol = 'tcp' AND (packets_in > 0 OR packets_out > $loose_segments)
    )
    GROUP BY victim
)
SELECT list_sort(list_transform(top, lambda x: x.ip)) AS src_ips, [victim] AS dst_ips,
       []::VARCHAR[] AS dst_names,
       CASE WHEN port > 0 THEN [port]::INTEGER[] ELSE [] END AS dst_ports,
       protocol, t0 AS first_seen_time, t1 AS last_seen_time, evidence,
       reflectors, packets, bytes, windows, victim_ports, port, inside / flows AS inside_share,
       list_contains(string_split($amplifiers, ',')::INTEGER[], port) AS amplifies,
       coalesce(asked_packets, 0) AS asked_packets,
       coalesce(others, 0) AS others, coalesce(two_way, 0) AS two_way
FROM total JOIN ends USING (victim, protocol, port)
LEFT JOIN asked USING (victim, protocol, port) LEFT JOIN others USING (victim)
WHERE reflectors >= $min_reflectors
   OR (protocol = 'udp' AND list_contains(string_split($amplifiers, ',')::INTEGER[], port))
ORDER BY t0, victim, protocol, port
"""


def judge(row: Row) -> Judgement | None:
    """Weigh what one service sent to one victim."""
    packets, size = cast(int, row["packets"]), cast(int, row["bytes"])
    reflectors, asked = cast(int, row["reflectors"]), cast(int, row["asked_packets"])
    first, last = cast(datetime, row["first_seen_time"]), cast(datetime, row["last_seen_time"])
    spent_s = max((last - first).total_seconds(), 1.0)
    busy_s = max(min(spent_s, float(cast(int, row["windows"]) * PARAMS.window_s)), 1.0)
    rate, bits = packets / busy_s, 8 * size / busy_s
    unasked = packets / (packets + asked)
    terms = {
        "unasked_answers": term(ramp(math.log10(packets), 2.0, 3.5, 2.0), packets),
        "reflectors": term(ramp(math.log10(reflectors), 0.7, 2.3, 2.0), reflectors),
        "packets_per_second": term(ramp(math.log10(rate), 1.3, 3.3, 2.0), rate),
        "bits_per_second": term(ramp(math.log10(max(bits, 1.0)), 6.0, 8.0, 1.0), bits),
    }
    if row["amplifies"] and row["protocol"] == "udp":
        terms["service_known_to_amplify"] = term(1.0, cast(int, row["port"]))
    two_way, others = cast(int, row["two_way"]), cast(int, row["others"])
    both_seen = two_way > 0 and two_way >= PARAMS.two_way_share * others
    if both_seen:
        terms["unasked_share"] = term(ramp(unasked, 0.5, 0.95, 1.5), unasked)
    else:
        # Then every answer looks unasked: a resolver's, or the web's to an address of many.
        share = two_way / others if others else 0.0
        terms["other_flows_seen_both_ways_share"] = term(-1.5, share)
    if (inside := cast(float, row["inside_share"])) > 0.5:
        # Own devices that send logs or measurements to a collector need no question either.
        terms["senders_of_the_own_network"] = term(ramp(inside, 0.5, 0.9, -2.0), inside)
    sure = confidence(PRIOR, terms)
    if sure < 0.2:
        return None
    severity = Severity.MEDIUM if sure >= 0.5 else Severity.LOW
    if (
        both_seen
        and sure >= 0.9
        and reflectors >= PARAMS.min_reflectors
        and (rate >= 500 or bits >= 10e6)
    ):
        severity = Severity.HIGH
    victim = cast(list[str], row["dst_ips"])[0]
    what = {
        "tcp": "TCP answers",
        "icmp": "ping replies",
    }.get(cast(str, row["protocol"]), f"answers from UDP port {row['port']}")
    return Judgement(
        title=f"{reflectors:,} servers sent {victim} {packets:,} {what} that it had not"
        f" asked for: {size_text(size)}, {number_text(rate)} packets a second for"
        f" {span_text(busy_s)}",
        severity=severity,
        terms=terms,
        facts={
            "reflectors": reflectors,
            "packets": packets,
            "bytes": size,
            "packets_per_second": round(rate, 1),
            "bits_per_second": round(bits),
            "bytes_per_packet": round(size / packets, 1),
            "ports_of_the_victim": row["victim_ports"],
            "answers_it_asked_for": asked,
            "sources_attributable": False,
        },
    )


DETECTOR = Detector(
    title="Reflection",
    summary="Many servers answer a host that asked them nothing: somebody asks in its name.",
    blind_spots="Forged requests mixed with the victim's own; slow reflection; later fragments.",
    benign="A capture that holds one direction only: every answer looks unasked.",
    look_next="The link's capacity, the service that answers, the victim's own use of it.",
    reads=("network_activity",),
    techniques=("T1498.002",),
    partition_by="victim: the host that receives the packets",
    params=PARAMS,
    minimum_sample="200 unasked packets from one service port within 10 seconds",
    prior=PRIOR,
    sql=_SQL,
    judge=judge,
)
