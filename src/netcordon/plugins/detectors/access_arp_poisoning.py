"""ARP poisoning: one card says that it is somebody else, and the neighbours' traffic follows.

Finds        An Ethernet address that claims an address which another one claims too, or that
             others are seen to leave their router for: with claims nobody asked for, for several
             addresses at once, while it has an address of its own, and passes on what it caught.
Blind spots  Attacks that were complete before the capture begins and stay quiet; switches that
             are flooded or tapped instead; captures without Ethernet addresses.
Often benign Routers that fail over to each other (VRRP, HSRP), leases that change hands, two
             machines set to one address, a new card in an old server.
Look next    The switch port of the claiming card, and which passwords went by meanwhile.
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
    """What counts as a false claim."""

    asked_s: int = 5
    """A reply within this many seconds of a request for it was asked for; stacks ask again after
    one."""
    router_macs: str = "00:00:5e:00:01:|00:00:5e:00:02:|00:00:0c:07:ac:|00:00:0c:9f:f|00:07:b4:"
    """Beginnings of Ethernet addresses that routers share (VRRP by RFC 5798, HSRP, GLBP), an
    alternation."""
    many_addresses: int = 20
    """Addresses that one card claims from which on it is a router that answers for others (proxy
    ARP, RFC 1027)."""
    at_once_s: int = 60
    """Two cards that claim an address in turn within so many seconds hold it at the same time;
    caches keep an entry about as long."""
    min_pressed: int = 3
    """Replies nobody asked for, told to single hosts: a poisoner must repeat them, for caches ask
    again. Who takes an address over tells everybody, by broadcast."""
    min_relayed: int = 3
    """Flows of a neighbour that leave from the claiming card; one may be an oddity of a tap."""


PARAMS = Params()
PRIOR = -3.0

_SQL = """
WITH heard AS (
    SELECT * FROM arp_activity
    WHERE sender_ip IS NOT NULL AND sender_ip <> '0.0.0.0' AND operation IN ('request', 'reply')
      AND sender_mac NOT IN ('00:00:00:00:00:00', 'ff:ff:ff:ff:ff:ff')
),
asked AS (
    SELECT DISTINCT evidence_id, target_ip, time FROM heard
    WHERE operation = 'request' AND target_ip <> sender_ip
),
said AS (
    SELECT a.*, a.sender_ip = a.target_ip
           OR (a.operation = 'reply'
               AND coalesce(a.time - q.time > to_seconds($asked_s), true)) AS unasked
    FROM heard a ASOF LEFT JOIN asked q
      ON q.evidence_id = a.evidence_id AND q.target_ip = a.sender_ip AND q.time <= a.time
),
claim AS (
    SELECT evidence_id, sender_ip AS ip, sender_mac AS mac, min(time) AS t0, max(time) AS t1,
           count(*) AS claims, count(*) FILTER (unasked) AS unasked,
           count(*) FILTER (unasked AND operation = 'reply' AND sender_ip <> target_ip
                            AND dst_mac <> 'ff:ff:ff:ff:ff:ff') AS pressed,
           count(*) FILTER (src_mac <> sender_mac) AS forged_headers,
           count(*) FILTER (operation = 'request' AND target_ip <> sender_ip
                            AND dst_mac = 'ff:ff:ff:ff:ff:ff') AS asks
    FROM said GROUP BY evidence_id, sender_ip, sender_mac
),
card AS (
    SELECT evidence_id, mac, count(*) AS addresses FROM claim GROUP BY evidence_id, mac
),
-- Another card, this one, another card again: both hold the address.
contest AS (
    SELECT DISTINCT evidence_id, ip FROM (
        SELECT evidence_id, sender_ip AS ip, sender_mac AS mac, time,
               lag(sender_mac) OVER w AS before, lag(sender_mac, 2) OVER w AS earlier,
               lag(time, 2) OVER w AS since
        FROM heard WINDOW w AS (PARTITION BY evidence_id, sender_ip ORDER BY time, frame)
    )
    WHERE mac <> before AND mac = earlier AND time - since <= to_seconds($at_once_s)
),
-- What the DHCP server gave to a card is the card's.
leased AS (
    SELECT DISTINCT evidence_id, assigned_ip AS ip, lower(client_mac) AS mac FROM dhcp_activity
    WHERE message_type = 'ACK' AND assigned_ip IS NOT NULL AND client_mac IS NOT NULL
),
-- Cards that claim two addresses in turn; a lease ends before the next begins.
several AS (
    SELECT DISTINCT a.evidence_id, a.mac FROM claim a JOIN claim b
      ON b.evidence_id = a.evidence_id AND b.mac = a.mac AND b.ip <> a.ip
     AND b.t0 <= a.t1 AND a.t0 <= b.t1
),
-- Of two cards with one address the first to claim it alone is taken for its holder.
rival AS (
    SELECT a.evidence_id, a.ip, a.mac, count(*) AS rivals,
           bool_or(b.t1 > a.t0) AS holder_goes_on, min(b.mac) AS holder,
           max(b.mac) AS other_holder
    FROM claim a JOIN claim b
      ON b.evidence_id = a.evidence_id AND b.ip = a.ip AND b.mac <> a.mac
    JOIN card ca ON ca.evidence_id = a.evidence_id AND ca.mac = a.mac
    JOIN card cb ON cb.evidence_id = b.evidence_id AND cb.mac = b.mac
    WHERE (ca.addresses, a.unasked, a.t0, a.mac) > (cb.addresses, b.unasked, b.t0, b.mac)
    GROUP BY a.evidence_id, a.ip, a.mac
),
-- Hosts that sent what leaves the segment to another card before a claim, and to this one after.
way AS (
    SELECT evidence_id, src_ip, dst_mac, min(start_time) AS t0, max(start_time) AS t1,
           count(*) AS flows
    FROM network_activity n
    WHERE dst_mac IS NOT NULL AND NOT is_multicast(dst_ip_hi, dst_ip_lo)
      -- What goes to a group of cards (IEEE 802, lowest bit of the first byte) goes to no router.
      AND dst_mac[2] IN ('0', '2', '4', '6', '8', 'a', 'c', 'e')
      AND NOT EXISTS (SELECT 1 FROM claim c
                      WHERE c.evidence_id = n.evidence_id AND c.ip = n.dst_ip)
      AND EXISTS (SELECT 1 FROM claim c WHERE c.evidence_id = n.evidence_id AND c.ip = n.src_ip)
    GROUP BY evidence_id, src_ip, dst_mac
),
moved AS (
    SELECT c.evidence_id, c.ip, c.mac, list(DISTINCT new.src_ip ORDER BY new.src_ip) AS followers,
           sum(new.flows)::BIGINT AS flows
    FROM claim c
    JOIN card k ON k.evidence_id = c.evidence_id AND k.mac = c.mac AND k.addresses > 1
    JOIN way new ON new.evidence_id = c.evidence_id AND new.dst_mac = c.mac AND new.t0 >= c.t0
    JOIN way old ON old.evidence_id = c.evidence_id AND old.src_ip = new.src_ip
     AND old.dst_mac <> new.dst_mac AND old.t0 < c.t0 AND old.t1 < new.t1
    GROUP BY c.evidence_id, c.ip, c.mac
),
suspect AS (
    SELECT c.*, coalesce(r.rivals, 0) AS rivals, n.ip IS NOT NULL AS same_time,
           coalesce(r.holder_goes_on, false) AS holder_goes_on, r.holder, r.other_holder,
           coalesce(m.followers, []) AS followers, coalesce(m.flows, 0) AS moved_flows
    FROM claim c ANTI JOIN leased l USING (evidence_id, ip, mac)
    LEFT JOIN rival r USING (evidence_id, ip, mac) LEFT JOIN moved m USING (evidence_id, ip, mac)
    LEFT JOIN contest n USING (evidence_id, ip)
    WHERE r.ip IS NOT NULL OR m.ip IS NOT NULL
),
-- A host asks for others in its own name: the address a card asks around with is its own.
false_claim AS (SELECT * FROM suspect WHERE rivals > 0 OR asks = 0),
own AS (
    SELECT c.evidence_id, c.mac, list(DISTINCT c.ip ORDER BY c.ip) AS ips FROM claim c
    ANTI JOIN false_claim f USING (evidence_id, ip, mac)
    SEMI JOIN false_claim k ON k.evidence_id = c.evidence_id AND k.mac = c.mac
    GROUP BY c.evidence_id, c.mac
),
told AS (
    SELECT s.evidence_id, s.sender_mac AS mac,
           list(DISTINCT s.target_ip ORDER BY s.target_ip)
               FILTER (s.target_ip <> s.sender_ip AND s.target_ip <> '0.0.0.0') AS targets,
           evidence_of(s.evidence_id, 'arp_activity', s.frame) AS evidence
    FROM said s JOIN false_claim f
      ON f.evidence_id = s.evidence_id AND f.ip = s.sender_ip AND f.mac = s.sender_mac
    GROUP BY s.evidence_id, s.sender_mac
),
relayed AS (
    SELECT k.evidence_id, k.mac, count(*) AS flows
    FROM (SELECT DISTINCT evidence_id, mac FROM false_claim) k
    JOIN network_activity n ON n.evidence_id = k.evidence_id AND n.src_mac = k.mac
    JOIN claim c ON c.evidence_id = k.evidence_id AND c.ip = n.src_ip AND c.mac <> k.mac
    GROUP BY k.evidence_id, k.mac
),
poisoner AS (
    SELECT evidence_id, mac, list(DISTINCT ip ORDER BY ip) AS claimed, min(t0) AS t0,
           max(t1) AS t1, sum(claims)::BIGINT AS claims, sum(unasked)::BIGINT AS unasked,
           sum(pressed)::BIGINT AS pressed, bool_or(holder_goes_on) AS holder_goes_on,
           coalesce(min(holder) = max(other_holder), false) AS one_holder,
           sum(forged_headers)::BIGINT AS forged_headers, max(rivals) AS rivals,
           bool_or(same_time) AS same_time,
           count(*) FILTER (rivals > 0) AS contested, sum(moved_flows)::BIGINT AS moved_flows,
           list_sort(list_distinct(flatten(list(followers ORDER BY ip)))) AS followers
    FROM false_claim GROUP BY evidence_id, mac
)
SELECT coalesce(o.ips, []::VARCHAR[]) AS src_ips,
       list_sort(list_distinct(list_concat(p.claimed, coalesce(t.targets, []), p.followers)))
           AS dst_ips,
       []::VARCHAR[] AS dst_names, []::INTEGER[] AS dst_ports, 'arp' AS protocol,
       p.t0 AS first_seen_time, p.t1 AS last_seen_time, t.evidence,
       p.mac, p.claimed, p.claims, p.unasked, p.forged_headers, p.rivals, p.same_time, p.contested,
       p.moved_flows, len(p.followers) AS followers, k.addresses,
       coalesce(r.flows, 0) AS relayed_flows, p.pressed,
       p.contested > 0 AND NOT p.holder_goes_on AND p.one_holder AS taken_over,
       v.mac IS NULL AS one_at_a_time,
       regexp_matches(p.mac, '^(' || $router_macs || ')') AS router_mac
FROM poisoner p JOIN told t USING (evidence_id, mac) JOIN card k USING (evidence_id, mac)
LEFT JOIN own o USING (evidence_id, mac) LEFT JOIN relayed r USING (evidence_id, mac)
LEFT JOIN several v USING (evidence_id, mac)
ORDER BY p.t0, p.mac, evidence_id
"""


def judge(row: Row) -> Judgement | None:
    """Weigh what one Ethernet address claims."""
    own, claimed = cast(list[str], row["src_ips"]), cast(list[str], row["claimed"])
    contested, unasked = cast(int, row["contested"]), cast(int, row["unasked"])
    terms: dict[str, Term] = {}
    if contested:
        terms["claimed_by_another_too"] = term(0.8 + ramp(contested, 1, 2, 1.2), contested)
    if row["same_time"]:
        terms["claims_contradict_at_the_same_time"] = term(0.7, cast(int, row["rivals"]))
    if own:
        terms["has_an_address_of_its_own"] = term(1.0, own[0])
    terms["unasked_replies"] = term(ramp(unasked, 1, 10, 1.5), unasked)
    followers = cast(int, row["followers"])
    if followers:
        terms["hosts_that_left_their_router_for_it"] = term(2.5, followers)
    relayed = cast(int, row["relayed_flows"])
    if relayed >= PARAMS.min_relayed:
        terms["passes_on_flows_of_neighbours"] = term(ramp(relayed, 0, 10, 2.5), relayed)
    if forged := cast(int, row["forged_headers"]):
        terms["claims_another_card_than_it_sends_from"] = term(0.5, forged)
    if row["router_mac"]:
        terms["address_that_routers_share"] = term(-4.0, str(row["mac"]))
    pressed = cast(int, row["pressed"]) >= PARAMS.min_pressed
    if not pressed and relayed < PARAMS.min_relayed and contested:
        # A poisoned router goes on claiming its address; one that was replaced does not.
        if row["taken_over"]:
            terms["earlier_holder_is_silent_since"] = term(-3.0, "taken over")
        elif row["one_at_a_time"]:
            terms["one_address_at_a_time"] = term(-3.0, "leases that change hands")
    addresses = cast(int, row["addresses"])
    if addresses >= PARAMS.many_addresses and not followers:
        terms["answers_for_a_whole_segment"] = term(-1.5, addresses)
    sure = confidence(PRIOR, terms)
    if sure < 0.25:
        return None
    acted = bool(followers) or relayed >= PARAMS.min_relayed
    severity = Severity.MEDIUM if sure >= 0.5 else Severity.LOW
    if sure >= 0.9 and (acted or (contested and unasked >= 3)):
        severity = Severity.HIGH
    who = own[0] if len(own) == 1 else f"the card {row['mac']}"
    many = "" if len(claimed) == 1 else f" and {len(claimed) - 1} more"
    took = f"; {followers} left their router for it" if followers else ""
    return Judgement(
        title=f"{who} claimed to be {claimed[0]}{many} by ARP"
        f" ({row['claims']} claims, {unasked} unasked){took}",
        severity=severity,
        terms=terms,
        facts={
            "mac": row["mac"],
            "claimed": tuple(claimed),
            "moved_flows": row["moved_flows"],
            "relayed_flows": relayed,
        },
        succeeded=True if acted else None,
    )


DETECTOR = Detector(
    title="ARP poisoning",
    summary="A card claims addresses of others, and their traffic follows.",
    blind_spots="Attacks complete before the capture begins; switches that are flooded or tapped;"
    " captures without Ethernet addresses.",
    benign="Routers that fail over, leases that change hands, two machines set to one address.",
    look_next="The switch port of the claiming card, and which passwords went by meanwhile.",
    reads=("arp_activity", "dhcp_activity", "network_activity"),
    techniques=("T1557.002",),
    partition_by="evidence_id: claims are compared within a segment",
    params=PARAMS,
    minimum_sample="two cards with one address, or a host that changes its router after a claim",
    prior=PRIOR,
    sql=_SQL,
    judge=judge,
)
