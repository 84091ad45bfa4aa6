"""DHCP starvation: requests for addresses faster, or for more machines, than a network has.

Finds        Bursts of DHCP requests: many from one card, or from ever new cards that never take
             what they are offered. The pool of addresses, or the server, runs out; often so that
             a server of the attacker can answer instead.
Blind spots  Slow starvation; relays, which hide the segment; DHCPv6.
Often benign Power coming back to a building (its machines take what they are offered), a
             client in a loop of restarts, load tests of servers.
Look next    The switch port (the Ethernet address of the frame, which may differ from the one
             in the request), the free addresses of the server, a second server.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from netcordon.model.detector import Detector, Judgement, Row
from netcordon.model.quantity import number_text
from netcordon.model.score import confidence, ramp, term
from netcordon.model.severity import Severity


@dataclass(frozen=True, kw_only=True)
class Params:
    """What counts as starvation."""

    window_s: int = 10
    """Requests are counted in windows of this many seconds; a client repeats itself after 4, 8 and
    16 seconds (RFC 2131, section 4.1)."""
    min_requests: int = 100
    """Requests in one window. A segment of 250 machines that all start within a minute makes
    about as many; below that nothing is exhausted."""
    requests_per_client: int = 10
    """Requests of one card in a window that no client following RFC 2131 makes (four at most)."""


PARAMS = Params()
PRIOR = -3.0

_SQL = """
WITH message AS (
    SELECT *, epoch_us(time) // ($window_s * 1000000) AS win FROM dhcp_activity
),
hot AS (
    SELECT win FROM message WHERE message_type IN ('DISCOVER', 'REQUEST')
    GROUP BY win HAVING count(*) >= $min_requests
),
asked AS (
    SELECT m.* FROM message m JOIN hot USING (win) WHERE message_type IN ('DISCOVER', 'REQUEST')
),
settled AS (
    SELECT DISTINCT client_mac FROM message WHERE message_type = 'ACK'
),
-- Cards that ask more than a client may and have no lease; an address that asks for several cards
-- is a relay's.
pushy AS (
    SELECT client_mac FROM asked
    WHERE client_mac NOT IN (SELECT client_mac FROM settled WHERE client_mac IS NOT NULL)
    GROUP BY client_mac, win HAVING count(*) > $requests_per_client
),
sender AS (
    SELECT src_ip FROM asked WHERE src_ip <> '0.0.0.0'
    GROUP BY src_ip
    HAVING count(DISTINCT client_mac) = 1
       AND bool_and(client_mac IN (SELECT client_mac FROM pushy))
),
heard AS (
    SELECT count(*) AS heard FROM message WHERE message_type IN ('OFFER', 'ACK', 'NAK')
),
answered AS (
    SELECT list(DISTINCT server_ip ORDER BY server_ip) AS servers,
           count(*) FILTER (message_type = 'OFFER') AS offers,
           count(*) FILTER (message_type = 'NAK') AS refusals
    FROM message JOIN hot USING (win)
    WHERE message_type IN ('OFFER', 'ACK', 'NAK') AND server_ip IS NOT NULL
),
flood AS (
    SELECT count(*) AS requests, count(DISTINCT client_mac) AS cards,
           count(DISTINCT win) AS windows,
           count(DISTINCT client_mac) FILTER (client_mac IN (SELECT client_mac FROM settled))
               AS settled,
           count(DISTINCT assigned_ip) AS addresses, min(client_mac) AS card,
           list(DISTINCT src_ip ORDER BY src_ip) FILTER (src_ip IN (SELECT src_ip FROM sender))
               AS sources,
           list(DISTINCT dst_ip ORDER BY dst_ip) AS asked_ips,
           min(time) AS t0, max(time) AS t1,
           min({'evidence_id': evidence_id, 'table': 'dhcp_activity', 'frame': frame}, 1000)
               AS evidence
    FROM asked
)
SELECT coalesce(sources[1:49], []::VARCHAR[]) AS src_ips,
       coalesce(servers, asked_ips[1:49]) AS dst_ips, []::VARCHAR[] AS dst_names,
       [67]::INTEGER[] AS dst_ports, 'udp' AS protocol, t0 AS first_seen_time,
       t1 AS last_seen_time, evidence, requests, cards, settled, windows, addresses, card,
       coalesce(offers, 0) AS offers, coalesce(refusals, 0) AS refusals, heard
FROM flood CROSS JOIN answered CROSS JOIN heard
WHERE requests > 0
ORDER BY t0
"""


def judge(row: Row) -> Judgement | None:
    """Weigh the bursts of requests in one capture."""
    requests, cards = cast(int, row["requests"]), cast(int, row["cards"])
    first, last = cast(datetime, row["first_seen_time"]), cast(datetime, row["last_seen_time"])
    windows_s = float(cast(int, row["windows"]) * PARAMS.window_s)
    busy_s = max(1.0, min((last - first).total_seconds(), windows_s))
    rate, each = requests / busy_s, requests / max(cards, 1)
    unsettled = 1 - cast(int, row["settled"]) / max(cards, 1)
    terms = {
        "requests_per_second": term(ramp(math.log10(rate), 0.8, 2.3, 2.5), rate),
        "requests": term(ramp(math.log10(requests), 2.0, 3.0, 1.5), requests),
        "requests_per_card": term(
            ramp(each, 4, PARAMS.requests_per_client * busy_s / PARAMS.window_s + 10, 2.0), each
        ),
        "cards": term(ramp(math.log10(max(cards, 1)), 1.7, 2.4, 1.5), cards),
    }
    heard = bool(row["heard"])
    if heard:  # a port that sees broadcasts alone sees no lease of anybody
        terms["cards_without_a_lease_share"] = term(ramp(unsettled, 0.3, 0.9, 1.5), unsettled)
    if refusals := cast(int, row["refusals"]):
        terms["server_refuses"] = term(ramp(refusals, 0, 10, 1.0), refusals)
    sure = confidence(PRIOR, terms)
    if sure < 0.2:
        return None
    severity = Severity.MEDIUM if sure >= 0.5 else Severity.LOW
    if sure >= 0.9 and rate >= 50 and heard and unsettled >= 0.8:
        severity = Severity.HIGH
    who = f"the card {row['card']}" if cards == 1 else f"{cards:,} cards"
    outcome = f"{row['settled']} of them ended with a lease" if heard else "no answer was recorded"
    return Judgement(
        title=f"{requests:,} DHCP requests of {who}, {number_text(rate)} a second, {outcome}",
        severity=severity,
        terms=terms,
        facts={"addresses_asked_for": row["addresses"], "offers": row["offers"]},
    )


DETECTOR = Detector(
    title="DHCP starvation",
    summary="Requests for addresses faster, or for more machines, than a network has.",
    blind_spots="Slow starvation; segments behind relays; DHCPv6.",
    benign="Power coming back to a building, a client that restarts in a loop, load tests.",
    look_next="The switch port, the free addresses of the server, a second server.",
    reads=("dhcp_activity",),
    techniques=("T1498.001", "T1557.003"),
    partition_by="evidence_id: one segment",
    params=PARAMS,
    minimum_sample="100 requests within 10 seconds",
    prior=PRIOR,
    sql=_SQL,
    judge=judge,
)
