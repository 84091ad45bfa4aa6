"""Attacks on web applications, in what requests say and in how the server answers.

Finds        SQL injection, path traversal, commands, expressions and lookups, PHP wrappers, and
             serialised objects in request targets and fields, after percent decoding (twice); and
             whether the answers follow what was injected.
Blind spots  Attacks in bodies and inside TLS; encodings of an application's own; one attack that
             looks like a search for a word.
Often benign Vulnerability scans that were ordered, people who post about SQL, tests of a firewall.
             The Internet tries every public server all day: an attempt is not a success.
Look next    The server's own log and error log, accounts and files it made, its new connections.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import cast

from netcordon.model.detector import Detector, Judgement, Row
from netcordon.model.finding import Term
from netcordon.model.quantity import count_text, share_text
from netcordon.model.score import confidence, ramp, term
from netcordon.model.severity import Severity


@dataclass(frozen=True, kw_only=True)
class Params:
    """What attacks look like, in lower case and decoded."""

    sql: str = (
        r"\bunion\s+(all\s+|distinct\s+)?select\b|\bfrom\s+information_schema\b|"
        r"'\s*\)*\s*(or|and|\|\||&&)\s*\(*\s*('[^']{0,20}'|\d{1,9})\s*(=|like|<|>)\s*\(*['\d]|"
        r"\"\s*\)*\s*(or|and|\|\||&&)\s*\(*\s*(\"[^\"]{0,20}\"|\d{1,9})\s*(=|like|<|>)\s*\(*[\"\d]|"
        r"\b(or|and)\s+\(*\d{1,9}\s*=\s*\(*\d{1,9}\b|"
        r"\b(sleep|benchmark|pg_sleep|extractvalue|updatexml|load_file|xp_cmdshell)\s*\(|"
        r"\bwaitfor\s+delay\b|\binto\s+(out|dump)file\b|;\s*(drop|insert|update|delete|exec)\s+\w"
    )
    """Parts of SQL that change what a query means: a second SELECT, a comparison of two literals
    behind a closed text (a name on one side is what query languages in addresses ask for),
    functions that wait, read files or report through errors."""
    statement: str = r"[?&][\w.\[\]-]{1,40}=\s*\(?(select|show|with|explain|describe)\s[^&]*"
    """A parameter that is a whole statement: its place takes queries (a database's own interface),
    nothing is slipped into one."""
    echo_slack_bytes: int = 128
    """Bytes by which answers that repeat the request may differ beyond its length: twice five
    quotes written as five-letter entities, a time, an id."""
    traversal: str = (
        r"(\.\.[/\\]){3,}|(\.\.[/\\])+(etc|windows|winnt|proc|boot\.ini|win\.ini)|"
        r"/etc/(passwd|shadow)\b|/proc/self/(environ|cmdline)|\bc:[/\\]+win(dows|nt)[/\\]"
    )
    """Climbing three folders or to a file of the system; browsers resolve such steps themselves."""
    command: str = (
        r"(;|\||&&|`|\$\(|\n)\s*(/\w+/)*(id|whoami|uname|cat|wget|curl|nc|ncat|bash|sh|python\d?|"
        r"perl|powershell|cmd|tftp|busybox|chmod|cd\s+/tmp)(\.exe)?(\s|$|[;|&`)'\"])|"
        r"\b(cmd\.exe\s*[?/+ ]|/bin/(ba)?sh\b|xp_cmdshell)"
    )
    """A shell's separator and a command, or a shell by its path, in a target."""
    field_command: str = (
        r"\(\)\s*\{[^}]{0,40};[^}]{0,40}\}\s*;|"
        r"(;|\||&&|`|\$\()\s*(wget|curl|tftp)\s+(-\S+\s+)*(https?:|ftp:|\d{1,3}(\.\d{1,3}){3})"
    )
    """A function definition (CVE-2014-6271) or a download in a field such as User-Agent, where
    semicolons and words are common."""
    expression: str = (
        r"\$\{\s*(jndi|[^}]{0,60}\$\{)|\$\{[^}]{0,120}(getruntime|processbuilder|@java\.|"
        r"memberaccess)|%\{[^}]{0,200}(#|@java\.|ognl)|class\.module\.classloader|"
        r"\bgetruntime\(\)|\{\{\s*\d{1,9}\s*\*\s*\d{1,9}|invokefunction&function=call_user_func"
    )
    """Expressions that a server might evaluate: lookups (CVE-2021-44228), OGNL, class loaders,
    templates."""
    wrapper: str = (
        r"=\s*(php|phar|expect|zip)://|=\s*data:text/|allow_url_include|auto_prepend_file|"
        r"eval-stdin\.php|\bro0abx|\baced0005|=o:\d{1,3}:\"|x-java-serialized"
    )
    """Streams and settings of PHP given as a parameter, and serialised objects of Java and PHP."""
    message_share: int = 4
    """A page is at least so many times as long as the message of an error in its place; pages of
    one template, with hits or without, differ less."""
    suspicious: str = (
        r"(?i)['\"`;|{}<>\\]|%(25)?(2[27e]|3[bc]|5c|60|7[bcd])|\.\.[/%]|passwd|select|etc/|/bin/|\(\)|cmd|"
        r"jndi|php:|phar:|expect:|allow_url|eval-|ro0ab|aced0|java"
    )
    """What a request needs to be decoded and looked at closely; keeps the rest cheap."""

    system_file: str = r"etc/passwd|win\.ini|boot\.ini|environ"
    """Files that are asked for to see whether any file is given."""


PARAMS = Params()
PRIOR = -2.5

_SQL = r"""
WITH asked AS (
    SELECT src_ip, dst_ip, dst_port, time, frame, evidence_id, host, status_code,
           response_body_bytes AS size, split_part(uri, '?', 1) AS place, uri,
           concat_ws(chr(32), user_agent, referrer, request_content_type, proxied_for) AS fields
    FROM http_activity
    WHERE regexp_matches(uri, $suspicious) OR regexp_matches(user_agent, '\{|\$\(|wget|curl ')
       OR regexp_matches(concat_ws(chr(32), referrer, request_content_type, proxied_for),
                         '[{]|java')
),
once AS (
    -- Octets beyond ASCII are set aside: decoded, they need not be text.
    SELECT * EXCLUDE (fields), lower(fields) AS fields,
           url_decode(regexp_replace(replace(uri, '+', ' '), '%[89a-fA-F][0-9a-fA-F]', '?', 'g'))
               AS decoded
    FROM asked
),
twice AS (
    -- Once more, for applications decode what a proxy before them decoded already.
    SELECT * EXCLUDE (decoded),
           lower(url_decode(regexp_replace(decoded, '%[89a-fA-F][0-9a-fA-F]', '?', 'g')))
               AS target
    FROM once
),
judged AS (
    SELECT src_ip, dst_ip, dst_port, time, frame, evidence_id, host, status_code, size, place,
           target, regexp_matches(regexp_replace(target, $statement, '', 'g'), $sql) AS sql,
           regexp_matches(target, $traversal) AS traversal,
           regexp_matches(target, $command) OR regexp_matches(fields, $field_command)
               AS command,
           regexp_matches(target, $expression) OR regexp_matches(fields, $expression)
               AS expression,
           regexp_matches(target, $wrapper)
             OR contains(fields, 'x-java-serialized') AS wrapper,
           CASE WHEN regexp_matches(fields, $expression) OR regexp_matches(fields, $field_command)
                THEN fields ELSE target END AS shown
    FROM twice
),
-- A file of the system that was sent: no other answer of this site is as long. A site that says 200
-- to everything sends one page, whatever it is asked for.
sought AS (
    SELECT evidence_id, frame, dst_ip, dst_port, coalesce(host, '') AS site, size,
           regexp_extract(target, $system_file) AS file
    FROM judged
    WHERE traversal AND status_code = 200 AND size > 0 AND regexp_matches(target, $system_file)
),
page AS (
    SELECT h.dst_ip, h.dst_port, coalesce(h.host, '') AS site, h.response_body_bytes AS size
    FROM http_activity h ANTI JOIN sought s ON s.evidence_id = h.evidence_id AND s.frame = h.frame
    WHERE h.status_code = 200 AND h.dst_ip IN (SELECT dst_ip FROM sought)
    UNION
    SELECT dst_ip, dst_port, site, size FROM sought GROUP BY ALL HAVING count(DISTINCT file) > 1
),
gotten AS (
    SELECT evidence_id, frame FROM sought ANTI JOIN page USING (dst_ip, dst_port, site, size)
),
pair AS (
    SELECT src_ip, dst_ip, min(time) AS t0, max(time) AS t1,
           list(DISTINCT dst_port ORDER BY dst_port) AS ports,
           list(DISTINCT lower(regexp_replace(host, ':[0-9]+$', '')) ORDER BY
                lower(regexp_replace(host, ':[0-9]+$', ''))) FILTER (host IS NOT NULL) AS names,
           count(*) AS attacks, count(DISTINCT place) AS places,
           count(*) FILTER (sql) AS sql, count(*) FILTER (traversal) AS traversal,
           count(*) FILTER (command) AS command, count(*) FILTER (expression) AS expression,
           count(*) FILTER (wrapper) AS wrapper,
           count(*) FILTER (status_code IS NOT NULL) AS answered,
           count(*) FILTER (status_code BETWEEN 400 AND 499) AS refused,
           count(g.frame) AS files,
           arg_min(left(shown, 200), (time, evidence_id, frame)) AS example,
           evidence_of(evidence_id, 'http_activity', frame) AS evidence
    FROM judged LEFT JOIN gotten g USING (evidence_id, frame)
    WHERE sql OR traversal OR command OR expression OR wrapper
    GROUP BY src_ip, dst_ip
),
-- Within one place: answers of other sizes than a page that repeats the request would have.
injected AS (
    SELECT src_ip, dst_ip, dst_port, coalesce(host, '') AS site, place,
           min(said) AS least, max(said) AS most,
           count(*) FILTER (status_code >= 500) AS errors,
           least(max(said) - min(said), max(said - letters) - min(said - letters),
                 max(said - 2 * letters) - min(said - 2 * letters),
                 max(said - 3 * letters) - min(said - 3 * letters)) AS spread
    FROM (SELECT *, CASE WHEN status_code = 200 THEN size END AS said, length(target) AS letters
          FROM judged WHERE sql)
    GROUP BY src_ip, dst_ip, dst_port, coalesce(host, ''), place
),
-- What the same place says to the same source when nothing is injected.
plain AS (
    SELECT i.src_ip, i.dst_ip, i.dst_port, i.site, i.place, count(*) AS requests,
           max(h.response_body_bytes) - min(h.response_body_bytes) AS spread
    FROM http_activity h JOIN injected i
      ON i.src_ip = h.src_ip AND i.dst_ip = h.dst_ip AND i.dst_port = h.dst_port
     AND i.site = coalesce(h.host, '') AND i.place = split_part(h.uri, '?', 1)
    ANTI JOIN judged j ON j.evidence_id = h.evidence_id AND j.frame = h.frame AND j.sql
    WHERE h.status_code = 200
    GROUP BY ALL
),
followed AS (
    SELECT src_ip, dst_ip, count(*) AS followed_places, min(i.least) AS sql_least,
           max(i.most) AS sql_most
    FROM injected i LEFT JOIN plain p USING (src_ip, dst_ip, dst_port, site, place)
    WHERE i.spread > $echo_slack_bytes AND i.spread > coalesce(p.spread, 0)
      -- Compared with a plain answer or an error: of the server, or a message instead of a page.
      AND (p.requests > 0 OR i.errors > 0 OR i.least * $message_share <= i.most)
    GROUP BY src_ip, dst_ip
)
SELECT [src_ip] AS src_ips, [dst_ip] AS dst_ips, coalesce(names, []::VARCHAR[]) AS dst_names,
       ports AS dst_ports, 'tcp' AS protocol, t0 AS first_seen_time, t1 AS last_seen_time, evidence,
       attacks, places, sql, traversal, command, expression, wrapper, answered, refused,
       coalesce(followed_places, 0) AS followed_places, sql_most, sql_least, files, example
FROM pair LEFT JOIN followed USING (src_ip, dst_ip)
ORDER BY first_seen_time, src_ip, dst_ip
"""

_KINDS = {
    "sql": "SQL injection",
    "traversal": "path traversal",
    "command": "commands",
    "expression": "expressions and lookups",
    "wrapper": "wrappers and serialised objects",
}


def judge(row: Row) -> Judgement | None:
    """Weigh what one source sent to one server."""
    attacks, answered = cast(int, row["attacks"]), cast(int, row["answered"])
    kinds = [name for kind, name in _KINDS.items() if row[kind]]
    terms: dict[str, Term] = {
        "attacks": term(1.5 + ramp(math.log10(attacks), 0.0, 1.5, 2.0), attacks),
        "kinds": term(ramp(len(kinds), 1, 3, 1.5), ", ".join(kinds)),
    }
    if row["expression"] or row["command"]:
        terms["code_to_be_run"] = term(
            1.5, cast(int, row["expression"]) + cast(int, row["command"])
        )
    if answered:
        refused = cast(int, row["refused"]) / answered
        terms["refused_share"] = term(ramp(refused, 0.5, 1.0, -1.5), refused)
    terms |= _success(row)
    sure = confidence(PRIOR, terms)
    if sure < 0.2:
        return None
    followed = "answers_follow_the_injection" in terms or "files_answered" in terms
    severity = Severity.MEDIUM if sure >= 0.5 else Severity.LOW
    if followed and sure >= 0.8:
        severity = Severity.HIGH
    source, target = cast(list[str], row["src_ips"])[0], cast(list[str], row["dst_ips"])[0]
    return Judgement(
        title=f"{source} sent {target} {count_text(attacks, 'web attack')} ({', '.join(kinds)})"
        + (", and the answers follow what was injected" if followed else ""),
        severity=severity,
        terms=terms,
        techniques=("T1190", "T1595.002") if attacks >= 20 else ("T1190",),
        facts={
            "example": row["example"],
            "places": row["places"],
            "answered": answered,
            "refused": share_text(cast(int, row["refused"]) / answered) if answered else None,
        },
        # At one place sizes may follow something else: what a search found, for one.
        succeeded=True if row["files"] or cast(int, row["followed_places"]) >= 2 else None,
    )


def _success(row: Row) -> dict[str, Term]:
    """Answers that only come when the injection took effect."""
    terms = {}
    if places := cast(int, row["followed_places"]):
        terms["answers_follow_the_injection"] = term(
            1.5, f"{row['sql_least']} to {row['sql_most']} bytes at {count_text(places, 'place')}"
        )
    if row["files"]:
        terms["files_answered"] = term(1.5, cast(int, row["files"]))
    return terms


DETECTOR = Detector(
    title="Attack on a web application",
    summary="Injections, traversal, commands and expressions in HTTP requests, and the answers.",
    blind_spots="Bodies and TLS; encodings of an application's own.",
    benign="Ordered vulnerability scans, tests of a firewall, people who write about SQL.",
    look_next="The server's logs, accounts and files it made, its new connections.",
    reads=("http_activity",),
    techniques=("T1190",),
    partition_by="dst_ip",
    params=PARAMS,
    minimum_sample="one request",
    prior=PRIOR,
    sql=_SQL,
    judge=judge,
)
