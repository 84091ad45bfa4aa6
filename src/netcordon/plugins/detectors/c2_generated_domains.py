"""Generated domains: a host tries many domains that do not exist and that no person would choose.

Finds        One client whose look-ups fail (NXDOMAIN) for many registered domains, most of what it
             asks, whose labels do not look like words: letter pairs, digits between letters, one
             length. The mean over all of them is judged, never a single name.
Blind spots  Generators that join dictionary words; a resolver between client and sensor; names
             that are all registered; DNS over HTTPS or TLS.
Often benign Crawlers and mail filters (they ask for thousands of names that exist besides), wrong
             search suffixes (one domain), tests of a browser for a lying resolver (no domain).
Look next    Names that did resolve at last, and who spoke to their addresses; the process.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from netcordon.model.detector import Detector, Judgement, Row
from netcordon.model.finding import Term
from netcordon.model.letters import wordlikeness
from netcordon.model.quantity import count_text, share_text
from netcordon.model.score import confidence, ramp, term
from netcordon.model.severity import Severity


@dataclass(frozen=True, kw_only=True)
class Params:
    """What counts as generated."""

    min_domains: int = 10
    """Domains that do not exist: the mean of ten separates words from noise at 1 in 1,000."""
    min_label: int = 6
    """Characters of a label; abbreviations are shorter and look like nothing."""
    listed: int = 500
    """Domains of one client whose labels are looked at, in the order of the alphabet."""


PARAMS = Params()
PRIOR = -3.5

_ANSWER = """
    SELECT d.src_ip, d.dst_ip, d.dst_port, d.protocol, d.time, d.evidence_id, d.frame,
           n.domain, d.rcode
    FROM lookups d JOIN (
        SELECT * FROM domain_of WHERE domain NOT LIKE '%.arpa' AND domain NOT LIKE '%.local'
    ) n USING (query)
    WHERE d.is_response AND d.rcode IN ('NOERROR', 'NXDOMAIN')
"""

_SQL = """
-- A domain that ever resolved exists; only a sub-domain of it was missing.
WITH fate AS (
    SELECT src_ip, domain, bool_and(rcode = 'NXDOMAIN') AS missing
    FROM ({answer}) AS answer GROUP BY src_ip, domain
),
busy AS (
    SELECT src_ip FROM fate WHERE missing GROUP BY src_ip HAVING count(*) >= $min_domains
),
client AS (
    SELECT src_ip, count(*) AS domains, count(*) FILTER (missing) AS missing,
           list(label ORDER BY domain) FILTER (missing AND length(label) >= $min_label
               AND NOT starts_with(label, 'xn--'))[1:$listed] AS labels,
           list(domain ORDER BY domain) FILTER (missing AND length(label) >= $min_label)[1:20]
               AS some,
           list(label ORDER BY domain) FILTER (NOT missing AND length(label) >= $min_label)
               [1:$listed] AS found_labels
    -- A label that is not the suffix: the part of a domain that somebody chose.
    FROM (SELECT *, split_part(domain, '.', 1) AS label FROM fate SEMI JOIN busy USING (src_ip))
    GROUP BY src_ip
),
proof AS (
    SELECT a.src_ip, list(DISTINCT a.dst_ip ORDER BY a.dst_ip) AS dst_ips,
           list(DISTINCT a.dst_port ORDER BY a.dst_port) AS dst_ports, min(a.protocol) AS protocol,
           min(a.time) AS t0, max(a.time) AS t1,
           evidence_of(a.evidence_id, 'dns_activity', a.frame) AS evidence
    FROM ({answer}) AS a JOIN client c USING (src_ip) JOIN fate f USING (src_ip, domain)
    WHERE f.missing GROUP BY a.src_ip
)
SELECT [c.src_ip] AS src_ips, p.dst_ips, c.some AS dst_names, p.dst_ports, p.protocol,
       p.t0 AS first_seen_time, p.t1 AS last_seen_time, p.evidence, c.domains, c.missing,
       c.labels, coalesce(c.found_labels, []) AS found_labels,
       (SELECT count(DISTINCT q.src_ip) FROM lookups q WHERE q.dst_ip = c.src_ip) AS asked_by
FROM client c JOIN proof p USING (src_ip)
WHERE len(c.labels) >= $min_domains
ORDER BY c.missing DESC, c.src_ip
""".replace("{answer}", _ANSWER)


def scored(rows: Sequence[Row]) -> Sequence[Row]:
    """Add mean word-likeness and spread of lengths of the missing and of the found labels."""
    return [{**row, **_shape(cast(list[str], row["labels"]))} for row in rows]


def _shape(labels: Sequence[str]) -> dict[str, float]:
    lengths = [len(label) for label in labels]
    mean = sum(lengths) / len(lengths)
    variance = sum((length - mean) ** 2 for length in lengths) / len(lengths)
    # math.fsum: the same sum whatever the order.
    likeness = math.fsum(wordlikeness(label) for label in labels) / len(labels)
    return {"likeness": likeness, "mean_length": mean, "spread": math.sqrt(variance)}


def judge(row: Row) -> Judgement | None:
    """Weigh one client's failed look-ups."""
    missing, domains = cast(int, row["missing"]), cast(int, row["domains"])
    share, likeness = missing / domains, cast(float, row["likeness"])
    terms: dict[str, Term] = {
        "missing_domains": term(ramp(math.log10(missing), 1.0, 2.0, 1.5), missing),
        "missing_share": term(ramp(share, 0.2, 0.7, 1.5) + ramp(share, 0.2, 0.05, -3.0), share),
        "bits_per_letter_pair": term(
            ramp(likeness, -0.2, -1.2, 4.0) + ramp(likeness, 0.0, 0.4, -3.0), likeness
        ),
    }
    spread = cast(float, row["spread"])
    if likeness < -0.2:
        terms["spread_of_lengths"] = term(ramp(spread, 2.5, 0.5, 0.8), spread)
    if cast(int, row["asked_by"]):
        terms["asks_for_others"] = term(-1.5, cast(int, row["asked_by"]))
    sure = confidence(PRIOR, terms)
    if sure < 0.3:
        return None
    severity = Severity.MEDIUM if sure >= 0.5 else Severity.LOW
    if sure >= 0.9 and missing >= 30 and share >= 0.5 and "asks_for_others" not in terms:
        severity = Severity.HIGH
    src, names = cast(list[str], row["src_ips"])[0], cast(list[str], row["dst_names"])
    return Judgement(
        title=f"{src} asked for {count_text(missing, 'domain')} that do not exist"
        f" ({share_text(share)} of all it asked for), such as {names[0]}: they look generated",
        severity=severity,
        terms=terms,
        facts={
            "mean_label_length": round(cast(float, row["mean_length"]), 1),
            "domains_asked_for": domains,
            "unlike_words_that_exist": tuple(
                label
                for label in cast(list[str], row["found_labels"])
                if wordlikeness(label) <= likeness
            )[:20],
        },
    )


DETECTOR = Detector(
    title="Generated domains",
    summary="A host tries many domains that do not exist and do not look like words.",
    blind_spots="Generators that join words; a resolver between client and sensor; encrypted DNS.",
    benign="Crawlers and mail filters, which ask for many names that exist besides.",
    look_next="Names that resolved at last, who spoke to their addresses, the process.",
    reads=("dns_activity",),
    techniques=("T1568.002",),
    partition_by="src_ip",
    params=PARAMS,
    minimum_sample="10 domains that do not exist, with labels of 6 characters or more",
    prior=PRIOR,
    sql=_SQL,
    judge=judge,
    refine=scored,
)
