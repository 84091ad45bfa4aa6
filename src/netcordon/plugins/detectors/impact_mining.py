"""Cryptomining: a host works for a mining pool.

Finds        Sessions of Stratum, the protocol between miners and pools (logins and work that were
             read in the payload), and look-ups of or connections to names that pools use for it.
Blind spots  Stratum inside TLS to a name that does not speak of mining; a proxy inside that mines
             for many; pools reached by address alone over TLS.
Often benign Machines bought to mine. On anything else somebody else's bill is paid, and whoever
             installed the miner could install anything.
Look next    How the miner came onto the host, its wallet elsewhere, other hosts of the same wallet.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from netcordon.model.detector import Detector, Judgement, Row
from netcordon.model.finding import Term
from netcordon.model.quantity import count_text
from netcordon.model.score import confidence, ramp, term
from netcordon.model.severity import Severity


@dataclass(frozen=True, kw_only=True)
class Params:
    """What counts as mining."""

    pool_label: str = (
        r"(^|[.-])(stratum[0-9]*|xmr|monero|moneroocean|minexmr|supportxmr|nanopool|nicehash|"
        r"ethermine|2miners|f2pool|antpool|slushpool|hashvault|c3pool|kryptex|unmineable|"
        r"minergate|dwarfpool|nanominer|xmrig|xmrpool|cryptonight|randomx)([.-]|[0-9]*\.)"
    )
    """Words that stand as a label or part of one in the names of pools and of Stratum servers."""
    min_look_ups: int = 1
    """Look-ups of such a name without Stratum seen that are worth a line (low severity)."""


PARAMS = Params()
PRIOR = -2.0

_SQL = """
WITH spoke AS (
    SELECT src_ip, dst_ip, dst_port, time, evidence_id, 'application_activity' AS tbl, frame,
           1 AS messages, operation IN ('login', 'mining.authorize') AS login,
           status = 'ok' AS accepted, account, software, NULL::VARCHAR AS host
    FROM application_activity WHERE service = 'stratum'
    UNION ALL
    SELECT src_ip, dst_ip, dst_port, start_time, evidence_id, 'network_activity', first_frame, 1,
           false, packets_in > 0, NULL, NULL, NULL
    FROM flows WHERE service = 'stratum'
),
session AS (
    SELECT src_ip, dst_ip, dst_port, min(time) AS t0, max(time) AS t1, count(*) AS messages,
           count(*) FILTER (login) AS logins, count(*) FILTER (login AND accepted) AS accepted,
           list(DISTINCT account ORDER BY account) FILTER (account IS NOT NULL) AS accounts,
           min(software) AS software,
           evidence_of(evidence_id, tbl, frame) AS evidence
    FROM spoke GROUP BY src_ip, dst_ip, dst_port
),
named AS (
    SELECT s.*, coalesce(l.names, []) AS names, 'stratum' AS seen FROM session s
    LEFT JOIN looked_up l ON l.src_ip = s.src_ip AND l.address = s.dst_ip
),
called AS (
    SELECT src_ip, query::VARCHAR AS host, NULL::VARCHAR AS dst_ip, NULL::INTEGER AS dst_port, time,
           evidence_id, 'dns_activity' AS tbl, frame
    FROM lookups WHERE NOT is_response
      AND query IN (SELECT name::host FROM name WHERE regexp_matches(name, $pool_label))
    UNION ALL
    SELECT src_ip, lower(server_name), dst_ip, dst_port, time, evidence_id, 'tls_activity', frame
    FROM tls_activity WHERE server_name IS NOT NULL
),
pool AS (
    SELECT src_ip, list(DISTINCT dst_ip ORDER BY dst_ip) FILTER (dst_ip IS NOT NULL) AS dst_ips,
           list(DISTINCT dst_port ORDER BY dst_port) FILTER (dst_port IS NOT NULL) AS dst_ports,
           list(DISTINCT host ORDER BY host) AS hosts, min(time) AS t0, max(time) AS t1,
           count(*) AS messages, count(*) FILTER (tbl = 'tls_activity') AS hellos,
           evidence_of(evidence_id, tbl, frame) AS evidence
    FROM called WHERE regexp_matches(host, $pool_label) AND host NOT LIKE 'www.%'
    GROUP BY src_ip HAVING count(*) >= $min_look_ups
)
SELECT [src_ip] AS src_ips, [dst_ip] AS dst_ips, names AS dst_names, [dst_port] AS dst_ports,
       'tcp' AS protocol, t0 AS first_seen_time, t1 AS last_seen_time, evidence,
       coalesce(accounts, []) AS accounts, seen, messages, logins, accepted, software, 0 AS hellos
FROM named
UNION ALL BY NAME
SELECT [src_ip] AS src_ips, coalesce(dst_ips, []) AS dst_ips, hosts AS dst_names,
       coalesce(dst_ports, []) AS dst_ports, 'tcp' AS protocol, t0 AS first_seen_time,
       t1 AS last_seen_time, evidence, []::VARCHAR[] AS accounts, 'name' AS seen, messages,
       0 AS logins, 0 AS accepted, NULL::VARCHAR AS software, hellos
FROM pool p WHERE NOT EXISTS (SELECT 1 FROM named s WHERE s.src_ip = p.src_ip
                              AND list_has_any(s.names, p.hosts))
ORDER BY first_seen_time, src_ips, dst_ips, dst_ports
"""


def judge(row: Row) -> Judgement:
    """Weigh one host's work for one pool, or its look-ups of pools."""
    src = cast(list[str], row["src_ips"])[0]
    names, ips = cast(list[str], row["dst_names"]), cast(list[str], row["dst_ips"])
    logins, accepted = cast(int, row["logins"]), cast(int, row["accepted"])
    messages = cast(int, row["messages"])
    terms: dict[str, Term] = {}
    if row["seen"] == "stratum":
        terms["stratum_messages"] = term(2.5, messages)
        if logins:
            terms["logins"] = term(1.5, logins)
        if accepted:
            terms["logins_accepted"] = term(1.0, accepted)
    else:
        terms["name_of_a_pool"] = term(1.0, names[0])
        terms["look_ups"] = term(ramp(messages, 1, 10, 0.7), messages)
        if cast(int, row["hellos"]):
            terms["connections_to_it"] = term(1.0, cast(int, row["hellos"]))
    sure = confidence(PRIOR, terms)
    where = names[0] if names else ips[0]
    severity = Severity.MEDIUM if row["seen"] == "stratum" and sure >= 0.5 else Severity.LOW
    what = (
        f"{src} mined for {where} over Stratum"
        + (f", logged in as {cast(list[str], row['accounts'])[0]}" if row["accounts"] else "")
        if row["seen"] == "stratum"
        else f"{src} asked for the mining pool {where} {count_text(messages, 'time')}"
    )
    return Judgement(
        title=what,
        severity=severity,
        terms=terms,
        facts={"program": row["software"], "messages": messages, "logins": logins},
        succeeded=True if accepted else None,
    )


DETECTOR = Detector(
    title="Cryptomining",
    summary="A host logs in to a mining pool and works for it.",
    blind_spots="Stratum inside TLS to a name that does not speak of mining; proxies inside.",
    benign="Machines bought to mine.",
    look_next="How the miner came onto the host, its wallet elsewhere, hosts of the same wallet.",
    reads=("application_activity", "network_activity", "dns_activity", "tls_activity"),
    techniques=("T1496.001",),
    partition_by="src_ip",
    params=PARAMS,
    minimum_sample="one message of Stratum, or one look-up of a pool",
    prior=PRIOR,
    sql=_SQL,
    judge=judge,
)
