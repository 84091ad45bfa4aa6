"""Oversized DNS answers: a signature far longer than any key can make, sent to a resolver.

Finds        Answers over TCP with records of type SIG, KEY or RRSIG of many kilobytes each. The
             lengths of a name and a signature that together pass 65,535 octets overflow a buffer
             in resolvers that keep the sum in sixteen bits (CVE-2020-1350).
Blind spots  Answers to look-ups over TLS or HTTPS; answers of which segments are missing; records
             hidden behind more than 32 others.
Often benign Post-quantum signatures on trial zones; measurements of resolvers.
Look next    Whether the resolver fell silent or opened connections of its own afterwards, who made
             it ask for that name, and the patch level of the resolver. The end named as attacker is
             the server that gave the answer; a forwarder only passes it on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from netcordon.model.detector import Detector, Judgement, Row
from netcordon.model.finding import Term
from netcordon.model.quantity import size_text
from netcordon.model.score import confidence, ramp, term
from netcordon.model.severity import Severity


@dataclass(frozen=True, kw_only=True)
class Params:
    """What no honest record reaches."""

    record_bytes: int = 8_192
    """Octets a record: RSA of 4,096 bits signs in 512 (RFC 3110), ML-DSA-87 in 4,627 (FIPS 204);
    the overflow needs tens of thousands."""
    whole_bytes: int = 32_768
    """Octets a record from which the size is as telling as it gets."""
    unanswered: int = 3
    """Questions without an answer after which a resolver counts as fallen silent; stub resolvers
    ask about so often."""


PARAMS = Params()
PRIOR = -3.0

# SIG and KEY left the protocol with RFC 3755; what remains of them, SIG(0), stands in the
# additional section and is no answer.
_SQL = """
WITH answer AS (
    SELECT src_ip, dst_ip, dst_port, protocol, time, frame, evidence_id, lower(query) AS query,
           answer_bytes, answer_bytes // greatest(answer_count, 1) AS record_bytes,
           list_contains(answer_types, 'SIG') OR list_contains(answer_types, 'KEY') AS obsolete
    FROM dns_activity
    WHERE service = 'dns' AND is_response AND protocol = 'tcp' AND answer_bytes >= $record_bytes
      AND answer_bytes // greatest(answer_count, 1) >= $record_bytes
      AND list_has_any(answer_types, ['SIG', 'KEY', 'RRSIG'])
),
given AS (
    SELECT src_ip, dst_ip, min(dst_port) AS dst_port, min(time) AS t0, max(time) AS t1,
           count(*) AS answers, max(record_bytes) AS record_bytes,
           max(answer_bytes) AS answer_bytes,
           bool_or(obsolete) AS obsolete, list(DISTINCT query ORDER BY query)[1:9] AS names,
           evidence_of(evidence_id, 'dns_activity', frame) AS evidence
    FROM answer GROUP BY src_ip, dst_ip
),
-- Who is asked by others is a resolver: the program that the overflow is for.
serving AS (
    SELECT dst_ip AS src_ip, count(DISTINCT src_ip) AS clients
    FROM lookups WHERE dst_ip IN (SELECT src_ip FROM given)
    GROUP BY dst_ip
),
-- A resolver whose program crashed answers nobody afterwards.
afterwards AS (
    SELECT g.src_ip, g.dst_ip, count(*) AS asked_after,
           count(*) FILTER (n.packets_in > 0) AS answered_after
    FROM given g JOIN flows n ON n.dst_ip = g.src_ip AND n.start_time > g.t1
    WHERE n.dst_port = 53 GROUP BY g.src_ip, g.dst_ip
)
SELECT [g.dst_ip] AS src_ips, [g.src_ip] AS dst_ips, g.names AS dst_names,
       [g.dst_port] AS dst_ports, 'tcp' AS protocol, g.t0 AS first_seen_time,
       g.t1 AS last_seen_time, g.evidence, g.answers, g.record_bytes, g.answer_bytes, g.obsolete,
       coalesce(s.clients, 0) AS clients, coalesce(a.asked_after, 0) AS asked_after,
       coalesce(a.answered_after, 0) AS answered_after
FROM given g LEFT JOIN serving s USING (src_ip) LEFT JOIN afterwards a USING (src_ip, dst_ip)
ORDER BY g.t0, g.dst_ip, g.src_ip
"""


def judge(row: Row) -> Judgement:
    """Weigh what one server answered to one asker."""
    record, clients = cast(int, row["record_bytes"]), cast(int, row["clients"])
    terms: dict[str, Term] = {
        "octets_a_record": term(
            2.0 + ramp(record, PARAMS.record_bytes, PARAMS.whole_bytes, 1.5), record
        )
    }
    if row["obsolete"]:
        terms["type_that_left_the_protocol"] = term(2.0, "SIG or KEY")
    if clients:
        terms["asker_is_a_resolver"] = term(0.5, clients)
    sure = confidence(PRIOR, terms)
    severity = Severity.MEDIUM if sure >= 0.5 else Severity.LOW
    if sure >= 0.85 and row["obsolete"]:
        severity = Severity.HIGH
    server, asker = cast(list[str], row["src_ips"])[0], cast(list[str], row["dst_ips"])[0]
    return Judgement(
        title=f"{server} answered {asker} with a DNS signature of {size_text(record)}, longer than"
        " any key makes",
        severity=severity,
        terms=terms,
        techniques=("T1499.004",) if _fell_silent(row) else ("T1190",),
        facts={
            "fell_silent": _fell_silent(row),
            "answers": row["answers"],
            "answer_bytes": row["answer_bytes"],
        },
    )


def _fell_silent(row: Row) -> bool:
    """Whether all that is known is a crash: asked again, the resolver said nothing more."""
    asked, answered = cast(int, row["asked_after"]), cast(int, row["answered_after"])
    return asked >= PARAMS.unanswered and not answered


DETECTOR = Detector(
    title="Oversized DNS answer",
    summary="A record of type SIG, KEY or RRSIG longer than any key can make, over TCP.",
    blind_spots="Encrypted look-ups; answers with missing segments.",
    benign="Post-quantum signatures on trial zones; measurements of resolvers.",
    look_next="Whether the resolver fell silent or called out, and who made it ask for the name.",
    reads=("dns_activity", "network_activity"),
    techniques=("T1190", "T1499.004"),
    partition_by="src_ip: the resolver that asked",
    params=PARAMS,
    minimum_sample="one answer",
    prior=PRIOR,
    sql=_SQL,
    judge=judge,
)
