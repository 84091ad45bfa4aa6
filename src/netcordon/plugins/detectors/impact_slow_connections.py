"""Slow connections: a server's places are taken by callers who never finish a sentence.

Finds        One source that holds dozens of connections to one service open for long, sends
             little or nothing on each and gets no answer, for there is no whole request to
             answer (slowloris, slow posts, idle connections by the hundred).
Blind spots  The same inside TLS, whose handshake is an answer; many sources with few connections
             each; slow reading of whole answers.
Often benign Browsers that connect in advance (half a dozen), health checks, monitoring of ports.
Look next    Whether others were still served, the server's limit of connections and its time-out
             for request headers.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import cast

from netcordon.model.detector import Detector, Judgement, Row
from netcordon.model.finding import Term
from netcordon.model.quantity import span_text
from netcordon.model.score import confidence, ramp, term
from netcordon.model.severity import Severity


@dataclass(frozen=True, kw_only=True)
class Params:
    """What counts as holding places."""

    min_held_s: int = 10
    """Seconds a connection is held without an answer; a request header arrives within one."""
    max_bytes_out: int = 4_000
    """Bytes sent on each; an unfinished header, or the first drops of a body."""
    min_connections: int = 40
    """Such connections of one source to one service; browsers open six to a host."""
    min_at_once: float = 15.0
    """Held at the same time on average. The usual limits of servers are 150 to 1,000 places."""


PARAMS = Params()
PRIOR = -3.0

_SQL = """
WITH opened AS (
    SELECT src_ip, dst_ip, dst_port, start_time, end_time, payload_bytes_out AS bytes_out,
           payload_bytes_in AS bytes_in, evidence_id, first_frame
    FROM flows
    WHERE protocol = 'tcp' AND tcp_flags_out & 18 = 18 AND tcp_flags_in & 18 = 18
      AND payload_bytes_in <= 600 AND payload_bytes_out <= $max_bytes_out
      AND end_time >= start_time + to_seconds($min_held_s)
),
held AS (
    SELECT src_ip, dst_ip, dst_port, count(*) AS connections,
           count(*) FILTER (bytes_in = 0) AS unanswered,
           count(*) FILTER (bytes_out > 0) AS begun,
           sum(bytes_out)::BIGINT AS bytes_out,
           sum(epoch_us(end_time) - epoch_us(start_time))::BIGINT AS held_us,
           epoch_us(max(end_time)) - epoch_us(min(start_time)) AS span_us,
           min(start_time) AS t0, max(end_time) AS t1,
           evidence_of(evidence_id, 'network_activity', first_frame) AS evidence
    FROM opened GROUP BY src_ip, dst_ip, dst_port
    HAVING count(*) >= $min_connections AND count(*) FILTER (bytes_in = 0) * 5 >= count(*) * 4
),
served AS (
    SELECT h.src_ip, h.dst_ip, h.dst_port, count(*) FILTER (n.start_time < h.t0) AS before,
           count(*) FILTER (n.start_time >= h.t0) AS meanwhile
    FROM held h JOIN flows n ON n.dst_ip = h.dst_ip AND n.dst_port = h.dst_port
     AND n.src_ip <> h.src_ip AND n.start_time BETWEEN h.t0 - (h.t1 - h.t0) AND h.t1
    WHERE n.payload_bytes_in > 0 GROUP BY h.src_ip, h.dst_ip, h.dst_port
)
SELECT [src_ip] AS src_ips, [dst_ip] AS dst_ips, []::VARCHAR[] AS dst_names,
       [dst_port]::INTEGER[] AS dst_ports, 'tcp' AS protocol,
       t0 AS first_seen_time, t1 AS last_seen_time, evidence, connections, unanswered, begun,
       bytes_out, held_us / span_us AS at_once, span_us, held_us,
       coalesce(before, 0) AS before, coalesce(meanwhile, 0) AS meanwhile
FROM held LEFT JOIN served USING (src_ip, dst_ip, dst_port)
WHERE held_us >= span_us * $min_at_once
ORDER BY t0, src_ip, dst_ip, dst_port
"""


def judge(row: Row) -> Judgement | None:
    """Weigh what one source holds open at one service."""
    connections, at_once = cast(int, row["connections"]), cast(float, row["at_once"])
    begun, unanswered = cast(int, row["begun"]), cast(int, row["unanswered"])
    terms: dict[str, Term] = {
        "connections_never_answered": term(
            1.0 + ramp(math.log10(unanswered), 1.6, 2.4, 2.0), unanswered
        ),
        "held_at_the_same_time": term(ramp(at_once, 10, 100, 2.0), at_once),
    }
    if begun >= 0.5 * connections:
        mean = cast(int, row["bytes_out"]) / connections
        terms["bytes_of_each_unfinished_request"] = term(ramp(mean, 4_000, 1_500, 1.5), mean)
    before, meanwhile = cast(int, row["before"]), cast(int, row["meanwhile"])
    succeeded = None
    if before >= 10:  # of ten served before, one in the same time after is no chance
        succeeded = meanwhile * 8 < before
        if succeeded:
            terms["others_no_longer_served"] = term(2.0, f"{before} -> {meanwhile}")
    sure = confidence(PRIOR, terms)
    if sure < 0.2:
        return None
    severity = Severity.MEDIUM if sure >= 0.5 else Severity.LOW
    if sure >= 0.9 and (connections >= 100 or succeeded):
        severity = Severity.CRITICAL if succeeded else Severity.HIGH
    src, dst = cast(list[str], row["src_ips"])[0], cast(list[str], row["dst_ips"])[0]
    each_s = cast(int, row["held_us"]) / connections / 1e6
    return Judgement(
        title=f"{src} holds {connections:,} connections to {dst}:"
        f"{cast(list[int], row['dst_ports'])[0]} open without finishing a request,"
        f" {at_once:.0f} at a time, {span_text(each_s)} each",
        severity=severity,
        terms=terms,
        facts={
            "connections": connections,
            "bytes_out": row["bytes_out"],
            "connections_of_others_before": before,
            "connections_of_others_meanwhile": meanwhile,
        },
        succeeded=succeeded,
    )


DETECTOR = Detector(
    title="Slow connections",
    summary="One source holds a service's places open without finishing a request.",
    blind_spots="The same inside TLS; many sources with few connections each; slow reading.",
    benign="Browsers that connect in advance, health checks, monitoring of ports.",
    look_next="Whether others were still served, and the server's limits and time-outs.",
    reads=("network_activity",),
    techniques=("T1499.002",),
    partition_by="dst_ip",
    params=PARAMS,
    minimum_sample="40 connections held for 10 seconds without an answer",
    prior=PRIOR,
    sql=_SQL,
    judge=judge,
)
