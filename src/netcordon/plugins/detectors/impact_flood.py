"""Floods: packets that only wear a host out, faster than its backlog, link or patience allow.

Finds        Half-open and empty connections, TCP segments of no connection, UDP that nobody
             answers and pings, many a second at one host, from one source or from thousands that
             send a packet each (invented addresses).
Blind spots  Floods that complete real requests (see the flood of requests); floods slower than a
             listen queue forgets; floods that a provider dropped before the sensor.
             ICMP errors in bulk: a scan's or a trace's own echo looks the same.
Often benign Load tests, one-way streams and log exporters at high rate (one sender, one port),
             port scans (each port is tried a few times only), collectors of logs and flows, a
             service that is down while its clients go on trying.
Look next    Whether the service answered meanwhile, and, upstream, which link the packets came
             in by: invented sources say nothing about the sender.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from netcordon.model.detector import Detector, Judgement, Row
from netcordon.model.finding import Term
from netcordon.model.quantity import number_text, span_text
from netcordon.model.score import confidence, ramp, term
from netcordon.model.severity import Severity


@dataclass(frozen=True, kw_only=True)
class Params:
    """What counts as a flood."""

    window_s: int = 10
    """Packets are counted in windows of this many seconds: shorter than a half-open connection is
    kept (60 s), longer than a burst of a browser."""
    min_packets: int = 500
    """Packets in one window. At 50 half-open connections a second a listen queue of 512 entries
    (common defaults: 128 to 4,096) is full within ten seconds."""
    packets_per_port: int = 20
    """Packets for each port that is hit; a port scan tries a port one to four times, a flood again
    and again."""
    many_sources: int = 100
    """Addresses from which on their sending one packet each is told as invented addresses."""
    packets_per_invented: int = 3
    """Packets that an invented address sends at most; a TCP stack repeats its SYN more often."""
    loose_segments: int = 10
    """Packets of a flow without handshake; a longer one is a connection whose start was missed."""
    patient_packets: int = 7
    """SYNs a waiting stack sends at most for one connection (tcp_syn_retries: 6 repetitions)."""
    patient_rate: float = 50.0
    """SYNs a second up to which a source may be a host that waits: programs do not open more
    connections in vain. A tool that reuses its ports at full rate repeats itself too."""
    collector_ports: str = "162,514,1514,2055,2056,4739,5140,6343,8125,9555,9995,9996,12201,25826"
    """UDP ports of collectors of traps, logs, flows and metrics: many send, none is answered."""
    no_udp_ports: str = "21,22,23,25,80,110,143,445,993,995,1433,3306,8080"
    """Ports of services that exist over TCP alone: nothing streams there, flooding tools do."""
    min_packets_no_udp: int = 100
    """UDP datagrams to those ports in one window, for one is already out of place."""
    two_way_share: float = 0.2
    """Share of a host's connections with both directions below which the capture shows one
    direction only, or samples."""
    listed_sources: int = 49
    """Sources named, those that sent most; from 50 on incidents match a flood by its target."""


PARAMS = Params()
PRIOR = -3.0

_SHOT = """
    SELECT dst_ip AS victim, src_ip AS source, src_port, dst_port, protocol,
           protocol = 'udp' AND list_contains(string_split($no_udp_ports, ',')::INTEGER[], dst_port)
               AS no_service, packets_out AS packets, packets_in AS answers, ip_bytes_out AS bytes,
           start_time, end_time, ttl_min_out AS ttl, evidence_id, first_frame,
           src_internal AS inside,
           epoch_us(start_time) // ($window_s * 1000000) AS win,
           CASE WHEN protocol = 'tcp' AND tcp_flags_out & 2 = 2 AND tcp_flags_out & 16 = 0
                     AND payload_bytes_out = 0 THEN 'syn'
                WHEN protocol = 'tcp' AND tcp_flags_out & 2 = 2 AND payload_bytes_out = 0
                     AND payload_bytes_in = 0 AND tcp_flags_in & 2 = 2 THEN 'connect'
                WHEN protocol = 'tcp' AND tcp_flags_out & 2 = 0
                     AND (packets_in = 0 OR tcp_flags_in & 6 = 4)
                     AND packets_out <= $loose_segments THEN 'tcp'
                WHEN protocol = 'udp' AND packets_in * 20 <= packets_out THEN 'udp'
                WHEN protocol IN ('icmp', 'icmp6')
                     AND (src_port IN (8, 128) OR packets_in = 0)
                     -- Errors follow what the host sent itself: a scan, a trace.
                     AND NOT (protocol = 'icmp' AND src_port IN (3, 4, 5, 11, 12))
                     AND NOT (protocol = 'icmp6' AND src_port BETWEEN 1 AND 4) THEN 'icmp'
                WHEN protocol NOT IN ('tcp', 'udp', 'icmp', 'icmp6') AND packets_in = 0
                     AND src_ip <> dst_ip THEN 'ip' END AS kind
    FROM flows
    WHERE packets_out > 0 AND NOT dst_multicast AND is_outer
      AND NOT (src_ip = dst_ip AND src_port = dst_port)  -- forged: told by its own detector
"""

_SQL = """
-- A long flow gives each window its mean share.
WITH hot AS (
    SELECT victim, kind, win FROM ({shot}) AS shot WHERE kind IS NOT NULL
    GROUP BY victim, kind, win
    HAVING sum(CASE WHEN end_time <= start_time + to_seconds($window_s) THEN packets
                    ELSE packets * $window_s * 1000000
                         // (epoch_us(end_time) - epoch_us(start_time)) END)
           >= CASE WHEN kind = 'udp' AND bool_and(no_service) THEN $min_packets_no_udp
                   ELSE $min_packets END
),
hit AS MATERIALIZED (SELECT shot.* FROM ({shot}) AS shot JOIN hot USING (victim, kind, win)),
by_source AS (
    SELECT victim, kind, source, sum(packets)::BIGINT AS packets FROM hit GROUP BY ALL
),
ends AS (
    SELECT victim, kind, count(*) AS sources, max(packets) AS most,
           max({'packets': packets, 'source': source}, $listed_sources) AS top
    FROM by_source GROUP BY victim, kind
),
flood AS (
    SELECT victim, kind, count(DISTINCT protocol) AS protocols, min(protocol) AS protocol,
           sum(packets)::BIGINT AS packets, sum(answers)::BIGINT AS answers,
           sum(bytes)::BIGINT AS bytes, count(*) AS flows, count(DISTINCT win) AS windows,
           min(start_time) AS t0, max(end_time) AS t1,
           count(DISTINCT dst_port) AS ports, count(DISTINCT src_port) AS src_ports,
           count(*) FILTER (src_port = dst_port) AS same_port,
           sum(packets) FILTER (no_service)::BIGINT AS no_service,
           count(DISTINCT (source, src_port)) AS sockets,
           min(dst_port, 16) AS some_ports, count(DISTINCT ttl) AS ttls,
           sum(packets) FILTER (packets BETWEEN 2 AND $patient_packets
                                AND end_time >= start_time + INTERVAL 1 SECOND)::BIGINT AS patient,
           sum(packets) FILTER (inside AND protocol = 'udp' AND list_contains(
               string_split($collector_ports, ',')::INTEGER[], dst_port))::BIGINT AS collected,
           count(*) FILTER (source IN ('::', '::1')
               OR regexp_matches(source, '^(0|127|22[4-9]|2[3-5][0-9])[.]')) AS impossible,
           min({'evidence_id': evidence_id, 'table': 'network_activity', 'frame': first_frame},
               1000) AS evidence
    FROM hit GROUP BY victim, kind
),
-- Did the victim serve others before, and did it go on?
served AS (
    SELECT f.victim, f.kind, count(*) FILTER (n.start_time < f.t0) AS before,
           count(*) FILTER (n.start_time >= f.t0) AS meanwhile
    FROM flood f JOIN flows n ON n.dst_ip = f.victim
     AND n.start_time BETWEEN f.t0 - (f.t1 - f.t0) AND f.t1
    WHERE n.packets_in > 0 AND n.payload_bytes_in > 0
    GROUP BY f.victim, f.kind
),
-- Who sent was served by the victim before; who sent lives here and speaks with others.
met AS (
    SELECT src_ip AS source, dst_ip AS victim, min(start_time) AS since FROM flows
    WHERE payload_bytes_in > 0 AND dst_ip IN (SELECT victim FROM flood)
      AND src_ip IN (SELECT source FROM by_source)
    GROUP BY src_ip, dst_ip
),
alive AS (
    SELECT DISTINCT src_ip AS source FROM flows
    WHERE packets_out > 0 AND payload_bytes_in > 0 AND src_internal
      AND src_ip IN (SELECT source FROM by_source)
),
known AS (
    SELECT s.victim, s.kind, count(*) FILTER (m.since < f.t0) AS served_sources,
           count(a.source) AS alive_sources
    FROM by_source s JOIN flood f USING (victim, kind)
    LEFT JOIN met m USING (victim, source) LEFT JOIN alive a USING (source)
    GROUP BY s.victim, s.kind
),
-- Does the capture show both directions of what the victim else does?
seen AS (
    SELECT victim, kind, count(*) FILTER (two_way) AS two_way, count(*) AS others FROM (
        SELECT f.victim, f.kind, n.packets_out > 0 AND n.packets_in > 0 AS two_way
        FROM flood f JOIN flows n ON n.dst_ip = f.victim
        WHERE n.protocol = 'tcp' AND (n.payload_bytes_out > 0 OR n.payload_bytes_in > 0)
          AND (n.packets_in > 0 OR n.tcp_flags_out & 2 = 2 OR n.packets_out > $loose_segments)
    )
    GROUP BY victim, kind
),
-- A stream is agreed upon first; a flood comes out of nowhere.
spoke AS (
    SELECT victim, kind, count(*) AS spoken FROM (
        SELECT s.victim, s.kind FROM by_source s JOIN flows n
          ON n.src_ip = s.source AND n.dst_ip = s.victim WHERE s.kind = 'udp' AND n.packets_in > 0
        UNION ALL
        SELECT s.victim, s.kind FROM by_source s JOIN flows n
          ON n.src_ip = s.victim AND n.dst_ip = s.source
        WHERE s.kind = 'udp' AND n.protocol <> 'icmp' AND n.packets_out > 0
    )
    GROUP BY victim, kind
),
sensor AS (
    SELECT count(*) FILTER (packets_out > 0 AND packets_in > 0) AS capture_two_way
    FROM flows WHERE protocol IN ('tcp', 'udp')
),
refused AS (
    SELECT f.victim, f.kind, sum(n.packets_out)::BIGINT AS unreachable
    FROM flood f JOIN flows n ON n.src_ip = f.victim
     AND n.start_time BETWEEN f.t0 AND f.t1 + to_seconds($window_s)
    WHERE (n.protocol = 'icmp' AND n.src_port = 3) OR (n.protocol = 'icmp6' AND n.src_port = 1)
    GROUP BY f.victim, f.kind
)
SELECT CASE WHEN sources >= $many_sources AND packets <= sources * $packets_per_invented
                 AND alive_sources * 2 < sources AND coalesce(patient, 0) * 2 <= packets
            THEN []::VARCHAR[]
            ELSE list_sort(list_transform(top, lambda x: x.source)) END AS src_ips,
       [victim] AS dst_ips, []::VARCHAR[] AS dst_names,
       CASE WHEN protocol IN ('tcp', 'udp') AND ports <= 16
            THEN list_sort(list_distinct(some_ports)) ELSE []::INTEGER[] END AS dst_ports,
       CASE WHEN protocols = 1 THEN protocol END AS protocol,
       t0 AS first_seen_time, t1 AS last_seen_time, evidence,
       kind, sources, most, packets, answers, bytes, flows, windows, ports, src_ports,
       same_port, ttls,
       impossible, coalesce(before, 0) AS before, coalesce(meanwhile, 0) AS meanwhile,
       coalesce(unreachable, 0) AS unreachable, coalesce(patient, 0) AS patient,
       coalesce(collected, 0) AS collected, served_sources, alive_sources,
       coalesce(no_service, 0) AS no_service, sockets, coalesce(spoken, 0) AS spoken,
       coalesce(two_way, 0) AS two_way, coalesce(others, 0) AS others, capture_two_way
FROM flood JOIN ends USING (victim, kind) JOIN known USING (victim, kind) CROSS JOIN sensor
LEFT JOIN seen USING (victim, kind) LEFT JOIN spoke USING (victim, kind)
LEFT JOIN served USING (victim, kind) LEFT JOIN refused USING (victim, kind)
WHERE packets >= $packets_per_port * ports OR sources >= $many_sources
   OR kind NOT IN ('syn', 'connect', 'tcp')
ORDER BY t0, victim, kind
""".replace("{shot}", _SHOT)

_WORDS = {
    "syn": "half-open connections",
    "connect": "empty connections",
    "tcp": "TCP segments of no connection",
    "udp": "UDP datagrams without an answer",
    "icmp": "ICMP messages",
    "ip": "packets of a protocol that it does not speak",
}
_TECHNIQUES = {
    "syn": ("T1499.001", "T1498.001"),
    "connect": ("T1499.001",),
    "tcp": ("T1499.001", "T1498.001"),
}
_UNMISTAKABLE = {"syn": 2.5, "connect": 1.5, "tcp": 1.5, "ip": 0.5, "icmp": 0.5, "udp": 0.0}
"""How little else a kind could be. Applications stream UDP one way and people ping; nobody opens
hundreds of connections a second at one port without finishing them."""


def judge(row: Row) -> Judgement | None:
    """Weigh what hit one victim."""
    kind = cast(str, row["kind"])
    sources, packets = cast(int, row["sources"]), cast(int, row["packets"])
    one_service = cast(int, row["src_ports"]) <= 3 and not row["same_port"]
    if kind == "udp" and sources >= 10 and one_service:
        return None  # answers of one service: reflection, told by its own detector
    first, last = cast(datetime, row["first_seen_time"]), cast(datetime, row["last_seen_time"])
    # Whole windows when there are several, so that a pause does not lower the rate.
    spent_s = max((last - first).total_seconds(), 1.0)
    busy_s = max(min(spent_s, float(cast(int, row["windows"]) * PARAMS.window_s)), 1.0)
    rate = packets / busy_s
    terms = {
        f"{kind}_flood": term(_UNMISTAKABLE[kind], packets),
        "packets_per_second": term(ramp(math.log10(rate), 1.7, 3.3, 2.0), rate),
        "packets_in_all": term(ramp(math.log10(packets), 2.7, 4.0, 1.0), packets),
    }
    invented = _invented(row)
    terms |= invented
    if kind in ("udp", "ip"):
        terms |= _not_a_stream(row)
    if rate > 2_000:
        # Beyond what video and voice send one way (some thousand packets a second at most).
        terms["beyond_any_stream"] = term(ramp(math.log10(rate), 3.3, 4.5, 2.0), rate)
    if unreachable := cast(int, row["unreachable"]):
        terms["victim_says_unreachable"] = term(ramp(unreachable, 0, 20, 1.0), unreachable)
    succeeded = _stopped(cast(int, row["before"]), cast(int, row["meanwhile"]))
    if succeeded:
        terms["victim_stopped_answering"] = term(2.0, f"{row['before']} -> {row['meanwhile']}")
    terms |= _harmless(row, rate / sources)
    sure = confidence(PRIOR, terms)
    if sure < 0.2:
        return None
    severity = Severity.MEDIUM if sure >= 0.5 else Severity.LOW
    fast = rate >= 10 * PARAMS.min_packets / PARAMS.window_s
    # Where nothing at all was seen both ways, connections without an answer may be the sensor's.
    shown = kind in ("syn", "ip") or cast(int, row["capture_two_way"]) > 0
    if shown and sure >= 0.9 and (fast or bool(invented) or succeeded):
        severity = Severity.CRITICAL if succeeded else Severity.HIGH
    victim = cast(list[str], row["dst_ips"])[0]
    return Judgement(
        title=f"{victim} was flooded with {packets:,} {_WORDS[kind]} from {_sources(row)}:"
        f" {number_text(rate)} a second for {span_text(busy_s)}",
        severity=severity,
        terms=terms,
        techniques=_TECHNIQUES.get(kind, ("T1498.001",)),
        facts={
            "kind": kind,
            "packets": packets,
            "packets_per_second": round(rate, 1),
            "bits_per_second": round(8 * cast(int, row["bytes"]) / busy_s),
            "sources": sources,
            "sources_attributable": not invented,
            "packets_answered": row["answers"],
            "ttl_values": row["ttls"],
            "connections_served_before": row["before"],
            "connections_served_meanwhile": row["meanwhile"],
        },
        succeeded=succeeded,
    )


def _invented(row: Row) -> dict[str, Term]:
    """Signs that the source addresses are made up."""
    sources, packets = cast(int, row["sources"]), cast(int, row["packets"])
    if sources < PARAMS.many_sources or packets > PARAMS.packets_per_invented * sources:
        return {}
    if cast(int, row["alive_sources"]) * 2 >= sources or cast(int, row["patient"]) * 2 > packets:
        return {}  # hosts of the own network that speak with others exist; so do those that wait
    terms = {"packets_per_source": term(1.5, packets / sources)}
    # Hosts all over the world stand at dozens of distances; one sender's packets at one or two.
    ttls = cast(int, row["ttls"])
    terms["ttl_values"] = term(ramp(ttls, 12, 4, 1.5), ttls)
    if impossible := cast(int, row["impossible"]):
        share = impossible / cast(int, row["flows"])
        terms["sources_that_cannot_exist_share"] = term(ramp(share, 0.0, 0.02, 1.5), share)
    return terms


def _harmless(row: Row, each_per_second: float) -> dict[str, Term]:
    """Signs of clients in vain, of a collector, and of a capture that shows half of it."""
    kind, packets = cast(str, row["kind"]), cast(int, row["packets"])
    terms = {}
    if kind == "syn" and each_per_second <= PARAMS.patient_rate:
        patient, served = cast(int, row["patient"]), cast(int, row["served_sources"])
        if patient * 2 > packets:
            terms["repeated_as_a_waiting_host_does_share"] = term(-4.0, patient / packets)
        if served >= 3 and served * 2 >= cast(int, row["sources"]):
            terms["sources_served_before"] = term(-4.0, served)
    if (collected := cast(int, row["collected"])) >= 0.9 * packets:
        terms["sent_to_a_collector_by_own_hosts_share"] = term(-2.5, collected / packets)
    if kind in ("tcp", "udp", "icmp", "connect"):
        two_way, others = cast(int, row["two_way"]), cast(int, row["others"])
        if others and two_way < PARAMS.two_way_share * others:
            terms["other_connections_seen_both_ways_share"] = term(-2.5, two_way / others)
    return terms


def _not_a_stream(row: Row) -> dict[str, Term]:
    """A stream or an exporter keeps to few ports; a flood uses many at one end or the other."""
    ports, flows = cast(int, row["ports"]), cast(int, row["flows"])
    if ports >= 20:
        terms = {"ports_hit": term(ramp(math.log10(ports), 1.3, 2.5, 2.5), ports)}
        packets = cast(int, row["packets"])
        if packets < 3 * ports:
            # A scan tries each port once or twice too, but with next to nothing inside.
            size = cast(int, row["bytes"]) / packets
            terms["bytes_a_packet_while_each_port_is_tried_once"] = term(
                ramp(size, 300, 100, -4.0), size
            )
        return terms
    terms = {"flows": term(ramp(math.log10(flows), 1.0, 2.5, 3.0) - 1.5, flows)}
    sockets = cast(int, row["sockets"]) / cast(int, row["sources"])
    terms["sockets_of_each_source"] = term(ramp(sockets, 1.5, 6, 2.0), sockets)
    if (no_service := cast(int, row["no_service"])) >= 0.9 * cast(int, row["packets"]):
        terms["port_of_a_service_without_udp"] = term(2.2, no_service)
    if not row["spoken"] and row["capture_two_way"] and not row["collected"]:
        terms["nothing_else_between_the_ends"] = term(0.8, 0)
    return terms


def _stopped(before: int, meanwhile: int) -> bool | None:
    """Whether service to others ended; ten served before leave less than 1 in 2,000 to chance."""
    if before < 10:
        return None
    if meanwhile * 8 < before:
        return True
    return False if meanwhile * 2 >= before else None


def _sources(row: Row) -> str:
    names, sources = cast(list[str], row["src_ips"]), cast(int, row["sources"])
    if not names:
        return f"{sources:,} invented addresses (not attributable)"
    return names[0] if sources == 1 else f"{sources:,} addresses"


DETECTOR = Detector(
    title="Flood",
    summary="Packets that only wear a host out, many a second, from one source or from invented"
    " ones.",
    blind_spots="Floods of complete requests; floods slower than a listen queue forgets; what a"
    " provider dropped before the sensor.",
    benign="Load tests, one-way streams and log exporters, port scans.",
    look_next="Whether the service answered meanwhile, and by which upstream link it came.",
    reads=("network_activity",),
    techniques=("T1498.001", "T1499.001"),
    partition_by="dst_ip",
    params=PARAMS,
    minimum_sample="500 packets of one kind at one host within 10 seconds",
    prior=PRIOR,
    sql=_SQL,
    judge=judge,
)
