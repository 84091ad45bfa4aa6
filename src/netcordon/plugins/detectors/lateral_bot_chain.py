"""A device becomes a bot: somebody gets in, it fetches a program, it begins to look for others.

Finds        The stages of a worm for devices (Mirai and its kin: Antonakakis et al., USENIX
             Security 2017) on one host, in their order and within minutes of each other: a session
             at its remote shell, a program or script fetched from a bare address in the clear,
             then attempts at dozens of addresses that mostly nobody answers. Two stages are a
             suspicion, three are the story.
Blind spots  Bots that wait for hours before they scan; programs typed in through the shell itself
             or fetched over TLS; entry by a web page of the device (the other two stages remain).
Often benign Administrators who log in and fetch a tool; scanners that update themselves.
Look next    The program by its hash (`netcordon carve --files`), the account that was used, which
             of those it tried answered, and where it keeps a connection open (its command server).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from netcordon.model.detector import Detector, Judgement, Row
from netcordon.model.finding import Term
from netcordon.model.score import confidence, ramp, term
from netcordon.model.severity import Severity


@dataclass(frozen=True, kw_only=True)
class Params:
    """What belongs together."""

    stage_s: int = 900
    """Longest time from one stage to the next. Loaders are scripts: seconds to a few minutes."""
    min_targets: int = 20
    """Addresses tried on one port; clients know their few servers."""
    min_silent_share: float = 0.5
    """Share of them that nobody answered at; random addresses are mostly empty."""
    shell_ports: str = "22,23,2222,2323,5555,9527,26,223,2601,7547,37215,52869"
    """Ports by which devices are entered: remote shells, debugging, remote management."""
    typed_bytes: int = 20
    """Payload that a session needs for an account, a password and one command."""


PARAMS = Params()
PRIOR = -3.0

_ATTEMPT = """
    SELECT src_ip, protocol, dst_port, dst_ip, start_time, evidence_id, first_frame,
           CASE WHEN protocol = 'tcp' THEN coalesce(tcp_flags_in, 0) & 18 = 18
                ELSE packets_in > 0 END AS answered
    FROM flows
    WHERE packets_out > 0 AND is_outer AND NOT dst_multicast
      AND ((protocol = 'tcp' AND tcp_flags_out & 2 = 2) OR (protocol = 'udp' AND dst_port <> 53))
"""

_SQL = """
-- Silent attempts are few among all flows: they say who is worth counting.
WITH fan AS (
    SELECT src_ip, protocol, dst_port FROM ({attempt}) AS attempt WHERE NOT answered GROUP BY ALL
    HAVING count(DISTINCT dst_ip) >= $min_silent_share * $min_targets
),
tried AS (
    SELECT src_ip, protocol, dst_port, dst_ip, min(start_time) AS t0,
           bool_or(answered) AS answered
    FROM ({attempt}) AS attempt SEMI JOIN fan USING (src_ip, protocol, dst_port)
    GROUP BY src_ip, protocol, dst_port, dst_ip
),
scan AS (
    SELECT src_ip AS host, protocol, dst_port, count(*) AS targets,
           count(*) FILTER (NOT answered) AS silent, min(t0) AS t0, max(t0) AS t1
    FROM tried GROUP BY src_ip, protocol, dst_port
    HAVING count(*) >= $min_targets
       AND count(*) FILTER (NOT answered) >= $min_silent_share * count(*)
),
loaded AS (
    SELECT src_ip AS host, dst_ip AS place, dst_port AS port, min(time) AS t0, max(time) AS t1,
           min(magic) AS magic, count(*) AS files, min(origin) AS origin,
           min({'evidence_id': evidence_id, 'table': 'file_activity', 'frame': frame}, 50)
               AS proofs
    FROM file_activity
    WHERE NOT is_upload AND service IN ('http', 'ftp', 'tftp') AND magic IN ('elf', 'script')
      -- TFTP knows no names; elsewhere a bare address stands in the URL.
      AND (service = 'tftp' OR regexp_extract(origin, '^[a-z]+://([^/:?]+)', 1) = dst_ip)
    GROUP BY src_ip, dst_ip, dst_port
),
host AS (SELECT host FROM scan UNION SELECT host FROM loaded),
entry AS (
    SELECT n.dst_ip AS host, n.src_ip AS intruder, n.dst_port AS port, n.start_time AS t,
           {'evidence_id': n.evidence_id, 'table': 'network_activity', 'frame': n.first_frame}
               AS proof
    FROM flows n JOIN host h ON h.host = n.dst_ip
    WHERE n.protocol = 'tcp' AND n.payload_bytes_in > 0 AND n.payload_bytes_out >= $typed_bytes
      AND (n.service IN ('telnet', 'ssh') OR list_contains(string_split($shell_ports, ','),
                                                           n.dst_port::VARCHAR))
),
-- What is tried before the program arrives is not its doing.
told AS (
    SELECT f.host, f.place, f.port, f.t0 AS fetched, f.t1 AS fetched_last, f.magic, f.files,
           f.origin, f.proofs AS fetch_proofs, s.dst_port AS scan_port, s.protocol, s.targets,
           s.silent, s.t0 AS scan_begins, s.t1 AS scan_ends
    FROM loaded f LEFT JOIN scan s ON s.host = f.host AND s.t0 > f.t0
     AND s.t0 <= f.t1 + to_seconds($stage_s)
    UNION ALL
    SELECT s.host, NULL, NULL, NULL, NULL, NULL, 0, NULL, [], s.dst_port, s.protocol, s.targets,
           s.silent, s.t0, s.t1
    FROM scan s ANTI JOIN loaded f ON s.host = f.host AND s.t0 > f.t0
     AND s.t0 <= f.t1 + to_seconds($stage_s)
),
entered AS (
    SELECT t.host, t.place, t.port, t.scan_port, t.protocol, min(e.t) AS entry_time,
           count(*) AS sessions, arg_max(e.port, (e.t, e.intruder, e.port)) AS entry_port,
           -- The last to come before it began, for guesses of others go on all the time.
           arg_max(e.intruder, (e.t, e.intruder)) AS intruder, max(e.t) AS last_entry,
           max(e.proof, 20) AS proofs
    FROM told t JOIN entry e ON e.host = t.host AND e.intruder <> t.host
     AND e.t <= coalesce(t.fetched, t.scan_begins)
     AND e.t >= coalesce(t.fetched, t.scan_begins) - to_seconds($stage_s)
    GROUP BY t.host, t.place, t.port, t.scan_port, t.protocol
),
story AS (
    SELECT t.*, e.intruder, e.entry_port, e.last_entry, e.proofs AS entry_proofs, e.sessions
    FROM told t LEFT JOIN entered e ON e.host = t.host AND e.place IS NOT DISTINCT FROM t.place
     AND e.port IS NOT DISTINCT FROM t.port AND e.scan_port IS NOT DISTINCT FROM t.scan_port
     AND e.protocol IS NOT DISTINCT FROM t.protocol
    WHERE (t.place IS NOT NULL)::INT + (t.scan_port IS NOT NULL)::INT
        + (e.intruder IS NOT NULL)::INT >= 2
),
-- One story a host: with the most stages, then the most targets.
ranked AS (
    SELECT *, row_number() OVER (
        PARTITION BY host ORDER BY (place IS NOT NULL)::INT + (scan_port IS NOT NULL)::INT
            + (intruder IS NOT NULL)::INT DESC, coalesce(targets, 0) DESC, scan_port, place, port,
            protocol) AS rank
    FROM story
),
proof AS (
    SELECT src_ip AS host, protocol, scan_port, min(proof, 100) AS scan_proofs FROM (
        SELECT a.src_ip, a.protocol, a.dst_port AS scan_port,
               min({'evidence_id': a.evidence_id, 'table': 'network_activity',
                    'frame': a.first_frame}) AS proof
        FROM ({attempt}) AS a SEMI JOIN ranked r ON r.rank = 1 AND r.host = a.src_ip
         AND r.protocol = a.protocol AND r.scan_port = a.dst_port
        GROUP BY a.src_ip, a.protocol, a.dst_port, a.dst_ip)
    GROUP BY src_ip, protocol, scan_port
)
SELECT CASE WHEN intruder IS NULL THEN [host] ELSE [intruder] END AS src_ips,
       CASE WHEN intruder IS NULL THEN [place] ELSE [host] END AS dst_ips,
       []::VARCHAR[] AS dst_names,
       CASE WHEN intruder IS NULL THEN [port] ELSE [entry_port] END::INTEGER[] AS dst_ports,
       'tcp' AS protocol, coalesce(last_entry, fetched, scan_begins) AS first_seen_time,
       greatest(coalesce(scan_ends, fetched_last), coalesce(fetched_last, scan_ends))
           AS last_seen_time,
       list_concat(list_concat(coalesce(list_sort(entry_proofs), []), fetch_proofs),
                   coalesce(scan_proofs, [])) AS evidence,
       host, intruder, last_entry, sessions, place, fetched, magic, files, origin, scan_port,
       protocol AS scan_protocol, targets, silent, scan_begins
FROM ranked LEFT JOIN proof USING (host, protocol, scan_port) WHERE rank = 1
ORDER BY first_seen_time, host
""".replace("{attempt}", _ATTEMPT)


def judge(row: Row) -> Judgement | None:
    """Weigh the stages that one host went through."""
    host = str(row["host"])
    terms: dict[str, Term] = {}
    stages: list[str] = []
    if row["intruder"] is not None:
        terms["session_at_its_remote_shell"] = term(1.2, cast(int, row["sessions"]))
        stages.append(f"{row['intruder']} was at its shell")
    if row["place"] is not None:
        terms["program_from_a_bare_address"] = term(1.8, str(row["magic"]))
        stages.append(f"it fetched a program from {row['place']}")
    if row["scan_port"] is not None:
        targets, silent = cast(int, row["targets"]), cast(int, row["silent"])
        terms["then_tried_addresses"] = term(
            1.2 + ramp(math.log10(targets), 1.3, 2.5, 0.8), targets
        )
        terms["silent_share"] = term(ramp(silent / targets, 0.5, 0.9, 0.7), silent / targets)
        begun = cast(datetime, row["scan_begins"])
        before = cast(datetime, row["fetched"] or row["last_entry"])
        wait_s = (begun - before).total_seconds()
        terms["began_after_s"] = term(ramp(wait_s, 300, 30, 0.8), wait_s)
        stages.append(f"then it tried {targets:,} addresses on port {row['scan_port']}")
    sure = confidence(PRIOR, terms)
    if sure < 0.3:
        return None
    whole = len(stages) == 3
    spreads = row["place"] is not None and row["scan_port"] is not None
    # Who was at the shell before a scan may be its administrator; what it fetched says more.
    severity = Severity.MEDIUM if sure >= 0.5 and spreads else Severity.LOW
    if sure >= 0.8 and spreads:
        severity = Severity.CRITICAL if whole else Severity.HIGH
    return Judgement(
        title=f"{host} seems to have become a bot: {', '.join(stages)}",
        severity=severity,
        terms=terms,
        techniques=("T1110", "T1105", "T1046") if row["intruder"] else ("T1105", "T1046"),
        facts={"origin": row["origin"], "files": row["files"], "targets": row["targets"]},
        succeeded=True if spreads else None,
    )


DETECTOR = Detector(
    title="Bot on a device",
    summary="A host is entered, fetches a program from a bare address and begins to look for"
    " others, within minutes.",
    blind_spots="Bots that wait for hours; programs typed through the shell or fetched over TLS.",
    benign="Administrators who log in and fetch a tool; scanners that update themselves.",
    look_next="The program by its hash, the account used, who answered, what stays connected.",
    reads=("network_activity", "file_activity"),
    techniques=("T1105", "T1046", "T1110"),
    partition_by="host: the device that is entered, and as source of what it then does",
    params=PARAMS,
    minimum_sample="two stages within 15 minutes; 20 addresses tried on one port",
    prior=PRIOR,
    sql=_SQL,
    judge=judge,
)
