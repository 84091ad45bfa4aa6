"""Anonymity networks: a host reaches Tor, so that nobody sees where it really goes.

Finds        Tor by the form of its TLS (a server name www.<base32>.com that nobody looked up, a
             certificate for www.<base32>.net issued by www.<base32>.com), by its directory
             protocol over HTTP, and by look-ups of .onion names, which must not leave a host (RFC
             7686).
Blind spots  Bridges with pluggable transports, which imitate other protocols; TLS 1.3 relays whose
             names are seen once only; relays reached through a proxy.
Often benign People who value privacy; researchers. In an organisation it is a matter of policy;
             ransomware and thieves use it too.
Look next    Which program it is (a browser bundle is run by a person, a service is not), what the
             host did before, whether it receives connections for the network.

The forms are facts of the protocol's description, not a list of relays, which changes by the hour.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from netcordon.model.detector import Detector, Judgement, Row
from netcordon.model.finding import Term
from netcordon.model.letters import wordlikeness
from netcordon.model.quantity import count_text
from netcordon.model.score import confidence, ramp, term
from netcordon.model.severity import Severity


@dataclass(frozen=True, kw_only=True)
class Params:
    """The forms of Tor."""

    server_name: str = r"^www\.([a-z2-7]{4,25})\.com$"
    """Name a client invents for each connection: 4 to 25 characters of base32."""
    subject: str = r"^CN=www\.[a-z2-7]{8,20}\.net$"
    """Subject a relay invents for its certificate of up to a year."""
    issuer: str = r"^CN=www\.[a-z2-7]{8,20}\.com$"
    """Issuer it invents beside it; no authority is called so."""
    directory: str = r"^/tor/(status-vote|server|micro|keys|extra|rendezvous2|hs)"
    """Paths of the directory protocol, version 3."""
    onion_wanted: int = 1
    """Look-ups of .onion names worth a line: each one left the host by mistake."""


PARAMS = Params()
PRIOR = -3.0

_SQL = """
WITH hello AS (
    SELECT t.src_ip, t.dst_ip, t.dst_port, t.time, t.evidence_id, t.frame,
           lower(t.server_name) AS host,
           regexp_matches(coalesce(t.certificate_subject, ''), $subject)
               AND regexp_matches(coalesce(t.certificate_issuer, ''), $issuer)
               AND t.certificate_subject <> t.certificate_issuer AS invented
    FROM tls_activity t
    WHERE t.src_ip IS NOT NULL AND regexp_matches(lower(t.server_name), $server_name)
),
asked AS (
    SELECT DISTINCT src_ip, query AS host FROM lookups
    WHERE query IN (SELECT name::host FROM name WHERE name IN (SELECT host FROM hello))
),
sign AS (
    SELECT h.src_ip, h.dst_ip, h.dst_port, h.time, h.evidence_id, 'tls_activity' AS tbl, h.frame,
           h.host, h.invented, false AS directory, false AS onion
    FROM hello h ANTI JOIN asked a ON a.src_ip = h.src_ip AND a.host = h.host
    UNION ALL
    SELECT src_ip, dst_ip, dst_port, time, evidence_id, 'http_activity', frame, NULL, false, true,
           false
    FROM http_activity WHERE regexp_matches(uri, $directory)
    UNION ALL
    SELECT src_ip, dst_ip, dst_port, time, evidence_id, 'dns_activity', frame, NULL, false, false,
           true
    FROM lookups
    WHERE NOT is_response AND query IN (SELECT name::host FROM name WHERE name LIKE '%.onion')
),
client AS (
    SELECT src_ip, count(*) FILTER (host IS NOT NULL) AS hellos, count(DISTINCT host) AS names,
           count(DISTINCT dst_ip) FILTER (host IS NOT NULL) AS relays,
           count(*) FILTER (invented) AS invented, count(*) FILTER (directory) AS directory,
           count(*) FILTER (onion) AS onions,
           coalesce(list(DISTINCT regexp_extract(host, $server_name, 1)
                    ORDER BY regexp_extract(host, $server_name, 1)) FILTER (host IS NOT NULL), [])
               AS labels,
           coalesce(list(DISTINCT dst_ip ORDER BY dst_ip) FILTER (NOT onion), []) AS dst_ips,
           list(DISTINCT dst_port ORDER BY dst_port) AS dst_ports, min(time) AS t0, max(time) AS t1,
           evidence_of(evidence_id, tbl, frame) AS evidence
    FROM sign GROUP BY src_ip
)
SELECT [src_ip] AS src_ips, dst_ips, []::VARCHAR[] AS dst_names, dst_ports, 'tcp' AS protocol,
       t0 AS first_seen_time, t1 AS last_seen_time, evidence, hellos, names, relays, invented,
       directory, onions, labels
FROM client
WHERE invented + directory > 0 OR onions >= $onion_wanted OR (names >= 3 AND relays >= 2)
ORDER BY t0, src_ip
"""


def scored(rows: Sequence[Row]) -> Sequence[Row]:
    """Add the mean word-likeness of the invented names."""
    return [{**row, "likeness": _likeness(cast(list[str], row["labels"]))} for row in rows]


def _likeness(labels: Sequence[str]) -> float:
    return math.fsum(map(wordlikeness, labels)) / len(labels) if labels else 0.0


def judge(row: Row) -> Judgement | None:
    """Weigh one host's signs of Tor."""
    terms: dict[str, Term] = {}
    if cast(int, row["invented"]):
        terms["certificates_of_its_form"] = term(4.0, cast(int, row["invented"]))
    if cast(int, row["directory"]):
        terms["directory_requests"] = term(4.0, cast(int, row["directory"]))
    if cast(int, row["onions"]):
        terms["onion_names_asked"] = term(1.5, cast(int, row["onions"]))
    names, likeness = cast(int, row["names"]), cast(float, row["likeness"])
    if names:
        terms["names_of_its_form_not_looked_up"] = term(ramp(names, 0, 5, 2.0), names)
        terms["bits_per_letter_pair"] = term(
            ramp(likeness, -0.3, -1.2, 2.5) + ramp(likeness, -0.2, 0.3, -3.0), likeness
        )
    sure = confidence(PRIOR, terms)
    if sure < 0.15:
        return None
    src, relays = cast(list[str], row["src_ips"])[0], len(cast(list[str], row["dst_ips"]))
    return Judgement(
        title=f"{src} used Tor through {count_text(relays, 'relay')}"
        if relays
        else f"{src} asked for names of Tor's hidden services",
        severity=Severity.MEDIUM if sure >= 0.5 else Severity.LOW,
        terms=terms,
        facts={"connections": row["hellos"], "relays": row["relays"]},
        succeeded=True if cast(int, row["invented"]) or cast(int, row["directory"]) else None,
    )


DETECTOR = Detector(
    title="Anonymity network",
    summary="A host reaches Tor.",
    blind_spots="Bridges that imitate other protocols; relays behind a proxy.",
    benign="People who value privacy, researchers: a matter of policy.",
    look_next="Which program it is, what the host did before, whether it serves the network.",
    reads=("tls_activity", "http_activity", "dns_activity"),
    techniques=("T1090.003",),
    partition_by="src_ip",
    params=PARAMS,
    minimum_sample="one certificate or request of Tor's form, or three names",
    prior=PRIOR,
    sql=_SQL,
    judge=judge,
    refine=scored,
)
