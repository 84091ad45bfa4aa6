"""Stolen data sent home: a short FTP upload or mail that a program, not a person, wrote.

Finds        Files stored on FTP servers outside and mails handed to mail servers outside, whose
             names or subjects carry the name of the sending host or of its user, or a time to the
             second; shortly after the host asked for its own public address; by a host that
             otherwise has nothing to do with that server.
Blind spots  Sessions under TLS from the start (FTPS, SMTPS, STARTTLS); uploads through web
             interfaces of chat and paste services; names without any of these signs.
Often benign Cameras, scanners and backup jobs that name files after themselves and the time, and
             send them to a mailbox or server of their owner.
Look next    The content (`netcordon carve --files`), the account and its password, what ran on the
             host before, other hosts that use the same account.
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
    """What counts as written by a program."""

    lookup_window_s: int = 600
    """A stealer asks for its own address within minutes of sending; people ask at any time."""
    even_gaps: float = 1.25
    """Longest over shortest pause between look-ups of the own address up to which they are a
    clock's: a client of dynamic DNS asks every few minutes for ever."""
    min_name_chars: int = 4
    """Shorter host names and users stand in other words by chance."""
    time_in_name: str = r"(19|20)[0-9]{2}[-_.]?[01][0-9][-_.]?[0-3][0-9][-_. T]*[0-2][0-9]"
    """Year, month, day and hour in a name."""


PARAMS = Params()
PRIOR = -3.0

_SQL = r"""
WITH sent AS (
    SELECT a.src_ip, a.dst_ip, a.dst_port, a.service, a.time, a.frame, a.evidence_id, a.account,
           a.object, a.bytes, a.status, is_internal(dst_ip_hi, dst_ip_lo) AS dst_in,
           a.service = 'ftp' OR json_extract_string(a.detail, '$.authenticated_as') IS NOT NULL
               AS logged_in
    FROM application_activity a
    WHERE NOT coalesce(a.is_response, false) AND is_internal(src_ip_hi, src_ip_lo)
      AND ((a.service = 'ftp' AND a.operation IN ('STOR', 'STOU', 'APPE'))
           OR (a.service = 'smtp' AND a.operation = 'MESSAGE'))
),
identity AS (
    SELECT DISTINCT ip, lower(host_name) AS word FROM host_identity WHERE host_name IS NOT NULL
    UNION
    SELECT DISTINCT ip, lower("user") FROM host_identity WHERE "user" IS NOT NULL
),
known AS (SELECT ip, word FROM identity WHERE strlen(word) >= $min_name_chars),
marked AS (
    SELECT s.*, (SELECT min(k.word) FROM known k WHERE k.ip = s.src_ip
                 AND contains(lower(s.object), k.word)) AS word,
           regexp_matches(s.object, $time_in_name) AS timed
    FROM sent s
),
place AS (
    SELECT src_ip, dst_ip, dst_port, service, min(time) AS t0, max(time) AS t1, count(*) AS items,
           count(word) AS with_word, min(word) AS word, count(*) FILTER (timed) AS timed,
           count(*) FILTER (logged_in) AS logged_in, bool_or(dst_in) AS dst_in,
           count(*) FILTER (status LIKE '2%') AS accepted, sum(bytes)::BIGINT AS bytes,
           list(DISTINCT account ORDER BY account) FILTER (account IS NOT NULL) AS accounts,
           min(object) AS object,
           evidence_of(evidence_id, 'application_activity', frame) AS evidence
    FROM marked GROUP BY src_ip, dst_ip, dst_port, service
),
own_address AS (
    SELECT l.src_ip, k.registered_domain AS asked_at, f.start_time AS t
    FROM looked_up l JOIN name n ON n.name = l.names[1]
    JOIN known_service k ON k.registered_domain = n.registered_domain AND k.kind = 'address_lookup'
    JOIN flows f ON f.src_ip = l.src_ip AND f.dst_ip = l.address
    WHERE l.src_ip IN (SELECT src_ip FROM place)
),
pause AS (
    SELECT src_ip, asked_at, epoch_us(t) - lag(epoch_us(t)) OVER (
        PARTITION BY src_ip, asked_at ORDER BY t) AS gap FROM own_address
),
-- Connections within a minute are one look-up; three look-ups have two pauses.
by_clock AS (
    SELECT src_ip, asked_at FROM pause WHERE gap > 60000000 GROUP BY src_ip, asked_at
    HAVING count(*) >= 2 AND max(gap) <= $even_gaps * min(gap)
),
asked AS (
    SELECT p.src_ip, p.dst_ip, p.dst_port, p.service, min(o.asked_at) AS asked_at
    FROM place p JOIN (FROM own_address ANTI JOIN by_clock USING (src_ip, asked_at)) o
      ON o.src_ip = p.src_ip
     AND o.t BETWEEN p.t0 - to_seconds($lookup_window_s) AND p.t0 + to_seconds($lookup_window_s)
    GROUP BY ALL
),
reader AS (
    SELECT DISTINCT src_ip FROM flows WHERE service IN ('imap', 'pop3')
),
rhythm AS (SELECT DISTINCT src_ip, dst_ip, service, epoch_us(time) // 3600000000 AS h FROM sent)
SELECT [p.src_ip] AS src_ips, [p.dst_ip] AS dst_ips, coalesce(l.names, []) AS dst_names,
       [p.dst_port] AS dst_ports, 'tcp' AS protocol, p.t0 AS first_seen_time,
       p.t1 AS last_seen_time, p.evidence, coalesce(p.accounts, []) AS accounts, p.service,
       p.items, p.with_word, p.word, p.timed, p.logged_in, p.accepted, p.dst_in, p.bytes,
       p.object, a.asked_at, r.src_ip IS NOT NULL AS reads_mail,
       (SELECT count(*) FROM rhythm h WHERE h.src_ip = p.src_ip AND h.dst_ip = p.dst_ip
        AND h.service = p.service) AS hours,
       u.users, h.active, k.kind AS known_kind, k.note AS known_note
FROM place p CROSS JOIN active_hosts h
LEFT JOIN asked a USING (src_ip, dst_ip, dst_port, service)
LEFT JOIN reader r ON r.src_ip = p.src_ip
LEFT JOIN place_use u ON u.dst_ip = p.dst_ip
LEFT JOIN looked_up l ON l.src_ip = p.src_ip AND l.address = p.dst_ip
LEFT JOIN name n ON n.name = l.names[1]
LEFT JOIN known_service k ON k.registered_domain = n.registered_domain
ORDER BY p.t0, p.src_ip, p.dst_ip, p.dst_port, p.service
"""


def judge(row: Row) -> Judgement | None:
    """Weigh what one host handed to one FTP or mail server."""
    terms = _content(row) | _place(row)
    sure = confidence(PRIOR, terms)
    if sure < 0.2:
        return None
    signs = sum(t.contribution >= 1.0 for t in terms.values())
    severity = Severity.MEDIUM if sure >= 0.5 else Severity.LOW
    if sure >= 0.9 and signs >= 2 and "asked_for_its_own_address" in terms:
        severity = Severity.HIGH
    src, dst = cast(list[str], row["src_ips"])[0], cast(list[str], row["dst_ips"])[0]
    names, items = cast(list[str], row["dst_names"]), cast(int, row["items"])
    ftp = row["service"] == "ftp"
    what = count_text(items, "file") if ftp else count_text(items, "mail")
    return Judgement(
        title=f"{src} handed {what} to the {str(row['service']).upper()} server"
        f" {names[0] if names else dst}, named {row['object']}",
        severity=severity,
        terms=terms,
        facts={"bytes": row["bytes"], "items": items, "accepted": row["accepted"]},
        succeeded=True if row["accepted"] else None,
    )


def _content(row: Row) -> dict[str, Term]:
    terms: dict[str, Term] = {}
    if row["word"]:
        terms["names_its_host_or_user"] = term(2.0, str(row["word"]))
    if cast(int, row["timed"]):
        terms["time_in_the_name"] = term(0.8, cast(int, row["timed"]))
    if row["asked_at"]:
        terms["asked_for_its_own_address"] = term(2.0, str(row["asked_at"]))
    # Cameras and backups send by the hour for ever; a thief sends when there is something.
    if cast(int, row["hours"]) >= 6:
        terms["hours_with_uploads"] = term(-1.0, cast(int, row["hours"]))
    return terms


def _place(row: Row) -> dict[str, Term]:
    terms: dict[str, Term] = {}
    users, active = cast(int, row["users"] or 1), cast(int, row["active"])
    if row["dst_in"]:
        terms["inside"] = term(-3.0, "the server is internal")
    elif cast(int, row["logged_in"]):
        terms["logged_in_outside"] = term(0.8, cast(int, row["logged_in"]))
    if row["service"] == "smtp" and not row["logged_in"]:
        terms["mail_between_servers"] = term(-1.0, "no login")
    if row["service"] == "smtp" and not row["reads_mail"] and row["logged_in"]:
        terms["reads_no_mail"] = term(0.5, "no IMAP or POP3 from this host")
    if users >= 3 and users > 0.25 * active:
        terms["many_users"] = term(-2.0, users)
    if row["known_kind"] is not None and row["known_kind"] != "dynamic_dns":
        terms["known_service"] = term(-1.0, f"{row['known_kind']}: {row['known_note']}")
    return terms


DETECTOR = Detector(
    title="Stolen data sent home",
    summary="A short FTP upload or mail to a server outside that names the host it comes from.",
    blind_spots="Sessions under TLS from the start; chat and paste services; names without signs.",
    benign="Cameras, scanners and backup jobs that name files after themselves and the time.",
    look_next="The content, the account, what ran before, other hosts that use the account.",
    reads=("application_activity", "network_activity", "host_identity"),
    techniques=("T1048.003",),
    partition_by="src_ip",
    params=PARAMS,
    minimum_sample="one file or mail",
    prior=PRIOR,
    sql=_SQL,
    judge=judge,
)
