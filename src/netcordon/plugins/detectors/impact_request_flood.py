"""Floods of requests: whole HTTP requests, the same one again and again, faster than anyone reads.

Finds        Many requests a second for one page of one server, from one source or from several
             that do the same, often with a made-up query each so that no cache can answer; and
             whether the server failed or fell silent under them.
Blind spots  Requests inside TLS; floods spread so thin that each source looks like a reader;
             pages chosen at random.
Often benign Load tests, programs that poll in a loop, downloads in many pieces, a load balancer
             or an application before its back end: one source, ever other queries, all answered.
Look next    What the page costs the server, the User-Agents, and whether others were served.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from netcordon.model.detector import Detector, Judgement, Row
from netcordon.model.finding import Term
from netcordon.model.quantity import number_text, share_text
from netcordon.model.score import confidence, ramp, term
from netcordon.model.severity import Severity


@dataclass(frozen=True, kw_only=True)
class Params:
    """What counts as a flood."""

    window_s: int = 10
    """Requests are counted in windows of this many seconds; a page with all its parts is loaded in
    less."""
    min_requests: int = 300
    """Requests for one path in a window: thirty a second. A page has some hundred parts, but each
    is asked for once."""
    lost_share: float = 0.3
    """Share of requests without an answer or refused from which on the server is in trouble. Only
    where any answer of it was seen: a capture of requests alone shows nothing."""
    listed_sources: int = 49
    """Sources named, the busiest first; from 50 on incidents match a flood by its target."""


PARAMS = Params()
PRIOR = -3.0

_SQL = """
WITH request AS (
    SELECT dst_ip, dst_port, src_ip, time, frame, evidence_id, method, uri, user_agent,
           is_internal(src_ip_hi, src_ip_lo) AS inside,
           status_code, lower(host) AS host, split_part(uri, '?', 1) AS path,
           epoch_us(time) // ($window_s * 1000000) AS win
    FROM http_activity WHERE method IS NOT NULL
),
hot AS (
    SELECT dst_ip, dst_port, path, win FROM request GROUP BY ALL
    HAVING count(*) >= $min_requests
),
hit AS (SELECT request.* FROM request JOIN hot USING (dst_ip, dst_port, path, win)),
by_source AS (
    SELECT dst_ip, dst_port, src_ip, count(*) AS requests FROM hit GROUP BY ALL
),
ends AS (
    SELECT dst_ip, dst_port, count(*) AS sources, max(requests) AS most,
           max({'requests': requests, 'ip': src_ip}, $listed_sources) AS top
    FROM by_source GROUP BY dst_ip, dst_port
),
flood AS (
    SELECT dst_ip, dst_port, count(*) AS requests, count(DISTINCT uri) AS uris,
           count(DISTINCT path) AS paths, min(path) AS path, count(DISTINCT win) AS windows,
           count(DISTINCT user_agent) AS user_agents,
           count(*) FILTER (status_code IS NULL) AS unanswered,
           count(*) FILTER (status_code >= 500 OR status_code IN (408, 429)) AS failed,
           count(*) FILTER (method = 'POST') AS posts, count(*) FILTER (inside) AS inside,
           count(*) FILTER (status_code = 206) AS pieces,
           list(DISTINCT host ORDER BY host) FILTER (host IS NOT NULL) AS hosts,
           min(time) AS t0, max(time) AS t1,
           min({'evidence_id': evidence_id, 'table': 'http_activity', 'frame': frame}, 1000)
               AS evidence
    FROM hit GROUP BY dst_ip, dst_port
),
heard AS (
    SELECT dst_ip, dst_port, count(*) AS answers FROM http_activity
    WHERE status_code IS NOT NULL GROUP BY dst_ip, dst_port
)
SELECT list_sort(list_transform(top, lambda x: x.ip)) AS src_ips, [dst_ip] AS dst_ips,
       coalesce(hosts[1:5], []::VARCHAR[]) AS dst_names, [dst_port]::INTEGER[] AS dst_ports,
       'tcp' AS protocol, t0 AS first_seen_time, t1 AS last_seen_time, evidence,
       sources, most, requests, uris, paths, path, windows, user_agents, unanswered, failed, posts,
       pieces, inside, coalesce(answers, 0) AS answers
FROM flood JOIN ends USING (dst_ip, dst_port) LEFT JOIN heard USING (dst_ip, dst_port)
ORDER BY t0, dst_ip, dst_port
"""


def judge(row: Row) -> Judgement | None:
    """Weigh the requests to one server."""
    requests, sources = cast(int, row["requests"]), cast(int, row["sources"])
    first, last = cast(datetime, row["first_seen_time"]), cast(datetime, row["last_seen_time"])
    spent_s = max((last - first).total_seconds(), 1.0)
    busy_s = max(min(spent_s, float(cast(int, row["windows"]) * PARAMS.window_s)), 1.0)
    rate = requests / busy_s
    each = rate / sources
    measured = cast(int, row["answers"]) > 0
    lost = (cast(int, row["unanswered"]) + cast(int, row["failed"])) / requests if measured else 0.0
    terms: dict[str, Term] = {
        "requests_per_second": term(ramp(math.log10(rate), 1.3, 2.7, 1.5), rate),
        "requests_per_second_of_a_source": term(ramp(math.log10(each), 0.3, 1.7, 2.0), each),
        "requests": term(ramp(math.log10(requests), 2.3, 3.7, 1.0), requests),
    }
    if measured:
        terms["unanswered_or_failed_share"] = term(ramp(lost, 0.1, 0.6, 2.0), lost)
        if sources == 1 and lost < 0.1 and cast(int, row["inside"]) == requests:
            terms["own_host_that_is_served"] = term(-2.0, cast(list[str], row["src_ips"])[0])
    made_up = (cast(int, row["uris"]) - cast(int, row["paths"])) / requests
    if made_up >= 0.5:
        terms["queries_made_up_share"] = term(ramp(made_up, 0.5, 0.95, 1.5), made_up)
    if (agents := cast(int, row["user_agents"])) > 10 * sources:
        # A program that changes its name with every request wants to look like a crowd.
        terms["user_agents_of_a_source"] = term(1.0, agents / sources)
    if cast(int, row["pieces"]) >= 0.5 * requests:
        terms["download_in_pieces"] = term(-3.0, cast(int, row["pieces"]))
    sure = confidence(PRIOR, terms)
    if sure < 0.3:
        return None
    severity = Severity.MEDIUM if sure >= 0.5 else Severity.LOW
    if sure >= 0.9 and lost >= PARAMS.lost_share:
        severity = Severity.HIGH
    names = cast(list[str], row["src_ips"])
    victim = cast(list[str], row["dst_ips"])[0]
    who = names[0] if sources == 1 else f"{sources:,} addresses"
    path = cast(str, row["path"])[:60]
    return Judgement(
        title=f"{who} asked {victim} {requests:,} times for {path}:"
        f" {number_text(rate)} requests a second"
        + (f", {share_text(lost)} without an answer or refused" if measured else ""),
        severity=severity,
        terms=terms,
        facts={
            "requests": requests,
            "requests_per_second": round(rate, 1),
            "sources": sources,
            "user_agents": agents,
            "different_queries": row["uris"],
            "posts": row["posts"],
        },
        succeeded=True if measured and lost >= 0.5 else None,
    )


DETECTOR = Detector(
    title="Flood of requests",
    summary="The same HTTP request again and again, faster than anyone reads.",
    blind_spots="Requests inside TLS; floods spread thin over sources or pages.",
    benign="Load tests, programs that poll in a loop, downloads in many pieces.",
    look_next="What the page costs the server, the User-Agents, whether others were served.",
    reads=("http_activity",),
    techniques=("T1499.002", "T1499.003"),
    partition_by="dst_ip",
    params=PARAMS,
    minimum_sample="300 requests for one path within 10 seconds",
    prior=PRIOR,
    sql=_SQL,
    judge=judge,
)
