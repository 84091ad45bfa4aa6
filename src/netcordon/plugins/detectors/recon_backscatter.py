"""Backscatter: answers that were never asked for, because a stranger is flooded in your name.

Finds        An address outside that sends SYN-ACKs, resets or ICMP errors to many own addresses
             (or to ports of one) that had sent it nothing: it is flooded by somebody who invents
             source addresses, and some of them are yours (Moore, Voelker, Savage, USENIX
             Security 2001).
Blind spots  Floods whose invented addresses do not fall into the own networks; captures that
             show one direction only, in which every answer looks unasked.
Often benign This is itself harmless: nobody of the own network did anything, and the sender is a
             victim. It must not be blocked as an attacker.
Look next    Nothing at home. If the own network is named in complaints, this is the answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from netcordon.model.detector import Detector, Judgement, Row
from netcordon.model.score import confidence, ramp, term
from netcordon.model.severity import Severity


@dataclass(frozen=True, kw_only=True)
class Params:
    """What is more than a stray packet."""

    min_ends: int = 10
    """Own ends (address and port) that one stranger answers unasked; a lost connection is one."""
    loose_segments: int = 5
    """Packets to one end: a SYN-ACK is repeated up to five times (tcp_synack_retries)."""
    two_way_share: float = 0.2
    """Share of the TCP flows with both directions below which the capture shows one only."""


PARAMS = Params()
PRIOR = -1.5

_SQL = """
WITH stray AS (
    -- The decoder turns a flow round when only the answering side was seen.
    SELECT dst_ip AS flooded, src_ip AS own, src_port AS own_port, dst_port AS port,
           packets_in AS packets, CASE WHEN tcp_flags_in & 18 = 18 THEN 'syn_ack' ELSE 'reset' END
           AS kind, start_time, end_time, evidence_id, first_frame
    FROM flows
    WHERE protocol = 'tcp' AND packets_out = 0 AND packets_in BETWEEN 1 AND $loose_segments
      AND (tcp_flags_in & 18 = 18 OR tcp_flags_in & 6 = 4) AND payload_bytes_in = 0
      AND src_internal AND NOT dst_internal
      AND is_outer
    UNION ALL
    SELECT src_ip, dst_ip, dst_port, src_port, packets_out,
           CASE WHEN tcp_flags_out & 18 = 18 THEN 'syn_ack' ELSE 'reset' END, start_time, end_time,
           evidence_id, first_frame
    FROM flows
    WHERE protocol = 'tcp' AND packets_in = 0 AND packets_out BETWEEN 1 AND $loose_segments
      AND (tcp_flags_out & 18 = 18 OR tcp_flags_out & 6 = 4) AND payload_bytes_out = 0
      AND dst_internal AND NOT src_internal
      AND is_outer
),
source AS (
    SELECT flooded, count(DISTINCT (own, own_port)) AS ends, count(DISTINCT own) AS addresses,
           count(DISTINCT port) AS ports, list(DISTINCT port ORDER BY port)[1:16] AS some_ports,
           sum(packets)::BIGINT AS packets, count(*) FILTER (kind = 'syn_ack') AS syn_acks,
           min(start_time) AS t0, max(end_time) AS t1,
           min({'evidence_id': evidence_id, 'table': 'network_activity', 'frame': first_frame},
               500) AS evidence
    FROM stray GROUP BY flooded HAVING count(DISTINCT (own, own_port)) >= $min_ends
),
-- Whom own hosts did speak to may answer late, or have lost count.
spoken AS (
    SELECT s.flooded, count(*) AS asked FROM source s JOIN flows n
      ON n.dst_ip = s.flooded AND n.packets_out > 0 AND n.src_internal
    GROUP BY s.flooded
),
sensor AS (
    SELECT count(*) AS tcp, count(*) FILTER (packets_out > 0 AND packets_in > 0) AS two_way
    FROM flows WHERE protocol = 'tcp' AND packets_out + packets_in > $loose_segments
)
SELECT []::VARCHAR[] AS src_ips, [flooded] AS dst_ips, []::VARCHAR[] AS dst_names,
       some_ports AS dst_ports, 'tcp' AS protocol, t0 AS first_seen_time, t1 AS last_seen_time,
       evidence, flooded, ends, addresses, ports, packets, syn_acks,
       coalesce(asked, 0) AS asked, tcp, two_way
FROM source LEFT JOIN spoken USING (flooded) CROSS JOIN sensor
WHERE coalesce(asked, 0) * 10 <= ends
ORDER BY t0, flooded
"""


def judge(row: Row) -> Judgement | None:
    """Weigh what one stranger answered unasked."""
    ends, addresses = cast(int, row["ends"]), cast(int, row["addresses"])
    ports = cast(int, row["ports"])
    terms = {
        "own_ends_answered_unasked": term(ramp(ends, PARAMS.min_ends, 60, 2.0), ends),
        "own_addresses": term(ramp(addresses, 1, 10, 1.0), addresses),
        "ports_that_answer": term(ramp(ports, 4, 1, 1.0), ports),
    }
    tcp, two_way = cast(int, row["tcp"]), cast(int, row["two_way"])
    if tcp and two_way < PARAMS.two_way_share * tcp:
        terms["connections_seen_both_ways_share"] = term(-2.5, two_way / tcp)
    sure = confidence(PRIOR, terms)
    if sure < 0.4:
        return None
    return Judgement(
        title=f"{row['flooded']} answered {ends:,} connections that nobody here had opened: it is"
        f" flooded by somebody who forges addresses, {addresses:,} of them ours",
        severity=Severity.INFORMATIONAL,
        terms=terms,
        facts={
            "packets": row["packets"],
            "own_addresses": addresses,
            "sources_attributable": False,
        },
    )


DETECTOR = Detector(
    title="Backscatter",
    summary="A stranger answers what nobody asked: he is flooded by somebody who forges addresses"
    " of the own network.",
    blind_spots="Forged addresses of others; captures of one direction.",
    benign="Harmless at home; the sender is a victim.",
    look_next="Nothing at home; it answers complaints about the own network.",
    reads=("network_activity",),
    techniques=("T1498.001",),
    partition_by="the address that answers",
    params=PARAMS,
    minimum_sample="10 own ends answered unasked by one address",
    prior=PRIOR,
    sql=_SQL,
    judge=judge,
)
