"""Decoy touched: somebody used a name, an address or a file that only a marked copy holds.

Finds        Look-ups of, requests to and TLS connections to the host name of a decoy, mail to its
             address, and the file itself as a protocol carried it, by its SHA-256. Names and files
             are told per copy, so the finding says which copy it was.
Blind spots  Copies that are read and never used; files carried encrypted, packed or changed; names
             asked of resolvers over HTTPS or TLS. Silent where no decoys were made.
Often benign Programs that follow every name in a document: mail gateways, indexing, previews,
             virus scanners. Whoever put the copies out, while he did so.
Look next    Which process and user on the host opened the copy, who had it before, and whether
             other hosts touched copies of the same batch.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from netcordon.model.detector import Detector, Judgement, Row
from netcordon.model.finding import Term
from netcordon.model.score import term
from netcordon.model.severity import Severity


@dataclass(frozen=True, kw_only=True)
class Params:
    """How the names of decoys look."""

    label: str = "(?:fs|desk)-([a-z2-7]{10})"
    """Host names and mail addresses of copies begin so; the ten characters are 50 random bits, so
    that no other name has them by chance."""


PARAMS = Params()
PRIOR = -1.0

_SQL = r"""
-- Where no copy was marked, nothing is read.
WITH any_decoy AS MATERIALIZED (SELECT 1 AS here FROM decoy LIMIT 1),
said AS (
    SELECT src_ip, NULL::VARCHAR AS dst_ip, NULL::INTEGER AS dst_port, lower(query) AS text,
           'looked up' AS way, time, evidence_id, 'dns_activity' AS tbl, frame
    FROM dns_activity SEMI JOIN any_decoy ON true WHERE NOT is_response AND query IS NOT NULL
    UNION ALL
    SELECT src_ip, dst_ip, dst_port, lower(coalesce(host, '') || ' ' || coalesce(uri, '')),
           'requested', time, evidence_id, 'http_activity', frame
    FROM http_activity SEMI JOIN any_decoy ON true
    UNION ALL
    SELECT src_ip, dst_ip, dst_port, lower(server_name), 'connected to', time, evidence_id,
           'tls_activity', frame
    FROM tls_activity SEMI JOIN any_decoy ON true WHERE server_name IS NOT NULL
    UNION ALL
    SELECT src_ip, dst_ip, dst_port,
           lower(coalesce(object, '') || ' ' || coalesce(detail, '')), 'wrote to', time,
           evidence_id, 'application_activity', frame
    FROM application_activity SEMI JOIN any_decoy ON true
    WHERE service IN ('smtp', 'imap', 'pop3', 'socks', 'ftp')
),
named AS (
    SELECT s.*, regexp_extract(text, $label, 1) AS token FROM said s
    WHERE regexp_matches(text, $label)
),
-- A resolver that passes a question on repeats what somebody asked it.
asked AS (
    SELECT DISTINCT dst_ip AS ip, lower(query) AS query FROM dns_activity
    WHERE NOT is_response AND lower(query) IN (SELECT text FROM named)
),
own AS (
    SELECT n.* FROM named n LEFT JOIN asked a ON a.ip = n.src_ip AND a.query = n.text
    WHERE n.way <> 'looked up' OR a.ip IS NULL
),
touch AS (
    SELECT o.src_ip, o.dst_ip, o.dst_port, o.way, o.time, o.evidence_id, o.tbl, o.frame, d.copy,
           d.given_to, regexp_extract(o.text, '[a-z0-9.@-]*' || o.token || '[a-z0-9.@-]*') AS name
    FROM own o JOIN decoy d ON d.token = o.token
    UNION ALL
    SELECT CASE WHEN f.is_upload THEN f.src_ip ELSE f.dst_ip END,
           CASE WHEN f.is_upload THEN f.dst_ip ELSE f.src_ip END,
           CASE WHEN f.is_upload THEN f.dst_port ELSE f.src_port END, 'sent the file', f.time,
           f.evidence_id, 'file_activity', f.frame, d.copy, d.given_to, NULL
    FROM file_activity f JOIN decoy d ON d.sha256 = f.sha256
)
SELECT [src_ip] AS src_ips,
       coalesce(list(DISTINCT dst_ip ORDER BY dst_ip) FILTER (dst_ip IS NOT NULL), []) AS dst_ips,
       coalesce(list(DISTINCT name ORDER BY name) FILTER (name IS NOT NULL), []) AS dst_names,
       coalesce(list(DISTINCT dst_port ORDER BY dst_port) FILTER (dst_port IS NOT NULL),
                []) AS dst_ports,
       'tcp' AS protocol, min(time) AS first_seen_time, max(time) AS last_seen_time,
       evidence_of(evidence_id, tbl, frame) AS evidence, copy, min(given_to) AS given_to,
       list(DISTINCT way ORDER BY way) AS ways, count(*) AS times
FROM touch GROUP BY src_ip, copy
ORDER BY first_seen_time, copy, src_ip
"""


def judge(row: Row) -> Judgement | None:
    """One host that touched one copy: nobody has a reason to, so it is looked into at once."""
    ways, names = cast(list[str], row["ways"]), cast(list[str], row["dst_names"])
    terms: dict[str, Term] = {}
    if names:
        terms["name_that_only_this_copy_holds"] = term(4.0, names[0])
    if "sent the file" in ways:
        terms["bytes_of_this_copy"] = term(4.0, str(row["copy"]))
    if len(ways) > 1:
        terms["in_more_than_one_way"] = term(0.5, len(ways))
    src, place = cast(list[str], row["src_ips"])[0], cast(list[str], row["dst_ips"])
    sent = "sent the file" in ways
    return Judgement(
        title=f"{src} {' and '.join(ways)}"
        + (f" of decoy {row['copy']}" + (f" to {place[0]}" if place else "") if sent and not names
           else f" {names[0]}, which only decoy {row['copy']} holds"),
        severity=Severity.HIGH,
        techniques=("T1048",) if sent else (),
        terms=terms,
        facts={"decoy": row["copy"], "given_to": row["given_to"], "times": row["times"],
               "ways": ", ".join(ways)},
    )  # fmt: skip


DETECTOR = Detector(
    title="Decoy touched",
    summary="A name, an address or a file that only one marked copy holds was used.",
    blind_spots="Copies that are read and never used, or carried encrypted, packed or changed.",
    benign="Mail gateways, indexing and scanners that follow every name; whoever put copies out.",
    look_next="Who opened the copy on that host, who had it before, other copies of the batch.",
    reads=("dns_activity", "http_activity", "tls_activity", "application_activity",
           "file_activity"),
    techniques=("T1005",),
    partition_by="src_ip",
    params=PARAMS,
    minimum_sample="One row; silent where no decoys were made.",
    prior=PRIOR,
    sql=_SQL,
    judge=judge,
)  # fmt: skip
