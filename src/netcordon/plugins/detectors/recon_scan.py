"""Scanning: one source tries many addresses, ports or protocols and mostly finds nobody home.

Finds        A source whose first contacts fail far more often than an honest host's do, by a
             sequential test (threshold random walk: Jung, Paxson, Berger, Balakrishnan, IEEE S&P
             2004), kept as a CUSUM so that earlier good behaviour does not hide a scan. One port
             over many addresses, many ports of one address, ICMP and ARP sweeps, protocol scans,
             and probes no stack sends (FIN, NULL, Xmas).
Blind spots  Scans of services that all answer; one target a day; sampled flow records; scans
             behind an address translator shared with many honest hosts.
Often benign Vulnerability scanners, monitoring, peer-to-peer overlays (many addresses on many
             ports), traceroute, routers asking ARP for a whole segment.
Look next    What answered, and what the source did with it in the following minutes.

Answers to spoofed packets (SYN-ACK or RST out of nowhere, replies from service ports) are no
probes: the victim of a flood is not a scanner.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from netcordon.model.detector import Detector, Judgement, Row
from netcordon.model.finding import Term
from netcordon.model.score import confidence, ramp, term
from netcordon.model.severity import Severity


@dataclass(frozen=True, kw_only=True)
class Params:
    """What counts as a scan."""

    step_nats: float = 1.386
    """Step of one first contact, ln(0.8 / 0.2): honest hosts succeed 80 %, scanners 20 %."""
    alarm_nats: float = 9.21
    """Alarm when the walk climbs this far, ln(1 / 1e-4): one false alarm in 10,000 host-days; 7
    net failures."""
    many_targets: int = 30
    """Targets (addresses or ports) from which a scan is worth acting on at once."""
    several_hosts: int = 3
    """Addresses from which a scan is acted on at once: the ports of one host or two, or packets
    that no stack sends to them, have reached nothing yet; what follows them says so itself."""
    window_s: int = 60
    """ARP and ping targets are counted within this time; routers collect many over a day."""
    arp_targets: int = 20
    """Distinct addresses asked for within the window; a host that starts asks for under ten."""
    ping_targets: int = 12
    """Distinct addresses pinged within the window, answered or not; people ping one or two."""
    flooders: int = 1000
    """Sources that fail at one address in one window, from which on it is flooded."""
    crafted_ports: int = 2
    """Ports hit by packets with flags no TCP stack sends; one may be a damaged packet."""
    protocols: int = 10
    """IP protocols tried on one address; hosts speak two or three."""
    tool_names: str = (
        "nmap scripting engine|nikto|sqlmap|masscan|zgrab|nuclei|gobuster|dirbuster|feroxbuster"
        "|wpscan|acunetix|nessus|openvas|wfuzz|whatweb"
    )
    """Words by which scanners name themselves in User-Agent, an alternation in lower case."""
    relay_s: int = 5
    """A router asks for an address within this time of the packet it has to deliver there."""
    probe_packets: int = 4
    """Packets a UDP client sends before it counts as heard although no answer was recorded."""


PARAMS = Params()
PRIOR = -3.0

_FLOW = """
    SELECT src_ip, dst_ip, src_port, dst_port, protocol, start_time, evidence_id, first_frame,
           src_internal, packets_in > 0 AS heard,
           protocol = 'tcp' AND coalesce(tcp_flags_out & 63 IN (0, 1, 9, 41), false)
               AND coalesce(tcp_flags_in, 0) & 2 = 0 AND packets_out <= 3 AS stealth,
           -- A firewall's log has no flags; its word for what became of the connection stands in.
           CASE WHEN protocol = 'tcp' AND tcp_flags_out IS NULL AND conn_state IS NOT NULL
                THEN conn_state NOT IN ('S0', 'REJ')
                WHEN protocol = 'tcp' THEN coalesce(tcp_flags_in, 0) & 18 = 18
                     OR (coalesce(tcp_flags_out, 0) & 22 = 18 AND coalesce(tcp_flags_in, 0) & 4 = 0)
                WHEN protocol = 'udp' THEN packets_in > 0 OR packets_out > $probe_packets
                ELSE packets_in > 0 END AS answered,
           CASE protocol
           WHEN 'tcp' THEN (coalesce(tcp_flags_out & 2 = 2, conn_state IS NOT NULL)
                            AND NOT starts_with(coalesce(history, ''), 'H')
                            AND NOT starts_with(coalesce(history, ''), '^')) OR stealth
           WHEN 'udp' THEN NOT (src_port < 1024 AND dst_port >= 1024) AND src_port <> 1900
           WHEN 'icmp' THEN src_port IN (8, 13, 15, 17)
           WHEN 'icmp6' THEN src_port = 128
           ELSE true END AS is_contact
    FROM flows
    WHERE NOT dst_multicast AND NOT is_fragment AND packets_out > 0
"""

_SQL = """
-- Each step up the walk is an element without an answer: those flows alone tell the few groups
-- that can reach the alarm, before anything is joined or sorted.
WITH failed AS MATERIALIZED (
    SELECT * EXCLUDE (evidence_id, first_frame, src_internal),
           epoch_us(start_time) // ($window_s * 1000000) AS win
    FROM ({flow}) AS flow
    WHERE NOT heard OR (is_contact AND (NOT answered OR protocol IN ('icmp', 'icmp6')))
),
-- Who fails once at an address at which thousands fail is an invented source of its flood.
flooded AS (
    SELECT dst_ip, protocol, win FROM failed GROUP BY dst_ip, protocol, win
    HAVING count(*) >= $flooders AND count(DISTINCT src_ip) >= $flooders
),
invented AS (
    SELECT src_ip, dst_ip, protocol, win FROM failed SEMI JOIN flooded USING (dst_ip, protocol, win)
    GROUP BY src_ip, dst_ip, protocol, win HAVING min(dst_port) = max(dst_port)
),
miss AS MATERIALIZED (
    SELECT * FROM failed ANTI JOIN invented USING (src_ip, dst_ip, protocol, win)
),
doubtful AS MATERIALIZED (
    SELECT 'ports' AS kind, src_ip, protocol, dst_ip AS grp FROM miss
    WHERE is_contact AND NOT answered AND protocol IN ('tcp', 'udp') GROUP BY ALL
    HAVING count(*) * $step_nats >= $alarm_nats AND min(dst_port) < max(dst_port)
    UNION ALL
    SELECT 'addresses', src_ip, protocol, dst_port::VARCHAR FROM miss
    WHERE is_contact AND NOT answered AND protocol IN ('tcp', 'udp')
    GROUP BY src_ip, protocol, dst_port
    HAVING count(*) * $step_nats >= $alarm_nats AND min(dst_ip) < max(dst_ip)
    UNION ALL
    SELECT 'crafted', src_ip, protocol, dst_ip FROM miss WHERE stealth AND is_contact
    GROUP BY src_ip, protocol, dst_ip HAVING count(*) >= $crafted_ports
    UNION ALL
    SELECT 'echo', src_ip, protocol, src_port::VARCHAR FROM miss
    WHERE is_contact AND NOT answered AND protocol IN ('icmp', 'icmp6')
    GROUP BY src_ip, protocol, src_port HAVING count(*) * $step_nats >= $alarm_nats
    UNION ALL
    SELECT 'pings', src_ip, protocol, win::VARCHAR
    FROM miss WHERE is_contact AND protocol IN ('icmp', 'icmp6')
    GROUP BY ALL HAVING count(*) >= $ping_targets
    UNION ALL
    SELECT 'protocols', src_ip, 'ip', dst_ip FROM miss
    WHERE NOT heard AND (src_ip, dst_ip) IN (SELECT (src_ip, dst_ip) FROM miss
          WHERE NOT heard AND protocol NOT IN ('tcp', 'udp', 'icmp', 'icmp6'))
    GROUP BY src_ip, dst_ip HAVING count(*) * $step_nats >= $alarm_nats
),
suspect AS (
    SELECT * FROM ({flow}) AS flow SEMI JOIN doubtful USING (src_ip)
    WHERE is_contact OR src_ip IN (SELECT src_ip FROM doubtful WHERE kind = 'protocols')
),
trial AS (
    SELECT 'ports' AS kind, src_ip, protocol, dst_ip AS grp, dst_port::VARCHAR AS element,
           dst_ip, dst_port, protocol || dst_port AS what, start_time AS t, answered, stealth,
           src_internal, evidence_id, 'network_activity' AS tbl, first_frame AS frame
    FROM suspect WHERE protocol IN ('tcp', 'udp') AND is_contact
    UNION ALL
    SELECT 'addresses', src_ip, protocol, dst_port::VARCHAR, dst_ip, dst_ip, dst_port,
           protocol || dst_port, start_time, answered, stealth, src_internal, evidence_id,
           'network_activity', first_frame
    FROM suspect WHERE protocol IN ('tcp', 'udp') AND is_contact
    UNION ALL
    SELECT 'crafted', src_ip, protocol, dst_ip, dst_port::VARCHAR,
           dst_ip, dst_port, protocol || dst_port, start_time, answered, stealth, src_internal,
           evidence_id, 'network_activity', first_frame
    FROM suspect WHERE stealth AND is_contact
    UNION ALL
    SELECT 'echo', src_ip, protocol, src_port::VARCHAR, dst_ip,
           dst_ip, NULL, 'echo', start_time, answered, false, src_internal,
           evidence_id, 'network_activity', first_frame
    FROM suspect WHERE protocol IN ('icmp', 'icmp6') AND is_contact
    UNION ALL
    SELECT 'pings', src_ip, protocol, (epoch_us(start_time) // ($window_s * 1000000))::VARCHAR,
           dst_ip, dst_ip, NULL, 'echo', start_time, answered, false, src_internal,
           evidence_id, 'network_activity', first_frame
    FROM suspect WHERE protocol IN ('icmp', 'icmp6') AND is_contact
    UNION ALL
    SELECT 'protocols', src_ip, 'ip', dst_ip, protocol, dst_ip, NULL, protocol, start_time,
           heard, false, src_internal, evidence_id, 'network_activity', first_frame
    FROM suspect
),
probe AS MATERIALIZED (
    FROM trial SEMI JOIN doubtful USING (kind, src_ip, protocol, grp)
    UNION ALL
    SELECT 'tool', src_ip, 'tcp', dst_ip, frame::VARCHAR, dst_ip, dst_port, coalesce(uri, ''), time,
           status_code < 400, false, is_internal(src_ip_hi, src_ip_lo), evidence_id,
           'http_activity', frame
    FROM http_activity WHERE regexp_matches(lower(user_agent), $tool_names)
    UNION ALL
    SELECT 'arp', q.sender_ip, 'arp', (epoch_us(q.time) // ($window_s * 1000000))::VARCHAR,
           q.target_ip, q.target_ip, NULL, 'arp', q.time,
           EXISTS (SELECT 1 FROM arp_activity a
                   WHERE a.operation = 'reply' AND a.sender_ip = q.target_ip), false, true,
           q.evidence_id, 'arp_activity', q.frame
    FROM arp_activity q
    WHERE q.operation = 'request' AND q.sender_ip <> q.target_ip AND q.sender_ip <> '0.0.0.0'
),
first_contact AS (
    SELECT kind, src_ip, protocol, grp, element, min(dst_ip) AS dst_ip, min(dst_port) AS dst_port,
           min(what) AS what, count(*) AS tries, min(t) AS t, max(t) AS t_last,
           bool_or(answered) AS answered, bool_or(stealth) AS stealth,
           bool_or(src_internal) AS src_internal, min(frame) AS frame
    FROM probe GROUP BY kind, src_ip, protocol, grp, element
),
walk AS (
    SELECT *, sum(CASE WHEN answered THEN -1 ELSE 1 END) OVER w AS s
    FROM first_contact
    WINDOW w AS (PARTITION BY kind, src_ip, protocol, grp ORDER BY t, frame, element
                 ROWS UNBOUNDED PRECEDING)
),
cusum AS (
    SELECT *, s - least(0, min(s) OVER (PARTITION BY kind, src_ip, protocol, grp
                                        ORDER BY t, frame, element ROWS UNBOUNDED PRECEDING)) AS c
    FROM walk
),
heard AS (
    SELECT protocol, bool_or(heard) AS answers FROM ({flow}) AS flow GROUP BY protocol
),
reach AS (
    SELECT src_ip, protocol, count(DISTINCT dst_ip) AS peers FROM suspect WHERE is_contact
    GROUP BY src_ip, protocol
),
tested AS (
    SELECT kind, src_ip, protocol, grp, max(c) * $step_nats AS walk_nats,
           count(*) AS targets, sum(tries)::BIGINT AS tries, bool_or(src_internal) AS src_internal,
           min(t) AS t0, max(t_last) AS t1,
           count(*) FILTER (protocol = 'udp' AND dst_port BETWEEN 33434 AND 33534) AS traced
    FROM cusum GROUP BY kind, src_ip, protocol, grp
),
alarm AS (
    SELECT k.*, coalesce(r.peers, 0) AS peers, coalesce(h.answers, true) AS answers
    FROM tested k LEFT JOIN reach r USING (src_ip, protocol) LEFT JOIN heard h USING (protocol)
    WHERE CASE k.kind WHEN 'pings' THEN k.targets >= $ping_targets
                      WHEN 'crafted' THEN k.targets >= $crafted_ports
                      WHEN 'tool' THEN true
                      WHEN 'arp' THEN k.targets >= $arp_targets AND k.walk_nats >= $alarm_nats
                      WHEN 'protocols' THEN k.targets >= $protocols AND k.walk_nats >= $alarm_nats
                      ELSE k.walk_nats >= $alarm_nats END
),
shown AS (
    SELECT a.src_ip, f.dst_ip, f.dst_port, f.what, f.answered, f.stealth, a.kind, a.protocol
    FROM alarm a JOIN first_contact f USING (kind, src_ip, protocol, grp)
),
ends AS (
    SELECT src_ip, list(DISTINCT dst_ip ORDER BY dst_ip) AS dst_ips,
           list(DISTINCT dst_port ORDER BY dst_port) FILTER (dst_port IS NOT NULL) AS dst_ports,
           list(DISTINCT dst_ip || CASE WHEN dst_port IS NULL THEN '' ELSE ':' || dst_port END
                ORDER BY dst_ip || CASE WHEN dst_port IS NULL THEN '' ELSE ':' || dst_port END)
               FILTER (answered) AS answering,
           count(DISTINCT (dst_ip, what)) AS targets,
           count(DISTINCT (dst_ip, what)) FILTER (NOT answered) AS silent,
           count(DISTINCT (dst_ip, what)) FILTER (stealth) AS stealthy,
           list(DISTINCT kind ORDER BY kind) AS kinds,
           list(DISTINCT protocol ORDER BY protocol) AS protocols
    FROM shown GROUP BY src_ip
),
proof AS (
    SELECT src_ip, evidence_of(evidence_id, tbl, frame) AS evidence
    FROM probe JOIN alarm USING (kind, src_ip, protocol, grp) GROUP BY src_ip
),
-- A router asks by ARP for the addresses that others send to through it: either those others are
-- seen to do so at that time, or its MAC is seen to carry packets of hosts beyond the segment.
relayed AS (
    SELECT a.src_ip, count(DISTINCT f.dst_ip) AS relayed
    FROM alarm a JOIN first_contact f USING (kind, src_ip, protocol, grp)
    JOIN flows n ON n.dst_ip = f.dst_ip AND n.src_ip <> a.src_ip
     AND f.t BETWEEN n.start_time - to_seconds(1) AND n.start_time + to_seconds($relay_s)
    WHERE a.kind = 'arp' GROUP BY a.src_ip
),
claimed AS (SELECT DISTINCT sender_ip, sender_mac FROM arp_activity WHERE sender_ip <> '0.0.0.0'),
contested AS (SELECT sender_ip FROM claimed GROUP BY sender_ip HAVING count(*) > 1),
honest AS (
    SELECT sender_mac FROM claimed LEFT JOIN contested c USING (sender_ip)
    GROUP BY sender_mac HAVING count(c.sender_ip) = 0
),
forwards AS (
    SELECT c.sender_ip AS src_ip, count(DISTINCT n.src_ip) AS forwarded
    FROM alarm a JOIN claimed c ON c.sender_ip = a.src_ip JOIN honest USING (sender_mac)
    JOIN network_activity n ON n.src_mac = c.sender_mac AND contains(n.src_ip, '.')
    ANTI JOIN claimed k ON k.sender_ip = n.src_ip
    WHERE a.kind = 'arp' GROUP BY c.sender_ip
),
source AS (
    SELECT src_ip, min(t0) AS t0, max(t1) AS t1, max(walk_nats) AS walk_nats,
           bool_or(src_internal) AS src_internal, sum(traced)::BIGINT AS traced,
           min(tries / targets) AS tries_per_target, bool_or(answers) AS answers_recorded,
           max(CASE WHEN kind = 'addresses' THEN targets / greatest(peers, 1) ELSE 1.0 END)
               AS port_share
    FROM alarm GROUP BY src_ip
)
SELECT [src_ip] AS src_ips, dst_ips, []::VARCHAR[] AS dst_names,
       coalesce(dst_ports, []) AS dst_ports,
       CASE WHEN len(protocols) = 1 THEN protocols[1] END AS protocol,
       t0 AS first_seen_time, t1 AS last_seen_time, evidence,
       kinds, targets, silent, stealthy, coalesce(answering, []) AS answering,
       walk_nats, src_internal, port_share, traced, tries_per_target, answers_recorded,
       coalesce(relayed, 0) AS relayed, coalesce(forwarded, 0) AS forwarded
FROM source JOIN ends USING (src_ip) JOIN proof USING (src_ip)
LEFT JOIN relayed USING (src_ip) LEFT JOIN forwards USING (src_ip)
ORDER BY t0, src_ip
""".replace("{flow}", _FLOW)

_KINDS = {
    "ports": ("ports", "T1046"),
    "addresses": ("one port on many addresses", "T1046"),
    "crafted": ("packets with impossible flags", "T1046"),
    "tool": ("by a tool that names itself", "T1595.002"),
    "echo": ("addresses by ping", "T1018"),
    "pings": ("a burst of pings", "T1018"),
    "arp": ("addresses by ARP", "T1018"),
    "protocols": ("IP protocols", "T1046"),
}


def judge(row: Row) -> Judgement:
    """Weigh one source that passed the sequential test."""
    kinds = cast(list[str], row["kinds"])
    targets, silent = cast(int, row["targets"]), cast(int, row["silent"])
    stealthy, traced = cast(int, row["stealthy"]), cast(int, row["traced"])
    answering = cast(list[str], row["answering"])
    walk, port_share = cast(float, row["walk_nats"]), cast(float, row["port_share"])
    dst_ips = cast(list[str], row["dst_ips"])
    terms = {
        "sequential_test_nats": term(1.5 + ramp(walk, PARAMS.alarm_nats, 40.0, 2.0), walk),
        "targets": term(ramp(targets, 5, 60, 2.0), targets),
        "unanswered_share": term(ramp(silent / targets, 0.3, 0.9, 1.0), silent / targets),
    }
    if walk < PARAMS.alarm_nats:
        terms["sequential_test_nats"] = term(0.0, walk)
    if stealthy:
        terms["impossible_tcp_flags"] = term(2.5 + ramp(stealthy, 2, 10, 1.0), stealthy)
    if "tool" in kinds:
        terms["scanner_names_itself"] = term(4.0, "User-Agent")
    if "pings" in kinds:
        terms["pings_in_one_minute"] = term(3.0, targets)
    if kinds == ["addresses"]:
        # An overlay network meets its peers on many ports; a scanner asks for a few.
        spread = ramp(port_share, 0.5, 0.1, -3.5)
        terms["share_of_contacts_on_these_ports"] = term(spread, port_share)
    tries = cast(float, row["tries_per_target"])
    if tries > 1.5 and not stealthy:
        # A client that is cut off asks its few servers again and again; a scanner moves on.
        few = ramp(targets, 100, PARAMS.many_targets, 1.0)
        terms["tries_per_target"] = term(few * ramp(tries, 1.5, 3.0, -2.5), tries)
    if not row["answers_recorded"]:
        terms["no_answer_to_anybody"] = term(-1.5, "the capture may hold one direction only")
    if traced > 0.8 * targets:
        terms["traceroute_ports"] = term(-4.0, traced)
    router = _router(row) if kinds == ["arp"] else {}
    terms |= router
    sure = confidence(PRIOR, terms)
    wide = targets >= PARAMS.many_targets and walk >= 2 * PARAMS.alarm_nats
    several = len(dst_ips) >= PARAMS.several_hosts
    severity = Severity.MEDIUM
    if sure < 0.5:
        severity = Severity.LOW if sure >= 0.1 else Severity.INFORMATIONAL
    elif row["src_internal"] and sure >= 0.9 and several and (wide or stealthy >= 5):
        severity = Severity.HIGH
    source = cast(list[str], row["src_ips"])[0]
    where = dst_ips[0] if len(dst_ips) == 1 else f"{len(dst_ips)} addresses"
    how = ", ".join(_KINDS[kind][0] for kind in kinds)
    title = f"{source} scanned {where} ({how})"
    if router and sure < 0.5:
        title = f"{source} asked for {where} by ARP on behalf of others, as a router does"
    return Judgement(
        title=f"{title}: {targets:,} tried, {targets - silent:,} answered",
        severity=severity,
        terms=terms,
        techniques=tuple(sorted({_KINDS[kind][1] for kind in kinds}
                                | (set() if row["src_internal"] else {"T1595"}))),
        facts={"kinds": tuple(kinds), "targets": targets, "answering": tuple(answering[:50]),
               "answering_total": len(answering)},
    )  # fmt: skip


def _router(row: Row) -> dict[str, Term]:
    """Signs that a sweep by ARP only delivers what others sent."""
    terms: dict[str, Term] = {}
    relayed = cast(int, row["relayed"]) / cast(int, row["targets"])
    forwarded = cast(int, row["forwarded"])
    if relayed >= 0.3:
        terms["addressed_by_others_just_before_share"] = term(
            ramp(relayed, 0.3, 0.8, -4.0), relayed
        )
    if forwarded:
        terms["forwards_for_hosts_beyond"] = term(ramp(forwarded, 0, 3, -4.0), forwarded)
    return terms


DETECTOR = Detector(
    title="Scan",
    summary="A source tries many addresses, ports or protocols, and its first contacts fail as"
    " only a scanner's do.",
    blind_spots="Scans of services that all answer; one target a day; sampled flows; scanners"
    " behind address translation.",
    benign="Vulnerability scanners, monitoring, peer-to-peer overlays, traceroute, routers"
    " asking ARP for a whole segment.",
    look_next="What answered, and what the source did there in the following minutes.",
    reads=("network_activity", "arp_activity", "http_activity"),
    techniques=("T1046",),
    partition_by="src_ip",
    params=PARAMS,
    minimum_sample="7 net failures among first contacts; 12 pings in a minute; 2 crafted packets",
    prior=PRIOR,
    sql=_SQL,
    judge=judge,
)
