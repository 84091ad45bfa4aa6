"""Forged DNS answers: one question, two answers that contradict each other.

Finds        More answers than questions for one transaction, naming addresses that have nothing
             in common, the hop limit telling that they came from two places. Whoever answers
             first is believed.
Blind spots  A forger who keeps the lawful answer away; answers over TCP, TLS or HTTPS; caches
             poisoned out of sight.
Often benign Duplicated packets (the same answer twice), resolvers that answer a repeated question
             with the next address of a rotation, censorship by injected answers (a forgery, but
             not by an intruder).
Look next    Which answer was used: the connection that followed, and the card that sent it.
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
    """What counts as contradiction."""

    within_s: int = 10
    """Both answers within this many seconds of each other; stub resolvers give up after about as
    long."""


PARAMS = Params()
PRIOR = -3.0

_SQL = """
WITH twice AS (
    SELECT evidence_id, src_ip, dst_ip, transaction_id, query FROM lookups
    WHERE is_response AND protocol = 'udp' AND query_type IN ('A', 'AAAA')
    GROUP BY ALL HAVING count(*) > 1
),
message AS (
    SELECT evidence_id, uid, transaction_id, lower(query) AS name, query_type, is_response,
           src_ip, dst_ip, time, frame, rcode,
           list_sort(list_filter(answers, lambda a: regexp_matches(a, '^[0-9.]+$')
                                                    OR contains(a, ':'))) AS addresses
    FROM dns_activity
    SEMI JOIN twice t ON t.evidence_id = dns_activity.evidence_id
     AND t.src_ip = dns_activity.src_ip AND t.dst_ip = dns_activity.dst_ip
     AND t.transaction_id = dns_activity.transaction_id
     AND t.query IS NOT DISTINCT FROM nullif(lower(dns_activity.query), '')
    WHERE service = 'dns' AND protocol = 'udp' AND query_type IN ('A', 'AAAA')
),
-- Nearly every transaction has one answer: the few others are looked at closely.
often AS (
    SELECT evidence_id, uid, transaction_id, name, query_type, src_ip, dst_ip FROM message
    GROUP BY ALL
    HAVING count(*) FILTER (is_response) > greatest(count(*) FILTER (NOT is_response), 1)
),
doubled AS (
    SELECT evidence_id, uid, transaction_id, name, query_type, src_ip, dst_ip,
           count(*) FILTER (NOT is_response) AS questions, count(*) FILTER (is_response) AS answers,
           min(time) FILTER (is_response) AS t0, max(time) FILTER (is_response) AS t1,
           list(DISTINCT addresses ORDER BY addresses)
               FILTER (is_response AND len(addresses) > 0) AS versions,
           list(frame ORDER BY frame) FILTER (is_response) AS frames
    FROM message m SEMI JOIN often o
      ON o.evidence_id = m.evidence_id AND o.uid = m.uid AND o.src_ip = m.src_ip
     AND o.dst_ip = m.dst_ip AND o.transaction_id = m.transaction_id AND o.name = m.name
     AND o.query_type = m.query_type
    GROUP BY evidence_id, uid, transaction_id, name, query_type, src_ip, dst_ip
    HAVING count(DISTINCT addresses) FILTER (is_response AND len(addresses) > 0) > 1
),
forged AS (
    SELECT d.*, n.ttl_min_in AS hop_low, n.ttl_max_in AS hop_high
    FROM doubled d JOIN network_activity n USING (evidence_id, uid)
    WHERE t1 - t0 <= to_seconds($within_s)
      AND NOT list_has_any(versions[1], versions[2])
)
-- Whoever forged is not known: the answers bear the resolver's address, and a flow keeps no card
-- by packet.
SELECT []::VARCHAR[] AS src_ips, [src_ip] AS dst_ips, dst_ip AS resolver,
       list(DISTINCT name ORDER BY name)[1:20] AS dst_names, [53]::INTEGER[] AS dst_ports,
       'udp' AS protocol, min(t0) AS first_seen_time, max(t1) AS last_seen_time,
       flatten(list(list_transform(frames, lambda f: {'evidence_id': evidence_id,
                                                      'table': 'dns_activity', 'frame': f})
                    ORDER BY evidence_id, t0, uid)) AS evidence,
       count(*) AS questions, count(DISTINCT name) AS names,
       count(*) FILTER (hop_low <> hop_high) AS from_two_places,
       min(name) AS one_name, arg_min(versions, (t0, evidence_id, uid)) AS versions,
       list_sort(list_distinct(flatten(flatten(list(versions ORDER BY t0, uid)))))[1:20]
           AS addresses
FROM forged GROUP BY src_ip, dst_ip
ORDER BY first_seen_time, dst_ip, src_ip
"""


def judge(row: Row) -> Judgement | None:
    """Weigh the contradicting answers in one server's name to one asker."""
    questions, places = cast(int, row["questions"]), cast(int, row["from_two_places"])
    terms: dict[str, Term] = {
        "questions_answered_twice_in_contradiction": term(
            2.0 + ramp(questions, 1, 5, 1.5), questions
        ),
    }
    if places:
        terms["answers_came_from_different_distances"] = term(3.0, places)
    sure = confidence(PRIOR, terms)
    if sure < 0.15:
        return None
    severity = Severity.MEDIUM if sure >= 0.5 else Severity.LOW
    if sure >= 0.9 and places >= 2:
        severity = Severity.HIGH
    server, asker = cast(str, row["resolver"]), cast(list[str], row["dst_ips"])[0]
    name, more = cast(str, row["one_name"]), cast(int, row["names"]) - 1
    versions = [", ".join(version[:3]) for version in cast(list[list[str]], row["versions"])[:2]]
    return Judgement(
        title=f"{asker} got two answers in the name of {server} for {name}"
        f"{f' and {more} more' if more else ''}: {versions[0]} against {versions[1]}",
        severity=severity,
        terms=terms,
        facts={"resolver": server, "addresses": tuple(cast(list[str], row["addresses"]))},
    )


DETECTOR = Detector(
    title="Forged DNS answers",
    summary="One question, two answers that contradict each other.",
    blind_spots="A forger who keeps the lawful answer away; DNS over TCP, TLS or HTTPS.",
    benign="Resolvers that rotate addresses on repeated questions, injected answers of censors.",
    look_next="Which answer was used, and the card that sent it.",
    reads=("dns_activity", "network_activity"),
    techniques=("T1557",),
    partition_by="src_ip",
    params=PARAMS,
    minimum_sample="one question with two contradicting answers",
    prior=PRIOR,
    sql=_SQL,
    judge=judge,
)
