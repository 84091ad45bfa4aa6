"""Long channel: one connection is held open and used by a timer, a little each time.

Finds        TCP connections from inside whose bursts (payload after a second of silence) begin more
             regularly than a memoryless process allows: gamma shape of the gaps and Moran's test
             (Moran 1951; Cox & Lewis 1966). Or a heartbeat amid other use: one length of gap,
             within 2 %, comes more often than such a process explains (binomial test over all
             lengths seen). Both under Benjamini-Hochberg over all connections. Remote-control
             programs, bots on chat servers, WebSockets: channels without new contacts to time.
Blind spots  Work that leaves hardly a gap between heartbeats whole; heartbeats below 2 s, or rarer
             than a flow is kept open without a packet; channels over UDP, whose keep-alives all
             look alike; evidence taken in before bursts were counted.
Often benign Push and chat services, keep-alives of terminals, tunnels and databases, devices that
             report to their maker. The program's other places, who else calls there and what
             the protocol is tell them apart; the rhythm does not.
Look next    Which program holds the socket, who else calls there, what went over it beside the
             heartbeat, and what the host did just before the connection began.

Gaps are a sample of at most 32 of each connection. The second of silence that parts bursts is dead
time and taken off the gaps before the test.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from netcordon.model.detector import Detector, Judgement, Row
from netcordon.model.finding import Term
from netcordon.model.quantity import count_text, share_text, span_text
from netcordon.model.score import confidence, false_discovery_rates, ramp, term
from netcordon.model.severity import Severity


@dataclass(frozen=True, kw_only=True)
class Params:
    """What counts as a channel kept by a timer."""

    min_gaps: int = 8
    """Gaps between bursts needed to say anything; below it even a strict rhythm may be luck."""
    min_period_s: float = 2.0
    """Median gap; nearer to the second of silence that parts bursts, the parting is chance."""
    outage_medians: float = 3.0
    """Gaps longer than so many medians are pauses of the timer, not its rhythm."""
    min_shape: float = 2.0
    """Gamma shape of the gaps: 1 is random, below 1 is people, above 2 is a machine."""
    min_cover: float = 0.7
    """Share of the sampled time that the kept gaps fill; conversations fill little."""
    min_kept: float = 0.85
    """Share of gaps that are no pauses."""
    alike: float = 0.02
    """Difference (of logarithms) within which gaps are of one length; timers differ by less."""
    min_alike: int = 6
    """Gaps of one length that make a heartbeat amid other use; fewer are found by looking."""
    max_q: float = 1e-4
    """False-discovery rate (Benjamini-Hochberg) over all connections tested."""
    small_bytes: int = 2_000
    """Payload of a middle burst, both ways; a heartbeat or an empty poll has less."""
    large_bytes: int = 20_000
    """Payload of a middle burst from which it is a download by a timer."""
    usual_sites: int = 5
    """Sites that make a program an ordinary one; without one, visiting one site means nothing."""
    rare_peers: int = 5
    """Hosts that must be active before "nobody else calls there" means anything."""
    long_s: float = 3600.0
    """Duration at which the length of a connection has said all it can."""


PARAMS = Params()
PRIOR = -3.0

_SQL = """
WITH asked AS (SELECT uid, evidence_id, count(*) AS requests FROM http_activity GROUP BY ALL),
held AS (
    SELECT f.uid, f.evidence_id, f.src_ip, f.dst_ip, f.dst_port, f.service, f.start_time AS t0,
           f.end_time AS t1, f.duration_s, f.first_frame, f.bursts, f.bursts_begun_in,
           f.burst_gaps_ms, f.burst_bytes_out, f.burst_bytes_in,
           is_internal(f.dst_ip_hi, f.dst_ip_lo) AS dst_internal
    FROM network_activity f LEFT JOIN asked a USING (uid, evidence_id)
    WHERE f.protocol = 'tcp' AND f.bursts > $min_gaps AND f.tunnel_parent IS NULL
      AND is_internal(f.src_ip_hi, f.src_ip_lo)
      -- Requests that can be read are timed one by one elsewhere; what follows an upgrade is not.
      AND f.bursts > 2 * coalesce(a.requests, 0)
),
gap AS (
    SELECT uid, evidence_id, unnest(burst_gaps_ms)::BIGINT AS g,
           unnest(burst_bytes_out)::BIGINT AS ob, unnest(burst_bytes_in)::BIGINT AS ib FROM held
),
middle AS (
    SELECT uid, evidence_id, median(g) AS med, count(*) AS gaps, sum(g)::BIGINT AS span_ms,
           sum(greatest(g - 1000, 1))::BIGINT / count(*) AS mean_ms,
           quantile_disc(ob + ib, [0.25, 0.5, 0.75]) AS size, median(ib) AS ib
    FROM gap GROUP BY uid, evidence_id HAVING count(*) >= $min_gaps
),
-- Sums of logarithms are taken in integers: exact, whatever the order of the rows.
shape AS (
    SELECT uid, evidence_id, count(*) AS n, sum(g)::BIGINT AS kept_ms,
           median(abs(g - med)) AS mad, avg((abs(g - med) <= 0.3 * med)::INT) AS near,
           greatest(ln(avg(greatest(g - 1000, 1)))
                    - sum(round(1e9 * ln(greatest(g - 1000, 1)))::BIGINT) / 1e9 / count(*),
                    1e-9) AS s
    FROM gap JOIN middle USING (uid, evidence_id)
    WHERE med >= 1000 * $min_period_s AND g <= $outage_medians * med
    GROUP BY uid, evidence_id HAVING count(*) >= $min_gaps
),
beat AS (
    SELECT uid, evidence_id, g AS beat_ms, alike, beat_size FROM (
        SELECT uid, evidence_id, g, count(*) OVER w AS alike,
               quantile_disc(ob + ib, [0.25, 0.5, 0.75]) OVER w AS beat_size
        FROM gap WHERE g >= 1000 * $min_period_s
        WINDOW w AS (PARTITION BY uid, evidence_id ORDER BY ln(g)
                     RANGE BETWEEN $alike PRECEDING AND $alike FOLLOWING))
    QUALIFY row_number() OVER (PARTITION BY uid, evidence_id ORDER BY alike DESC, g) = 1
),
counted AS (
    SELECT *, kept_ms / span_ms AS cover, n / gaps AS kept,
           (3 - s + sqrt((s - 3) * (s - 3) + 24 * s)) / (12 * s) AS k,
           -- Wilson-Hilferty: a chi-square with n - 1 degrees of freedom as a standard normal.
           (pow(greatest(2 * n * s / (1 + (n + 1) / (6.0 * n)), 1e-12) / (n - 1), 1 / 3.0)
             - (1 - 2.0 / (9 * (n - 1)))) / sqrt(2.0 / (9 * (n - 1))) AS z,
           count(*) OVER () AS tests
    FROM middle LEFT JOIN shape USING (uid, evidence_id) LEFT JOIN beat USING (uid, evidence_id)
),
timed AS (
    SELECT *, coalesce(cover >= $min_cover AND kept >= $min_kept AND k >= $min_shape, false)
              AS is_timer FROM counted
),
machine AS (
    SELECT h.*, c.* EXCLUDE (uid, evidence_id),
           row_number() OVER (PARTITION BY src_ip, dst_ip, dst_port
                              ORDER BY is_timer DESC, CASE WHEN is_timer THEN z ELSE -alike END,
                                       evidence_id, first_frame) AS place
    FROM timed c JOIN held h USING (uid, evidence_id) WHERE is_timer OR alike >= $min_alike
),
channel AS (
    SELECT src_ip, dst_ip, dst_port, count(*) AS connections, sum(bursts)::BIGINT AS bursts,
           sum(bursts_begun_in)::BIGINT AS begun_in, max(duration_s) AS longest_s, min(t0) AS t0,
           max(t1) AS t1, list({'evidence_id': evidence_id, 'table': 'network_activity',
                                'frame': first_frame} ORDER BY evidence_id, first_frame) AS evidence
    FROM machine GROUP BY ALL
),
callers AS (
    SELECT dst_ip, dst_port, count(DISTINCT src_ip) AS callers FROM flows
    WHERE protocol = 'tcp' AND packets_in > 0 AND (dst_ip, dst_port) IN
          (SELECT (dst_ip, dst_port) FROM channel)
    GROUP BY dst_ip, dst_port
),
program AS (SELECT flow_key, min(client) AS client FROM client_program GROUP BY flow_key)
SELECT [c.src_ip] AS src_ips, [c.dst_ip] AS dst_ips, coalesce(l.names, []) AS dst_names,
       [c.dst_port] AS dst_ports, 'tcp' AS protocol, c.t0 AS first_seen_time,
       c.t1 AS last_seen_time, c.evidence, c.connections, c.bursts, c.begun_in, c.longest_s,
       m.service, m.dst_internal, m.gaps, m.med, m.mad, m.near, m.k, m.z, m.cover, m.kept, m.tests,
       m.is_timer, m.mean_ms, m.beat_ms, m.alike, m.beat_size, m.size, m.ib, x.callers, h.active,
       s.kind AS known_kind, s.note AS known_note, coalesce(y.named_share, 0.0) AS named_share,
       p.client, u.hosts AS client_hosts, u.sites AS client_sites, w.widest_client_sites
FROM channel c JOIN machine m USING (src_ip, dst_ip, dst_port)
JOIN callers x USING (dst_ip, dst_port) CROSS JOIN active_hosts h
LEFT JOIN program p ON p.flow_key = hash(m.evidence_id, m.uid)
LEFT JOIN client_use u ON u.client = p.client
LEFT JOIN named_share y ON y.src_ip = c.src_ip
LEFT JOIN looked_up l ON l.src_ip = c.src_ip AND l.address = c.dst_ip
LEFT JOIN name nm ON nm.name = l.names[1]
LEFT JOIN known_service s ON s.registered_domain = nm.registered_domain
CROSS JOIN (SELECT coalesce(max(sites), 0) AS widest_client_sites FROM client_use) w
WHERE m.place = 1
ORDER BY m.is_timer DESC, m.z, m.alike DESC, c.src_ip, c.dst_ip, c.dst_port
"""


def weighed(rows: Sequence[Row]) -> Sequence[Row]:
    """Add what the rhythm is and ``q``, and keep the rows whose ``q`` is at most ``max_q``.

    A row's p is the smaller of Moran's and the heartbeat's, doubled for having looked twice; ``q``
    is Benjamini and Hochberg's over all ``tests`` connections.
    """
    told = [_rhythm_of(row) for row in rows]
    p = [cast(float, rhythm["p"]) for rhythm in told]
    q = false_discovery_rates(p, cast(int, rows[0]["tests"]) if rows else 0)
    return [{**row, **told[i], "q": q[i]} for i, row in enumerate(rows) if q[i] <= PARAMS.max_q]


def _rhythm_of(row: Row) -> dict[str, object]:
    """The timer of a connection, or the heartbeat amid other use where that is no timer."""
    timer = 0.5 * math.erfc(-cast(float, row["z"]) / math.sqrt(2.0)) if row["is_timer"] else 1.0
    beat = _beat_p(row) if row["beat_ms"] is not None else 1.0
    p = min(1.0, 2 * min(timer, beat))
    if timer <= max(beat, PARAMS.max_q) and row["is_timer"]:
        med, mad = cast(float, row["med"]), cast(float, row["mad"])
        return {"p": p, "is_timer": True, "period_s": med / 1e3, "spread": mad / med}
    beat_s = cast(int, row["beat_ms"] or 0) / 1e3
    return {"p": p, "is_timer": False, "period_s": beat_s, "spread": PARAMS.alike}


def _beat_p(row: Row) -> float:
    """How likely so many gaps of one length are when gaps are memoryless, whatever the length."""
    n, others = cast(int, row["gaps"]) - 1, cast(int, row["alike"]) - 1
    beat_ms, mean_ms = cast(int, row["beat_ms"]), cast(float, row["mean_ms"])
    low, high = (beat_ms * math.exp(sign * PARAMS.alike) - 1000 for sign in (-1, 1))
    share = math.exp(-max(low, 0.0) / mean_ms) - math.exp(-max(high, 0.0) / mean_ms)
    tail = sum(math.comb(n, i) * share**i * (1 - share) ** (n - i) for i in range(others, n + 1))
    return min(1.0, (n + 1) * tail)


def judge(row: Row) -> Judgement:
    """Weigh one host's channel to one port of one address."""
    terms = _rhythm(row) | _company(row) | _program(row) | _protocol(row)
    sure = confidence(PRIOR, terms)
    odd = sum(terms[n].contribution >= 0.7 for n in _ODD if n in terms)
    excused = any(found.contribution <= -1.0 for found in terms.values())
    severity = Severity.LOW if sure >= 0.1 else Severity.INFORMATIONAL
    if sure >= (0.95 if excused else 0.5) and odd:
        severity = Severity.MEDIUM
    is_long = cast(int, row["bursts"]) >= 20 and row["is_timer"]
    if sure >= 0.9 and odd >= 2 and is_long and not excused:
        severity = Severity.HIGH
    src = cast(list[str], row["src_ips"])[0]
    where = cast(list[str], row["dst_names"] or row["dst_ips"])[0]
    period, spread = span_text(cast(float, row["period_s"])), cast(float, row["spread"])
    return Judgement(
        title=f"{src} held a connection to {where} port {cast(list[int], row['dst_ports'])[0]} for"
        f" {span_text(cast(float, row['longest_s']))} and used it every {period}, "
        + (f"give or take {share_text(spread)}" if row["is_timer"] else "amid other use"),
        severity=severity,
        terms=terms,
        techniques=("T1071.001",) if row["service"] in ("tls", "http") else ("T1095",),
        facts={
            "connections": row["connections"], "bursts": row["bursts"],
            "bursts_begun_by_responder": row["begun_in"], "service": row["service"],
            "client": row["client"], "period_s": round(cast(float, row["period_s"]), 3),
            "gaps_sampled": row["gaps"], "gaps_alike": row["alike"],
            "q": float(f"{cast(float, row['q']):.2g}"), "connections_tested": row["tests"],
            "gamma_shape": _rounded(row["k"]), "kept_share": _rounded(row["kept"]),
            "cover_share": _rounded(row["cover"]), "within_30_percent_share": _rounded(row["near"]),
        },
    )  # fmt: skip


def _rounded(value: object) -> float | None:
    return None if value is None else round(cast(float, value), 3)


_ODD = (
    "only_caller", "no_name", "dynamic_name", "client_of_this_place_only", "unknown_protocol",
    "unusual_port",
)  # fmt: skip
_KEEPS_ALIVE = {
    "ssh", "openvpn", "wireguard", "rdp", "vnc", "telnet", "mysql", "postgresql", "mongodb",
    "redis", "ldap", "smb", "kerberos", "imap", "pop3", "sip", "mqtt", "bittorrent", "modbus",
    "s7comm", "dnp3", "dns", "socks",
}  # fmt: skip
"""Protocols that are held open and asked by timers wherever they are used."""
_KEEPS_ALIVE_PORTS = {
    22: "SSH", 179: "BGP", 389: "LDAP", 502: "Modbus", 636: "LDAP", 993: "IMAP", 1194: "OpenVPN",
    1433: "SQL Server", 1521: "Oracle", 1723: "PPTP", 1883: "MQTT", 3306: "MySQL", 3389: "RDP",
    5060: "SIP", 5061: "SIP", 5222: "XMPP", 5223: "push", 5228: "push", 5229: "push",
    5230: "push", 5432: "PostgreSQL", 5672: "AMQP", 6379: "Redis", 8333: "Bitcoin", 8883: "MQTT",
    9092: "Kafka", 27017: "MongoDB",
}  # fmt: skip
"""Ports registered for, or documented by the makers of, such protocols."""
_USUAL_PORTS = {"http": {80, 8080, 3128, 8000}, "tls": {443, 8443, 993, 995, 465, 853, 636}}


def _rhythm(row: Row) -> dict[str, Term]:
    gaps, bursts, is_timer = cast(int, row["gaps"]), cast(int, row["bursts"]), row["is_timer"]
    log_q = math.log10(max(cast(float, row["q"]), 1e-300))
    longest = max(cast(float, row["longest_s"]), 1.0)
    low, middle, high = cast(list[int], row["size"] if is_timer else row["beat_size"])
    terms = {
        "regularity_log10_q": term(ramp(-log_q, 3, 15, 2.5), log_q),
        "bursts": term(ramp(bursts, 10, 60, 1.0), bursts),
        "lasts_s": term(ramp(math.log10(longest), 2.0, math.log10(PARAMS.long_s), 0.7), longest),
    }
    if middle <= PARAMS.small_bytes:
        regular = (high - low) / max(middle, 1)
        terms["small_and_alike"] = term(ramp(regular, 0.5, 0.05, 0.7), regular)
    elif cast(float, row["ib"]) > PARAMS.large_bytes:
        terms["large_answers"] = term(-1.5, cast(float, row["ib"]))
    spread = cast(float, row["spread"])
    if is_timer and 0.05 <= spread <= 0.5 and gaps >= 20 and cast(float, row["near"]) >= 0.6:
        # Timers of honest programs drift by milliseconds; a spread of this size was put in.
        terms["deliberate_jitter_share"] = term(0.7, spread)
    return terms


def _company(row: Row) -> dict[str, Term]:
    callers, active = cast(int, row["callers"]), cast(int, row["active"])
    terms: dict[str, Term] = {}
    if callers >= 3 and callers > 0.25 * active:
        terms["many_callers"] = term(-2.5, callers)
    elif callers == 1 and active >= PARAMS.rare_peers:
        terms["only_caller"] = term(ramp(active, PARAMS.rare_peers - 2, 10, 1.5), active)
    elif callers <= max(2, 0.05 * active) and active > 2 * PARAMS.rare_peers:
        terms["few_callers"] = term(ramp(active, 2 * PARAMS.rare_peers - 2, 16, 0.5), callers)
    if row["known_kind"] == "dynamic_dns":
        terms["dynamic_name"] = term(1.5, str(row["known_note"]))
    elif row["known_kind"] is not None:
        terms["known_service"] = term(-2.0, f"{row['known_kind']}: {row['known_note']}")
    if row["dst_internal"]:
        terms["both_ends_inside"] = term(-1.5, "agents and their servers, pools of connections")
    elif not row["dst_names"] and cast(float, row["named_share"]) >= 0.6:
        terms["no_name"] = term(1.5, "address never looked up")
    return terms


def _program(row: Row) -> dict[str, Term]:
    """What else the program is used for, by its TLS fingerprint or User-Agent."""
    if row["client"] is None:
        return {}
    hosts, sites = cast(int, row["client_hosts"]), cast(int, row["client_sites"])
    seen = f"seen from {count_text(hosts, 'host')} toward {count_text(sites, 'site')}"
    if sites >= PARAMS.usual_sites:
        # A page left open polls as strictly as an implant that borrows the browser's TLS.
        return {"usual_client": term(-1.5 if row["dst_names"] else -0.5, seen)}
    if sites == 1 and hosts <= 2 and cast(int, row["widest_client_sites"]) >= PARAMS.usual_sites:
        return {"client_of_this_place_only": term(1.0, seen)}
    return {}


def _protocol(row: Row) -> dict[str, Term]:
    service, port = row["service"], cast(list[int], row["dst_ports"])[0]
    if service in _KEEPS_ALIVE:
        return {"keeps_alive_by_itself": term(-2.5, str(service))}
    if port in _KEEPS_ALIVE_PORTS:
        return {"keeps_alive_by_itself": term(-1.0, f"port {port}: {_KEEPS_ALIVE_PORTS[port]}")}
    if service is None:
        return {"unknown_protocol": term(1.0, f"port {port}")}
    if str(service) in _USUAL_PORTS and port not in _USUAL_PORTS[str(service)]:
        return {"unusual_port": term(0.7, f"{service} on {port}")}
    return {}


DETECTOR = Detector(
    title="Long channel",
    summary="One connection is held open and used by a timer, a little each time.",
    blind_spots="Work that leaves no gap whole; heartbeats below 2 s; channels over UDP;"
    " evidence taken in before bursts were counted.",
    benign="Push and chat services; keep-alives of terminals, tunnels and databases; devices that"
    " report to their maker.",
    look_next="Which program holds the socket, who else calls there, what happened just before.",
    reads=("network_activity",),
    techniques=("T1095", "T1071.001"), partition_by="src_ip", params=PARAMS, prior=PRIOR,
    minimum_sample="8 gaps between the bursts of one connection", sql=_SQL, judge=judge,
    refine=weighed,
)  # fmt: skip
