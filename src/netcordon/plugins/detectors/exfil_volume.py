"""Data leaving: one host gives far more than it takes to a place that others do not use.

Finds        A pair of ends over which much more goes out than comes in (producer/consumer
             ratio), to a destination outside that no other host sends to, that was never looked
             up, or in an amount that stands out against the other hosts or the host's own days
             (after Marchetti, Pierazzi, Colajanni, Guido, 2016).
Blind spots  Slow leaks below the threshold; uploads to services everybody uses; a single host
             without history or peers, whose normal amount nobody knows; tunnels (their own
             detectors).
Often benign Backups, photo and file synchronisation, video calls, software builds, crash
             reports.
Look next    What was sent and by which account, whether the destination is contracted, and what
             the host collected before.

Without seven days of traffic there is no own history: the finding says so and compares with the
other hosts only; without five of those either, no finding goes beyond medium. One backup to a
provider and one theft then look alike, and both are medium: repetition lowers the first, and what
else the host did (remote access, collection, a beacon) is weighed where findings meet.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import cast

from netcordon.model.detector import Detector, Judgement, Row
from netcordon.model.finding import Term
from netcordon.model.quantity import size_text
from netcordon.model.score import confidence, ramp, term
from netcordon.model.severity import Severity


@dataclass(frozen=True, kw_only=True)
class Params:
    """What counts as much, and as one-sided."""

    min_bytes: int = 500_000
    """Payload given to one end; a page with its uploads stays below."""
    min_ratio: float = 0.5
    """Producer/consumer ratio (out - in) / (out + in): 1 gives only, 0 is even, -1 takes only."""
    min_peers: int = 5
    """Hosts needed before "more than the others" means anything."""
    history_days: int = 7
    """Days needed before a host can be compared with itself."""
    alike: float = 0.2
    """Spread of the sizes of sessions (MAD over median) up to which they are one job repeated."""
    apart_s: int = 300
    """Pause between such sessions; the parts of one upload follow each other at once."""
    mad_floor: float = 0.5
    """Least spread (of the logarithm of bytes) that a robust z is computed with."""


PARAMS = Params()
PRIOR = -3.0

_PART = """
    SELECT * FROM flows WHERE protocol IN ('tcp', 'udp') AND is_outer AND NOT dst_multicast
"""

_SQL = """
-- Most pairs move little: those that may be told are found first.
WITH heavy AS MATERIALIZED (
    SELECT src_ip, dst_ip FROM ({part}) WHERE greatest(payload_bytes_out, payload_bytes_in) > 0
    GROUP BY src_ip, dst_ip
    HAVING sum(payload_bytes_out) >= $min_bytes OR sum(payload_bytes_in) >= $min_bytes
),
day_pair AS MATERIALIZED (
    SELECT src_ip, dst_ip, start_time::DATE AS day, sum(payload_bytes_out)::BIGINT AS bo,
           sum(payload_bytes_in)::BIGINT AS bi, count(*) AS flows,
           count(*) FILTER (payload_bytes_out >= 0.5 * $min_bytes) AS large_out,
           count(*) FILTER (payload_bytes_in >= 0.5 * $min_bytes) AS large_in,
           min(start_time) AS t0, max(end_time) AS t1, min(protocol) AS protocol,
           bool_or(src_internal) AS src_in, bool_or(dst_internal) AS dst_in
    FROM ({part}) SEMI JOIN heavy USING (src_ip, dst_ip) GROUP BY src_ip, dst_ip, day
),
-- Who gives and who takes, whoever opened the connection: data also leave when they are fetched.
given AS NOT MATERIALIZED (
    SELECT src_ip AS giver, dst_ip AS taker, bo AS gave, bi AS took, src_in AS giver_in,
           dst_in AS taker_in, 'pushed' AS way, day, flows, large_out AS large_flows, t0, t1,
           protocol
    FROM day_pair
    UNION ALL
    SELECT dst_ip, src_ip, bi, bo, dst_in, src_in, 'fetched', day, flows, large_in, t0, t1, protocol
    FROM day_pair WHERE dst_in AND NOT src_in
),
candidate AS MATERIALIZED (
    SELECT giver, taker, way, bool_or(giver_in) AS giver_in, bool_or(taker_in) AS taker_in,
           sum(gave)::BIGINT AS gave, sum(took)::BIGINT AS took, sum(flows)::BIGINT AS flows,
           sum(large_flows)::BIGINT AS large_flows, count(DISTINCT day) AS days,
           min(t0) AS t0, max(t1) AS t1, min(protocol) AS protocol,
           (sum(gave)::BIGINT - sum(took)::BIGINT) / (sum(gave)::BIGINT + sum(took)::BIGINT)
               AS ratio
    FROM given GROUP BY giver, taker, way
    HAVING sum(gave) >= $min_bytes AND (sum(gave) - sum(took))::BIGINT >=
           $min_ratio * (sum(gave) + sum(took))::BIGINT
),
moved AS MATERIALIZED (
    SELECT c.giver, c.taker, c.way, f.start_time, f.end_time, f.evidence_id,
           f.first_frame AS frame, f.dst_port, f.service,
           CASE c.way WHEN 'pushed' THEN f.payload_bytes_out ELSE f.payload_bytes_in END AS gave
    FROM flows f JOIN (
        SELECT giver, taker, way, giver AS src_ip, taker AS dst_ip FROM candidate
        WHERE way = 'pushed'
        UNION ALL SELECT giver, taker, way, taker, giver FROM candidate WHERE way = 'fetched'
    ) c USING (src_ip, dst_ip)
    WHERE f.protocol IN ('tcp', 'udp') AND f.is_outer
),
-- A job that runs by a timetable sends about as much each time, with long pauses.
session AS (
    SELECT giver, taker, way, gave, epoch_us(start_time) - lag(epoch_us(end_time)) OVER (
               PARTITION BY giver, taker, way ORDER BY start_time, evidence_id, frame) AS idle_us
    FROM moved WHERE gave >= 0.1 * $min_bytes
),
timetable AS (
    SELECT giver, taker, way, count(*) AS sessions, mad(gave) / median(gave) AS size_spread,
           min(idle_us) / 1e6 AS least_idle_s
    FROM session GROUP BY giver, taker, way
),
proof AS (
    SELECT giver, taker, way,
           list(DISTINCT dst_port ORDER BY dst_port) FILTER (gave > 10000) AS ports,
           list(DISTINCT service ORDER BY service) FILTER (service IS NOT NULL) AS services,
           evidence_of(evidence_id, 'network_activity', frame) AS evidence
    FROM moved GROUP BY giver, taker, way
),
users AS (
    SELECT taker, count(DISTINCT giver) AS givers FROM (
        SELECT dst_ip AS taker, src_ip AS giver FROM ({part})
        WHERE src_internal AND dst_ip IN (SELECT taker FROM candidate)
        UNION ALL
        SELECT src_ip, dst_ip FROM ({part})
        WHERE dst_internal AND NOT src_internal AND src_ip IN (SELECT taker FROM candidate))
    GROUP BY taker
),
daily AS (
    SELECT giver, day, ln(1 + sum(gave)) AS x FROM (
        SELECT src_ip AS giver, start_time::DATE AS day,
               sum(CASE WHEN dst_internal THEN 0 ELSE payload_bytes_out END) AS gave
        FROM ({part}) WHERE src_internal GROUP BY giver, day
        UNION ALL
        SELECT dst_ip, start_time::DATE, sum(payload_bytes_in) FROM ({part})
        WHERE dst_internal AND NOT src_internal GROUP BY ALL)
    GROUP BY giver, day
),
own AS (
    SELECT giver, count(*) AS days, median(x) AS mid, max(x) AS top,
           greatest(1.4826 * mad(x), $mad_floor) AS spread FROM daily GROUP BY giver
),
peer AS (
    SELECT count(*) AS peers, median(top) AS mid, greatest(1.4826 * mad(top), $mad_floor) AS spread
    FROM own
)
SELECT [c.giver] AS src_ips, [c.taker] AS dst_ips, coalesce(n.names, []) AS dst_names,
       coalesce(e.ports, []) AS dst_ports, c.protocol, c.t0 AS first_seen_time,
       c.t1 AS last_seen_time, e.evidence, c.way, c.gave, c.took, c.ratio, c.flows, c.large_flows,
       c.days, c.giver_in, c.taker_in, coalesce(e.services, []) AS services,
       coalesce(u.givers, 0) AS givers, p.peers, (o.top - p.mid) / p.spread AS peer_z,
       o.days AS own_days, (o.top - o.mid) / o.spread AS own_z,
       y.sessions, y.size_spread, y.least_idle_s,
       coalesce(s.named_share, 0.0) AS named_share, k.kind AS known_kind, k.note AS known_note
FROM candidate c JOIN proof e USING (giver, taker, way) CROSS JOIN peer p
LEFT JOIN timetable y USING (giver, taker, way) LEFT JOIN users u USING (taker)
LEFT JOIN own o USING (giver)
LEFT JOIN looked_up n ON n.src_ip = c.giver AND n.address = c.taker
LEFT JOIN named_share s ON s.src_ip = c.giver
LEFT JOIN name d ON d.name = n.names[1]
LEFT JOIN known_service k USING (registered_domain)
ORDER BY c.gave DESC, c.giver, c.taker, c.way
""".replace("{part}", _PART)

_CLEAR = {"ftp", "http", "telnet", "smtp"}


def judge(row: Row) -> Judgement | None:
    """Weigh one pair that gives much more than it takes."""
    terms = _amount(row) | _destination(row)
    sure = confidence(PRIOR, terms)
    if sure < 0.2:
        return None
    compared = [n for n in ("only_giver", "more_than_peers_z", "more_than_before_z") if n in terms]
    strong = sum(terms[n].contribution >= 1.0 for n in (*compared, "no_name") if n in terms)
    excused = any(terms[n].contribution <= -1.0 for n in _EXCUSES if n in terms)
    severity = Severity.MEDIUM if sure >= 0.5 else Severity.LOW
    if sure >= 0.85 and strong >= 2 and compared and not excused:
        severity = Severity.HIGH
    giver, taker = cast(list[str], row["src_ips"])[0], cast(list[str], row["dst_ips"])[0]
    names = cast(list[str], row["dst_names"])
    moved = cast(int, row["gave"])
    how = "sent" if row["way"] == "pushed" else "was asked for"
    preposition = "to" if row["way"] == "pushed" else "by"
    return Judgement(
        title=f"{giver} {how} {size_text(moved)} {preposition} {names[0] if names else taker},"
        f" {size_text(cast(int, row['took']))} came back",
        severity=severity,
        terms=terms,
        techniques=("T1048.003",) if _CLEAR & set(cast(list[str], row["services"])) else ("T1048",),
        facts={
            "bytes_out": moved,
            "bytes_in": row["took"],
            "flows": row["flows"],
            "way": row["way"],
            "baseline": f"{row['own_days']} days of its own"
            if cast(int, row["own_days"] or 0) >= PARAMS.history_days
            else "no baseline",
            "peers": row["peers"],
        },
        succeeded=True,
    )


_EXCUSES = (
    "many_givers", "known_service", "inside", "same_on_other_days", "alike_sessions_far_apart",
)  # fmt: skip


def _amount(row: Row) -> dict[str, Term]:
    moved, ratio = cast(int, row["gave"]), cast(float, row["ratio"])
    terms = {
        "bytes_out": term(ramp(math.log10(moved), 5.5, 7.0, 2.0), moved),
        "producer_consumer_ratio": term(ramp(ratio, 0.5, 0.95, 1.0), ratio),
    }
    if cast(int, row["peers"]) >= PARAMS.min_peers and row["peer_z"] is not None:
        z = cast(float, row["peer_z"])
        terms["more_than_peers_z"] = term(ramp(z, 2.0, 5.0, 1.5), z)
    if cast(int, row["own_days"] or 0) >= PARAMS.history_days:
        z = cast(float, row["own_z"])
        terms["more_than_before_z"] = term(ramp(z, 2.0, 5.0, 2.0) + ramp(z, 2.0, 0.5, -1.0), z)
    if cast(int, row["days"]) >= 3 and cast(int, row["large_flows"]) >= cast(int, row["days"]):
        terms["same_on_other_days"] = term(-1.5, cast(int, row["days"]))
    sessions = cast(int, row["sessions"] or 0)
    alike = sessions >= 2 and cast(float, row["size_spread"]) <= PARAMS.alike
    if alike and cast(float, row["least_idle_s"]) >= PARAMS.apart_s:
        terms["alike_sessions_far_apart"] = term(ramp(sessions, 1, 5, -1.5), sessions)
    return terms


def _destination(row: Row) -> dict[str, Term]:
    terms: dict[str, Term] = {}
    givers, peers = cast(int, row["givers"]), cast(int, row["peers"])
    if givers >= 3 and givers > 0.25 * peers:
        terms["many_givers"] = term(-2.0, givers)
    elif givers == 1 and peers >= PARAMS.min_peers:
        terms["only_giver"] = term(ramp(peers, PARAMS.min_peers - 2, 10, 1.5), peers)
    if row["taker_in"]:
        terms["inside"] = term(-1.5, "the destination is internal")
    elif row["way"] == "pushed" and not row["dst_names"] and cast(float, row["named_share"]) >= 0.6:
        terms["no_name"] = term(1.5, "address never looked up")
    if row["way"] == "fetched":
        terms["fetched_from_a_server"] = term(-2.0, "giving is what servers do")
    if row["known_kind"] not in (None, "dynamic_dns"):
        terms["known_service"] = term(-1.5, f"{row['known_kind']}: {row['known_note']}")
    clear = sorted(_CLEAR & set(cast(list[str], row["services"])))
    if clear:
        terms["in_the_clear"] = term(0.5, ", ".join(clear))
    return terms


DETECTOR = Detector(
    title="Data leaving",
    summary="One host gives far more than it takes to a place that others do not use.",
    blind_spots="Slow leaks; uploads to services everybody uses; a single host without history"
    " or peers.",
    benign="Backups (the first one seen looks just like theft), file synchronisation, video calls,"
    " software builds, crash reports.",
    look_next="What was sent, by which account, whether the destination is contracted.",
    reads=("network_activity",),
    techniques=("T1048",),
    partition_by="src_ip",
    params=PARAMS,
    minimum_sample="500 kB to one end; 5 hosts for a comparison; 7 days for an own history",
    prior=PRIOR,
    sql=_SQL,
    judge=judge,
)
