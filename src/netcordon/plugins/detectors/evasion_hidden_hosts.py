"""Hosts behind a host: an own address passes on the packets of others (address translation).

Finds        A card with a single address whose packets arrive with two kinds of TTL: its own, as
             they were born (64, 128, 255), and some that one router has already counted down (63,
             127, 254), from several kinds of TCP stacks (Bellovin, IMW 2002; RFC 6274).
Blind spots  Translators that set the TTL anew; captures beyond a router, where every TTL is
             counted down; captures without Ethernet addresses.
Often benign Virtual machines and containers, tethered telephones, guest access: a matter of
             policy. It matters when an address must be brought back to one machine.
Look next    The switch port, and what stands behind it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from netcordon.model.detector import Detector, Judgement, Row
from netcordon.model.score import confidence, ramp, term
from netcordon.model.severity import Severity


@dataclass(frozen=True, kw_only=True)
class Params:
    """What is not chance."""

    min_flows: int = 10
    """Flows of each kind; single ones come from traces and tests, which set the TTL at will."""


PARAMS = Params()
PRIOR = -1.5

_SQL = """
WITH sent AS (
    SELECT src_ip, src_mac, ttl_max_out AS ttl, tcp_options_out AS options, start_time, end_time,
           evidence_id, first_frame
    FROM network_activity
    WHERE protocol = 'tcp' AND src_mac IS NOT NULL AND tcp_options_out IS NOT NULL
      AND is_internal(src_ip_hi, src_ip_lo) AND tunnel_parent IS NULL AND contains(src_ip, '.')
      AND ttl_min_out = ttl_max_out
),
-- A router's card carries many addresses; a host's one.
single AS (SELECT src_mac FROM sent GROUP BY src_mac HAVING count(DISTINCT src_ip) = 1),
host AS (
    SELECT src_ip, src_mac, count(*) FILTER (ttl IN (64, 128, 255)) AS own,
           count(*) FILTER (ttl IN (63, 127, 254)) AS passed,
           count(DISTINCT options) FILTER (ttl IN (63, 127, 254)) AS stacks,
           count(DISTINCT ttl) FILTER (ttl IN (63, 127, 254)) AS ttls,
           min(start_time) AS t0, max(end_time) AS t1,
           min({'evidence_id': evidence_id, 'table': 'network_activity', 'frame': first_frame},
               200) FILTER (ttl IN (63, 127, 254)) AS evidence
    FROM sent SEMI JOIN single USING (src_mac) GROUP BY src_ip, src_mac
)
SELECT [src_ip] AS src_ips, []::VARCHAR[] AS dst_ips, []::VARCHAR[] AS dst_names,
       []::INTEGER[] AS dst_ports, 'tcp' AS protocol, t0 AS first_seen_time, t1 AS last_seen_time,
       evidence, src_mac AS card, own, passed, stacks, ttls
FROM host WHERE own >= $min_flows AND passed >= $min_flows
ORDER BY t0, src_ip, card
"""


def judge(row: Row) -> Judgement | None:
    """Weigh the packets of one card."""
    own, passed, stacks = (cast(int, row[name]) for name in ("own", "passed", "stacks"))
    terms = {
        "flows_counted_down_once": term(1.0 + ramp(passed, PARAMS.min_flows, 100, 1.0), passed),
        "flows_of_its_own": term(ramp(own, PARAMS.min_flows, 100, 0.5), own),
        "kinds_of_stacks_behind_it": term(ramp(stacks, 1, 4, 1.5), stacks),
    }
    if cast(int, row["ttls"]) > 1:
        terms["kinds_of_systems_behind_it"] = term(1.0, cast(int, row["ttls"]))
    sure = confidence(PRIOR, terms)
    if sure < 0.4:
        return None
    return Judgement(
        title=f"{cast(list[str], row['src_ips'])[0]} passes on packets of hosts behind it:"
        f" {passed:,} connections had already crossed a router, {own:,} had not",
        severity=Severity.INFORMATIONAL,
        terms=terms,
        facts={"card": row["card"], "kinds_of_stacks": stacks},
    )


DETECTOR = Detector(
    title="Hosts behind a host",
    summary="An own address passes on the packets of others: translation that is not a router's.",
    blind_spots="Translators that set the TTL anew; captures beyond a router.",
    benign="Virtual machines, containers, tethered telephones, guest access.",
    look_next="The switch port, and what stands behind it.",
    reads=("network_activity",),
    techniques=("T1200",),
    partition_by="src_ip",
    params=PARAMS,
    minimum_sample="10 connections of either kind",
    prior=PRIOR,
    sql=_SQL,
    judge=judge,
)
