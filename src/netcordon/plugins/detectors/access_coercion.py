"""A server made to log in somewhere by a call that names a path there.

Finds        Calls that make a Windows server open a path on another host: encrypting files
             (MS-EFSR), DFS roots (MS-DFSNM), shadow copies (MS-FSRVP), printer notifications
             (MS-RPRN); and the login of that server that follows within seconds.
Blind spots  Other interfaces with the same flaw; logins to a third host that the call's path names
             by a name that is nowhere resolved; sealed calls hide the path.
Often benign Old print clients ask for notifications and are called back; administration of DFS.
Look next    Whether the login was passed on to another server (certificate enrolment, LDAP), and
             what the server's computer account did afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from netcordon.model.detector import Detector, Judgement, Row
from netcordon.model.score import confidence, term
from netcordon.model.severity import Severity


@dataclass(frozen=True, kw_only=True)
class Params:
    """How soon an answer follows."""

    answer_within_s: int = 30
    """The server logs in at once; half a minute covers names that must be resolved first."""
    many_clients: int = 3
    """Clients that ask one server for notifications from which on it is a print server."""


PARAMS = Params()
PRIOR = -2.5

_SQL = """
WITH call AS (
    SELECT src_ip, dst_ip, dst_port, time, frame, evidence_id, operation, account,
           coalesce(object, '') || ' ' || coalesce(detail, '') AS named,
           interface = 'spoolss' AS printing
    FROM dcerpc_activity
    WHERE (interface = 'spoolss' AND operation_number IN (62, 65))
       OR (interface = 'efsrpc' AND operation_number NOT IN (1, 2, 3, 20))
       OR (interface = 'netdfs' AND operation_number IN (10, 12, 13, 15))
       OR (interface = 'FileServerVssAgent' AND operation_number IN (8, 9))
),
login AS (
    SELECT DISTINCT src_ip, dst_ip, time, account FROM authentication
    WHERE dst_ip IN (SELECT src_ip FROM call) OR src_ip IN (SELECT dst_ip FROM call)
    UNION
    SELECT DISTINCT src_ip, dst_ip, time, account FROM smb_activity
    WHERE command = 'session_setup' AND src_ip IN (SELECT dst_ip FROM call)
),
answered AS (
    SELECT c.*, count(l.time) AS logins, min(epoch(l.time) - epoch(c.time)) AS after_s,
           max(l.account) AS login_account, max(l.dst_ip) AS login_to
    FROM call c LEFT JOIN login l
      ON l.src_ip = c.dst_ip AND l.time >= c.time
     AND l.time <= c.time + to_seconds($answer_within_s)
     AND (l.dst_ip = c.src_ip OR contains(c.named, l.dst_ip))
    GROUP BY ALL
),
-- Work at a printer beyond opening, watching and closing it (MS-RPRN 3.1.4: 1, 29, 56, 58, 62, 65,
-- 69).
works AS (
    SELECT DISTINCT src_ip, dst_ip FROM dcerpc_activity
    WHERE interface = 'spoolss' AND operation_number NOT IN (1, 29, 56, 58, 62, 65, 69)
      AND dst_ip IN (SELECT dst_ip FROM call WHERE printing)
),
pair AS (
    SELECT src_ip, dst_ip, min(time) AS t0, max(time) AS t1,
           list(DISTINCT dst_port ORDER BY dst_port) AS ports, count(*) AS calls,
           bool_and(printing) AS printing, max(logins) AS logins, min(after_s) AS after_s,
           max(login_account) AS login_account, max(login_to) AS login_to,
           list(DISTINCT operation ORDER BY operation) AS operations,
           list(DISTINCT account ORDER BY account) FILTER (account IS NOT NULL) AS accounts,
           evidence_of(evidence_id, 'dcerpc_activity', frame) AS evidence
    FROM answered GROUP BY src_ip, dst_ip
)
SELECT [src_ip] AS src_ips, [dst_ip] AS dst_ips, []::VARCHAR[] AS dst_names, ports AS dst_ports,
       'tcp' AS protocol, t0 AS first_seen_time, t1 AS last_seen_time, evidence, accounts, calls,
       printing, logins, after_s, login_account, login_to, operations,
       EXISTS (FROM works w WHERE w.src_ip = pair.src_ip AND w.dst_ip = pair.dst_ip) AS prints,
       count(*) FILTER (printing) OVER (PARTITION BY dst_ip) AS clients,
       EXISTS (FROM domain_controller c WHERE c.ip = dst_ip) AS target_serves
FROM pair
ORDER BY first_seen_time, src_ip, dst_ip
"""


def judge(row: Row) -> Judgement | None:
    """Weigh the calls to one server and what it did after them."""
    calls, printing = cast(int, row["calls"]), bool(row["printing"])
    logins, account = cast(int, row["logins"]), cast("str | None", row["login_account"])
    terms = {"calls": term(1.0 if printing else 2.5, calls)}
    if logins:
        terms["server_logged_in_after_s"] = term(2.0, cast(float, row["after_s"]))
    if account and account.endswith("$"):
        terms["login_of_its_computer_account"] = term(0.5, account)
    if row["target_serves"]:
        terms["server_is_a_controller"] = term(1.5, None)
    prints = printing and bool(row["prints"])
    crowd = printing and cast(int, row["clients"]) >= PARAMS.many_clients
    if prints:
        terms["works_with_the_printer"] = term(-3.0, None)
    if crowd:
        terms["clients_that_call_alike"] = term(-3.0, cast(int, row["clients"]))
    sure = confidence(PRIOR, terms)
    if sure < 0.2:
        return None
    severity = Severity.MEDIUM if sure >= 0.5 else Severity.LOW
    if logins and (not printing or (row["target_serves"] and not (prints or crowd))):
        severity = Severity.HIGH
    source, target = cast(list[str], row["src_ips"])[0], cast(list[str], row["dst_ips"])[0]
    return Judgement(
        title=f"{source} made {target} open a path elsewhere"
        + (f", and it logged in to {row['login_to']}" if logins else ""),
        severity=severity,
        terms=terms,
        facts={"operations": row["operations"], "login_account": account},
        succeeded=True if logins else None,
    )


DETECTOR = Detector(
    title="Forced login of a server",
    summary="Calls that make a server log in to a host that the caller names.",
    blind_spots="Other interfaces with the flaw; paths with names not resolved; sealed calls.",
    benign="Old print clients that ask for notifications; administration of DFS.",
    look_next="Whether the login was passed on, and what the computer account did afterwards.",
    reads=("dcerpc_activity", "authentication", "smb_activity"),
    techniques=("T1187",),
    partition_by="dst_ip",
    params=PARAMS,
    minimum_sample="one call",
    prior=PRIOR,
    sql=_SQL,
    judge=judge,
)
