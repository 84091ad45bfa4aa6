"""Drive-by: a page nobody asked for sends a program, or takes over the browser that shows it.

Finds        Programs in the clear that come within seconds of a page of another site, which the
             page on the screen embedded or which a redirection led to; and connections of an
             unknown kind to another port of the server whose page, at a bare address, the browser
             loaded seconds ago: what an exploit starts calls home at once.
Blind spots  HTTPS; exploits that carry their program hidden in a script or picture; visits that
             were recorded without the page that led to them (no Referer field).
Often benign Download pages whose download begins by itself; consoles of appliances that open
             further ports.
Look next    The program by its hash (`netcordon carve --files`), the page that led there, who
             else was on it, where the host went afterwards.
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
    """How fast is too fast for a person."""

    program_s: int = 10
    """Time from the page to its program. A person reads, aims and confirms for longer; an exploit
    takes one or two seconds."""
    still_loading_s: int = 5
    """Time in which the page that led there goes on loading its pictures: then the other site is
    a part of it, not where its reader went."""
    session_s: int = 10
    """Time from a page to the connection that an exploit in it opens."""
    session_bytes: int = 100
    """Payload of the caller from which on a connection says something: the greeting of a command
    line is longer."""


PARAMS = Params()
PRIOR = -3.0

_SQL = r"""
WITH request AS (
    SELECT src_ip, dst_ip, dst_port, time, frame, evidence_id, uri, status_code, location,
           response_magic, user_agent, lower(regexp_replace(host, ':[0-9]+$', '')) AS site,
           lower(regexp_extract(referrer, '^[a-z]+://([^/:?]+)', 1)) AS from_site,
           coalesce(starts_with(response_content_type, 'text/html'), false) AS is_html
    FROM http_activity WHERE method = 'GET' AND host IS NOT NULL
),
program AS (
    SELECT src_ip, site, dst_ip, dst_port, time, frame, evidence_id, uri, response_magic AS magic
    FROM request WHERE response_magic IN ('pe', 'elf', 'macho', 'class', 'dex', 'swf')
      AND status_code = 200
),
-- Only hosts and sites that gave a program are worth the pairing.
guest AS (
    SELECT r.*, coalesce(a.registered_domain, r.site) AS domain,
           coalesce(b.registered_domain, r.from_site) AS from_domain
    FROM request r SEMI JOIN program p ON p.src_ip = r.src_ip AND p.site = r.site
    LEFT JOIN name a ON a.name = r.site LEFT JOIN name b ON b.name = r.from_site
    WHERE r.from_site <> '' AND r.is_html
),
brought AS (
    SELECT p.src_ip, p.site, p.dst_ip, p.dst_port, p.time, p.frame, p.evidence_id, p.uri, p.magic,
           max(g.time) AS page_time, min(g.from_site) AS from_site,
           bool_or(g.status_code BETWEEN 300 AND 399) AS redirected
    FROM program p JOIN guest g ON g.src_ip = p.src_ip AND g.site = p.site
     AND g.domain <> g.from_domain
     AND g.time < p.time AND p.time <= g.time + to_seconds($program_s)
    GROUP BY ALL
),
loading AS (
    SELECT DISTINCT b.src_ip, b.site FROM brought b JOIN request r ON r.src_ip = b.src_ip
     AND r.site = b.from_site AND r.from_site = b.from_site
     AND r.time > b.page_time AND r.time <= b.page_time + to_seconds($still_loading_s)
),
chain AS (
    SELECT 'program' AS kind, b.src_ip, b.site, b.dst_ip, b.dst_port, min(b.time) AS t0,
           max(b.time) AS t1, min(b.from_site) AS from_site, min(b.magic) AS magic,
           min(date_diff('millisecond', b.page_time, b.time)) / 1000.0 AS delay_s,
           bool_or(b.redirected) AS redirected, count(*) AS times,
           count(DISTINCT b.uri) AS programs,
           bool_or(l.src_ip IS NOT NULL) AS embedded, 0::BIGINT AS bytes_out,
           evidence_of(b.evidence_id, 'http_activity', b.frame) AS evidence
    FROM brought b LEFT JOIN loading l USING (src_ip, site)
    GROUP BY b.src_ip, b.site, b.dst_ip, b.dst_port
),
bare AS (
    SELECT src_ip, dst_ip, dst_port, evidence_id, min(time) AS t0, max(time) AS t1,
           min(frame) AS frame, bool_or(status_code BETWEEN 300 AND 399) AS redirected,
           bool_or(is_html AND status_code = 200) AS shown
    FROM request WHERE site = dst_ip AND user_agent LIKE 'Mozilla/%'
    GROUP BY src_ip, dst_ip, dst_port, evidence_id
),
opened AS (
    SELECT src_ip, dst_ip, dst_port, min(start_time) AS t, max(end_time) AS t1,
           sum(payload_bytes_out)::BIGINT AS bytes_out, min(first_frame) AS frame
    FROM flows
    WHERE protocol = 'tcp' AND (src_ip, dst_ip) IN (SELECT (src_ip, dst_ip) FROM bare WHERE shown)
      AND tcp_flags_in & 18 = 18
    GROUP BY src_ip, dst_ip, dst_port HAVING count(service) = 0
),
session AS (
    SELECT 'session' AS kind, b.src_ip, b.dst_ip AS site, b.dst_ip, o.dst_port, b.t0, o.t1,
           '' AS from_site, '' AS magic,
           date_diff('millisecond', b.t1, o.t) / 1000.0 AS delay_s, b.redirected, 1 AS times,
           1 AS programs, false AS embedded, o.bytes_out,
           [{'evidence_id': b.evidence_id, 'table': 'http_activity', 'frame': b.frame},
            {'evidence_id': b.evidence_id, 'table': 'network_activity', 'frame': o.frame}]
               AS evidence
    FROM bare b JOIN opened o USING (src_ip, dst_ip)
    WHERE b.shown AND o.dst_port <> b.dst_port AND o.bytes_out >= $session_bytes
      AND o.t > b.t0 AND o.t <= b.t1 + to_seconds($session_s)
)
SELECT [c.src_ip] AS src_ips, [c.dst_ip] AS dst_ips,
       CASE WHEN c.site = c.dst_ip THEN []::VARCHAR[] ELSE [c.site] END AS dst_names,
       [c.dst_port] AS dst_ports, 'tcp' AS protocol, c.t0 AS first_seen_time,
       c.t1 AS last_seen_time, c.evidence, c.kind, c.from_site, c.magic, c.delay_s, c.redirected,
       c.times, c.programs, c.embedded, c.bytes_out, k.kind AS known_kind, k.note AS known_note
FROM (FROM chain UNION ALL BY NAME FROM session) c
LEFT JOIN name n ON n.name = c.site
LEFT JOIN known_service k ON k.registered_domain = n.registered_domain
ORDER BY c.t0, c.src_ip, c.site, c.dst_ip, c.dst_port
"""


def judge(row: Row) -> Judgement | None:
    """Weigh one page and what came of it."""
    terms = _program(row) if row["kind"] == "program" else _session(row)
    if row["redirected"]:
        terms["led_by_a_redirection"] = term(0.7, None)
    if row["known_kind"] is not None and row["known_kind"] != "dynamic_dns":
        terms["known_service"] = term(-2.5, f"{row['known_kind']}: {row['known_note']}")
    sure = confidence(PRIOR, terms)
    if sure < 0.3:
        return None
    severity = Severity.MEDIUM if sure >= 0.6 else Severity.LOW
    if sure >= 0.9 and row["embedded"]:
        severity = Severity.HIGH
    source = cast(list[str], row["src_ips"])[0]
    names, server = cast(list[str], row["dst_names"]), cast(list[str], row["dst_ips"])[0]
    place = (names[0] if names else server)[:100]
    landing = str(row["from_site"])[:100]
    title = (
        f"{source} was sent {count_text(cast(int, row['programs']), 'program')} by {place}, to"
        f" which a page of {landing} led it {cast(float, row['delay_s']):.1f} s before"
        if row["kind"] == "program"
        else f"{source} loaded a page of {place} and opened an unknown connection to port"
        f" {cast(list[int], row['dst_ports'])[0]} of that server right after"
    )
    return Judgement(
        title=title,
        severity=severity,
        terms=terms,
        techniques=("T1189",) if row["kind"] == "program" else ("T1189", "T1203"),
        facts={"landing_site": landing or None, "delay_s": row["delay_s"], "times": row["times"]},
        # The program arrived; whether it ran is told by what the host did next.
        succeeded=True if row["kind"] == "session" else None,
    )


def _program(row: Row) -> dict[str, Term]:
    delay = cast(float, row["delay_s"])
    terms = {
        "program_after_a_page_of_another_site_s": term(2.0 + ramp(delay, 5, 2, 0.7), delay),
    }
    if row["magic"] == "swf":
        terms["pages_embed_films"] = term(-2.0, "swf")
    if row["embedded"]:
        terms["page_was_part_of_another"] = term(1.8, str(row["from_site"])[:60])
    if cast(int, row["times"]) > cast(int, row["programs"]):
        terms["same_program_again"] = term(1.0, cast(int, row["times"]))
    return terms


def _session(row: Row) -> dict[str, Term]:
    delay, sent = cast(float, row["delay_s"]), cast(int, row["bytes_out"])
    return {
        "page_at_a_bare_address": term(1.2, cast(list[str], row["dst_ips"])[0]),
        "unknown_connection_to_its_server_s": term(1.5 + ramp(delay, 10, 5, 0.5), delay),
        "bytes_sent_there": term(ramp(sent, 100, 600, 0.8), sent),
    }


DETECTOR = Detector(
    title="Drive-by",
    summary="A page of another site sends a program within seconds, or its reader at once opens"
    " an unknown connection to the server.",
    blind_spots="HTTPS; programs hidden in scripts or pictures; pages without a Referer field.",
    benign="Downloads that begin by themselves; consoles of appliances that open further ports.",
    look_next="The program by its hash, the page that led there, who else was on it.",
    reads=("http_activity", "network_activity"),
    techniques=("T1189",),
    partition_by="src_ip",
    params=PARAMS,
    minimum_sample="one page and what followed it within 10 seconds",
    prior=PRIOR,
    sql=_SQL,
    judge=judge,
)
