"""Own servers that are used as reflectors: a little is asked, much is sent to a stranger.

Finds        A server of the own network that sends an address outside, from a UDP service known to
             amplify, many times what it was asked, question after question: the asker's address
             is forged and its owner drowns. Also many addresses at once, each with little.
Blind spots  Services behind translation, where the server outside is the router; answers of the
             size of their questions (they harm as much, but look like use).
Often benign Name servers of the own domains (large signed answers to resolvers, few each), time
             servers of the public pool (answers as short as the questions).
Look next    Why the service can be reached from outside at all (open resolver, monlist, SSDP,
             memcached); the receivers named here are victims and should be told.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from netcordon.model.detector import Detector, Judgement, Row
from netcordon.model.quantity import size_text, span_text
from netcordon.model.score import confidence, ramp, term
from netcordon.model.severity import Severity


@dataclass(frozen=True, kw_only=True)
class Params:
    """What is more than use."""

    window_s: int = 10
    """Traffic is counted in windows of this many seconds."""
    min_questions: int = 100
    """Questions from one address within a window; a busy resolver asks one server less."""
    min_factor: float = 4.0
    """Bytes given per byte asked. TFTP, voice and games stay near 1; DNS amplifies 28 to 54 times,
    NTP 557, SSDP 31, memcached 10,000 and more (CISA alert TA14-017A)."""
    min_bytes: int = 200_000
    """Bytes given to one address within a window."""
    amplifiers: str = (
        "17,19,53,111,123,137,161,389,427,520,1434,1900,3283,3702,5093,5353,5683,10001,11211,"
        "27015,37810"
    )
    """UDP ports of services known to answer with a multiple of what they are asked."""
    listed_victims: int = 49
    """Receivers named, those that got most."""


PARAMS = Params()
PRIOR = -2.0

_SQL = """
WITH part AS (
    SELECT dst_ip AS server, dst_port AS port, src_ip AS victim, packets_out AS questions,
           packets_in AS answers, ip_bytes_out AS asked, ip_bytes_in AS given, start_time, end_time,
           src_port, evidence_id, first_frame,
           epoch_us(start_time) // ($window_s * 1000000) AS win,
           greatest(1, (epoch_us(end_time) - epoch_us(start_time)) // ($window_s * 1000000)) AS wins
    FROM flows
    WHERE protocol = 'udp' AND packets_out > 0 AND packets_in > 0 AND is_outer
      AND dst_internal AND NOT src_internal
      AND list_contains(string_split($amplifiers, ',')::INTEGER[], dst_port)
),
-- A long flow gives each window its mean share.
hot AS (
    SELECT server, port, victim FROM part GROUP BY server, port, victim, win
    HAVING sum(questions // wins) >= $min_questions AND sum(given // wins) >= $min_bytes
       AND sum(given) >= $min_factor * sum(asked)
),
abused AS (
    SELECT server, port, victim, sum(questions)::BIGINT AS questions, sum(given)::BIGINT AS given,
           sum(asked)::BIGINT AS asked, min(start_time) AS t0, max(end_time) AS t1,
           count(*) AS flows,
           min({'evidence_id': evidence_id, 'table': 'network_activity', 'frame': first_frame},
               200) AS proofs
    FROM part SEMI JOIN hot USING (server, port, victim) GROUP BY server, port, victim
),
total AS (
    SELECT server, port, count(*) AS victims, sum(questions)::BIGINT AS questions,
           sum(given)::BIGINT AS given, sum(asked)::BIGINT AS asked, min(t0) AS t0, max(t1) AS t1,
           max({'given': given, 'ip': victim}, $listed_victims) AS top,
           list_sort(flatten(list(proofs ORDER BY victim)))[1:1000] AS evidence
    FROM abused GROUP BY server, port
),
-- A stranger whose address was forged says that nobody there asked.
protest AS (
    SELECT t.server, t.port, sum(n.packets_out)::BIGINT AS refusals
    FROM total t JOIN abused a USING (server, port)
    JOIN flows n ON n.src_ip = a.victim AND n.dst_ip = t.server
     AND n.protocol = 'icmp' AND n.src_port = 3
    GROUP BY t.server, t.port
)
SELECT [server] AS src_ips, list_sort(list_transform(top, lambda x: x.ip)) AS dst_ips,
       []::VARCHAR[] AS dst_names, [port]::INTEGER[] AS dst_ports, 'udp' AS protocol,
       t0 AS first_seen_time, t1 AS last_seen_time, evidence, server, port, victims, questions,
       given, asked, coalesce(refusals, 0) AS refusals
FROM total LEFT JOIN protest USING (server, port)
ORDER BY t0, server, port
"""


def judge(row: Row) -> Judgement | None:
    """Weigh what one own service gave to strangers."""
    given, asked = cast(int, row["given"]), cast(int, row["asked"])
    factor = given / max(asked, 1)
    first, last = cast(datetime, row["first_seen_time"]), cast(datetime, row["last_seen_time"])
    span_s = max((last - first).total_seconds(), 1.0)
    bits = 8 * given / span_s
    questions = cast(int, row["questions"]) / span_s / cast(int, row["victims"])
    terms = {
        "bytes_given_per_byte_asked": term(ramp(math.log10(factor), 0.6, 1.5, 2.5), factor),
        "questions_per_second_and_asker": term(
            ramp(math.log10(max(questions, 1.0)), 0.7, 2.0, 1.5), questions
        ),
        "bits_per_second": term(ramp(math.log10(max(bits, 1.0)), 5.5, 7.5, 1.5), bits),
    }
    if refusals := cast(int, row["refusals"]):
        terms["receiver_says_nobody_asked"] = term(2.0, refusals)
    sure = confidence(PRIOR, terms)
    if sure < 0.3:
        return None
    severity = Severity.MEDIUM if sure >= 0.5 else Severity.LOW
    if sure >= 0.9 and (bits >= 10e6 or refusals):
        severity = Severity.HIGH
    victims = cast(list[str], row["dst_ips"])
    whom = victims[0] if row["victims"] == 1 else f"{row['victims']:,} addresses"
    return Judgement(
        title=f"{row['server']} is used as a reflector: from UDP port {row['port']} it sent {whom}"
        f" {size_text(given)} for {size_text(asked)} of questions in {span_text(span_s)}",
        severity=severity,
        terms=terms,
        facts={
            "bytes_given": given,
            "bytes_asked": asked,
            "bits_per_second": round(bits),
            "victims": row["victims"],
        },
        succeeded=True,
    )


DETECTOR = Detector(
    title="Own server used as a reflector",
    summary="A server of the own network sends strangers many times what they ask, question after"
    " question: their address is forged.",
    blind_spots="Services behind translation; answers as short as their questions.",
    benign="Name servers of the own domains; public time servers.",
    look_next="Why the service can be reached from outside; tell the receivers.",
    reads=("network_activity",),
    techniques=("T1498.002",),
    partition_by="dst_ip: the server",
    params=PARAMS,
    minimum_sample="100 questions from one address within 10 seconds, answered with 200 kB",
    prior=PRIOR,
    sql=_SQL,
    judge=judge,
)
