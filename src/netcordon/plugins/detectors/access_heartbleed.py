"""Heartbleed: a TLS heartbeat asks for more than it brought, and the peer hands over its memory.

Finds        Heartbeat requests that claim more payload than their record holds, which RFC 6520
             section 4 says must be discarded, and answers larger than what was asked with
             (CVE-2014-0160). Later in a connection, where all is encrypted, the sizes of the
             records tell the same: an honest echo is as long as the question.
Blind spots  DTLS; heartbeats after the first 128 records of a side; what the answers held, when
             they were encrypted.
Often benign Vulnerability scanners, the organisation's own among them: the request is the same, and
             an answer is no less a leak.
Look next    Which library the server runs and since when; its private keys, sessions and passwords
             count as known to the asker; who else asked it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from netcordon.model.detector import Detector, Judgement, Row
from netcordon.model.finding import Term
from netcordon.model.quantity import count_text, size_text
from netcordon.model.score import confidence, ramp, term
from netcordon.model.severity import Severity


@dataclass(frozen=True, kw_only=True)
class Params:
    """When a heartbeat is none."""

    overhead_bytes: int = 19
    """Type, length and the least padding of a heartbeat message (RFC 6520 section 4)."""
    padding_bytes: int = 512
    """Difference between encrypted question and answer that padding and ciphers may explain."""


PARAMS = Params()
PRIOR = -3.0

_SQL = """
WITH beat AS (
    SELECT uid, evidence_id, src_ip, dst_ip, dst_port, time, frame, is_response, operation, bytes,
           CAST(json_extract_string(detail, '$.claimed') AS BIGINT) AS claimed
    FROM application_activity WHERE service = 'tls' AND starts_with(operation, 'heartbeat')
),
asker AS (
    SELECT uid, evidence_id, is_response AS from_server FROM beat
    WHERE operation <> 'heartbeat_response'
    QUALIFY row_number() OVER (PARTITION BY uid, evidence_id ORDER BY time, frame) = 1
),
connection AS (
    SELECT uid, evidence_id, from_server,
           CASE WHEN from_server THEN dst_ip ELSE src_ip END AS asker,
           CASE WHEN from_server THEN src_ip ELSE dst_ip END AS asked, dst_port,
           min(time) AS t0, max(time) AS t1,
           count(*) FILTER (is_response = from_server) AS questions,
           coalesce(sum(bytes) FILTER (is_response = from_server), 0)::BIGINT AS sent,
           coalesce(sum(bytes) FILTER (is_response <> from_server), 0)::BIGINT AS answered,
           count(*) FILTER (is_response = from_server AND operation = 'heartbeat_request'
                            AND claimed + $overhead_bytes > bytes) AS false_claims,
           max(claimed) FILTER (is_response = from_server AND operation = 'heartbeat_request'
                                AND claimed + $overhead_bytes > bytes) AS claimed,
           list({'evidence_id': evidence_id, 'table': 'application_activity', 'frame': frame}
                ORDER BY frame, is_response) AS evidence
    FROM beat JOIN asker USING (uid, evidence_id)
    GROUP BY uid, evidence_id, from_server, src_ip, dst_ip, dst_port
),
leak AS (
    SELECT *, CASE WHEN false_claims > 0 OR answered - sent > $padding_bytes
                   THEN greatest(answered - sent, 0) ELSE 0 END AS leaked
    FROM connection WHERE false_claims > 0 OR answered - sent > $padding_bytes
)
SELECT [asker] AS src_ips, [asked] AS dst_ips, []::VARCHAR[] AS dst_names,
       [dst_port] AS dst_ports, 'tcp' AS protocol, min(t0) AS first_seen_time,
       max(t1) AS last_seen_time, flatten(list(evidence ORDER BY evidence_id, t0, uid)) AS evidence,
       from_server, count(*) AS connections, sum(questions)::BIGINT AS questions,
       sum(false_claims)::BIGINT AS false_claims, max(claimed) AS claimed,
       sum(leaked)::BIGINT AS leaked, sum(answered)::BIGINT AS answered,
       bool_or(leaked > 0 AND false_claims = 0) AS told_by_size
FROM leak GROUP BY asker, asked, dst_port, from_server
ORDER BY first_seen_time, asker, asked, dst_port, from_server
"""


def judge(row: Row) -> Judgement:
    """Weigh one asker's heartbeats to one port of one peer; the answers decide."""
    leaked, answered = cast(int, row["leaked"]), cast(int, row["answered"])
    terms: dict[str, Term] = {}
    if row["false_claims"]:
        terms["claims_more_than_it_holds"] = term(3.5, cast(int, row["false_claims"]))
    if leaked:
        # In clear any octet beyond what was brought is the peer's own.
        terms["answered_beyond_bytes"] = term(
            ramp(leaked, 0, 1024, 2.0) + (1.5 if row["false_claims"] else 2.0), leaked
        )
    elif row["false_claims"] and not answered:
        terms["no_answer"] = term(-1.5, "discarded, as it should be")
    severity = Severity.LOW
    if confidence(PRIOR, terms) >= 0.5:
        severity = Severity.HIGH if leaked and row["false_claims"] else Severity.MEDIUM
    src, dst = cast(list[str], row["src_ips"])[0], cast(list[str], row["dst_ips"])[0]
    asked = count_text(cast(int, row["questions"]), "heartbeat")
    outcome = f"and got {size_text(leaked)} of its memory" if leaked else "and got nothing"
    return Judgement(
        title=f"{src} sent {asked} to {dst} port {cast(list[int], row['dst_ports'])[0]} {outcome}",
        severity=severity,
        terms=terms,
        facts={
            "connections": row["connections"], "largest_claim": row["claimed"],
            "leaked_bytes": leaked, "told_by_size_alone": row["told_by_size"],
            "asked_by_server": row["from_server"],
        },
        succeeded=leaked > 0,
    )  # fmt: skip


DETECTOR = Detector(
    title="Heartbleed",
    summary="A TLS heartbeat asks for more than it brought; the answer tells whether it was given.",
    blind_spots="DTLS; heartbeats late in a connection; what encrypted answers held.",
    benign="Vulnerability scanners, the organisation's own among them.",
    look_next="The server's library; its keys, sessions and passwords; who else asked it.",
    reads=("application_activity",),
    techniques=("T1190",),
    partition_by="src_ip",
    params=PARAMS,
    minimum_sample="one heartbeat",
    prior=PRIOR,
    sql=_SQL,
    judge=judge,
)
