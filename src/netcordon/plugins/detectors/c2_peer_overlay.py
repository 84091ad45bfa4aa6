"""Peer-to-peer overlays: one port of a host talks to strangers all over the world.

Finds        UDP from one local port to dozens of distant addresses on ever other ports, some of
             which never answer: nodes of an overlay come and go. Told by what the datagrams are
             (BitTorrent and its DHT, BEP 5), or by the pattern alone.
Blind spots  Overlays over TCP or through few relays; hosts behind a translator that changes ports.
Often benign File sharing, games, calls and currencies: a matter of policy, not of malice. Botnets
             without a server (Sality, ZeroAccess, Hajime) look the same but carry no bulk.
Look next    Which program holds the port, whether bulk data follows, whether other hosts inside
             talk to the same peers.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import cast

from netcordon.model.detector import Detector, Judgement, Row
from netcordon.model.finding import Term
from netcordon.model.score import confidence, ramp, term
from netcordon.model.severity import Severity


@dataclass(frozen=True, kw_only=True)
class Params:
    """What is an overlay."""

    min_peers: int = 25
    """Distant addresses that one local port talks to; resolvers and calls have a handful."""
    min_networks: int = 15
    """Different /16 prefixes (IPv6: /32) among them: peers are strangers, server farms are not."""
    min_ports: int = 10
    """Different ports of theirs; a scan or a service has one."""
    bulk_bytes: int = 1_000_000
    """Payload with one peer from which on something is shared, not only the overlay kept up."""


PARAMS = Params()
PRIOR = -2.5

_SQL = """
WITH talk AS (
    SELECT src_ip, src_port, dst_ip, dst_port, service, packets_in, payload_bytes_out,
           payload_bytes_in, packets_out, start_time, end_time, evidence_id, first_frame,
           CASE WHEN contains(dst_ip, '.') THEN dst_ip_lo >> 16 ELSE dst_ip_hi >> 32 END AS net
    FROM network_activity
    WHERE protocol = 'udp' AND packets_out > 0 AND tunnel_parent IS NULL AND src_port >= 1024
      AND is_internal(src_ip_hi, src_ip_lo) AND NOT is_internal(dst_ip_hi, dst_ip_lo)
      AND NOT is_multicast(dst_ip_hi, dst_ip_lo) AND dst_port >= 1024
      AND coalesce(service, '') NOT IN ('dns', 'ntp', 'quic', 'stun', 'rtp', 'rtcp', 'snmp')
),
socket AS (
    SELECT src_ip, src_port, count(DISTINCT dst_ip) AS peers, count(DISTINCT net) AS networks,
           count(DISTINCT dst_port) AS ports, count(*) AS flows,
           count(*) FILTER (packets_in = 0) AS silent,
           max(payload_bytes_out + payload_bytes_in) AS most_bytes,
           sum(payload_bytes_out)::BIGINT AS bytes_out, sum(packets_out)::BIGINT AS packets_out,
           count(*) FILTER (service = 'bittorrent') AS bittorrent,
           min(start_time) AS t0, max(end_time) AS t1,
           max({'bytes': payload_bytes_out + payload_bytes_in, 'ip': dst_ip}, 49) AS top,
           min({'evidence_id': evidence_id, 'table': 'network_activity', 'frame': first_frame},
               500) AS evidence
    FROM talk GROUP BY src_ip, src_port
    HAVING count(DISTINCT dst_ip) >= $min_peers AND count(DISTINCT net) >= $min_networks
       AND count(DISTINCT dst_port) >= $min_ports
)
SELECT [src_ip] AS src_ips, list_sort(list_distinct(list_transform(top, lambda x: x.ip)))
           AS dst_ips, []::VARCHAR[] AS dst_names, []::INTEGER[] AS dst_ports, 'udp' AS protocol,
       t0 AS first_seen_time, t1 AS last_seen_time, evidence, src_port, peers, networks, ports,
       flows, silent, most_bytes, bytes_out, packets_out, bittorrent
FROM socket
ORDER BY t0, src_ip, src_port
"""


def judge(row: Row) -> Judgement | None:
    """Weigh what one local port talks to."""
    peers, flows = cast(int, row["peers"]), cast(int, row["flows"])
    ports = cast(int, row["ports"])
    silent = cast(int, row["silent"]) / flows
    terms: dict[str, Term] = {
        "distant_peers_of_one_port": term(
            1.0 + ramp(math.log10(peers), math.log10(PARAMS.min_peers), 2.5, 2.0), peers
        ),
        "ports_of_theirs": term(ramp(ports / peers, 0.2, 0.7, 1.0), ports),
        "silent_share": term(ramp(silent, 0.05, 0.3, 1.0), silent),
    }
    known = cast(int, row["bittorrent"])
    if known:
        terms["datagrams_of_bittorrent"] = term(3.0, known)
    sure = confidence(PRIOR, terms)
    if sure < 0.3:
        return None
    # A botnet keeps its overlay and nothing else; sharing moves bulk.
    bare = not known and cast(int, row["most_bytes"]) < PARAMS.bulk_bytes and peers >= 100
    return Judgement(
        title=f"{cast(list[str], row['src_ips'])[0]} takes part in a peer-to-peer overlay:"
        f" {peers:,} distant peers of UDP port {row['src_port']}"
        + (" (BitTorrent)" if known else ", none of which shares anything" if bare else ""),
        severity=Severity.LOW if bare and sure >= 0.7 else Severity.INFORMATIONAL,
        terms=terms,
        facts={
            "peers": peers,
            "networks": row["networks"],
            "most_bytes_with_one_peer": row["most_bytes"],
            "bytes_a_datagram": round(
                cast(int, row["bytes_out"]) / max(cast(int, row["packets_out"]), 1)
            ),
        },
    )


DETECTOR = Detector(
    title="Peer-to-peer overlay",
    summary="One local port talks to strangers all over the world, some of whom never answer.",
    blind_spots="Overlays over TCP or through few relays; translators that change ports.",
    benign="File sharing, games, calls and currencies: a matter of policy.",
    look_next="Which program holds the port, and whether bulk data follows.",
    reads=("network_activity",),
    techniques=("T1095",),
    partition_by="src_ip",
    params=PARAMS,
    minimum_sample="25 distant peers of one local port",
    prior=PRIOR,
    sql=_SQL,
    judge=judge,
)
