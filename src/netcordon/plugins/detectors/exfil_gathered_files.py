"""Files taken from a share and given away: a host reads many of them, then sends as much outside.

Finds        A host that fetched many files from file servers of the own network by SMB and from
             then on gave one place outside about as much as it had read, or what an archive of it
             would take; more so when it read far more files than others do. No implant is needed
             for that: it is what an insider does, and what an intruder does with stolen rights.
Blind spots  Encrypted SMB 3, other ways to read files (NFS, web, a disk at hand), what was read
             before the recording, sending in small parts to many places or after a day.
Often benign A backup that reads a share and is kept elsewhere (the first one seen looks the same),
             projects handed over to a customer, files that are synchronised on purpose.
Look next    Which files, by whose account and at what hour, whose account at the destination, and
             whether anybody asked for it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import cast

from netcordon.model.detector import Detector, Judgement, Row
from netcordon.model.finding import Term
from netcordon.model.quantity import count_text, size_text
from netcordon.model.score import confidence, ramp, term
from netcordon.model.severity import Severity


@dataclass(frozen=True, kw_only=True)
class Params:
    """What counts as many files, and as given away."""

    min_files: int = 10
    """Distinct files; who works on a document opens a few."""
    min_bytes: int = 500_000
    """Read, and given to one end; as for volumes that leave."""
    min_ratio: float = 0.5
    """Producer/consumer ratio (out - in) / (out + in) of the sending."""
    within_s: int = 86_400
    """Sending begins within a day of the last reading: loot is not kept where it can be found."""
    min_readers: int = 4
    """Hosts that read files, needed before "more than others" means anything."""
    max_evidence: int = 200
    """Rows of each kind that a finding names; the tables hold the rest."""


PARAMS = Params()
PRIOR = -2.5

_SQL = """
WITH file AS (
    SELECT src_ip, dst_ip AS server, share, path, evidence_id, min(time) AS time,
           max(time) AS last, max(bytes) AS bytes, min(frame) AS frame, min(account) AS account
    FROM smb_activity
    WHERE command = 'read' AND bytes > 0 AND NOT coalesce(is_pipe, false)
      AND is_internal(src_ip_hi, src_ip_lo) AND is_internal(dst_ip_hi, dst_ip_lo)
    GROUP BY src_ip, dst_ip, share, path, evidence_id
),
reader AS (
    SELECT src_ip, count(*) AS files, sum(bytes)::BIGINT AS read_bytes, min(time) AS t0,
           max(last) AS t1, list(DISTINCT server ORDER BY server) AS servers,
           list(DISTINCT account ORDER BY account) FILTER (account IS NOT NULL) AS accounts,
           min(path) AS path
    FROM file GROUP BY src_ip
),
crowd AS (SELECT count(*) AS readers, median(files) AS usual FROM reader),
candidate AS (FROM reader WHERE files >= $min_files AND read_bytes >= $min_bytes),
flow AS (
    SELECT c.src_ip, f.dst_ip, f.dst_port, f.protocol, f.start_time, f.end_time,
           f.start_time::DATE AS day, f.evidence_id, f.first_frame AS frame,
           f.payload_bytes_out AS gave, f.payload_bytes_in AS took
    FROM candidate c JOIN flows f ON f.src_ip = c.src_ip
     AND f.start_time BETWEEN c.t0 AND c.t1 + to_seconds($within_s)
    WHERE f.protocol IN ('tcp', 'udp') AND f.is_outer
      AND NOT f.dst_internal AND NOT f.dst_multicast
),
sent AS (
    SELECT src_ip, dst_ip, min(protocol) AS protocol, sum(gave)::BIGINT AS gave,
           sum(took)::BIGINT AS took, count(*) AS flows, count(DISTINCT day) AS days,
           max(end_time) AS t1,
           list(DISTINCT dst_port ORDER BY dst_port) FILTER (gave > 10000) AS ports,
           list({'evidence_id': evidence_id, 'table': 'network_activity', 'frame': frame}
                ORDER BY gave DESC, evidence_id, frame)[1:$max_evidence] AS evidence
    FROM flow GROUP BY src_ip, dst_ip
    HAVING sum(gave) >= $min_bytes AND sum(gave) - sum(took) >= $min_ratio * sum(gave + took)
),
proof AS (
    SELECT src_ip, list({'evidence_id': evidence_id, 'table': 'smb_activity', 'frame': frame}
                        ORDER BY evidence_id, frame)[1:$max_evidence] AS evidence
    FROM file SEMI JOIN sent USING (src_ip) GROUP BY src_ip
)
SELECT [c.src_ip] AS src_ips, [s.dst_ip] AS dst_ips, coalesce(l.names, []) AS dst_names,
       coalesce(s.ports, []) AS dst_ports, s.protocol, c.t0 AS first_seen_time,
       greatest(c.t1, s.t1) AS last_seen_time, list_concat(e.evidence, s.evidence) AS evidence,
       coalesce(c.accounts, []) AS accounts, c.files, c.read_bytes, c.servers, c.path, s.gave,
       s.took, s.flows, s.days, w.readers, w.usual, u.users, h.active, k.kind AS known_kind,
       k.note AS known_note
FROM sent s JOIN candidate c USING (src_ip) JOIN proof e USING (src_ip) CROSS JOIN crowd w
CROSS JOIN active_hosts h
LEFT JOIN place_use u ON u.dst_ip = s.dst_ip
LEFT JOIN looked_up l ON l.src_ip = s.src_ip AND l.address = s.dst_ip
LEFT JOIN name n ON n.name = l.names[1]
LEFT JOIN known_service k ON k.registered_domain = n.registered_domain
ORDER BY s.gave DESC, c.src_ip, s.dst_ip
"""


def judge(row: Row) -> Judgement | None:
    """Weigh one host's reading against what it gave to one place."""
    terms = _amount(row) | _habit(row)
    sure = confidence(PRIOR, terms)
    if sure < 0.2:
        return None
    source, target = cast(list[str], row["src_ips"])[0], cast(list[str], row["dst_ips"])[0]
    names, files = cast(list[str], row["dst_names"]), cast(int, row["files"])
    servers = cast(list[str], row["servers"])
    where = servers[0] if len(servers) == 1 else count_text(len(servers), "server")
    return Judgement(
        title=f"{source} read {count_text(files, 'file')}"
        f" ({size_text(cast(int, row['read_bytes']))}) from {where} and sent"
        f" {size_text(cast(int, row['gave']))} to {names[0] if names else target}",
        severity=Severity.MEDIUM if sure >= 0.5 else Severity.LOW,
        terms=terms,
        techniques=("T1048", "T1039"),
        facts={
            "files_read": files,
            "bytes_read": row["read_bytes"],
            "read_from": servers,
            "one_of_them": row["path"],
            "bytes_out": row["gave"],
            "bytes_in": row["took"],
            "flows": row["flows"],
        },
        succeeded=True,
    )


def _amount(row: Row) -> dict[str, Term]:
    files = cast(int, row["files"])
    share = cast(int, row["gave"]) / cast(int, row["read_bytes"])
    terms = {"files_read": term(ramp(math.log10(files), 1.0, 2.5, 1.0), files)}
    if 0.9 <= share <= 1.25:  # encryption and requests add a little
        terms["sent_as_much_as_it_read"] = term(2.5, share)
    elif 0.15 <= share < 0.9:  # documents pack to a part of their size
        terms["sent_part_of_what_it_read"] = term(0.7, share)
    readers, usual = cast(int, row["readers"]), cast("float | None", row["usual"])
    if readers >= PARAMS.min_readers and usual:
        terms["more_files_than_others"] = term(ramp(files / usual, 2.0, 8.0, 1.5), files / usual)
    return terms


def _habit(row: Row) -> dict[str, Term]:
    terms: dict[str, Term] = {}
    users, active = cast(int, row["users"] or 1), cast(int, row["active"])
    if users >= 3 and users > 0.25 * active:
        terms["many_users"] = term(-1.5, users)
    if cast(int, row["days"]) >= 3:
        terms["same_on_other_days"] = term(-1.5, cast(int, row["days"]))
    if row["known_kind"] not in (None, "dynamic_dns"):
        terms["known_service"] = term(-1.0, f"{row['known_kind']}: {row['known_note']}")
    return terms


DETECTOR = Detector(
    title="Files taken and given away",
    summary="A host reads many files from a share, then sends as much to one place outside.",
    blind_spots="Encrypted SMB 3; other ways to read files; small parts to many places.",
    benign="A backup that reads a share and is kept elsewhere, files handed over on purpose.",
    look_next="Which files, whose account on both sides, at what hour, and who asked for it.",
    reads=("smb_activity", "network_activity"),
    techniques=("T1048", "T1039"),
    partition_by="src_ip",
    params=PARAMS,
    minimum_sample="10 files and 500 kB read, 500 kB to one end",
    prior=PRIOR,
    sql=_SQL,
    judge=judge,
)
