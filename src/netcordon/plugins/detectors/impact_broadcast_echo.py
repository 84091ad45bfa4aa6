"""Smurf and Fraggle: one question to everybody, in the name of the one who is to drown in answers.

Finds        Pings (or UDP echo and character generator requests) in bulk to an address that means
             all hosts of a network; how many hosts answered, and whom.
Blind spots  Networks whose broadcast address does not end in .255, in captures that do not show
             Ethernet broadcasts; the answers are told by the reflection detector.
Often benign An administrator's ping of the broadcast address: one a second.
Look next    Who is named as the asker is the victim: who really sent it tells its Ethernet
             address. Routers must not forward directed broadcasts (RFC 2644), hosts need not
             answer them (RFC 1122, section 3.2.2.6).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from netcordon.model.detector import Detector, Judgement, Row
from netcordon.model.quantity import count_text, span_text
from netcordon.model.score import confidence, ramp, term
from netcordon.model.severity import Severity


@dataclass(frozen=True, kw_only=True)
class Params:
    """What is more than a test."""

    window_s: int = 10
    """Questions are counted in windows of this many seconds."""
    min_packets: int = 50
    """Questions in one window; `ping` sends one a second."""
    flood_per_second: int = 100
    """Questions a second that nobody asks by hand."""
    answer_s: int = 2
    """Time after a question in which a host of the same network answers it."""


PARAMS = Params()
PRIOR = -2.5

_SQL = """
WITH asked AS (
    SELECT src_ip AS victim, dst_ip AS everybody, protocol, CASE WHEN protocol = 'udp' THEN dst_port
           ELSE 0 END AS port, packets_out AS packets, start_time, end_time, src_mac, evidence_id,
           first_frame, epoch_us(start_time) // ($window_s * 1000000) AS win
    FROM network_activity
    WHERE ((protocol = 'icmp' AND src_port = 8) OR (protocol = 'udp' AND dst_port IN (7, 19)))
      AND packets_out > 0 AND tunnel_parent IS NULL AND src_ip <> '0.0.0.0'
      AND (dst_mac = 'ff:ff:ff:ff:ff:ff' OR (ends_with(dst_ip, '.255') AND packets_in = 0))
),
-- A long flow gives each window its mean share.
hot AS (
    SELECT victim, everybody, protocol, port FROM asked
    GROUP BY victim, everybody, protocol, port, win
    HAVING sum(CASE WHEN end_time <= start_time + to_seconds($window_s) THEN packets
                    ELSE packets * $window_s * 1000000
                         // (epoch_us(end_time) - epoch_us(start_time)) END) >= $min_packets
),
told AS (
    SELECT victim, everybody, protocol, port, sum(packets)::BIGINT AS packets,
           min(start_time) AS t0, max(end_time) AS t1, count(DISTINCT src_mac) AS cards,
           min(src_mac) AS card,
           min({'evidence_id': evidence_id, 'table': 'network_activity', 'frame': first_frame},
               1000) AS evidence
    FROM asked SEMI JOIN hot USING (victim, everybody, protocol, port)
    GROUP BY victim, everybody, protocol, port
),
-- Answers come from single hosts; the decoder may have turned such a flow round.
answered AS (
    SELECT t.victim, t.everybody, t.protocol, t.port, count(DISTINCT n.host) AS hosts,
           sum(n.packets)::BIGINT AS answers
    FROM told t JOIN (
        SELECT src_ip AS host, dst_ip AS victim, protocol, src_port AS port, packets_out AS packets,
               start_time FROM network_activity
        WHERE packets_out > 0 AND packets_in = 0
          AND ((protocol = 'icmp' AND src_port = 0) OR (protocol = 'udp' AND src_port IN (7, 19)))
        UNION ALL
        SELECT dst_ip, src_ip, protocol, dst_port, packets_in, start_time FROM network_activity
        WHERE packets_in > 0 AND packets_out = 0
          AND ((protocol = 'icmp' AND src_port IN (0, 8))
               OR (protocol = 'udp' AND dst_port IN (7, 19)))
    ) n ON n.victim = t.victim AND n.protocol = t.protocol AND (t.port = 0 OR n.port = t.port)
       AND n.start_time BETWEEN t.t0 AND t.t1 + to_seconds($answer_s)
    GROUP BY t.victim, t.everybody, t.protocol, t.port
)
SELECT []::VARCHAR[] AS src_ips, [victim] AS dst_ips, []::VARCHAR[] AS dst_names,
       CASE WHEN port > 0 THEN [port] ELSE [] END::INTEGER[] AS dst_ports, protocol,
       t0 AS first_seen_time, t1 AS last_seen_time, evidence, victim, everybody, packets, cards,
       card, coalesce(hosts, 0) AS hosts, coalesce(answers, 0) AS answers
FROM told LEFT JOIN answered USING (victim, everybody, protocol, port)
ORDER BY t0, victim, everybody, protocol, port
"""


def judge(row: Row) -> Judgement:
    """Weigh the questions that one address seems to have asked of all."""
    packets, hosts = cast(int, row["packets"]), cast(int, row["hosts"])
    first, last = cast(datetime, row["first_seen_time"]), cast(datetime, row["last_seen_time"])
    span_s = max((last - first).total_seconds(), 1.0)
    rate = packets / span_s
    terms = {
        "questions_to_everybody": term(1.5, packets),
        "packets_per_second": term(ramp(math.log10(rate), 0.7, 2.3, 2.5), rate),
    }
    if hosts >= 2:
        terms["hosts_that_answered"] = term(ramp(hosts, 1, 5, 1.5), hosts)
    sure = confidence(PRIOR, terms)
    severity = Severity.MEDIUM if sure >= 0.5 else Severity.LOW
    if sure >= 0.85 and rate >= PARAMS.flood_per_second and hosts >= 2:
        severity = Severity.HIGH
    return Judgement(
        title=f"{row['everybody']} was asked {packets:,} times in {span_text(span_s)} in the name"
        f" of {row['victim']}; {count_text(hosts, 'host')} answered it",
        severity=severity,
        terms=terms,
        facts={
            "packets": packets,
            "answers": row["answers"],
            "hosts_that_answered": hosts,
            "sent_by_macs": row["cards"],
            "sent_by_mac": row["card"],
            "sources_attributable": False,
        },
    )


DETECTOR = Detector(
    title="Questions to everybody in another's name",
    summary="Pings or echo requests in bulk to a broadcast address, whose answers drown the one"
    " that is named as the asker.",
    blind_spots="Broadcast addresses that do not end in .255, without Ethernet addresses.",
    benign="An administrator's ping of the broadcast address, one a second.",
    look_next="The Ethernet address that sent them; routers that forward directed broadcasts.",
    reads=("network_activity",),
    techniques=("T1498.002",),
    partition_by="src_ip: the address that is named as the asker",
    params=PARAMS,
    minimum_sample="50 questions within 10 seconds",
    prior=PRIOR,
    sql=_SQL,
    judge=judge,
)
