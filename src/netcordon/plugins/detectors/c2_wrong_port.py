"""A known protocol on another one's port: what passes as web traffic is something else.

Finds        Connections outside on the ports that firewalls let out (DNS 53, HTTP 80, TLS 443) in
             which a different protocol was recognised: SSH, IRC, SOCKS, remote desktop, virtual
             private networks, file transfer.
Blind spots  Protocols that were not recognised; tunnels inside real TLS or HTTP.
Often benign Virtual private networks and SSH servers that their owner put on 443 to get through
             hotel networks.
Look next    Who runs the far end, since when, how much goes through, which program it is.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import cast

from netcordon.model.detector import Detector, Judgement, Row
from netcordon.model.finding import Term
from netcordon.model.quantity import size_text
from netcordon.model.score import confidence, ramp, term, wilson_upper
from netcordon.model.severity import Severity


@dataclass(frozen=True, kw_only=True)
class Params:
    """What counts as passing through."""

    min_bytes_each_way: int = 100
    """Payload in each direction; a probe of a scanner moves less."""
    services: tuple[str, ...] = (
        "ssh", "irc", "socks", "rdp", "vnc", "telnet", "ftp", "smb", "openvpn", "smtp", "mysql",
        "postgresql", "redis", "bittorrent",
    )  # fmt: skip
    """Protocols that have their own port and are no part of the web or of DNS."""


PARAMS = Params()
PRIOR = -2.5

_SQL = """
WITH odd AS (
    SELECT src_ip, dst_ip, dst_port, service, min(protocol) AS protocol, count(*) AS flows,
           sum(payload_bytes_out)::BIGINT AS bytes_out, sum(payload_bytes_in)::BIGINT AS bytes_in,
           max(duration_s) AS longest_s, min(start_time) AS t0, max(end_time) AS t1,
           evidence_of(evidence_id, 'network_activity', first_frame) AS evidence
    FROM flows
    WHERE dst_port IN (53, 80, 443) AND service IS NOT NULL AND list_contains($services, service)
      AND is_outer AND src_internal
      AND NOT dst_internal
    GROUP BY src_ip, dst_ip, dst_port, service
    HAVING sum(payload_bytes_out) >= $min_bytes_each_way
       AND sum(payload_bytes_in) >= $min_bytes_each_way
)
SELECT [o.src_ip] AS src_ips, [o.dst_ip] AS dst_ips, coalesce(l.names, []) AS dst_names,
       [o.dst_port] AS dst_ports, o.protocol, o.t0 AS first_seen_time, o.t1 AS last_seen_time,
       o.evidence, o.service, o.flows, o.bytes_out, o.bytes_in, o.longest_s,
       coalesce(v.named_share, 0.0) AS named_share, u.users, h.active,
       k.kind AS known_kind, k.note AS known_note
FROM odd o CROSS JOIN active_hosts h
LEFT JOIN place_use u ON u.dst_ip = o.dst_ip
LEFT JOIN named_share v ON v.src_ip = o.src_ip
LEFT JOIN looked_up l ON l.src_ip = o.src_ip AND l.address = o.dst_ip
LEFT JOIN name n ON n.name = l.names[1]
LEFT JOIN known_service k ON k.registered_domain = n.registered_domain
ORDER BY o.t0, o.src_ip, o.dst_ip, o.dst_port, o.service
"""


def judge(row: Row) -> Judgement | None:
    """Weigh one host's use of one port of one address."""
    service, port = str(row["service"]), cast(list[int], row["dst_ports"])[0]
    moved = cast(int, row["bytes_out"]) + cast(int, row["bytes_in"])
    users, active = cast(int, row["users"] or 1), cast(int, row["active"])
    terms: dict[str, Term] = {
        "other_protocol_on_the_port": term(1.5, f"{service} on {port}"),
        "bytes": term(ramp(math.log10(moved), 3.5, 6.0, 0.7), moved),
    }
    if not row["dst_names"] and cast(float, row["named_share"]) >= 0.6:
        terms["no_name"] = term(1.0, "address never looked up")
    if row["known_kind"] == "dynamic_dns":
        terms["dynamic_name"] = term(1.5, str(row["known_note"]))
    elif row["known_kind"] is not None:
        terms["known_service"] = term(-2.0, f"{row['known_kind']}: {row['known_note']}")
    if users >= 3 and users > 0.25 * active:
        terms["many_users"] = term(-1.5, users)
    else:
        upper = wilson_upper(users, active)
        terms["users_share_at_most"] = term(ramp(upper, 0.4, 0.1, 1.0), upper)
    sure = confidence(PRIOR, terms)
    if sure < 0.2:
        return None
    # A port says little alone: without an odd destination it stays a line to read.
    odd = {"no_name", "dynamic_name"} & set(terms)
    src, dst = cast(list[str], row["src_ips"])[0], cast(list[str], row["dst_ips"])[0]
    names = cast(list[str], row["dst_names"])
    return Judgement(
        title=f"{src} spoke {service} on port {port} with {names[0] if names else dst}"
        f" ({size_text(moved)})",
        severity=Severity.MEDIUM if sure >= 0.6 and odd else Severity.LOW,
        terms=terms,
        facts={"flows": row["flows"], "longest_s": row["longest_s"]},
    )


DETECTOR = Detector(
    title="Protocol on another one's port",
    summary="What passes as web or DNS traffic is another protocol.",
    blind_spots="Protocols that were not recognised; tunnels inside real TLS or HTTP.",
    benign="Private networks and SSH servers that their owner put on 443.",
    look_next="Who runs the far end, since when, how much goes through, which program it is.",
    reads=("network_activity",),
    techniques=("T1571",),
    partition_by="src_ip",
    params=PARAMS,
    minimum_sample="100 bytes of payload each way",
    prior=PRIOR,
    sql=_SQL,
    judge=judge,
)
