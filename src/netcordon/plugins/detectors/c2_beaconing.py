"""Beaconing: one host calls the same place again and again, too regularly for chance or people.

Finds        Contacts of one source with one address, one name (SNI, Host, DNS name that carries
             data) or one TLS fingerprint in one network, whose gaps are more regular than a
             memoryless process allows: gamma shape of the gaps and Moran's test (Moran 1951; Cox
             & Lewis 1966), under Benjamini-Hochberg over all pairs tested. Jitter widens the
             gaps and lowers the shape; it does not hide it until the sleep is nearly memoryless.
             A sleep drawn from all of 0 to S is still seen in whole seconds (Rayleigh test).
Blind spots  Sleeps drawn from an exponential law; fewer than 8 gaps; one connection that is held
             (see c2_long_channel), also where an exporter reports it in pieces.
Often benign Update and telemetry pollers, mail checks, chat keep-alives, time servers,
             monitoring, dashboards left open. No statistic of the gaps tells them apart; who
             else calls there, what else the program is used for and its other places may.
Look next    Which program calls, who else calls there, when it began, and what the host did just
             before the first call.

Close contacts are one call (retries, parallel sockets). That dead time is taken off the gaps
before the test, which keeps the null exact. Dropping outages makes small p-values about five
times too frequent, so p is never used without ``cover`` and ``kept``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from netcordon.model.detector import Detector, Judgement, Row, Together
from netcordon.model.finding import Term
from netcordon.model.quantity import count_text, share_text, span_text
from netcordon.model.score import confidence, false_discovery_rates, ramp, term
from netcordon.model.severity import Severity


@dataclass(frozen=True, kw_only=True)
class Params:
    """What counts as a rhythm."""

    collapse_s: float = 1.0
    """Contacts closer than this, 5 times or 30 times this are one call; each is tested."""
    min_gaps: int = 8
    """Gaps needed to say anything; below it even a strict rhythm may be luck."""
    min_period_s: float = 2.0
    """Median gap; faster than this is a conversation, not a beacon."""
    outage_medians: float = 3.0
    """Gaps longer than so many medians are outages (sleeping laptop, lost callbacks)."""
    min_shape: float = 2.0
    """Gamma shape: 1 is random, below 1 is people, above 2 is a machine."""
    min_shape_whole: float = 0.7
    """Gamma shape asked for when the gaps are whole seconds: sleeps of 0 to S give about 1."""
    min_whole_r: float = 0.4
    """Coherence (0 to 1) of the gaps' fractions of a second; honest requests stay below 0.3."""
    min_cover: float = 0.7
    """Share of the span that the kept gaps fill; bursts of browsing fill little."""
    min_kept: float = 0.85
    """Share of gaps that are no outages."""
    max_q: float = 1e-4
    """False-discovery rate (Benjamini-Hochberg) over all pairs tested."""
    strict_spread: float = 0.01
    """Spread of the gaps up to which a program keeps time by a clock, without any jitter."""
    same_period: float = 0.02
    """Periods that differ by no more than this are one timer."""
    poller_places: int = 3
    """Places called by one strict timer that make a poller; implants have one or two homes."""
    usual_sites: int = 5
    """Sites that make a program an ordinary one; without one, visiting one site means nothing."""
    rare_peers: int = 5
    """Hosts that must be active before "nobody else calls there" means anything."""


PARAMS = Params()
PRIOR = -3.0

_FLOW = """
    SELECT flow_key, evidence_id, src_ip, src_port, dst_ip, dst_port, protocol, service,
           start_time AS t, first_frame AS frame, payload_bytes_out AS ob, payload_bytes_in AS ib,
           packets_in > 0 AS answered, false AS referred, dst_internal, 'network_activity' AS tbl
    FROM flows
    WHERE protocol IN ('tcp', 'udp') AND NOT dst_multicast AND NOT is_fragment AND is_outer
      AND flow_key NOT IN (SELECT flow_key FROM continued)
"""

_SQL = """
WITH pair AS MATERIALIZED (
    SELECT dst_ip, protocol, dst_port, src_ip, count(*) AS n FROM ({addressed}) GROUP BY ALL
),
often AS MATERIALIZED (
    SELECT *, row_number() OVER () AS no FROM (
        SELECT 'address' AS kind, dst_ip || ' ' || protocol || '/' || dst_port AS key, src_ip,
               dst_ip, protocol, dst_port
        FROM pair WHERE n > $min_gaps
        UNION ALL
        SELECT kind, key, src_ip, NULL, NULL, NULL FROM named_contact GROUP BY ALL
        HAVING count(*) > $min_gaps)
),
-- Nothing but times are sorted; what else a contact shows is read again for the few machines.
tick AS (
    SELECT o.no, epoch_us(c.t) AS us FROM ({addressed}) c
    JOIN often o USING (dst_ip, protocol, dst_port, src_ip) WHERE o.kind = 'address'
    UNION ALL
    SELECT o.no, epoch_us(c.t) FROM named_contact c JOIN often o USING (kind, key, src_ip)
),
gap0 AS MATERIALIZED (
    SELECT no, us, us - lag(us) OVER (PARTITION BY no ORDER BY us) AS g0 FROM tick
),
-- One call may be several connections: three scales of what belongs together.
call AS (
    SELECT *, (c * 1000000)::BIGINT AS dead
    FROM gap0, (SELECT unnest([$collapse_s, 5 * $collapse_s, 30 * $collapse_s]) AS c)
    WHERE g0 IS NULL OR g0 >= c * 1000000
),
gap AS MATERIALIZED (
    SELECT no, dead, us, g0, us - lag(us) OVER (PARTITION BY no, dead ORDER BY us) AS g,
           greatest(g0 - dead, 1000) AS x
    FROM call
),
middle AS (
    SELECT no, dead, median(g) AS med, count(g) AS gaps, max(us) - min(us) AS span,
           count(*) AS calls
    FROM gap GROUP BY no, dead
    HAVING count(g) >= $min_gaps AND median(g) >= greatest($min_period_s * 1000000, 2 * dead)
),
-- Sums of logarithms and cosines are taken in integers: exact, whatever the order of the rows.
shape AS (
    SELECT no, dead, min(med) AS med, min(gaps) AS gaps, min(span) AS span,
           min(calls) AS calls, count(*) AS n, sum(g)::BIGINT AS kept_us,
           ln(avg(x)) - sum(round(1e9 * ln(x))::BIGINT) / 1e9 / count(*) AS s,
           median(abs(g - med)) AS mad, avg((abs(g - med) <= 0.3 * med)::INT) AS near,
           -- Rayleigh: how well the gaps agree in their fraction of a second.
           sqrt(pow(sum(round(1e9 * cos(2 * pi() * (g0 % 1000000) / 1e6))::BIGINT) / 1e9, 2)
              + pow(sum(round(1e9 * sin(2 * pi() * (g0 % 1000000) / 1e6))::BIGINT) / 1e9, 2))
             / count(*) AS coherence,
           avg((us % 1000000 <> 0)::INT) AS fractional
    FROM gap JOIN middle USING (no, dead)
    WHERE g IS NOT NULL AND g <= $outage_medians * med
    GROUP BY no, dead HAVING count(*) >= $min_gaps
),
counted AS (
    SELECT *, greatest(s, 1e-9) AS s1, kept_us / span AS cover, n / gaps AS kept,
           (3 - s1 + sqrt((s1 - 3) * (s1 - 3) + 24 * s1)) / (12 * s1) AS k,
           -- Wilson-Hilferty: a chi-square with n - 1 degrees of freedom as a standard normal.
           (pow(greatest(2 * n * s1 / (1 + (n + 1) / (6.0 * n)), 1e-12) / (n - 1), 1 / 3.0)
             - (1 - 2.0 / (9 * (n - 1)))) / sqrt(2.0 / (9 * (n - 1))) AS z,
           CASE WHEN fractional > 0.5 THEN coherence ELSE 0.0 END AS whole_r,
           count(*) OVER () AS tests FROM shape
),
machine AS MATERIALIZED (
    SELECT * FROM counted JOIN often USING (no)
    WHERE cover >= $min_cover AND kept >= $min_kept
      AND (k >= $min_shape OR (k >= $min_shape_whole AND whole_r >= $min_whole_r))
    QUALIFY row_number() OVER (PARTITION BY no
                               ORDER BY least(z, -whole_r * sqrt(2 * n)), dead) = 1
),
callers AS (
    SELECT m.kind, m.key, count(*) AS callers FROM pair
    JOIN (SELECT DISTINCT kind, key, dst_ip, protocol, dst_port FROM machine) m
    USING (dst_ip, protocol, dst_port) GROUP BY m.kind, m.key
    UNION ALL
    SELECT kind, key, count(DISTINCT src_ip) FROM named_contact SEMI JOIN machine USING (kind, key)
    GROUP BY kind, key
),
contact AS (
    SELECT c.*, NULL::VARCHAR AS host, m.no FROM ({addressed}) c
    JOIN machine m USING (dst_ip, protocol, dst_port, src_ip)
    UNION ALL BY NAME
    SELECT c.*, m.no FROM named_contact c JOIN machine m USING (kind, key, src_ip)
),
presence AS (
    SELECT m.kind, m.key, m.src_ip,
           count(DISTINCT epoch_us(f.t) // greatest(3 * m.med, 60000000)::BIGINT) AS active_bins
    FROM machine m JOIN ({flow}) f USING (src_ip) GROUP BY ALL
),
detail AS (
    SELECT m.kind, m.key, m.src_ip, coalesce(list(DISTINCT c.dst_ip ORDER BY c.dst_ip)
                                             FILTER (c.dst_ip IS NOT NULL), []) AS dst_ips,
           -- A proxy's log may say neither address nor port of what it fetched from.
           coalesce(list(DISTINCT c.dst_port ORDER BY c.dst_port)
                    FILTER (c.dst_port IS NOT NULL), []) AS dst_ports,
           list(DISTINCT c.host ORDER BY c.host) FILTER (c.host IS NOT NULL) AS hosts,
           min(c.protocol) AS protocol, mode(c.service ORDER BY c.service) AS service,
           min(c.t) AS t0, max(c.t) AS t1, min(c.host) AS host,
           quantile_disc(c.ob, [0.25, 0.5, 0.75]) AS ob, median(c.ib) AS ib,
           avg(c.answered::INT) AS answered, avg(c.referred::INT) AS referred,
           bool_and(c.dst_internal) AS dst_internal, count(DISTINCT c.src_port) AS sockets,
           count(DISTINCT epoch_us(c.t) // greatest(3 * m.med, 60000000)::BIGINT) AS called_bins,
           mode(w.client ORDER BY w.client) AS client,
           evidence_of(c.evidence_id, c.tbl, c.frame) AS evidence
    FROM machine m JOIN contact c USING (no)
    LEFT JOIN (SELECT flow_key, min(client) AS client FROM client_program GROUP BY flow_key) w
           ON w.flow_key = c.flow_key
    GROUP BY m.kind, m.key, m.src_ip
),
strict AS (
    SELECT kind, key, src_ip, med, d.dst_ips[1] AS place
    FROM machine JOIN detail d USING (kind, key, src_ip) WHERE mad <= $strict_spread * med
),
timer AS (
    SELECT a.kind, a.key, a.src_ip, count(DISTINCT b.place) AS places FROM strict a JOIN strict b
    ON b.src_ip = a.src_ip AND abs(a.med - b.med) <= $same_period * a.med GROUP BY ALL
)
SELECT [d.src_ip] AS src_ips, d.dst_ips,
       CASE WHEN d.hosts IS NOT NULL THEN d.hosts ELSE coalesce(l.names, []) END AS dst_names,
       d.dst_ports, d.protocol, d.t0 AS first_seen_time, d.t1 AS last_seen_time, d.evidence,
       m.kind, m.key, d.service, m.calls, m.gaps, m.n, m.med / 1e6 AS period_s,
       m.mad / m.med AS spread, m.near, m.k, m.z, m.cover, m.kept, m.tests, m.whole_r,
       m.dead / 1e6 AS dead_s, d.ob, d.ib, d.answered, d.referred, d.dst_internal, d.sockets,
       x.callers, h.active, s.kind AS known_kind, s.note AS known_note,
       least(1.0, d.called_bins / coalesce(p.active_bins, d.called_bins)) AS presence,
       coalesce(y.named_share, 0.0) AS named_share,
       coalesce(t.places, 0) AS timer_places, d.client, u.hosts AS client_hosts,
       u.sites AS client_sites, w.widest_client_sites
FROM machine m JOIN detail d USING (kind, key, src_ip) JOIN callers x USING (kind, key)
LEFT JOIN client_use u ON u.client = d.client LEFT JOIN presence p USING (kind, key, src_ip)
LEFT JOIN timer t USING (kind, key, src_ip)
LEFT JOIN named_share y ON y.src_ip = d.src_ip
LEFT JOIN looked_up l ON l.src_ip = d.src_ip AND l.address = d.dst_ips[1]
LEFT JOIN name nm ON nm.name = coalesce(d.host, l.names[1])
LEFT JOIN known_service s ON s.registered_domain = nm.registered_domain
CROSS JOIN active_hosts h
CROSS JOIN (SELECT coalesce(max(sites), 0) AS widest_client_sites FROM client_use) w
ORDER BY m.z, m.kind, m.key, d.src_ip
""".replace("{addressed}", _FLOW + " AND dst_port NOT IN (53, 67, 68, 137, 138)").replace(
    "{flow}", _FLOW
)


def weighed(rows: Sequence[Row]) -> Sequence[Row]:
    """Add ``p`` and ``q``, and keep the rows whose ``q`` is at most ``max_q``.

    ``p`` is the smaller of Moran's p (gaps too regular) and Rayleigh's p (gaps in whole seconds),
    doubled for having looked twice; ``q`` is Benjamini and Hochberg's over all ``tests`` pairs.
    """
    p = [_p(row) for row in rows]
    q = false_discovery_rates(p, cast(int, rows[0]["tests"]) if rows else 0)
    return [{**row, "p": p[i], "q": q[i]} for i, row in enumerate(rows) if q[i] <= PARAMS.max_q]


def _p(row: Row) -> float:
    k, z, whole_r = (cast(float, row[name]) for name in ("k", "z", "whole_r"))
    regular = 0.5 * math.erfc(-z / math.sqrt(2.0)) if k >= PARAMS.min_shape else 1.0
    whole = math.exp(-cast(int, row["n"]) * whole_r**2) if whole_r >= PARAMS.min_whole_r else 1.0
    return min(1.0, 2.0 * min(regular, whole))


def judge(row: Row) -> Judgement:
    """Weigh one pair whose gaps are too regular for chance."""
    terms = _rhythm(row) | _company(row) | _client(row) | _content(row)
    sure = confidence(PRIOR, terms)
    exculpated = any(terms[n].contribution < -0.5 for n in _EXCUSES if n in terms)
    independent = sum(terms[n].contribution >= 1.0 for n in _INDEPENDENT if n in terms)
    severity = Severity.LOW if sure >= 0.1 else Severity.INFORMATIONAL
    if sure >= 0.5:
        severity = Severity.MEDIUM
    alone = independent >= 1 or all(name in terms for name in _LIKE_IMPLANTS)
    if sure >= 0.9 and alone and cast(int, row["n"]) >= 20 and not exculpated:
        severity = Severity.HIGH
    src = cast(list[str], row["src_ips"])[0]
    where = cast(list[str], row["dst_names"] or row["dst_ips"])[0]
    period, spread = span_text(cast(float, row["period_s"])), cast(float, row["spread"])
    technique = {"http": "T1071.001", "tls": "T1071.001", "quic": "T1071.001", "dns": "T1071.004"}
    return Judgement(
        title=f"{src} called {where} {count_text(cast(int, row['calls']), 'time')},"
        f" every {period}, give or take {share_text(spread)}",
        severity=severity,
        terms=terms,
        techniques=(technique.get(str(row["service"]), "T1095"),),
        facts={
            "key_kind": row["kind"], "client": row["client"], "pairs_tested": row["tests"],
            "period_s": round(cast(float, row["period_s"]), 3), "gaps": row["gaps"],
            "gamma_shape": round(cast(float, row["k"]), 2), "calls_are_apart_s": row["dead_s"],
            "p": float(f"{cast(float, row['p']):.2g}"), "q": float(f"{cast(float, row['q']):.2g}"),
            "whole_second_coherence": round(cast(float, row["whole_r"]), 3),
            "kept_share": round(cast(float, row["kept"]), 3),
            "cover_share": round(cast(float, row["cover"]), 3),
            "within_30_percent_share": round(cast(float, row["near"]), 3),
        },
        together=_together(row, src, where, period, "one_timer_many_places" in terms),
    )  # fmt: skip


def _together(row: Row, src: str, where: str, period: str, poller: bool) -> Together:
    """A poller's many places are one finding, and so are one place's many callers."""
    key = ("poller", src) if poller else ("place", where, str(row["dst_ports"]))

    def title(sources: tuple[str, ...], places: tuple[str, ...]) -> str:
        if poller:
            return f"{src} polled {count_text(len(places), 'place')}, each every {period}"
        return f"{len(sources)} sources called {where} by a timer, about every {period}"

    return Together(key=key, title=title)


_USUAL_PORTS = {"http": {80, 8080, 3128, 8000}, "tls": {443, 8443, 993, 995, 465, 853, 636}}
_INDEPENDENT = ("only_caller", "no_name", "dynamic_name")
_LIKE_IMPLANTS = ("deliberate_jitter_share", "client_of_this_place_only", "few_callers")
_EXCUSES = (
    "one_timer_many_places", "usual_client", "many_callers", "known_service", "time_service",
    "large_answers", "unanswered", "one_socket",
)  # fmt: skip


def _rhythm(row: Row) -> dict[str, Term]:
    n, spread, period = (
        cast(int, row["n"]),
        cast(float, row["spread"]),
        cast(float, row["period_s"]),
    )
    log_q, presence = math.log10(max(cast(float, row["q"]), 1e-300)), cast(float, row["presence"])
    terms = {
        "regularity_log10_q": term(ramp(-log_q, 3, 15, 2.5), log_q),
        "contacts": term(ramp(n, 10, 60, 1.0), n),
        "presence_share": term(ramp(presence, 0.5, 0.95, 0.5), presence),
    }
    if 0.05 <= spread <= 0.5 and n >= 20 and cast(float, row["near"]) >= 0.6:
        # Timers of honest programs drift by milliseconds; a spread of this size was put in.
        terms["deliberate_jitter_share"] = term(1.0, spread)
    if period < 5.0:
        terms["short_period_s"] = term(ramp(n, 100, 30, -1.0), period)
    return terms


def _company(row: Row) -> dict[str, Term]:
    callers, active = cast(int, row["callers"]), cast(int, row["active"])
    terms: dict[str, Term] = {}
    if callers >= 3 and callers > 0.25 * active:
        terms["many_callers"] = term(-2.5, callers)
    elif callers == 1 and active >= PARAMS.rare_peers:
        terms["only_caller"] = term(ramp(active, PARAMS.rare_peers - 2, 10, 1.5), active)
    elif callers <= max(2, 0.05 * active) and active > 2 * PARAMS.rare_peers:
        # An intruder moves on to another host; software for everybody has more users than that.
        terms["few_callers"] = term(ramp(active, 2 * PARAMS.rare_peers - 2, 16, 0.5), callers)
    places = cast(int, row["timer_places"])
    if places >= PARAMS.poller_places:
        terms["one_timer_many_places"] = term(-2.5 if row["dst_internal"] else -1.5, places)
    if row["known_kind"] == "dynamic_dns":
        terms["dynamic_name"] = term(1.0, str(row["known_note"]))
    elif row["known_kind"] is not None:
        terms["known_service"] = term(-2.0, f"{row['known_kind']}: {row['known_note']}")
    if row["dst_ports"] == [123] or row["service"] == "ntp":
        terms["time_service"] = term(-4.0, "ntp")
    return terms


def _client(row: Row) -> dict[str, Term]:
    """What else the calling program is used for, by its TLS fingerprint or User-Agent."""
    if row["client"] is None:
        return {}
    hosts, sites = cast(int, row["client_hosts"]), cast(int, row["client_sites"])
    seen = f"seen from {count_text(hosts, 'host')} toward {count_text(sites, 'site')}"
    if hosts >= 3 and sites >= PARAMS.usual_sites:
        # Implants borrow the system's TLS but sleep; a page left open keeps time, as two tabs do.
        clock = ramp(cast(float, row["spread"]), 0.05, PARAMS.strict_spread, -2.0)
        return {"usual_client": term(-0.5 + clock, seen)}
    if sites == 1 and hosts <= 2 and cast(int, row["widest_client_sites"]) >= PARAMS.usual_sites:
        return {"client_of_this_place_only": term(1.0, seen)}
    return {}


def _content(row: Row) -> dict[str, Term]:
    terms: dict[str, Term] = {}
    if row["ob"] is not None:  # logs of some sensors hold no sizes of requests
        low, middle, high = cast(list[int], row["ob"])
        regular = (high - low) / max(middle, 1)
        terms["size_spread"] = term(ramp(regular, 0.5, 0.05, 0.5), regular)
    if not row["dst_names"] and not row["dst_internal"] and cast(float, row["named_share"]) >= 0.6:
        terms["no_name"] = term(1.5, "address never looked up")
    if row["sockets"] == 1 and row["protocol"] == "udp":
        terms["one_socket"] = term(-1.0, "keep-alive of one session rather than new calls")
    if cast(float, row["ib"] or 0) > 50_000:
        terms["large_answers"] = term(-1.5, cast(float, row["ib"]))
    if cast(float, row["answered"]) < 0.2:
        # A dead address is called in vain for a while by anybody, hundreds of times by few.
        unanswered = ramp(cast(int, row["n"]), 300, 30, -1.0)
        terms["unanswered"] = term(unanswered, cast(float, row["answered"]))
    if cast(float, row["referred"]) > 0.5:
        terms["from_a_page"] = term(-1.0, cast(float, row["referred"]))
    ports, service = cast(list[int], row["dst_ports"]), str(row["service"])
    if ports and service in _USUAL_PORTS and not _USUAL_PORTS[service] & set(ports):
        terms["unusual_port"] = term(0.7, f"{service} on {ports[0]}")
    return terms


DETECTOR = Detector(
    title="Beacon",
    summary="One host calls the same place too regularly for chance or people.",
    blind_spots="Memoryless sleeps; fewer than 8 gaps; one long connection; flows cut by timers.",
    benign="Update and telemetry pollers, mail checks, chat keep-alives, time servers, monitoring.",
    look_next="Which program calls, who else calls there, what the host did before the first call.",
    reads=("network_activity", "http_activity", "tls_activity", "dns_activity"),
    techniques=("T1071.001",), partition_by="src_ip", params=PARAMS, prior=PRIOR,
    minimum_sample="8 gaps between contacts", sql=_SQL, judge=judge, refine=weighed,
)  # fmt: skip
