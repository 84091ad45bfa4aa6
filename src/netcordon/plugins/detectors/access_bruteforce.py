"""Password guessing: many short, alike sessions to a service that asks who you are.

Finds        One source trying one service again and again (guessing), one source trying a
             service of many hosts (spraying), many sources trying one service a few times each
             (distributed); and the session after it that differs: a login that worked.
Blind spots  Guesses inside one long connection; encrypted protocols hide the outcome, which is
             then read from size and length alone; offline cracking; services on unusual ports
             whose protocol was not recognised.
Often benign Scripts that log in over SSH, monitoring that opens a port, mail clients that check
             every minute, a service with a forgotten password.
Look next    Was any login successful, on which account, from where, and what came after it on
             that host.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import cast

from netcordon.model.detector import Detector, Judgement, Row
from netcordon.model.finding import Term
from netcordon.model.quantity import count_text, number_text
from netcordon.model.score import confidence, ramp, term
from netcordon.model.severity import Severity


@dataclass(frozen=True, kw_only=True)
class Params:
    """What counts as guessing."""

    min_attempts: int = 10
    """Sessions (or failures); people give up after three to five."""
    min_hosts: int = 5
    """Ends on the many side of spraying and of distributed guessing."""
    alike_share: float = 0.25
    """Sessions are alike when their payload is within this share of the median."""
    differs_bytes: int = 500
    """Bytes the server of a session sent beyond the median: a failed try adds about 80 over SSH,
    a login at least host keys, a channel and a prompt."""
    differs_share: float = 0.2
    """... and at least this share of the median more."""
    ssh_key_exchange_bytes: int = 500
    """Client bytes below which an SSH session cannot have tried a password (a banner check)."""


PARAMS = Params()
PRIOR = -3.0

_SQL = """
WITH ports(port, guarded) AS (VALUES
    (21, 'ftp'), (22, 'ssh'), (23, 'telnet'), (110, 'pop3'), (143, 'imap'), (465, 'smtp'),
    (587, 'smtp'), (993, 'imap'), (995, 'pop3'), (1433, 'mssql'), (1521, 'oracle'), (2222, 'ssh'),
    (3306, 'mysql'), (3389, 'rdp'), (5432, 'postgresql'), (5900, 'vnc'), (5985, 'winrm')),
outcome AS (
    SELECT src_ip, dst_ip, dst_port, hash(evidence_id, uid) AS flow_key,
           count(*) FILTER (outcome = 'failure') AS failures,
           count(*) FILTER (outcome = 'success') AS successes,
           max(time) FILTER (outcome = 'success') AS success_time,
           list(DISTINCT account ORDER BY account) FILTER (account IS NOT NULL) AS accounts
    FROM authentication GROUP BY ALL
),
ssh AS (SELECT DISTINCT hash(evidence_id, uid) AS flow_key FROM ssh_activity),
session AS (
    SELECT f.src_ip, f.dst_ip, f.dst_port, f.start_time AS t, f.duration_s, f.evidence_id,
           f.first_frame AS frame, 'network_activity' AS tbl,
           f.payload_bytes_out AS ob, f.payload_bytes_in AS ib,
           f.payload_bytes_out + f.payload_bytes_in AS bytes,
           CASE WHEN s.flow_key IS NOT NULL THEN 'ssh' WHEN p.guarded IS NOT NULL
                     AND coalesce(f.service, p.guarded) IN (p.guarded, 'tls') THEN p.guarded
                ELSE f.service END AS service,
           coalesce(o.failures, 0) AS failures, coalesce(o.successes, 0) AS successes,
           o.success_time, o.accounts, f.src_internal
    FROM flows f
    LEFT JOIN ports p ON p.port = f.dst_port
    LEFT JOIN ssh s USING (flow_key)
    LEFT JOIN outcome o USING (flow_key, src_ip, dst_ip, dst_port)
    WHERE f.protocol = 'tcp' AND f.payload_bytes_in > 0
      AND (p.port IS NOT NULL OR s.flow_key IS NOT NULL OR o.flow_key IS NOT NULL
           OR f.service IN ('ssh', 'ftp', 'telnet', 'rdp', 'vnc', 'pop3', 'imap'))
    UNION ALL
    SELECT src_ip, dst_ip, dst_port, time, epoch(response_time) - epoch(time), evidence_id, frame,
           'http_activity', coalesce(request_body_bytes, 0),
           coalesce(response_body_bytes, 0), coalesce(response_body_bytes, 0), 'http',
           (status_code IN (401, 403))::INT, (method = 'POST' AND status_code IN (302, 303))::INT,
           CASE WHEN method = 'POST' AND status_code IN (302, 303) THEN time END,
           CASE WHEN account IS NULL THEN NULL ELSE [account] END,
           is_internal(src_ip_hi, src_ip_lo)
    FROM http_activity
    WHERE status_code IN (401, 403) AND account IS NOT NULL
       OR method = 'POST' AND regexp_matches(lower(split_part(uri, '?', 1)),
                                             '(login|signin|logon|auth|session|xmlrpc)')
),
attempt AS (
    SELECT * FROM session
    WHERE service IS NOT NULL AND NOT (service = 'ssh' AND ob < $ssh_key_exchange_bytes)
),
pair AS (
    SELECT src_ip, dst_ip, dst_port, service, count(*) AS n, sum(failures)::BIGINT AS failed
    FROM attempt GROUP BY ALL
),
keyed AS (
 SELECT CASE WHEN p.n >= $min_attempts OR p.failed >= $min_attempts THEN 'guessing'
                ELSE 'few' END AS way, a.*
    FROM attempt a JOIN pair p USING (src_ip, dst_ip, dst_port, service)
),
grouped AS (
    SELECT 'guessing' AS way, src_ip AS a_end, dst_ip AS b_end, * EXCLUDE (way)
    FROM keyed WHERE way = 'guessing'
    UNION ALL
    SELECT 'spraying', src_ip, '*', * EXCLUDE (way) FROM keyed WHERE way = 'few'
    UNION ALL
    SELECT 'distributed', '*', dst_ip, * EXCLUDE (way) FROM keyed WHERE way = 'few'
),
typical AS (
    SELECT way, a_end, b_end, dst_port, service, median(bytes) AS usual, median(ib) AS usual_ib,
           count(*) AS n,
           median(duration_s) AS usual_s
    FROM grouped GROUP BY ALL
    HAVING (count(*) >= $min_attempts OR sum(failures) >= $min_attempts)
       AND CASE way WHEN 'spraying' THEN count(DISTINCT dst_ip) >= $min_hosts
                    WHEN 'distributed' THEN count(DISTINCT src_ip) >= $min_hosts ELSE true END
),
marked AS (
    SELECT g.*, y.usual, y.usual_ib, y.usual_s, y.n,
           g.ib > y.usual_ib * (1 + $differs_share)
           AND g.ib > y.usual_ib + $differs_bytes AS differs,
           row_number() OVER (PARTITION BY way, a_end, b_end, dst_port, service
                              ORDER BY t, evidence_id, frame) AS place
    FROM grouped g JOIN typical y USING (way, a_end, b_end, dst_port, service)
)
SELECT list(DISTINCT src_ip ORDER BY src_ip) AS src_ips,
       list(DISTINCT dst_ip ORDER BY dst_ip) AS dst_ips, []::VARCHAR[] AS dst_names,
       [dst_port] AS dst_ports, 'tcp' AS protocol, min(t) AS first_seen_time,
       max(t) AS last_seen_time, list_sort(list_distinct(flatten(list(coalesce(accounts,
       []))))) AS accounts,
       evidence_of(evidence_id, tbl, frame) AS evidence,
       way, service, n, usual, usual_s, bool_or(src_internal) AS src_internal,
       avg((abs(bytes - usual) <= $alike_share * usual)::INT) AS alike,
       avg((bytes < 6000 AND NOT differs)::INT) AS small,
       count(*) FILTER (differs) AS differing,
       min(t) FILTER (differs AND place > 5) AS differing_time,
       max(bytes) FILTER (differs) AS differing_bytes,
       sum(failures)::BIGINT AS failures, sum(successes)::BIGINT AS successes,
       min(success_time) AS success_time,
       n / greatest((epoch(max(t)) - epoch(min(t))) / 60, 0.1) AS per_minute
FROM marked GROUP BY way, a_end, b_end, dst_port, service, n, usual, usual_s
ORDER BY first_seen_time, way, a_end, b_end, dst_port, service
"""

_LOGIN_ONLY = {"ssh", "ftp", "telnet", "rdp", "vnc"}
"""Protocols whose session is larger than a failed login as soon as anything is done in it."""


def judge(row: Row) -> Judgement | None:
    """Weigh one group of sessions."""
    terms = _sessions(row)
    outcome, entered = _entered(row)
    if entered:
        terms["success_after_attempts"] = outcome
    sure = confidence(PRIOR, terms)
    if sure < 0.2:
        return None
    tries = max(cast(int, row["n"]), cast(int, row["failures"]))
    severity = Severity.MEDIUM if sure >= 0.5 else Severity.LOW
    if sure >= 0.85 and tries >= 20 and row["src_internal"]:
        severity = Severity.HIGH
    if entered and sure >= 0.85 and tries >= 20:
        severity = Severity.CRITICAL
    sources, targets = cast(list[str], row["src_ips"]), cast(list[str], row["dst_ips"])
    source = sources[0] if len(sources) == 1 else f"{len(sources)} sources"
    target = targets[0] if len(targets) == 1 else f"{len(targets)} hosts"
    port, per_minute = cast(list[int], row["dst_ports"])[0], cast(float, row["per_minute"])
    techniques = ["T1110.003" if row["way"] == "spraying" else "T1110.001"]
    return Judgement(
        title=f"{source} tried {count_text(tries, 'time')} to log in to {row['service']} on"
        f" {target} port {port}, {number_text(per_minute)} a minute"
        + (", and got in" if entered else ""),
        severity=severity,
        terms=terms,
        techniques=(*techniques, "T1078") if entered else tuple(techniques),
        facts={
            "way": row["way"],
            "service": row["service"],
            "sessions": row["n"],
            "failures": row["failures"],
            "successes": row["successes"],
            "sessions_per_min": round(per_minute, 2),
            "usual_bytes": row["usual"],
            "differing_sessions": row["differing"],
            "differing_bytes": row["differing_bytes"],
            "entered_time": row["success_time"] or row["differing_time"] if entered else None,
        },
        succeeded=True if entered else None,
    )


def _sessions(row: Row) -> dict[str, Term]:
    n, failures = cast(int, row["n"]), cast(int, row["failures"])
    rate, alike = cast(float, row["per_minute"]), cast(float, row["alike"])
    usual_s, usual = cast(float, row["usual_s"] or 0.0), cast(float, row["usual"])
    terms = {
        "attempts": term(ramp(math.log10(max(n, failures, 1)), 1.0, 2.5, 2.0), max(n, failures)),
        "sessions_per_min": term(ramp(rate, 3, 30, 1.5) + ramp(rate, 2, 0.5, -1.5), rate),
        "alike_share": term(ramp(alike, 0.5, 0.95, 1.0), alike),
        "usual_session_s": term(0.5 if usual_s <= 10 else ramp(usual_s, 30, 120, -1.0), usual_s),
    }
    if failures >= 5:
        terms["failed_logins"] = term(2.0 + ramp(failures, 5, 50, 1.0), failures)
    if row["service"] in _LOGIN_ONLY:
        small = cast(float, row["small"])
        terms["no_more_than_a_login_share"] = term(
            ramp(small, 0.5, 0.95, 1.5) + ramp(small, 0.3, 0.0, -2.0), small
        )
    if usual > 50_000:
        terms["usual_session_bytes"] = term(-2.0, usual)
    if row["way"] == "distributed" and not failures:
        terms["only_size_and_number_speak"] = term(-1.5, n)
    return terms


def _entered(row: Row) -> tuple[Term, bool]:
    """Whether a login worked: an outcome on the wire, or a few sessions unlike the failed ones."""
    n, differing = cast(int, row["n"]), cast(int, row["differing"])
    if cast(int, row["successes"]) and cast(int, row["failures"]) >= 5:
        return term(1.0, "login accepted after failures"), True
    few = 0 < differing <= max(3, 0.1 * n)
    if few and row["differing_time"] is not None and row["service"] in _LOGIN_ONLY:
        return term(0.5, "a session unlike the failed ones"), True
    return term(0.0, None), False


DETECTOR = Detector(
    title="Password guessing",
    summary="Many short, alike sessions to a service that asks who you are, and what worked after.",
    blind_spots="Guesses inside one long connection; encrypted protocols hide the outcome;"
    " offline cracking; in logs of logins alone, one account that is refused and never let in.",
    benign="Scripts that log in over SSH, monitoring, mail clients, a forgotten password.",
    look_next="Whether a login worked, on which account, and what came after it on that host.",
    reads=("network_activity", "authentication", "ssh_activity", "http_activity"),
    techniques=("T1110.001",),
    partition_by="dst_ip",
    params=PARAMS,
    minimum_sample="10 sessions or failures",
    prior=PRIOR,
    sql=_SQL,
    judge=judge,
)
