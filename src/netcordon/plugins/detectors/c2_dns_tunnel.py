"""DNS used as a channel: names and answers under one domain carry data, not addresses.

Finds        A client that sends information in ever new names under one registered domain, or
             fetches it in answers that carry data (TXT, NULL, CNAME, MX, SRV, KEY, private
             types). The measure is the information in distinct names: their octets times the
             entropy of their characters (after Ozery, Nadler, Shabtai, 2023), in bytes and bytes
             per hour.
Blind spots  DNS over HTTPS or TLS; a capture beyond the resolver, which hides the client;
             channels below some hundred bytes; names chosen from a fixed dictionary.
Often benign Antivirus and reputation look-ups, mail block-lists, content delivery shards,
             telemetry that puts identifiers in names. They resolve for many clients and answer
             with addresses.
Look next    The first look-ups of the domain, the process that asks, other clients of the
             domain, and whether the client talks to the domain's name server directly.

Length enters before entropy is believed: short names have low entropy because they are short.
Names are compared in lower case, for resolvers randomise case against forgery.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import cast

from netcordon.model.detector import Detector, Judgement, Row
from netcordon.model.finding import Term
from netcordon.model.quantity import count_text, size_text
from netcordon.model.score import confidence, ramp, term
from netcordon.model.severity import Severity


@dataclass(frozen=True, kw_only=True)
class Params:
    """What counts as a channel."""

    min_names: int = 10
    """Distinct names under one domain from one client; fewer carry next to nothing."""
    min_up_bytes: int = 300
    """Information in the distinct names; ordinary browsing puts under 100 bytes into one domain."""
    min_down_bytes: int = 1000
    """Octets of data-carrying answers under one domain; an SPF or DKIM record has 100 to 500."""
    rate_floor_s: int = 60
    """Shortest time a rate is computed over, so that a burst of a second makes no huge rate."""


PARAMS = Params()
PRIOR = -3.0

_LOAD = r"""
    SELECT evidence_id, frame, time, src_ip, dst_ip, dst_port, protocol, is_response, rcode,
           query_type, answer_bytes, is_short_lived, query,
           query_type IN ('TXT', 'NULL', 'CNAME', 'MX', 'SRV', 'KEY') OR query_type LIKE 'TYPE%'
               AND query_type NOT IN ('TYPE64', 'TYPE65') AS carries
    FROM lookups
"""

_SQL = r"""
WITH asked AS MATERIALIZED (
    SELECT a.src_ip, a.query, d.domain,
           greatest(a.query_bytes - length(d.domain) - 2, 0) AS octets
    FROM (SELECT src_ip, query, max(query_bytes) AS query_bytes FROM lookups GROUP BY ALL) a
    JOIN domain_of d USING (query)
),
several AS MATERIALIZED (
    SELECT src_ip, domain, count(*) AS names, sum(octets)::BIGINT AS octets
    FROM asked WHERE octets > 0 GROUP BY src_ip, domain HAVING count(*) >= $min_names
),
came AS (
    SELECT l.src_ip, d.domain, sum(l.answer_bytes) AS down_bytes
    FROM ({load}) AS l JOIN domain_of d USING (query) WHERE l.carries AND l.is_response
    GROUP BY l.src_ip, d.domain
),
-- An octet holds 8 bits at most: what is short is left before its letters are counted.
names AS MATERIALIZED (
    SELECT s.*, row_number() OVER () AS no FROM several s LEFT JOIN came c USING (src_ip, domain)
    WHERE s.octets >= 0.9 * $min_up_bytes OR c.down_bytes >= $min_down_bytes
),
under AS MATERIALIZED (
    SELECT a.*, n.no FROM asked a JOIN names n USING (src_ip, domain)
),
-- Many hosts may ask for one name: it is taken apart once.
text AS MATERIALIZED (SELECT DISTINCT query, domain FROM under WHERE octets > 0),
pattern AS (
    SELECT u.src_ip, u.domain, count(DISTINCT p.pattern) AS patterns
    FROM under u JOIN (SELECT query, regexp_replace(query, '[0-9]+', '#', 'g') AS pattern
                       FROM text) p USING (query)
    WHERE u.octets > 0 GROUP BY u.src_ip, u.domain
),
spelled AS MATERIALIZED (
    SELECT query, c, count(*) AS n FROM (
        SELECT query, unnest(CASE WHEN contains(own, '\')
                                  THEN regexp_extract_all(own, '\\[0-9]{3}|.')
                                  ELSE string_split(own, '') END) AS c
        FROM (SELECT query, left(query, length(query) - length(domain) - 1) AS own FROM text))
    GROUP BY query, c
),
symbol AS (
    SELECT u.no, s.c, sum(s.n)::BIGINT AS n FROM under u JOIN spelled s USING (query)
    WHERE u.octets > 0 GROUP BY u.no, s.c
),
entropy AS (
    SELECT no,
           sum(round(1e6 * -(n / total) * log2(n / total))::BIGINT) / 1e6 AS bits_per_octet
    FROM (SELECT *, sum(n) OVER (PARTITION BY no) AS total FROM symbol)
    GROUP BY no
),
channel AS (
    SELECT src_ip, domain, min(time) AS t0, max(time) AS t1,
           list(DISTINCT dst_ip ORDER BY dst_ip) AS dst_ips,
           list(DISTINCT dst_port ORDER BY dst_port) AS dst_ports, min(protocol) AS protocol,
           count(*) FILTER (NOT is_response) AS questions, count(*) FILTER (is_response) AS answers,
           count(*) FILTER (carries) AS carrying, count(*) AS messages,
           count(*) FILTER (query_type = 'NULL' OR query_type LIKE 'TYPE%') AS odd_types,
           count(*) FILTER (rcode = 'NXDOMAIN') AS missing,
           coalesce(sum(answer_bytes) FILTER (carries AND is_response), 0)::BIGINT AS down_bytes,
           count(*) FILTER (is_short_lived) AS short_lived,
           list(DISTINCT query_type ORDER BY query_type) AS types,
           evidence_of(evidence_id, 'dns_activity', frame) AS evidence
    FROM ({load}) AS load JOIN under USING (src_ip, query) GROUP BY src_ip, domain
),
clients AS (
    SELECT domain, count(DISTINCT src_ip) AS clients FROM asked
    WHERE domain IN (SELECT domain FROM names) GROUP BY domain
),
active AS (SELECT count(DISTINCT src_ip) AS active FROM asked),
-- A resolver repeats what its clients ask: the client is the end of the channel.
repeats AS (
    SELECT DISTINCT n.domain, q.dst_ip AS src_ip
    FROM (SELECT DISTINCT src_ip, dst_ip, query FROM ({load}) AS load
          WHERE dst_ip IN (SELECT src_ip FROM names) AND dst_ip <> src_ip) q
    JOIN asked a ON a.src_ip = q.src_ip AND a.query = q.query
    JOIN several n ON n.src_ip = q.src_ip AND n.domain = a.domain
)
SELECT [c.src_ip] AS src_ips, c.dst_ips, [c.domain] AS dst_names, c.dst_ports, c.protocol,
       c.t0 AS first_seen_time, c.t1 AS last_seen_time, c.evidence, n.names, n.octets, p.patterns,
       e.bits_per_octet, n.octets * e.bits_per_octet / 8 AS up_bytes, c.down_bytes, c.questions,
       c.answers, c.carrying / c.messages AS carrying_share, c.odd_types / c.messages AS odd_share,
       c.missing, c.short_lived, c.types, x.clients, a.active,
       greatest(epoch(c.t1) - epoch(c.t0), $rate_floor_s) / 3600 AS hours,
       s.kind AS known_kind, s.note AS known_note
FROM channel c JOIN names n USING (src_ip, domain) JOIN entropy e USING (no)
JOIN pattern p USING (src_ip, domain)
ANTI JOIN repeats r ON r.src_ip = c.src_ip AND r.domain = c.domain
JOIN clients x USING (domain) CROSS JOIN active a
LEFT JOIN known_service s ON s.registered_domain = c.domain
WHERE (n.octets * e.bits_per_octet / 8 >= $min_up_bytes OR c.down_bytes >= $min_down_bytes)
ORDER BY up_bytes DESC, c.src_ip, c.domain
""".replace("{load}", _LOAD)


def judge(row: Row) -> Judgement | None:
    """Weigh one client's questions under one domain."""
    domain = cast(list[str], row["dst_names"])[0]
    up, down = cast(float, row["up_bytes"]), cast(int, row["down_bytes"])
    terms = _volume(row) | _shape(row) | _company(row)
    if domain.endswith((".in-addr.arpa", ".ip6.arpa")):
        terms["reverse_look_ups"] = term(-4.0, domain)
    sure = confidence(PRIOR, terms)
    if sure < 0.1:
        return None
    grounds = (
        up >= 2_000,
        down >= 5_000,
        cast(float, row["odd_share"]) > 0.2,
        cast(int, row["octets"]) / cast(int, row["names"]) >= 40,
    )
    excused = any(t.contribution <= -1.5 for t in terms.values())
    severity = Severity.LOW
    if sure >= 0.5:
        severity = Severity.MEDIUM
    if sure >= 0.9 and sum(grounds) >= 2 and not excused:
        severity = Severity.HIGH
    rate = up / cast(float, row["hours"])
    return Judgement(
        title=f"{cast(list[str], row['src_ips'])[0]} sent about {size_text(up)} out in"
        f" {count_text(cast(int, row['names']), 'name')} under {domain},"
        f" {size_text(down)} came back in answers",
        severity=severity,
        terms=terms,
        techniques=("T1071.004", "T1572") if up < 50_000 else ("T1071.004", "T1572", "T1048"),
        facts={
            "names": row["names"],
            "bits_per_octet": round(cast(float, row["bits_per_octet"]), 2),
            "bytes_out": round(up),
            "bytes_out_per_h": round(rate),
            "bytes_in": down,
            "query_types": tuple(cast(list[str], row["types"])),
            "questions": row["questions"],
            "answers": row["answers"],
        },
        succeeded=True if cast(int, row["answers"]) and (up >= 2_000 or down >= 5_000) else None,
    )


def _volume(row: Row) -> dict[str, Term]:
    up, down = cast(float, row["up_bytes"]), cast(int, row["down_bytes"])
    rate = math.log10(max(1.0, up / cast(float, row["hours"])))
    terms = {
        "bytes_out_in_names": term(ramp(math.log10(max(1.0, up)), 2.5, 4.0, 2.5), round(up)),
        "bytes_in_in_answers": term(ramp(math.log10(max(1, down)), 2.5, 4.0, 1.5), down),
    }
    if rate < 2.5 and down < PARAMS.min_down_bytes:
        terms["bytes_out_per_h"] = term(ramp(rate, 2.5, 1.5, -1.5), round(10**rate))
    return terms


def _shape(row: Row) -> dict[str, Term]:
    names, questions = cast(int, row["names"]), max(1, cast(int, row["questions"]))
    length = cast(int, row["octets"]) / names
    odd = cast(float, row["odd_share"])
    terms = {
        "octets_per_name": term(ramp(length, 20, 60, 1.5), length),
        "data_types_share": term(
            ramp(cast(float, row["carrying_share"]), 0.2, 0.8, 2.0),
            cast(float, row["carrying_share"]),
        ),
        "never_repeated_share": term(ramp(names / questions, 0.5, 0.95, 0.5), names / questions),
    }
    if odd > 0.2:
        terms["null_or_private_types_share"] = term(1.5, odd)
    if cast(int, row["patterns"]) * 3 <= names:
        terms["numbered_names"] = term(1.0, cast(int, row["patterns"]))
    if cast(int, row["short_lived"]) > 0.5 * max(1, cast(int, row["answers"])):
        terms["answers_not_to_be_cached"] = term(0.5, cast(int, row["short_lived"]))
    return terms


def _company(row: Row) -> dict[str, Term]:
    clients, active = cast(int, row["clients"]), cast(int, row["active"])
    terms: dict[str, Term] = {}
    if clients >= 3 and clients > 0.25 * active:
        terms["many_clients"] = term(-1.5, clients)
    if row["known_kind"] not in (None, "dynamic_dns"):
        terms["known_service"] = term(-3.0, f"{row['known_kind']}: {row['known_note']}")
    missing = cast(int, row["missing"]) / max(1, cast(int, row["answers"]))
    if missing > 0.9:
        terms["names_that_do_not_exist_share"] = term(-1.0, missing)
    return terms


DETECTOR = Detector(
    title="DNS tunnel",
    summary="Names and answers under one domain carry data, not addresses.",
    blind_spots="DNS over HTTPS or TLS; captures beyond the resolver; channels of some hundred"
    " bytes.",
    benign="Antivirus and reputation look-ups, mail block-lists, content delivery shards,"
    " telemetry.",
    look_next="The first look-ups of the domain, the process that asks, other clients of the"
    " domain.",
    reads=("dns_activity",),
    techniques=("T1071.004", "T1572"),
    partition_by="src_ip",
    params=PARAMS,
    minimum_sample="10 distinct names under one domain from one client",
    prior=PRIOR,
    sql=_SQL,
    judge=judge,
)
