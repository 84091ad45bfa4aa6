"""ICMP used as a channel: pings that carry data instead of a filler.

Finds        Echo requests and replies between two hosts whose payload is larger than any
             system's filler, goes on for long, or comes back different from what was sent (RFC
             792 and RFC 4443: a reply repeats the data of its request).
Blind spots  Channels that keep the usual 32 or 56 bytes and mirror them; pings of which only one
             direction was seen; ICMP types other than echo.
Often benign Path-MTU and throughput tests with large pings, monitoring with a payload of its
             own.
Look next    The payload itself, the process that pings, and what the far end is.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import cast

from netcordon.model.detector import Detector, Judgement, Row
from netcordon.model.quantity import count_text, share_text, size_text
from netcordon.model.score import confidence, ramp, term
from netcordon.model.severity import Severity


@dataclass(frozen=True, kw_only=True)
class Params:
    """What counts as a channel."""

    min_packets: int = 10
    """Echo packets between the two ends, both directions together."""
    usual_payload_bytes: int = 64
    """Systems fill 32 to 56 bytes; more was asked for by somebody."""
    min_bytes: int = 1000
    """Payload moved; less is a handful of odd pings."""


PARAMS = Params()
PRIOR = -3.0

_SQL = """
WITH echo AS (
    SELECT src_ip, dst_ip, protocol, start_time, end_time, packets_out, packets_in,
           payload_bytes_out AS bo, payload_bytes_in AS bi, evidence_id, first_frame,
           dst_internal AS dst_internal
    FROM flows
    WHERE (protocol = 'icmp' AND src_port IN (0, 8)) OR (protocol = 'icmp6' AND src_port IN (128,
    129))
),
pair AS (
    -- Both ends of a tunnel may send requests: one pair, whoever began.
    SELECT least(src_ip, dst_ip) AS a, greatest(src_ip, dst_ip) AS b, * FROM echo
),
total AS (
    SELECT a, b, protocol, min(start_time) AS t0, max(end_time) AS t1,
           arg_min(src_ip, (start_time, evidence_id, first_frame)) AS src_ip,
           arg_min(dst_ip, (start_time, evidence_id, first_frame)) AS dst_ip,
           arg_min(dst_internal, (start_time, evidence_id, first_frame)) AS dst_internal,
           count(DISTINCT src_ip) AS senders,
           sum(packets_out)::BIGINT AS requests, sum(packets_in)::BIGINT AS replies,
           sum(bo)::BIGINT AS bytes_out, sum(bi)::BIGINT AS bytes_in,
           -- What came back beyond, or short of, a repetition of what was sent.
           sum(CASE WHEN packets_in > 0
                    THEN abs(bo * packets_in // greatest(packets_out, 1) - bi) ELSE 0 END)::BIGINT
               AS unlike_bytes,
           evidence_of(evidence_id, 'network_activity', first_frame) AS evidence
    FROM pair GROUP BY a, b, protocol
)
SELECT [src_ip] AS src_ips, [dst_ip] AS dst_ips, []::VARCHAR[] AS dst_names,
       []::INTEGER[] AS dst_ports, protocol, t0 AS first_seen_time, t1 AS last_seen_time, evidence,
       requests, replies, bytes_out, bytes_in, unlike_bytes, dst_internal,
       (bytes_out + bytes_in) / (requests + replies) AS mean_payload,
       epoch(t1) - epoch(t0) AS span_s
FROM total
-- One direction alone is a flood, or a victim's answers to one.
WHERE (replies > 0 OR senders > 1)
  AND requests + replies >= $min_packets AND bytes_out + bytes_in >= $min_bytes
  AND ((bytes_out + bytes_in) / (requests + replies) > $usual_payload_bytes
       OR unlike_bytes > 0.05 * (bytes_out + bytes_in))
ORDER BY t0, a, b, protocol
"""


def judge(row: Row) -> Judgement | None:
    """Weigh the pings between two hosts."""
    packets = cast(int, row["requests"]) + cast(int, row["replies"])
    moved = cast(int, row["bytes_out"]) + cast(int, row["bytes_in"])
    unlike = cast(int, row["unlike_bytes"]) / moved
    mean = cast(float, row["mean_payload"])
    terms = {
        "payload_bytes": term(ramp(math.log10(moved), 3.0, 5.0, 2.0), moved),
        "bytes_per_packet": term(ramp(mean, 64, 256, 1.0), mean),
        "packets": term(ramp(packets, 20, 200, 1.0), packets),
        "replies_unlike_requests_share": term(ramp(unlike, 0.02, 0.2, 3.0), unlike),
    }
    if unlike < 0.02 and cast(int, row["replies"]):
        terms["replies_repeat_requests"] = term(-1.5, unlike)
    sure = confidence(PRIOR, terms)
    if sure < 0.2:
        return None
    severity = Severity.MEDIUM if sure >= 0.5 else Severity.LOW
    if sure >= 0.9 and unlike >= 0.1 and moved >= 10_000:
        severity = Severity.HIGH
    src, dst = cast(list[str], row["src_ips"])[0], cast(list[str], row["dst_ips"])[0]
    return Judgement(
        title=f"{src} and {dst} moved {size_text(moved)} inside {count_text(packets, 'ping')},"
        f" {share_text(unlike)} of it in replies that differ from what was sent",
        severity=severity,
        terms=terms,
        facts={
            "requests": row["requests"],
            "replies": row["replies"],
            "bytes_out": row["bytes_out"],
            "bytes_in": row["bytes_in"],
            "span_s": round(cast(float, row["span_s"]), 3),
        },
        succeeded=True if unlike >= 0.1 and moved >= 10_000 else None,
    )


DETECTOR = Detector(
    title="ICMP tunnel",
    summary="Pings that carry data instead of a filler.",
    blind_spots="Channels that keep the usual size and mirror it; pings seen in one direction"
    " only; ICMP types other than echo.",
    benign="Path-MTU and throughput tests with large pings, monitoring with a payload of its own.",
    look_next="The payload itself, the process that pings, and what the far end is.",
    reads=("network_activity",),
    techniques=("T1095", "T1572"),
    partition_by="src_ip",
    params=PARAMS,
    minimum_sample="10 echo packets with 1,000 bytes",
    prior=PRIOR,
    sql=_SQL,
    judge=judge,
)
