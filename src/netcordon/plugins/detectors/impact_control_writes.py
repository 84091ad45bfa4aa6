"""A control device written to, stopped or reprogrammed by somebody unusual.

Finds        Requests that change values, programs or state of a device (Modbus, S7, DNP3), from a
             source that began to speak to it after others did, that others far outweigh, or that
             comes from outside.
Blind spots  The usual master when it is itself abused; protocols that are not read; a capture too
             short to show who is usual.
Often benign Commissioning and maintenance with an engineering station; a second operator's console
             that takes over.
Look next    Who sits at the source, the device's program compared with its backup, the process.
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
    """What changes the device itself, and who is usual."""

    state: str = (
        r"(?i)stop|restart|download|pi-service|initiali[sz]e|file record|delete file|"
        r"save configuration|activate config"
    )
    """Functions that stop, restart or reprogram a device; values are written all day, these are
    not. Passwords and a panel's own settings (security and programmer commands of S7) are not
    among them: panels log in with them."""
    min_usual: int = 20
    """Requests of other sources before this one's first that show who is usual."""
    min_later_s: float = 60.0
    """Seconds that others spoke to the device before: panels that start together are all usual."""
    small_share: float = 0.1
    """Share of the requests from which on a source is a second master rather than a visitor."""


PARAMS = Params()
PRIOR = -2.5

_SQL = """
WITH pair AS (
    SELECT src_ip, dst_ip, service, min(time) AS t0, max(time) AS t1,
           bool_or(is_internal(src_ip_hi, src_ip_lo)) AS inside,
           list(DISTINCT dst_port ORDER BY dst_port) AS ports, count(*) AS requests,
           count(*) FILTER (is_write) AS writes,
           count(*) FILTER (regexp_matches(function, $state)
                            AND (is_write OR function_code = 8)) AS states,
           count(*) FILTER (is_write AND is_answered AND error IS NULL) AS accepted,
           count(*) FILTER (error IS NOT NULL) AS errors,
           min(time) FILTER (is_write) AS first_write, max(time) FILTER (is_write) AS last_write,
           list(DISTINCT function ORDER BY function) FILTER (is_write) AS functions,
           evidence_of(evidence_id, 'ot_activity', CASE WHEN is_write THEN frame END) AS evidence
    FROM ot_activity GROUP BY src_ip, dst_ip, service
),
-- What the others had asked a device when a source first spoke to it.
changed AS (SELECT DISTINCT dst_ip FROM pair WHERE writes > 0),
place AS (
    SELECT src_ip, dst_ip, service,
           row_number() OVER (PARTITION BY dst_ip ORDER BY time, evidence_id, frame) AS n
    FROM ot_activity WHERE dst_ip IN (SELECT dst_ip FROM changed)
),
came AS (
    SELECT src_ip, dst_ip, service, min(n) - 1 AS before FROM place
    GROUP BY src_ip, dst_ip, service
),
beside AS (
    SELECT p.*, count(*) OVER (PARTITION BY dst_ip) - 1 AS others,
           sum(requests) OVER (PARTITION BY dst_ip)::BIGINT - requests AS other_requests,
           min(t0) OVER (PARTITION BY dst_ip) AS device_since,
           count(*) FILTER (writes > 0) OVER (PARTITION BY src_ip) AS devices
    FROM pair p
)
SELECT [src_ip] AS src_ips, [dst_ip] AS dst_ips, []::VARCHAR[] AS dst_names, ports AS dst_ports,
       'tcp' AS protocol, first_write AS first_seen_time, last_write AS last_seen_time, evidence,
       service, inside, requests, writes, states, accepted, errors, functions, others,
       other_requests, before, devices, epoch(t0) - epoch(device_since) AS later_s
FROM beside JOIN came USING (src_ip, dst_ip, service) WHERE writes > 0
ORDER BY first_seen_time, src_ip, dst_ip, service
"""


def judge(row: Row) -> Judgement | None:
    """Weigh what one source changed on one device."""
    terms = _terms(row)
    sure = confidence(PRIOR, terms)
    if sure < 0.2:
        return None
    accepted = bool(row["accepted"])
    newcomer = "began_after_others_s" in terms
    visitor = newcomer and _share(row) <= PARAMS.small_share
    severity = Severity.MEDIUM if sure >= 0.5 else Severity.LOW
    if row["states"] and (visitor or not row["inside"]):
        severity = Severity.CRITICAL if accepted else Severity.HIGH
    source, target = cast(list[str], row["src_ips"])[0], cast(list[str], row["dst_ips"])[0]
    functions = cast(list[str], row["functions"])
    did = "stopped or reprogrammed" if row["states"] else "wrote to"
    return Judgement(
        title=f"{source} {did} the {row['service']} device {target}"
        f" ({count_text(cast(int, row['writes']), 'change')})"
        + (", and is not its usual master" if newcomer else ""),
        severity=severity,
        terms=terms,
        techniques=("T0843", "T0858") if row["states"] else ("T0855", "T0836"),
        facts={
            "functions": functions[:8],
            "accepted": row["accepted"],
            "errors": row["errors"],
            "requests_of_others": row["other_requests"],
            "requests_of_others_before": row["before"],
        },
        succeeded=True if accepted else None,
    )


def _share(row: Row) -> float:
    """Part of all that the device was asked that this source asked."""
    requests, other = cast(int, row["requests"]), cast(int, row["other_requests"])
    return requests / (requests + other)


def _terms(row: Row) -> dict[str, Term]:
    terms = {"changes": term(0.5, cast(int, row["writes"]))}
    if row["states"]:
        terms["stops_or_programs"] = term(2.0, cast(int, row["states"]))
    later = cast(float, row["later_s"])
    before = cast(int, row["before"])
    if row["others"] and before >= PARAMS.min_usual and later >= PARAMS.min_later_s:
        share = _share(row)
        terms["began_after_others_s"] = term(1.5, later)
        terms["share_of_requests"] = term(ramp(share, 0.5, 0.1, 1.0), share)
    if not row["inside"]:
        terms["comes_from_outside"] = term(3.0, None)
    if cast(int, row["errors"]) >= 5:
        # A master knows its device; one that is refused again and again is trying.
        terms["refused"] = term(1.0, cast(int, row["errors"]))
    return terms


DETECTOR = Detector(
    title="Control device changed by a stranger",
    summary="Writes, stops and programs of a control device from a source that is not its master.",
    blind_spots="An abused master; protocols not read; captures too short to show who is usual.",
    benign="Commissioning and maintenance with an engineering station.",
    look_next="Who sits at the source, the device's program compared with its backup.",
    reads=("ot_activity",),
    techniques=("T0855", "T0843"),
    partition_by="dst_ip",
    params=PARAMS,
    minimum_sample="one change; 20 requests of others for a minute before anybody is unusual",
    prior=PRIOR,
    sql=_SQL,
    judge=judge,
)
