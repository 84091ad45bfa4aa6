"""Commands run on another host through Windows Remote Management.

Finds        Exchanges of WS-Management (POST to /wsman, ports 5985 and 5986) that go on as a shell
             does: several requests and their answers between two hosts inside.
Blind spots  Messages are sealed, so commands are not visible; over TLS (5986) only flows remain,
             which say little; other ports that an administrator chose.
Often benign Administrators and configuration management; event forwarding, which has paths of its
             own (/wsman/SubscriptionManager) and is left out.
Look next    The process that started under wsmprovhost on the target, and who logged in there.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import cast

from netcordon.model.detector import Detector, Judgement, Row
from netcordon.model.quantity import count_text, size_text
from netcordon.model.score import confidence, ramp, term
from netcordon.model.severity import Severity


@dataclass(frozen=True, kw_only=True)
class Params:
    """What a shell looks like."""

    min_requests: int = 4
    """Requests: identify and log in take two or three, a shell is created, told, asked and
    deleted."""
    many_targets: int = 5
    """Targets of one source from which on it looks like management that is meant."""


PARAMS = Params()
PRIOR = -1.5

_SQL = """
WITH pair AS (
    SELECT src_ip, dst_ip, min(time) AS t0, max(time) AS t1, count(*) AS requests,
           list(DISTINCT dst_port ORDER BY dst_port) AS ports,
           sum(coalesce(request_body_bytes, 0))::BIGINT AS sent,
           sum(coalesce(response_body_bytes, 0))::BIGINT AS got,
           count(*) FILTER (status_code = 200) AS accepted,
           count(*) FILTER (status_code = 401) AS refused,
           list(DISTINCT user_agent ORDER BY user_agent) FILTER (user_agent IS NOT NULL) AS agents,
           list(DISTINCT account ORDER BY account) FILTER (account IS NOT NULL) AS accounts,
           evidence_of(evidence_id, 'http_activity', frame) AS evidence
    FROM http_activity
    WHERE method = 'POST'
      AND regexp_matches(uri, '(?i)^(https?://[^/]+)?/(wsman|powershell)/?(\\?|$)')
      AND is_internal(dst_ip_hi, dst_ip_lo)
    GROUP BY src_ip, dst_ip
)
SELECT [src_ip] AS src_ips, [dst_ip] AS dst_ips, []::VARCHAR[] AS dst_names, ports AS dst_ports,
       'tcp' AS protocol, t0 AS first_seen_time, t1 AS last_seen_time, evidence, accounts, requests,
       sent, got, accepted, refused, agents,
       count(*) OVER (PARTITION BY src_ip) AS targets
FROM pair WHERE requests >= $min_requests
ORDER BY first_seen_time, src_ip, dst_ip
"""


def judge(row: Row) -> Judgement | None:
    """Weigh what two hosts exchanged."""
    requests, targets = cast(int, row["requests"]), cast(int, row["targets"])
    sent, accepted = cast(int, row["sent"]), cast(int, row["accepted"])
    terms = {
        "requests": term(1.0 + ramp(math.log10(requests), 0.6, 1.5, 1.0), requests),
        "sent_bytes": term(ramp(math.log10(sent + 1), 3.0, 4.0, 1.0), sent),
    }
    if not accepted:
        terms["nothing_was_accepted"] = term(-1.5, cast(int, row["refused"]))
    if targets >= PARAMS.many_targets:
        terms["manages_many_hosts"] = term(-1.5, targets)
    sure = confidence(PRIOR, terms)
    if sure < 0.2:
        return None
    source, target = cast(list[str], row["src_ips"])[0], cast(list[str], row["dst_ips"])[0]
    return Judgement(
        title=f"{source} ran a remote shell on {target} through WinRM:"
        f" {count_text(requests, 'request')}, {size_text(sent)} sent",
        severity=Severity.MEDIUM if sure >= 0.5 and accepted else Severity.LOW,
        terms=terms,
        facts={
            "received_bytes": row["got"],
            "accepted": accepted,
            "refused": row["refused"],
            "programs": row["agents"],
            "hosts_of_this_source": targets,
        },
        succeeded=True if accepted else None,
    )


DETECTOR = Detector(
    title="Remote shell through WinRM",
    summary="Exchanges of WS-Management that go on as a shell does.",
    blind_spots="Sealed messages; flows over TLS; other ports.",
    benign="Administrators and configuration management.",
    look_next="The process under wsmprovhost on the target, and who logged in there.",
    reads=("http_activity",),
    techniques=("T1021.006",),
    partition_by="src_ip",
    params=PARAMS,
    minimum_sample="4 requests",
    prior=PRIOR,
    sql=_SQL,
    judge=judge,
)
