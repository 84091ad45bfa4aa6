"""A second DHCP server: whoever answers first says where the traffic goes.

Finds        Two servers that answer one client, at about the same time, with different routers or
             name servers; surest when the newcomer names itself as the way out.
             Lawful is who was there before: with leases that are renewed, or whose router already
             carried traffic; else who names another machine as router while its rival names
             itself. When nothing tells, neither is accused.
Blind spots  A rogue server that alone answers; one that repeats the lawful answer but for a boot
             file or a proxy; DHCPv6 and router advertisements.
Often benign Pairs of servers that back each other up (same answers), a home router plugged in the
             wrong way round (no attack, but the same harm), moving between networks.
Look next    The switch port of the server, and the clients that took its answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from netcordon.model.detector import Detector, Judgement, Row
from netcordon.model.finding import Term
from netcordon.model.score import confidence, ramp, term
from netcordon.model.severity import Severity


@dataclass(frozen=True, kw_only=True)
class Params:
    """What counts as contradicting answers."""

    together_s: int = 60
    """Two servers answering one client within this many seconds stand on one segment; a client
    repeats its question for about as long (RFC 2131, section 4.1)."""


PARAMS = Params()
PRIOR = -3.0

_SQL = """
WITH answer AS (
    SELECT client_mac, transaction_id, server_ip, time, frame, evidence_id, message_type,
           coalesce(list_sort(routers), []) AS routers,
           coalesce(list_sort(dns_servers), []) AS resolvers
    FROM dhcp_activity
    WHERE message_type IN ('OFFER', 'ACK') AND server_ip IS NOT NULL AND client_mac IS NOT NULL
),
server AS (
    SELECT server_ip, min(time) AS since, count(*) AS answers FROM answer GROUP BY server_ip
),
several AS (
    SELECT client_mac FROM answer GROUP BY client_mac HAVING count(DISTINCT server_ip) > 1
),
told AS (SELECT DISTINCT answer.* FROM answer JOIN several USING (client_mac)),
pair AS (
    SELECT b.server_ip AS rogue, a.server_ip AS other, b.client_mac, b.evidence_id, b.frame, b.time,
           b.message_type, b.transaction_id = a.transaction_id AS one_question,
           b.routers <> a.routers AND len(b.routers) > 0 AS other_router,
           b.resolvers <> a.resolvers AND len(b.resolvers) > 0 AS other_resolver,
           list_contains(b.routers, b.server_ip) AND NOT list_contains(a.routers, b.server_ip)
               AND NOT list_contains(a.routers, a.server_ip) AS routes_itself,
           len(a.routers) > 0 AND len(b.routers) > 0 AS both_route,
           list_contains(b.resolvers, b.server_ip)
               AND NOT list_contains(a.resolvers, b.server_ip)
               AND NOT list_contains(a.resolvers, a.server_ip) AS resolves_itself
    FROM told a JOIN told b ON b.client_mac = a.client_mac AND b.server_ip <> a.server_ip
     AND b.time BETWEEN a.time - to_seconds($together_s) AND a.time + to_seconds($together_s)
),
-- Until when what is seen is from before the contradiction.
meeting AS (
    SELECT least(rogue, other) AS one, greatest(rogue, other) AS two,
           greatest(max(x.since), max(y.since)) AS met
    FROM pair JOIN server x ON x.server_ip = rogue JOIN server y ON y.server_ip = other
    GROUP BY one, two
),
-- Leases older than the capture, renewed with the server that gave them (RFC 2131, section 4.3.2).
renewed AS (
    SELECT dst_ip AS server_ip, min(time) AS since FROM dhcp_activity r
    WHERE message_type = 'REQUEST' AND src_ip <> '0.0.0.0'
      AND NOT EXISTS (FROM answer a WHERE a.client_mac = r.client_mac AND a.time < r.time)
    GROUP BY dst_ip
),
-- The router that a server names carried traffic to elsewhere.
carried AS (
    SELECT s.server_ip, min(n.start_time) AS since
    FROM (SELECT DISTINCT server_ip, unnest(routers) AS router FROM told) s
    JOIN (SELECT DISTINCT sender_ip, sender_mac FROM arp_activity) m ON m.sender_ip = s.router
    JOIN network_activity n ON n.dst_mac = m.sender_mac
    WHERE n.dst_ip <> s.router AND NOT is_multicast(n.dst_ip_hi, n.dst_ip_lo)
    GROUP BY s.server_ip
),
weight AS (
    SELECT p.server_ip, p.against,
           CASE WHEN r.since < m.met THEN 2 ELSE 0 END + CASE WHEN c.since < m.met THEN 2 ELSE 0 END
           + CASE WHEN p.answers_for_another THEN 1 ELSE 0 END
           + CASE WHEN t.since - s.since > to_seconds($together_s) THEN 1 ELSE 0 END AS points
    FROM (SELECT other AS server_ip, rogue AS against,
                 bool_or(routes_itself AND both_route) AS answers_for_another
          FROM pair GROUP BY other, rogue) p
    JOIN meeting m ON m.one = least(p.server_ip, p.against)
     AND m.two = greatest(p.server_ip, p.against)
    JOIN server s ON s.server_ip = p.server_ip JOIN server t ON t.server_ip = p.against
    LEFT JOIN renewed r ON r.server_ip = p.server_ip
    LEFT JOIN carried c ON c.server_ip = p.server_ip
),
-- The one with less to show for itself is the rogue; of equals neither is accused.
accused AS (
    SELECT pair.*, w.points > v.points AS decided
    FROM pair JOIN weight w ON w.server_ip = other AND w.against = rogue
    JOIN weight v ON v.server_ip = rogue AND v.against = other
    WHERE w.points > v.points OR (w.points = v.points AND rogue > other)
)
SELECT CASE WHEN decided THEN [rogue] ELSE [] END AS src_ips,
       list_sort(list_distinct(list(other ORDER BY other)
           || CASE WHEN decided THEN [] ELSE [rogue] END)) AS dst_ips,
       []::VARCHAR[] AS dst_names, [67]::INTEGER[] AS dst_ports, 'udp' AS protocol,
       min(time) AS first_seen_time, max(time) AS last_seen_time,
       list(DISTINCT {'evidence_id': evidence_id, 'table': 'dhcp_activity', 'frame': frame}
            ORDER BY {'evidence_id': evidence_id, 'table': 'dhcp_activity', 'frame': frame})
           AS evidence,
       count(DISTINCT client_mac) AS clients, bool_or(one_question) AS one_question,
       bool_or(other_router) AS other_router, bool_or(other_resolver) AS other_resolver,
       decided AND bool_or(routes_itself) AS routes_itself,
       decided AND bool_or(resolves_itself) AS resolves_itself,
       bool_or(message_type = 'ACK') AS taken, decided
FROM accused GROUP BY rogue, decided
HAVING bool_or(other_router) OR bool_or(other_resolver)
ORDER BY first_seen_time, rogue, decided
"""


def judge(row: Row) -> Judgement | None:
    """Weigh the answers of the server that has less to show for itself."""
    accused, others = cast(list[str], row["src_ips"]), cast(list[str], row["dst_ips"])
    clients = cast(int, row["clients"])
    terms: dict[str, Term] = {
        "servers_contradict_each_other": term(1.0, len({*accused, *others})),
        "clients_told_differently": term(ramp(clients, 1, 5, 1.0), clients),
    }
    if row["one_question"]:
        terms["both_answer_one_question"] = term(1.5, "same transaction")
    if row["other_router"]:
        terms["other_router"] = term(1.0, "differs")
    if row["other_resolver"]:
        terms["other_name_server"] = term(0.7, "differs")
    if row["routes_itself"]:
        terms["names_itself_as_router"] = term(1.5, "the other server does not")
    if row["resolves_itself"]:
        terms["names_itself_as_name_server"] = term(1.0, "the other server does not")
    sure = confidence(PRIOR, terms)
    if sure < 0.25:
        return None
    severity = Severity.MEDIUM if sure >= 0.5 else Severity.LOW
    itself = row["routes_itself"] or row["resolves_itself"]
    if sure >= 0.9 and row["one_question"] and itself:
        severity = Severity.HIGH
    what = " and ".join(
        word
        for word, differs in (
            ("router", row["other_router"]),
            ("name server", row["other_resolver"]),
        )
        if differs
    )
    return Judgement(
        title=(
            f"{accused[0]} answers DHCP beside {', '.join(others[:3])} and gives another {what}"
            if accused
            else f"{' and '.join(others[:3])} answer DHCP together and contradict each other about"
            f" the {what}"
        ),
        severity=severity,
        terms=terms,
        facts={"clients": clients, "acknowledged": row["taken"]},
        succeeded=True if accused and row["taken"] else None,
    )


DETECTOR = Detector(
    title="Second DHCP server",
    summary="Two servers answer one client with different routers or name servers.",
    blind_spots="A rogue server that alone answers, or repeats the lawful answer; DHCPv6 and"
    " router advertisements.",
    benign="Pairs of servers with the same answers, a home router plugged in the wrong way.",
    look_next="The switch port of the server, and the clients that took its answer.",
    reads=("arp_activity", "dhcp_activity", "network_activity"),
    techniques=("T1557.003",),
    partition_by="client_mac",
    params=PARAMS,
    minimum_sample="one client that two servers answered within a minute",
    prior=PRIOR,
    sql=_SQL,
    judge=judge,
)
