"""Commands in DNS answers: a few TXT records that hold code or a coded load, not a policy.

Finds        Answers of TXT (or NULL) type whose text is a script or a long run of base64 or
             hexadecimal and which no known use of TXT explains (mail policies, domain proofs, DKIM
             keys, chat and certificate records); above all when a host fetches several in a row
             under names that count.
Blind spots  Commands in the bits of addresses; encrypted DNS; codes that look like words; more than
             the decoder keeps of an answer.
Often benign Licences and configurations that programs keep in DNS; the mail server that asks for
             DKIM keys. The first are asked by many hosts, the second have a form of their own.
Look next    The text itself, what the host runs (a loop of look-ups is a script), other names of
             the domain.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from netcordon.model.detector import Detector, Judgement, Row
from netcordon.model.finding import Term
from netcordon.model.quantity import count_text, size_text
from netcordon.model.score import confidence, ramp, term, wilson_upper
from netcordon.model.severity import Severity


@dataclass(frozen=True, kw_only=True)
class Params:
    """What counts as code, and what as policy."""

    code: str = (
        r"(?i)(powershell|invoke-expression|\biex\b|frombase64|new-object|nslookup|cmd\.exe|"
        r"/bin/(ba)?sh|wscript|mshta|certutil|downloadstring|\beval\(|\bexec\(|while\s*\(|"
        r"\$[a-z_]\w*\s*=|curl\s|wget\s)"
    )
    """Words of interpreters and their download habits; records for machines have none."""
    coded: str = r"[A-Za-z0-9+/=_-]{80,}"
    """Characters in one run of base64 or hexadecimal; a domain proof has at most 60 or so."""
    policy: str = (
        r"(?i)(v=(spf|dkim|dmarc|bimi|sts|tlsrpt|mc|stsv)|\bk=rsa|\bp=[A-Za-z0-9+/]|_?verification|"
        r"validation|docusign|ms=|apple-domain|google-site|keybase|oa[0-9]?:|t=y|did=|dnslink=|"
        r"pacioli|heritage=|acme)"
    )
    """Known uses of TXT: mail policies and keys, proofs of ownership, links."""
    asked_for_policy: str = r"(^|\.)(_[a-z0-9-]+|[a-z0-9-]+\._domainkey)\."
    """Names with an underscore label are reserved for such uses (RFC 8552)."""


PARAMS = Params()
PRIOR = -3.0

_SQL = """
WITH answer AS (
    SELECT d.src_ip, d.dst_ip, d.dst_port, d.protocol, d.time, d.evidence_id, d.frame,
           n.registered_domain AS domain, lower(d.query) AS query, d.answer_bytes,
           array_to_string(d.answers, ' ') AS text
    FROM dns_activity d JOIN name n ON n.name = lower(d.query)
    WHERE d.service = 'dns' AND d.is_response AND d.query_type IN ('TXT', 'NULL')
      AND d.answer_bytes > 0 AND n.registered_domain IS NOT NULL
      AND NOT regexp_matches(lower(d.query), $asked_for_policy)
),
load AS (
    SELECT *, regexp_matches(text, $code) AS code, regexp_matches(text, $coded) AS coded,
           regexp_replace(query, '[0-9]+', '#', 'g') AS pattern
    FROM answer WHERE NOT regexp_matches(text, $policy) OR regexp_matches(text, $code)
),
channel AS (
    SELECT src_ip, domain, count(*) AS answers, count(*) FILTER (code) AS code,
           count(*) FILTER (coded) AS coded, count(DISTINCT query) AS names,
           count(DISTINCT pattern) AS patterns, sum(answer_bytes)::BIGINT AS bytes,
           list(DISTINCT dst_ip ORDER BY dst_ip) AS dst_ips,
           list(DISTINCT dst_port ORDER BY dst_port) AS dst_ports, min(protocol) AS protocol,
           min(text) FILTER (code) AS sample, min(time) AS t0, max(time) AS t1,
           evidence_of(evidence_id, 'dns_activity', frame) AS evidence
    FROM load GROUP BY src_ip, domain HAVING count(*) FILTER (code OR coded) > 0
),
asker AS (
    SELECT domain, count(DISTINCT src_ip) AS askers FROM answer GROUP BY domain
)
SELECT [c.src_ip] AS src_ips, c.dst_ips, [c.domain] AS dst_names, c.dst_ports, c.protocol,
       c.t0 AS first_seen_time, c.t1 AS last_seen_time, c.evidence, c.answers, c.code, c.coded,
       c.names, c.patterns, c.bytes, left(c.sample, 120) AS sample, a.askers, h.active,
       k.kind AS known_kind, k.note AS known_note
FROM channel c JOIN asker a USING (domain) CROSS JOIN active_hosts h
LEFT JOIN known_service k ON k.registered_domain = c.domain
ORDER BY c.t0, c.src_ip, c.domain
"""


def judge(row: Row) -> Judgement | None:
    """Weigh what one host got in texts under one domain."""
    code, coded = cast(int, row["code"]), cast(int, row["coded"])
    names, askers = cast(int, row["names"]), cast(int, row["askers"])
    terms: dict[str, Term] = {}
    if code:
        terms["answers_with_code"] = term(3.0, code)
    if coded:
        terms["answers_with_a_coded_load"] = term(1.2 + ramp(coded, 1, 5, 1.0), coded)
    if names >= 3 and cast(int, row["patterns"]) * 2 <= names:
        terms["names_that_count"] = term(1.2, names)
    upper = wilson_upper(askers, cast(int, row["active"]))
    if askers >= 3:
        terms["many_ask"] = term(-1.5, askers)
    else:
        terms["askers_share_at_most"] = term(ramp(upper, 0.4, 0.1, 0.7), upper)
    if row["known_kind"] is not None and row["known_kind"] != "dynamic_dns":
        terms["known_service"] = term(-2.0, f"{row['known_kind']}: {row['known_note']}")
    sure = confidence(PRIOR, terms)
    if sure < 0.3:
        return None
    severity = Severity.MEDIUM if sure >= 0.5 and (code or names >= 3) else Severity.LOW
    if sure >= 0.9 and code and coded:
        severity = Severity.HIGH
    bytes_in = cast(int, row["bytes"])
    return Judgement(
        title=f"{cast(list[str], row['src_ips'])[0]} fetched {size_text(bytes_in)} of"
        f" {'code' if code else 'coded text'} in"
        f" {count_text(cast(int, row['answers']), 'text answer')} under"
        f" {cast(list[str], row['dst_names'])[0]}",
        severity=severity,
        terms=terms,
        facts={"bytes_in": bytes_in, "names": names, "begins": row["sample"]},
        succeeded=True if code else None,
    )


DETECTOR = Detector(
    title="Commands in DNS answers",
    summary="A few text records of DNS that hold code or a coded load.",
    blind_spots="Commands in addresses; encrypted DNS; codes that look like words.",
    benign="Licences and configurations that programs keep in DNS; keys of mail.",
    look_next="The text itself, what the host runs, other names of the domain.",
    reads=("dns_activity",),
    techniques=("T1071.004", "T1105"),
    partition_by="src_ip",
    params=PARAMS,
    minimum_sample="one text answer",
    prior=PRIOR,
    sql=_SQL,
    judge=judge,
)
