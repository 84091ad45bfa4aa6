"""Worms: whoever is reached on a port begins to look for others on that port.

Finds        Hosts that try one port on many addresses, mostly in vain, after they were reached on
             that very port, above all by another host that does the same; and several hosts
             inside that begin to do so within one capture.
Blind spots  Spread by lists of known addresses, by mail or by shared folders; worms that wait
             for days; entry and spread on different ports.
Often benign Mail relays, resolvers and proxies take and make connections on one port (but find
             somebody there); scanners that find each other, by which a link is no more than a
             probe; overlay networks with one fixed port.
Look next    What went over the connection that reached each host, and who reached the first.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import cast

from netcordon.model.detector import Detector, Judgement, Row
from netcordon.model.finding import Term
from netcordon.model.score import confidence, ramp, term
from netcordon.model.severity import Severity


@dataclass(frozen=True, kw_only=True)
class Params:
    """What counts as looking for others."""

    min_targets: int = 20
    """Addresses tried on one port; clients know their few servers."""
    min_silent_share: float = 0.5
    """Share of them that nobody answered at. Relays and proxies find most of their peers; random
    addresses are mostly empty."""
    targets_a_minute: float = 5.0
    """Addresses tried in a minute while it goes on. Overlay networks keep some eight connections
    and replace them slowly."""
    link_bytes: int = 500
    """Bytes that a connection must carry to a host to infect it: an exploit with its code. Banners
    and version queries are shorter."""
    link_probes: float = 3.0
    """The same in usual probes of its sender (median of those that were answered): a scanner asks
    everybody alike."""
    program_bytes: int = 20_000
    """Bytes that are a program whatever the sender sends to others: a worm that finds nobody
    patched infects all it reaches, and no scan of a port sends that much."""
    datagram_bytes: int = 300
    """The same in one UDP datagram (SQL Slammer: 376): questions of management and discovery are
    shorter."""
    min_shared_shape: int = 3
    """Hosts inside with one scanned port that count without a seen infection; two may be two
    scanners."""


PARAMS = Params()
PRIOR = -3.0

_TRIED = """
    SELECT src_ip, dst_ip, dst_port, protocol, src_internal AS inside,
           start_time, evidence_id, first_frame, payload_bytes_out, packets_out,
           CASE WHEN protocol = 'tcp' THEN coalesce(tcp_flags_in, 0) & 18 = 18
                ELSE packets_in > 0 END AS answered
    FROM flows
    WHERE packets_out > 0 AND is_outer AND NOT dst_multicast
      AND ((protocol = 'tcp' AND tcp_flags_out & 2 = 2)
           OR (protocol = 'udp' AND src_port <> dst_port AND dst_port <> 53))
"""

_SQL = """
WITH fan AS (
    SELECT src_ip, protocol, dst_port FROM ({tried}) AS tried GROUP BY ALL
    HAVING count(DISTINCT dst_ip) >= $min_targets
),
target AS (
    SELECT src_ip, protocol, dst_port, dst_ip, bool_or(answered) AS answered,
           min(start_time) AS t0, bool_or(inside) AS inside, max(payload_bytes_out) AS sent
    FROM ({tried}) AS tried JOIN fan USING (src_ip, protocol, dst_port) GROUP BY ALL
),
spreader AS (
    SELECT src_ip, protocol, dst_port, count(*) AS targets,
           count(*) FILTER (NOT answered) AS silent, min(t0) AS t0, max(t0) AS t1,
           coalesce(quantile_disc(sent, 0.5) FILTER (answered AND sent > 0), 0) AS usual,
           bool_or(inside) AS inside
    FROM target GROUP BY src_ip, protocol, dst_port
    HAVING count(*) FILTER (NOT answered) >= $min_silent_share * count(*)
       AND count(*) * 60e6 >= $targets_a_minute
                              * greatest(epoch_us(max(t0)) - epoch_us(min(t0)), 60e6)
),
proof AS (
    SELECT src_ip, protocol, dst_port, min(proof, 200) AS proofs FROM (
        SELECT src_ip, protocol, dst_port,
               min({'evidence_id': evidence_id, 'table': 'network_activity',
                    'frame': first_frame}) AS proof
        FROM ({tried}) AS tried SEMI JOIN spreader USING (src_ip, protocol, dst_port)
        GROUP BY src_ip, protocol, dst_port, dst_ip)
    GROUP BY src_ip, protocol, dst_port
),
-- Reached on the port before it began: by whom last, and by another spreader?
reached AS (
    SELECT s.src_ip, s.protocol, s.dst_port, count(*) AS times,
           list(DISTINCT p.src_ip ORDER BY p.src_ip) FILTER (p.src_ip IS NOT NULL AND
               CASE WHEN t.protocol = 'udp'
                    THEN t.payload_bytes_out >= $datagram_bytes * t.packets_out
                    ELSE t.payload_bytes_out >= $link_bytes
                     AND (t.payload_bytes_out >= $link_probes * p.usual
                          OR t.payload_bytes_out >= $program_bytes) END) AS by_spreaders
    FROM spreader s JOIN ({tried}) AS t ON t.dst_ip = s.src_ip AND t.dst_port = s.dst_port
     AND t.protocol = s.protocol AND t.start_time < s.t0
    LEFT JOIN spreader p ON p.src_ip = t.src_ip AND p.dst_port = t.dst_port
     AND p.protocol = t.protocol AND p.t0 < s.t0
    WHERE t.protocol = 'udp' OR (t.answered AND t.payload_bytes_out > 0)
    GROUP BY s.src_ip, s.protocol, s.dst_port
),
outbreak AS (
    SELECT protocol, dst_port, count(*) AS spreaders, count(*) FILTER (s.inside) AS inside,
           count(r.src_ip) AS reached_before,
           count(*) FILTER (len(r.by_spreaders) > 0) AS links,
           list(s.src_ip ORDER BY s.t0, s.src_ip) AS order_of_fall,
           list(DISTINCT s.src_ip ORDER BY s.src_ip) FILTER (len(r.by_spreaders) > 0) AS fallen,
           sum(s.targets)::BIGINT AS targets, sum(s.silent)::BIGINT AS silent,
           min(s.t0) AS t0, max(s.t1) AS t1,
           flatten(list(q.proofs ORDER BY s.t0, s.src_ip)) AS evidence
    FROM spreader s JOIN proof q USING (src_ip, protocol, dst_port)
    LEFT JOIN reached r USING (src_ip, protocol, dst_port)
    GROUP BY protocol, dst_port
)
SELECT -- Who fell is a victim first; that it spreads is told by the order of fall.
       list_sort(list_filter(order_of_fall,
                             lambda ip: NOT list_contains(coalesce(fallen, []), ip)))[1:49]
           AS src_ips, coalesce(fallen, []::VARCHAR[])[1:49] AS dst_ips,
       []::VARCHAR[] AS dst_names, [dst_port]::INTEGER[] AS dst_ports, protocol,
       t0 AS first_seen_time, t1 AS last_seen_time, evidence,
       spreaders, inside, reached_before, links, order_of_fall, targets, silent
FROM outbreak
WHERE (links > 0 OR inside >= $min_shared_shape OR (reached_before > 0 AND inside > 0))
ORDER BY t0, protocol, dst_port
""".replace("{tried}", _TRIED)


def judge(row: Row) -> Judgement | None:
    """Weigh all that look for others on one port."""
    spreaders, links = cast(int, row["spreaders"]), cast(int, row["links"])
    reached, targets = cast(int, row["reached_before"]), cast(int, row["targets"])
    silent = cast(int, row["silent"]) / targets
    terms: dict[str, Term] = {
        "addresses_tried": term(ramp(math.log10(targets), 1.3, 2.5, 1.5), targets),
        "silent_share": term(ramp(silent, 0.5, 0.9, 1.0), silent),
    }
    if links:
        terms["reached_on_this_port_by_another_that_spreads"] = term(
            2.5 + ramp(links, 1, 4, 1.5), links
        )
    elif reached:
        terms["reached_on_this_port_before"] = term(0.8, reached)
    if spreaders >= PARAMS.min_shared_shape:
        terms["hosts_that_do_the_same"] = term(ramp(spreaders, 2, 6, 2.0), spreaders)
    sure = confidence(PRIOR, terms)
    if sure < 0.3:
        return None
    severity = Severity.MEDIUM if sure >= 0.5 else Severity.LOW
    if sure >= 0.8 and links:
        # One link may be two programs of one owner that meet; a second one is a chain.
        severity = Severity.CRITICAL if links >= 2 else Severity.HIGH
    order = cast(list[str], row["order_of_fall"])
    port = cast(list[int], row["dst_ports"])[0]
    who = order[0] if spreaders == 1 else f"{spreaders} hosts (first {order[0]})"
    chain = (
        f"; {links} of them had been reached on it by another that does the same"
        if links
        else f"; {reached} had been reached on it before" if reached else ""
    )  # fmt: skip
    return Judgement(
        title=f"{who} look{'s' if spreaders == 1 else ''} for others on {row['protocol']} port"
        f" {port} ({targets:,} addresses){chain}",
        severity=severity,
        terms=terms,
        facts={"order_of_fall": tuple(order[:50]), "spreaders_inside": row["inside"]},
        succeeded=True if links >= 2 else None,
    )


DETECTOR = Detector(
    title="Worm",
    summary="Hosts that were reached on a port begin to look for others on that port.",
    blind_spots="Spread by known addresses, mail or shares; worms that wait for days; entry and"
    " spread on different ports.",
    benign="Relays and proxies (which find somebody), several scanners, overlays with one port.",
    look_next="What went over the connection that reached each host, and who reached the first.",
    reads=("network_activity",),
    techniques=("T1210", "T1046"),
    partition_by="dst_port",
    params=PARAMS,
    minimum_sample="20 addresses tried on one port, half of them in vain",
    prior=PRIOR,
    sql=_SQL,
    judge=judge,
)
