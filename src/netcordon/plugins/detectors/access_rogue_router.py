"""Router advertisements from a machine that is no router (RFC 6104).

Finds        IPv6 router advertisements by a card that had been an ordinary host before, or that
             begins to announce itself while another router has long done so; whether hosts then
             send their traffic through it; and advertisements of dozens of invented routers.
Blind spots  What the advertisements say (prefixes, lifetimes, name servers) is not kept; a rogue
             router that announces before the real one does; captures without Ethernet addresses.
Often benign Pairs of routers, a router that was restarted, hosts with shared connections
             (a matter for the switch: RA Guard, RFC 6105).
Look next    The switch port of the card; which hosts took an address from it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from netcordon.model.detector import Detector, Judgement, Row
from netcordon.model.finding import Term
from netcordon.model.quantity import count_text
from netcordon.model.score import confidence, ramp, term
from netcordon.model.severity import Severity


@dataclass(frozen=True, kw_only=True)
class Params:
    """Times of RFC 4861."""

    settled_s: int = 60
    """Time that one router has announced before another counts as a newcomer: routers that start
    together answer the same solicitation."""
    window_s: int = 60
    """Invented routers are counted within this time."""
    invented: int = 20
    """Routers on one segment that no network has."""


PARAMS = Params()
PRIOR = -2.5

_SQL = """
WITH said AS (
    SELECT src_ip AS router, src_mac AS card, coalesce(vlan, 0) AS segment, start_time AS t,
           end_time, packets_out AS packets, evidence_id, first_frame,
           epoch_us(start_time) // ($window_s * 1000000) AS win
    FROM network_activity
    WHERE protocol = 'icmp6' AND src_port = 134 AND packets_out > 0 AND src_mac IS NOT NULL
      AND tunnel_parent IS NULL
),
crowd AS (
    SELECT segment, win, count(DISTINCT router) AS routers FROM said GROUP BY segment, win
    HAVING count(DISTINCT router) >= $invented
),
flood AS (
    SELECT 'flood' AS kind, s.segment, min(s.card) AS card, []::VARCHAR[] AS rogue,
           []::VARCHAR[] AS others, min(s.t) AS t0, max(s.end_time) AS t1,
           max(c.routers) AS routers, 0::BIGINT AS followers, false AS was_host,
           min({'evidence_id': s.evidence_id, 'table': 'network_activity', 'frame': s.first_frame},
               500) AS evidence
    FROM said s JOIN crowd c USING (segment, win) GROUP BY s.segment
),
router AS (
    SELECT segment, card, min(router) AS router, min(t) AS since, max(end_time) AS until,
           min({'evidence_id': evidence_id, 'table': 'network_activity', 'frame': first_frame},
               200) AS evidence
    FROM said ANTI JOIN crowd USING (segment) GROUP BY segment, card
),
-- Cards that spoke as one host, to places beyond the segment, before they announced.
was_host AS (
    SELECT r.segment, r.card, count(DISTINCT n.src_ip) AS addresses
    FROM router r JOIN network_activity n ON n.src_mac = r.card AND n.start_time < r.since
    WHERE n.protocol IN ('tcp', 'udp') AND NOT is_multicast(n.dst_ip_hi, n.dst_ip_lo)
    GROUP BY r.segment, r.card
    HAVING count(DISTINCT n.src_ip) FILTER (contains(n.src_ip, '.')) <= 1
),
followed AS (
    SELECT r.segment, r.card, count(DISTINCT n.src_mac) AS followers
    FROM router r JOIN network_activity n ON n.dst_mac = r.card AND n.start_time > r.since
    WHERE contains(n.src_ip, ':') AND n.protocol IN ('tcp', 'udp')
      AND NOT is_internal(n.dst_ip_hi, n.dst_ip_lo) AND NOT is_multicast(n.dst_ip_hi, n.dst_ip_lo)
    GROUP BY r.segment, r.card
),
rival AS (
    SELECT 'rival' AS kind, b.segment, b.card, [b.router] AS rogue,
           list(DISTINCT a.router ORDER BY a.router) AS others, b.since AS t0, b.until AS t1,
           1 + count(*) AS routers, coalesce(min(f.followers), 0) AS followers,
           bool_or(h.card IS NOT NULL) AS was_host, min(b.evidence) AS evidence
    FROM router b JOIN router a ON a.segment = b.segment AND a.card <> b.card
     AND b.since > a.since + to_seconds($settled_s)
    LEFT JOIN was_host h ON h.segment = b.segment AND h.card = b.card
    LEFT JOIN followed f ON f.segment = b.segment AND f.card = b.card
    GROUP BY b.segment, b.card, b.router, b.since, b.until
)
SELECT rogue AS src_ips, others AS dst_ips, []::VARCHAR[] AS dst_names, []::INTEGER[] AS dst_ports,
       'icmp6' AS protocol, t0 AS first_seen_time, t1 AS last_seen_time, evidence, kind, card,
       routers, followers, was_host
FROM (FROM flood UNION ALL BY NAME FROM rival)
ORDER BY first_seen_time, kind, card
"""


def judge(row: Row) -> Judgement | None:
    """Weigh one newcomer among the routers, or a crowd of them."""
    routers, followers = cast(int, row["routers"]), cast(int, row["followers"])
    terms: dict[str, Term] = {}
    if row["kind"] == "flood":
        terms["routers_announced_in_a_minute"] = term(
            3.0 + ramp(routers, PARAMS.invented, 100, 2.0), routers
        )
    else:
        terms["announces_while_another_does"] = term(1.0, routers)
        if row["was_host"]:
            terms["was_an_ordinary_host_before"] = term(2.0, str(row["card"]))
        if followers:
            terms["hosts_that_send_through_it"] = term(ramp(followers, 0, 3, 1.0), followers)
    sure = confidence(PRIOR, terms)
    if sure < 0.15:
        return None
    severity = Severity.MEDIUM if sure >= 0.5 else Severity.LOW
    if sure >= 0.9 and row["kind"] == "flood":
        severity = Severity.HIGH
    if row["kind"] == "flood":
        title = f"{routers:,} routers that nobody has were announced within a minute"
    else:
        title = (
            f"{cast(list[str], row['src_ips'])[0]} (card {row['card']}) began to announce itself as"
            " a router beside another"
        )
        if followers:
            title += f"; {count_text(followers, 'host')} sent through it"
    return Judgement(
        title=title,
        severity=severity,
        terms=terms,
        techniques=("T1499.001",) if row["kind"] == "flood" else ("T1557",),
        facts={"card": row["card"], "hosts_that_send_through_it": followers},
        succeeded=True if followers and row["was_host"] else None,
    )


DETECTOR = Detector(
    title="Rogue router",
    summary="Router advertisements by a machine that is no router, or by dozens of invented ones.",
    blind_spots="What the advertisements say; rogues that announce first; no Ethernet addresses.",
    benign="Pairs of routers, restarted routers, hosts with shared connections.",
    look_next="The switch port of the card; which hosts took an address from it.",
    reads=("network_activity",),
    techniques=("T1557", "T1499.001"),
    partition_by="vlan",
    params=PARAMS,
    minimum_sample="two routers on one segment, the second a minute later; 20 in a minute",
    prior=PRIOR,
    sql=_SQL,
    judge=judge,
)
