"""A session the wrong way round: the one who called is told what to do, and obeys.

Finds        TCP connections in no protocol that was recognised, in which the called end speaks
             first (or nearly so) and little, and the caller answers with much more: a shell or a
             remote-control program that connects back to its operator.
Blind spots  Sessions inside TLS, SSH or HTTP; operators who only download; captures that began
             after the connection, where nobody knows who called.
Often benign Protocols that were not recognised and greet before they are asked. Greetings come
             once; orders come again and again. Data collectors that are told what to send.
Look next    The content of the connection (`netcordon carve`), what the caller fetched or received
             just before, which program holds the socket.

In ordinary protocols the caller asks and the called end gives. Who asks is told by the order of the
first data (Zeek's history) and by who sends more.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import cast

from netcordon.model.detector import Detector, Judgement, Row
from netcordon.model.finding import Term
from netcordon.model.quantity import count_text, size_text
from netcordon.model.score import confidence, ramp, term, wilson_upper
from netcordon.model.severity import Severity


@dataclass(frozen=True, kw_only=True)
class Params:
    """What counts as the wrong way round."""

    min_bytes_out: int = 300
    """Payload of the caller; a prompt and the answer to one order have more."""
    min_excess: float = 1.5
    """Payload of the caller over that of the called end; orders are shorter than answers."""
    max_bytes_in: int = 20_000
    """Payload of the called end in one connection; who sends more is no typist."""
    short_bytes: int = 64
    """Payload of the called end that is one order and no conversation: a command name, a number."""
    max_span_h: float = 240.0
    """Longest session looked at; beyond it, devices that report for ever."""


PARAMS = Params()
PRIOR = -3.0

_SQL = r"""
WITH odd AS (
    SELECT src_ip, dst_ip, dst_internal, dst_port, start_time, end_time, duration_s,
           payload_bytes_out AS bo, payload_bytes_in AS bi, packets_out, packets_in, evidence_id,
           first_frame, src_internal AS src_in
    FROM flows
    WHERE protocol = 'tcp' AND service IS NULL AND is_outer AND payload_bytes_in > 0
      AND payload_bytes_out >= $min_excess * payload_bytes_in AND payload_bytes_in <= $max_bytes_in
      -- The handshake was seen, and the called end was the first to send data.
      AND regexp_matches(history, '^S[hA]*h[hA]*d') AND duration_s <= 3600 * $max_span_h
      AND dst_port NOT IN (7, 13, 19, 20, 21, 22, 23, 25, 43, 79, 110, 119, 143, 194, 514, 515,
                           587, 873, 3306, 3690, 4242, 5222, 5432, 5900, 5901, 6667, 9100)
),
session AS (
    SELECT src_ip, dst_ip, dst_port, count(*) AS connections, sum(bo)::BIGINT AS bytes_out,
           sum(bi)::BIGINT AS bytes_in, count(*) FILTER (bi <= $short_bytes) AS short_orders,
           max(duration_s) AS longest_s, max(packets_in) AS packets_in, bool_or(src_in) AS src_in,
           bool_or(dst_internal) AS dst_in, min(start_time) AS t0,
           max(end_time) AS t1,
           evidence_of(evidence_id, 'network_activity', first_frame) AS evidence
    FROM odd GROUP BY src_ip, dst_ip, dst_port HAVING sum(bo) >= $min_bytes_out
),
-- A service that greets everybody is no operator.
served AS (
    SELECT dst_ip, dst_port, count(DISTINCT src_ip) AS callers FROM flows
    WHERE protocol = 'tcp' AND packets_in > 0 AND (dst_ip, dst_port) IN
          (SELECT (dst_ip, dst_port) FROM session)
    GROUP BY dst_ip, dst_port
)
SELECT [s.src_ip] AS src_ips, [s.dst_ip] AS dst_ips, coalesce(l.names, []) AS dst_names,
       [s.dst_port] AS dst_ports, 'tcp' AS protocol, s.t0 AS first_seen_time,
       s.t1 AS last_seen_time, s.evidence, s.connections, s.bytes_out, s.bytes_in,
       s.short_orders, s.longest_s, s.packets_in, s.src_in, s.dst_in, c.callers, h.active,
       k.kind AS known_kind, k.note AS known_note,
       coalesce(v.named_share, 0.0) AS named_share
FROM session s JOIN served c USING (dst_ip, dst_port) CROSS JOIN active_hosts h
LEFT JOIN named_share v ON v.src_ip = s.src_ip
LEFT JOIN looked_up l ON l.src_ip = s.src_ip AND l.address = s.dst_ip
LEFT JOIN name n ON n.name = l.names[1]
LEFT JOIN known_service k ON k.registered_domain = n.registered_domain
ORDER BY s.t0, s.src_ip, s.dst_ip, s.dst_port
"""

_TOOL_PORTS = {
    1177: "njRAT", 1604: "DarkComet", 2404: "Remcos", 3460: "Poison Ivy", 4433: "Meterpreter",
    4443: "remote shells", 4444: "Meterpreter", 4782: "Quasar", 5552: "njRAT", 6606: "AsyncRAT",
    7707: "AsyncRAT", 8808: "AsyncRAT", 9001: "remote shells", 31337: "remote shells",
}  # fmt: skip
"""Ports that remote-control tools and their manuals propose; a habit, never a proof."""


def judge(row: Row) -> Judgement | None:
    """Weigh one caller's sessions with one port of one address."""
    out, back = cast(int, row["bytes_out"]), cast(int, row["bytes_in"])
    connections = cast(int, row["connections"])
    terms: dict[str, Term] = {
        "called_end_speaks_first": term(1.0, connections),
        "bytes_out_per_byte_in": term(
            ramp(math.log10(out / back), math.log10(PARAMS.min_excess), 1.5, 1.5), out / back
        ),
    }
    longest = cast(float, row["longest_s"])
    if cast(int, row["packets_in"]) >= 5 and longest >= 5:
        terms["lasts_s"] = term(ramp(math.log10(longest), 0.7, 1.5, 1.0), longest)
    port = cast(list[int], row["dst_ports"])[0]
    if port in _TOOL_PORTS:
        terms["port_of_tools"] = term(1.0, f"{port}: {_TOOL_PORTS[port]}")
    # The same few bytes again and again, much comes back each time: one order repeated.
    short = cast(int, row["short_orders"])
    if short >= 3:
        terms["short_orders"] = term(1.0, short)
    terms |= _company(row)
    sure = confidence(PRIOR, terms)
    if sure < 0.3:
        return None
    severity = Severity.MEDIUM if sure >= 0.5 else Severity.LOW
    strong = sum(t.contribution >= 1.0 for t in terms.values())
    if sure >= 0.85 and strong >= 4 and not row["dst_in"]:
        severity = Severity.HIGH
    src, dst = cast(list[str], row["src_ips"])[0], cast(list[str], row["dst_ips"])[0]
    names = cast(list[str], row["dst_names"])
    return Judgement(
        title=f"{src} called {names[0] if names else dst} port {port} and was given"
        f" {size_text(back)} of orders in {count_text(connections, 'connection')},"
        f" answering {size_text(out)}",
        severity=severity,
        terms=terms,
        facts={"bytes_out": out, "bytes_in": back, "connections": connections},
        succeeded=True if "lasts_s" in terms or "short_orders" in terms else None,
    )


def _company(row: Row) -> dict[str, Term]:
    terms: dict[str, Term] = {}
    callers, active = cast(int, row["callers"]), cast(int, row["active"])
    if callers >= 3:
        terms["many_callers"] = term(-2.0, callers)
    else:
        upper = wilson_upper(callers, active)
        terms["callers_share_at_most"] = term(ramp(upper, 0.4, 0.1, 1.0), upper)
    if not row["dst_names"] and not row["dst_in"] and cast(float, row["named_share"]) >= 0.6:
        terms["no_name"] = term(1.0, "address never looked up")
    if row["known_kind"] == "dynamic_dns":
        terms["dynamic_name"] = term(1.5, str(row["known_note"]))
    elif row["known_kind"] is not None:
        terms["known_service"] = term(-2.0, f"{row['known_kind']}: {row['known_note']}")
    if not row["src_in"]:
        terms["caller_outside"] = term(-1.5, "the caller is not one of ours")
    return terms


DETECTOR = Detector(
    title="Reverse session",
    summary="The called end gives short orders, the caller answers at length: a shell called home.",
    blind_spots="Sessions inside TLS, SSH or HTTP; operators who only download; captures that"
    " began after the connection.",
    benign="Unrecognised protocols that greet first; collectors that are told what to send.",
    look_next="The content, what the caller fetched just before, which program holds the socket.",
    reads=("network_activity",),
    techniques=("T1095", "T1571"),
    partition_by="src_ip",
    params=PARAMS,
    minimum_sample="one connection whose handshake was seen, with 300 bytes from the caller",
    prior=PRIOR,
    sql=_SQL,
    judge=judge,
)
