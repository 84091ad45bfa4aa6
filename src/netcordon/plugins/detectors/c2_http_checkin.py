"""HTTP check-ins: a program that poses as a browser posts to a place that it never browsed.

Finds        Requests of one source to one host name (or bare address) and port that no page led
             to: no referrer, nothing else loaded from there, posts among them, sent under a
             browser's name although they bear none of a browser's marks, or without any name; the
             more so to a bare address, on a port of its own, under random paths, and when the same
             program makes the same kind of request at a second place.
Blind spots  HTTPS; implants that take care to look like a visit; a single GET.
Often benign Updaters, telemetry and games that use the browser's name; pages whose referrer is
             suppressed; devices that speak to their own web service. They ask for known kinds of
             content, go to places many know, and rarely to bare addresses.
Look next    Body and answer of the posts (`netcordon carve --files`), what was downloaded before,
             the process, other hosts that post there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from netcordon.model.company import prevalence, renown
from netcordon.model.detector import Detector, Judgement, Row
from netcordon.model.finding import Term
from netcordon.model.quantity import count_text
from netcordon.model.score import confidence, ramp, term
from netcordon.model.severity import Severity


@dataclass(frozen=True, kw_only=True)
class Params:
    """What counts as a check-in."""

    small_body_bytes: int = 4096
    """Body of a request that reports who and where an implant is; forms and uploads vary more."""
    alike: float = 0.15
    """Spread of body sizes, (most - least) over most, of reports that one routine writes."""
    many_alike: int = 200
    """Places with bodies of one size from which on they are a service of many names, or a proxy's
    clients; the list of servers that an implant carries is shorter."""
    machine_types: str = (
        r"ocsp|ipp|dns-message|soap|xml|json|timestamp|protobuf|grpc|msgpack|x-amz|upnp|"
        r"multipart|dvcs|sparql"
    )
    """Content types that say which machine protocol a request is part of; no implant needs one."""


PARAMS = Params()
PRIOR = -3.5

_SQL = r"""
WITH request AS (
    SELECT src_ip, dst_ip, dst_port, time, evidence_id, frame, uid, method, status_code,
           lower(regexp_replace(coalesce(host, dst_ip), ':[0-9]+$', '')) AS place, uri, user_agent,
           request_body_bytes AS sent, response_body_bytes AS got, referrer,
           lower(coalesce(request_content_type, '')) AS type,
           lower(coalesce(response_content_type, '')) AS answer_type,
           regexp_extract(split_part(uri, '?', 1), '[^/]*$') AS last_part,
           is_internal(dst_ip_hi, dst_ip_lo) AS dst_in
    FROM http_activity
    WHERE method IN ('GET', 'POST', 'PUT') AND is_internal(src_ip_hi, src_ip_lo)
      AND NOT is_multicast(dst_ip_hi, dst_ip_lo)
),
posted_to AS (
    SELECT DISTINCT src_ip, place, dst_port FROM request WHERE method <> 'GET'
),
visit AS (
    SELECT src_ip, place, dst_port, min(dst_ip) AS dst_ip, min(time) AS t0, max(time) AS t1,
           count(*) AS requests, bool_or(dst_in) AS dst_in,
           count(*) FILTER (method <> 'GET') AS posts,
           count(*) FILTER (method <> 'GET' AND regexp_matches(type, $machine_types)) AS protocol,
           count(*) FILTER (method <> 'GET' AND type = '' AND sent > 0) AS typeless,
           count(*) FILTER (referrer IS NOT NULL
               AND lower(regexp_extract(referrer, '^[a-z]+://([^/:]+)', 1)) <> dst_ip) AS led,
           -- What a page makes a browser load besides it.
           count(*) FILTER (regexp_matches(answer_type, 'image/|css|javascript|font')) AS parts,
           min(user_agent) AS user_agent, count(DISTINCT user_agent) AS programs,
           count(user_agent) AS named, max(sent) FILTER (method <> 'GET') AS most_sent,
           min(sent) FILTER (method <> 'GET' AND sent > 0) AS least_sent,
           max(got) AS most_got, count(DISTINCT uri) AS uris,
           count(*) FILTER (status_code BETWEEN 200 AND 299) AS answered,
           count(*) FILTER (regexp_matches(last_part, '[0-9]') AND length(last_part) >= 6
               AND regexp_matches(last_part, '[a-zA-Z][0-9]+[a-zA-Z]')) AS random_paths,
           min(regexp_replace(regexp_replace(split_part(uri, '?', 1), '[A-Z]', 'A', 'g'),
                              '[a-z0-9]+', 'a', 'g')) AS shape,
           evidence_of(evidence_id, 'http_activity', frame) AS evidence
    FROM request SEMI JOIN posted_to USING (src_ip, place, dst_port)
    GROUP BY src_ip, place, dst_port
),
alone AS (SELECT * FROM visit WHERE led = 0 AND parts = 0 AND protocol = 0),
-- The same program posts bodies of about the same size somewhere else: a list of servers to try.
-- Sizes that are alike fall into one class or into neighbours, so that only these are compared.
sized AS (
    SELECT src_ip, place, dst_port, user_agent, most_sent,
           floor(ln(most_sent) / -ln(1 - $alike))::INTEGER AS class
    FROM alone WHERE most_sent > 0
    QUALIFY count(*) OVER (PARTITION BY src_ip, user_agent, class) <= $many_alike
),
twin AS (
    SELECT a.src_ip, a.place, a.dst_port, count(DISTINCT b.place) AS twins, min(b.place) AS other
    FROM (SELECT *, unnest([class - 1, class, class + 1]) AS near FROM sized
          WHERE most_sent <= $small_body_bytes) a
    JOIN sized b ON b.src_ip = a.src_ip AND b.class = a.near AND b.place <> a.place
     AND b.user_agent IS NOT DISTINCT FROM a.user_agent
     AND abs(b.most_sent - a.most_sent) <= $alike * greatest(a.most_sent, b.most_sent)
    GROUP BY a.src_ip, a.place, a.dst_port
),
-- Programs a host really browses with: they are led by pages and load parts of them.
browser AS (
    SELECT DISTINCT src_ip, user_agent FROM http_activity
    WHERE user_agent IS NOT NULL
      AND lower(regexp_extract(referrer, '^[a-z]+://([^/:]+)', 1)) NOT IN ('', dst_ip)
),
callers AS (
    SELECT place, dst_port, count(DISTINCT src_ip) AS callers FROM request
    WHERE place IN (SELECT place FROM alone) GROUP BY place, dst_port
)
SELECT [a.src_ip] AS src_ips, [a.dst_ip] AS dst_ips,
       CASE WHEN a.place = a.dst_ip THEN []::VARCHAR[] ELSE [a.place] END AS dst_names,
       [a.dst_port] AS dst_ports, 'tcp' AS protocol, a.t0 AS first_seen_time,
       a.t1 AS last_seen_time, a.evidence, a.place = a.dst_ip AS bare, a.requests, a.posts,
       a.typeless, a.user_agent, a.programs, a.named, a.most_sent, a.least_sent, a.most_got, a.uris,
       a.answered, a.random_paths, a.dst_in, coalesce(t.twins, 0) AS twins, t.other,
       b.user_agent IS NOT NULL AS browses,
       (SELECT count(*) FROM browser o WHERE o.src_ip = a.src_ip) AS browsers,
       c.callers, h.active, k.kind AS known_kind, k.note AS known_note
FROM alone a JOIN callers c USING (place, dst_port) CROSS JOIN active_hosts h
LEFT JOIN twin t USING (src_ip, place, dst_port)
LEFT JOIN browser b ON b.src_ip = a.src_ip AND b.user_agent = a.user_agent
LEFT JOIN name n ON n.name = a.place
LEFT JOIN known_service k ON k.registered_domain = n.registered_domain
ORDER BY a.t0, a.src_ip, a.place, a.dst_port
"""

_USUAL_PORTS = {80, 81, 591, 631, 3128, 5985, 8000, 8008, 8080, 8081, 8088, 8888}


def judge(row: Row) -> Judgement | None:
    """Weigh one source's requests to one place that nothing led to."""
    terms = _requests(row) | _place(row)
    sure = confidence(PRIOR, terms)
    if sure < 0.3:
        return None
    signs = sum(t.contribution >= 1.0 for t in terms.values())
    severity = Severity.MEDIUM if sure >= 0.5 and signs >= 2 else Severity.LOW
    if sure >= 0.9 and signs >= 4 and "inside" not in terms:
        severity = Severity.HIGH
    src, dst = cast(list[str], row["src_ips"])[0], cast(list[str], row["dst_ips"])[0]
    names, port = cast(list[str], row["dst_names"]), cast(list[int], row["dst_ports"])[0]
    posts = "once" if row["posts"] == 1 else count_text(cast(int, row["posts"]), "time")
    return Judgement(
        title=f"{src} posted {posts} to {names[0] if names else dst} port {port}, led there by"
        " no page",
        severity=severity,
        terms=terms,
        techniques=("T1071.001", *(("T1571",) if "unusual_port" in terms else ())),
        facts={
            "user_agent": row["user_agent"],
            "requests": row["requests"],
            "posts": row["posts"],
            "most_sent_bytes": row["most_sent"],
            "most_received_bytes": row["most_got"],
            "same_kind_of_post_at": row["other"],
        },
        succeeded=True if cast(int, row["answered"]) else None,
    )


def _requests(row: Row) -> dict[str, Term]:
    posts, agent = cast(int, row["posts"]), row["user_agent"]
    terms = {"posts_no_page_led_to": term(1.0 + ramp(posts, 1, 5, 0.5), posts)}
    if agent is None:
        terms["no_user_agent"] = term(0.8, 0)
    elif str(agent).startswith("Mozilla/"):
        # Compatible modes of 1998 to 2009 are what Windows' own library says for any program.
        old = str(agent).startswith("Mozilla/4.0")
        terms["poses_as_a_browser"] = term(1.0 + (0.3 if old else 0.0), str(agent)[:60])
        # Forms and texts of pages say what they send (RFC 9110, 8.3). Raw arrays may not,
        # but those have a referrer.
        if cast(int, row["typeless"]):
            terms["browsers_state_a_type"] = term(1.2, cast(int, row["typeless"]))
        if row["browses"]:
            terms["program_that_browses"] = term(-1.0, "the same name loads pages")
        elif cast(int, row["browsers"]):
            terms["not_the_browser_of_this_host"] = term(0.8, cast(int, row["browsers"]))
    else:
        terms["states_its_program"] = term(-0.7, str(agent)[:60])
    most, least = cast(int, row["most_sent"] or 0), cast(int, row["least_sent"] or 0)
    if posts >= 3 and 0 < most <= PARAMS.small_body_bytes and most - least <= PARAMS.alike * most:
        terms["bodies_alike"] = term(0.7, f"{least} to {most} bytes")
    if cast(int, row["random_paths"]):
        terms["random_paths"] = term(0.7, cast(int, row["random_paths"]))
    if cast(int, row["twins"]):
        terms["same_kind_of_post_elsewhere"] = term(1.2, cast(int, row["twins"]))
    return terms


def _place(row: Row) -> dict[str, Term]:
    port = cast(list[int], row["dst_ports"])[0]
    callers, active = cast(int, row["callers"]), cast(int, row["active"])
    terms: dict[str, Term] = {}
    if row["bare"]:
        terms["bare_address"] = term(1.2, cast(list[str], row["dst_ips"])[0])
    if port not in _USUAL_PORTS:
        terms["unusual_port"] = term(1.0, port)
    terms |= renown(row["known_kind"], row["known_note"])
    many, few = ("many_callers", -2.0), ("callers_share_at_most", 0.7)
    terms |= prevalence(callers, active, many=many, few=few)
    if row["dst_in"]:
        terms["inside"] = term(-0.5, "the server is internal")
    return terms


DETECTOR = Detector(
    title="HTTP check-in",
    summary="A program that poses as a browser posts to a place that no page led to.",
    blind_spots="HTTPS; implants that look like a visit; a single GET.",
    benign="Updaters, telemetry and games under a browser's name; suppressed referrers; devices"
    " that speak to their own web service.",
    look_next="Body and answer of the posts, what was downloaded before, who else posts there.",
    reads=("http_activity",),
    techniques=("T1071.001",),
    partition_by="src_ip",
    params=PARAMS,
    minimum_sample="one post",
    prior=PRIOR,
    sql=_SQL,
    judge=judge,
)
