"""A script sent to a web server and then asked for (web shell).

Finds        Files whose name a web server runs, sent in a form or by PUT, and the requests for the
             same name at the same server after it, when they are answered.
Blind spots  Scripts under a harmless name, inside archives, written by an exploit instead of sent;
             TLS.
Often benign Developers who publish by WebDAV or a form, mostly pages that were there before;
             content management that accepts themes and plug-ins (they are sent as archives as a
             rule).
Look next    The file on the server, who asked for it, and processes the web server started.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from netcordon.model.detector import Detector, Judgement, Row
from netcordon.model.finding import Term
from netcordon.model.quantity import count_text
from netcordon.model.score import confidence, term
from netcordon.model.severity import Severity


@dataclass(frozen=True, kw_only=True)
class Params:
    """What a server runs, and what commands look like."""

    scripts: str = (
        r"(?i)\.(php\d?|pht(ml)?|phar|jspx?|jspf|war|aspx?|ashx|asmx|cfml?|cgi|pl)(\.[a-z]{3,4})?$"
    )
    """Names that web servers run, also hidden before another ending (shell.php.jpg)."""
    commands: str = (
        r"(?i)[?&](cmd|exec|command|c|x|shell|query)=[^&]*\b(id|whoami|uname|ls|dir|cat|net|"
        r"ipconfig|ifconfig|wget|curl|powershell|ping)\b"
    )
    """A parameter that carries a command of an operating system."""
    few_callers: int = 3
    """Sources that asked for the script and may all be the intruder's; more are visitors."""


PARAMS = Params()
PRIOR = -2.0

_SQL = """
WITH sent AS (
    -- The body of a plain POST bears the name of its target; a file in a form has its own.
    SELECT src_ip, dst_ip, time, frame, evidence_id, 'file_activity' AS tbl,
           lower(regexp_extract(file_name, '[^/\\\\]+$')) AS name, false AS put
    FROM file_activity
    WHERE service = 'http' AND is_upload AND regexp_matches(file_name, $scripts)
      AND lower(file_name)
          <> lower(regexp_extract(split_part(coalesce(origin, ''), '?', 1), '[^/]*$'))
    UNION ALL
    SELECT src_ip, dst_ip, time, frame, evidence_id, 'http_activity',
           lower(regexp_extract(split_part(uri, '?', 1), '[^/]*$')), true
    FROM http_activity
    WHERE method IN ('PUT', 'MOVE') AND status_code BETWEEN 200 AND 299
      AND regexp_matches(split_part(uri, '?', 1), $scripts)
),
file AS (
    SELECT dst_ip, name, list(DISTINCT src_ip ORDER BY src_ip) AS src_ips, min(time) AS t0,
           bool_or(put) AS put, count(*) AS times,
           evidence_of(evidence_id, tbl, frame) AS evidence
    FROM sent WHERE name <> '' GROUP BY dst_ip, name
),
call AS (
    SELECT dst_ip, lower(regexp_extract(split_part(uri, '?', 1), '[^/]*$')) AS name, src_ip, time,
           frame, evidence_id, dst_port, status_code, regexp_matches(uri, $commands) AS command
    FROM http_activity
    WHERE method IN ('GET', 'POST') AND regexp_matches(split_part(uri, '?', 1), $scripts)
      AND dst_ip IN (SELECT dst_ip FROM file)
),
called AS (
    SELECT f.dst_ip, f.name, f.src_ips, f.t0, f.put, f.times, f.evidence,
           count(c.time) FILTER (c.time > f.t0 AND c.status_code = 200) AS answered,
           count(c.time) FILTER (c.time > f.t0 AND c.status_code >= 400) AS missed,
           count(c.time) FILTER (c.time > f.t0 AND c.command AND c.status_code = 200) AS commands,
           count(c.time) FILTER (c.time < f.t0 AND c.status_code = 200) AS there_before,
           greatest(max(c.time) FILTER (c.time > f.t0), max(f.t0)) AS t1,
           list(DISTINCT c.dst_port ORDER BY c.dst_port) FILTER (c.dst_port IS NOT NULL) AS ports,
           list(DISTINCT c.src_ip ORDER BY c.src_ip)
               FILTER (c.time > f.t0 AND c.status_code = 200) AS callers,
           list(DISTINCT c.src_ip ORDER BY c.src_ip)
               FILTER (c.time > f.t0 AND c.command AND c.status_code = 200) AS commanders
    FROM file f LEFT JOIN call c ON c.dst_ip = f.dst_ip AND c.name = f.name
    GROUP BY ALL
)
-- Of many callers most are visitors; the intruder's few are told.
SELECT list_sort(list_distinct(src_ips || coalesce(commanders, []) ||
           CASE WHEN len(callers) <= $few_callers THEN callers ELSE [] END)) AS src_ips,
       [dst_ip] AS dst_ips,
       []::VARCHAR[] AS dst_names, coalesce(ports, []::INTEGER[]) AS dst_ports, 'tcp' AS protocol,
       t0 AS first_seen_time, t1 AS last_seen_time, evidence, name, put, times, answered, missed,
       commands, there_before
FROM called
ORDER BY first_seen_time, dst_ip, name
"""


def judge(row: Row) -> Judgement | None:
    """Weigh a script that was sent, and what was done with it."""
    answered = cast(int, row["answered"])
    terms: dict[str, Term] = {"scripts_sent": term(2.2, cast(int, row["times"]))}
    if answered:
        terms["asked_for_and_answered"] = term(2.0, answered)
    elif row["missed"]:
        terms["asked_for_and_missing"] = term(-1.0, cast(int, row["missed"]))
    if row["commands"]:
        terms["commands_in_requests"] = term(2.0, cast(int, row["commands"]))
    known = cast(int, row["there_before"])
    if known:
        # A page of the site that its developer replaces; also one that an intruder overwrites.
        terms["name_was_answered_before"] = term(-2.5, known)
    if row["put"]:
        # Publishing by PUT is somebody's ordinary work where WebDAV is in use.
        terms["sent_by_put"] = term(-0.5, None)
    sure = confidence(PRIOR, terms)
    if sure < 0.2:
        return None
    severity = Severity.MEDIUM if sure >= 0.5 and (row["commands"] or not known) else Severity.LOW
    if answered and not row["put"] and not known:
        severity = Severity.HIGH
    if row["commands"] and not known:
        severity = Severity.CRITICAL
    sources, target = cast(list[str], row["src_ips"]), cast(list[str], row["dst_ips"])[0]
    source = sources[0] if len(sources) == 1 else count_text(len(sources), "source")
    return Judgement(
        title=f"{source} sent the script {row['name']} to {target}"
        + (f", where it then answered {count_text(answered, 'request')}" if answered else ""),
        severity=severity,
        terms=terms,
        facts={"name": row["name"], "answered": answered, "commands": row["commands"]},
        succeeded=True if answered and (row["commands"] or not known) else None,
    )


DETECTOR = Detector(
    title="Web shell",
    summary="A script sent to a web server and then asked for.",
    blind_spots="Harmless names, archives, scripts written by an exploit; TLS.",
    benign="Developers who publish by WebDAV; content management that accepts plug-ins.",
    look_next="The file on the server, who asked for it, processes the web server started.",
    reads=("file_activity", "http_activity"),
    techniques=("T1505.003",),
    partition_by="dst_ip",
    params=PARAMS,
    minimum_sample="one file",
    prior=PRIOR,
    sql=_SQL,
    judge=judge,
)
