"""Packets that cannot come from where they say: an address that writes to itself over the wire.

Finds        TCP, UDP and ICMP packets on an Ethernet segment whose source and destination are the
             same address, with the same port at both ends (LAND, CVE-1999-0016 and its returns),
             one or a flood of them.
Blind spots  Captures without Ethernet addresses, where a host that talks to itself looks alike:
             told with less certainty. Forged sources that are somebody else's address are told
             by the floods and the reflection.
Often benign A capture of the loopback device, whose frames have no sender; address translation
             that lets a host reach itself by its outer address (ports then differ).
Look next    The switch port of the Ethernet address that sent them; whether the target still
             answers.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from netcordon.model.detector import Detector, Judgement, Row
from netcordon.model.quantity import count_text
from netcordon.model.score import confidence, ramp, term
from netcordon.model.severity import Severity


@dataclass(frozen=True, kw_only=True)
class Params:
    """What no stack sends."""

    no_card: str = "00:00:00:00:00:00"
    """Ethernet address of frames on the loopback device of Linux and others."""
    flood: int = 500
    """Packets from which on it is a flood as well as a forgery."""


PARAMS = Params()
PRIOR = -2.0

_SQL = """
WITH forged AS (
    SELECT dst_ip AS victim, protocol, dst_port, src_mac, packets_out, start_time, end_time,
           evidence_id, first_frame, packets_in
    FROM network_activity
    WHERE src_ip = dst_ip AND src_port = dst_port AND tunnel_parent IS NULL
      AND protocol IN ('tcp', 'udp') AND NOT is_fragment
      AND NOT is_multicast(dst_ip_hi, dst_ip_lo)
      -- 127.0.0.0/8, ::1 and the unspecified addresses never leave a host.
      AND NOT (dst_ip_hi = 0 AND ((dst_ip_lo >> 24) & 255 IN (0, 127)) AND contains(dst_ip, '.'))
      AND dst_ip NOT IN ('::', '::1') AND coalesce(src_mac, '') <> $no_card
)
SELECT []::VARCHAR[] AS src_ips, [victim] AS dst_ips, []::VARCHAR[] AS dst_names,
       list(DISTINCT dst_port ORDER BY dst_port)[1:16] AS dst_ports,
       CASE WHEN count(DISTINCT protocol) = 1 THEN min(protocol) END AS protocol,
       min(start_time) AS first_seen_time, max(end_time) AS last_seen_time,
       evidence_of(evidence_id, 'network_activity', first_frame) AS evidence,
       victim, sum(packets_out + packets_in)::BIGINT AS packets,
       count(DISTINCT src_mac) AS cards, min(src_mac) AS card
FROM forged GROUP BY victim
ORDER BY first_seen_time, victim
"""


def judge(row: Row) -> Judgement:
    """Weigh what one address seems to have sent itself."""
    packets, cards = cast(int, row["packets"]), cast(int, row["cards"])
    terms = {"source_is_the_destination": term(1.5, packets)}
    if cards:
        terms["seen_on_the_wire"] = term(1.5, str(row["card"]))
    terms["packets"] = term(ramp(math.log10(packets), 0.5, 2.7, 1.5), packets)
    sure = confidence(PRIOR, terms)
    severity = Severity.MEDIUM if sure >= 0.5 else Severity.LOW
    first, last = cast(datetime, row["first_seen_time"]), cast(datetime, row["last_seen_time"])
    rate = packets / max((last - first).total_seconds(), 1.0)
    if cards and packets >= PARAMS.flood and rate >= 50:
        severity = Severity.HIGH
    return Judgement(
        title=f"{row['victim']} was sent {count_text(packets, 'packet')} that claim to be its own"
        " (LAND)",
        severity=severity,
        terms=terms,
        facts={
            "packets": packets,
            "sent_by_macs": cards,
            "sent_by_mac": row["card"],
            "sources_attributable": False,
        },
    )


DETECTOR = Detector(
    title="Packets with an impossible source",
    summary="Packets on the wire whose source is their own destination.",
    blind_spots="Captures without Ethernet addresses; forged sources that belong to others.",
    benign="Captures of the loopback device; translation that lets a host reach itself.",
    look_next="The switch port of the Ethernet address that sent them.",
    reads=("network_activity",),
    techniques=("T1499.004", "T1498.001"),
    partition_by="dst_ip",
    params=PARAMS,
    minimum_sample="one packet",
    prior=PRIOR,
    sql=_SQL,
    judge=judge,
)
