"""A channel that is odd for this host: several small signs that together no honest program shows.

Finds        Connections that are few or long, so that no rhythm can be tested, but whose form is
             that of an implant: TLS to an address that was never looked up and without a server
             name, a known protocol on a port of its own, requests to a bare address that come
             from no page, a dynamic name, older TLS than the host's other programs speak, clear-
             text upload right after the host asked for its own public address.
Blind spots  Implants that speak TLS like a browser to a registered name; channels over services
             that everybody uses; captures that began after the look-ups.
Often benign Games, chat and voice programs, remote support, appliances, private network
             software. They are often the only program of their kind on a host.
Look next    Which program it is, when it first ran, what it fetched and what went out.

No sign alone is enough, and none counts for more because there are many hosts.
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
    """What counts as odd."""

    min_bytes: int = 200
    """Payload in both directions together; less is a failed attempt."""
    lookup_window_s: int = 600
    """A stealer asks for its own address within minutes of sending; people ask at any time."""
    overlay_peers: int = 10
    """Addresses without a name from which a host takes part in an overlay network."""
    min_peers: int = 5
    """Hosts that must be active before "nobody else goes there" means anything."""


PARAMS = Params()
PRIOR = -3.3

_FLOW = """
    SELECT * FROM flows
    WHERE protocol = 'tcp' AND payload_bytes_out > 0 AND is_outer
      AND dst_port NOT IN (53, 88, 135, 137, 138, 139, 389, 445, 3268)
"""

_SQL = """
WITH large AS MATERIALIZED (
    SELECT src_ip, dst_ip, dst_port FROM ({flow}) GROUP BY src_ip, dst_ip, dst_port
    HAVING sum(payload_bytes_out) + sum(payload_bytes_in) >= $min_bytes
),
hello AS (
    SELECT hash(evidence_id, uid) AS flow_key, max(server_name) AS server_name,
           max(client_version) AS offers,
           bool_or(has_ech) AS ech
    FROM tls_activity WHERE src_ip IS NOT NULL GROUP BY flow_key
),
habit AS (
    SELECT src_ip, mode(client_version ORDER BY client_version) AS usual, count(*) AS hellos
    FROM tls_activity WHERE client_version IS NOT NULL GROUP BY src_ip
),
request AS (
    SELECT hash(evidence_id, uid) AS flow_key, count(*) AS requests,
           -- A page at a bare address is no page either.
           count(*) FILTER (method = 'POST' AND (referrer IS NULL
               OR regexp_extract(referrer, '^[a-z]+://([^/:]+)', 1) = dst_ip)) AS lone_posts,
           count(*) FILTER (regexp_replace(host, ':[0-9]+$', '') = dst_ip) AS bare,
           count(*) FILTER (user_agent IS NULL) AS nameless
    FROM http_activity WHERE method IS NOT NULL GROUP BY flow_key
),
own_address AS (
    SELECT c.src_ip, f.start_time AS t, k.registered_domain AS service
    FROM looked_up c JOIN ({flow}) f ON f.src_ip = c.src_ip AND f.dst_ip = c.address
    JOIN name n ON n.name = c.names[1]
    JOIN known_service k ON k.registered_domain = n.registered_domain AND k.kind = 'address_lookup'
),
channel AS (
    SELECT f.src_ip, f.dst_ip, f.dst_port, count(*) AS flows, min(f.start_time) AS t0,
           max(f.end_time) AS t1, bool_or(f.src_internal) AS src_in,
           bool_or(f.dst_internal) AS dst_in,
           sum(f.payload_bytes_out)::BIGINT AS bytes_out,
           sum(f.payload_bytes_in)::BIGINT AS bytes_in,
           max(f.duration_s) AS longest_s,
           list(DISTINCT f.service ORDER BY f.service) FILTER (f.service IS NOT NULL) AS services,
           count(h.flow_key) AS hellos, count(h.server_name) AS named_hellos,
           max(h.offers) AS offers,
           coalesce(bool_or(h.ech), false) AS ech,
           coalesce(sum(r.requests), 0)::BIGINT AS requests,
           coalesce(sum(r.lone_posts), 0)::BIGINT AS lone_posts,
           coalesce(sum(r.bare), 0)::BIGINT AS bare,
           coalesce(sum(r.nameless), 0)::BIGINT AS nameless
    FROM ({flow}) f SEMI JOIN large l
      ON l.src_ip = f.src_ip AND l.dst_ip = f.dst_ip AND l.dst_port = f.dst_port
    LEFT JOIN hello h USING (flow_key) LEFT JOIN request r USING (flow_key)
    GROUP BY f.src_ip, f.dst_ip, f.dst_port
),
-- Most channels show no odd form at all; names and neighbours matter for the others only.
odd AS (
    SELECT c.*, n.names, k.kind AS known_kind, k.note AS known_note
    FROM channel c
    LEFT JOIN looked_up n ON n.src_ip = c.src_ip AND n.address = c.dst_ip
    LEFT JOIN name d ON d.name = n.names[1]
    LEFT JOIN known_service k USING (registered_domain)
    WHERE (c.hellos > c.named_hellos OR c.bare + c.lone_posts + c.nameless > 0
           OR c.offers IN ('SSLv3', 'TLSv1.0', 'TLSv1.1') OR k.kind = 'dynamic_dns'
           OR list_has_any(c.services, ['ftp', 'smtp'])
           OR (list_has_any(c.services, ['tls', 'http']) AND c.dst_port NOT IN (80, 443)))
),
proof AS (
    SELECT o.src_ip, o.dst_ip, o.dst_port,
           evidence_of(f.evidence_id, 'network_activity', f.first_frame) AS evidence
    FROM odd o JOIN ({flow}) f USING (src_ip, dst_ip, dst_port)
    GROUP BY o.src_ip, o.dst_ip, o.dst_port
),
users AS (
    SELECT dst_ip, count(DISTINCT src_ip) AS users FROM ({flow})
    WHERE dst_ip IN (SELECT dst_ip FROM odd) GROUP BY dst_ip
),
overlay AS (
    SELECT src_ip, count(*) AS nameless_peers FROM (
        SELECT DISTINCT src_ip, dst_ip FROM flows
        WHERE NOT dst_internal AND NOT dst_multicast AND protocol IN ('tcp', 'udp')
          AND packets_in > 0 AND src_ip IN (SELECT src_ip FROM odd)) f
    ANTI JOIN looked_up c ON c.src_ip = f.src_ip AND c.address = f.dst_ip
    GROUP BY src_ip
),
-- The look-up of the own address that stands nearest in time.
nearest AS (
    SELECT c.src_ip, c.dst_ip, c.dst_port, min(o.service) AS lookup_service
    FROM odd c JOIN own_address o ON o.src_ip = c.src_ip
     AND o.t BETWEEN c.t0 - to_seconds($lookup_window_s) AND c.t0 + to_seconds($lookup_window_s)
    GROUP BY c.src_ip, c.dst_ip, c.dst_port
)
SELECT [c.src_ip] AS src_ips, [c.dst_ip] AS dst_ips, coalesce(c.names, []) AS dst_names,
       [c.dst_port] AS dst_ports, 'tcp' AS protocol, c.t0 AS first_seen_time,
       c.t1 AS last_seen_time, e.evidence, c.flows, c.src_in, c.dst_in, c.bytes_out, c.bytes_in,
       c.longest_s, coalesce(c.services, []) AS services, c.hellos, c.named_hellos, c.ech,
       c.requests,
       c.lone_posts, c.bare, c.nameless, c.offers, b.usual, coalesce(b.hellos, 0) AS usual_hellos,
       coalesce(v.named_share, 0.0) AS named_share, coalesce(p.nameless_peers, 0) AS nameless_peers,
       u.users, h.active, c.known_kind, c.known_note, a.lookup_service
FROM odd c JOIN proof e USING (src_ip, dst_ip, dst_port) JOIN users u USING (dst_ip)
CROSS JOIN active_hosts h
LEFT JOIN named_share v ON v.src_ip = c.src_ip
LEFT JOIN overlay p ON p.src_ip = c.src_ip
LEFT JOIN habit b ON b.src_ip = c.src_ip
LEFT JOIN nearest a ON a.src_ip = c.src_ip AND a.dst_ip = c.dst_ip AND a.dst_port = c.dst_port
ORDER BY c.t0, c.src_ip, c.dst_ip, c.dst_port
""".replace("{flow}", _FLOW)

_PORTS = {
    "tls": {443, 465, 563, 636, 853, 989, 990, 992, 993, 995, 3269, 5061, 5223, 5228, 8443, 8883},
    "http": {80, 81, 591, 631, 3128, 5985, 8000, 8008, 8080, 8081, 8088, 8888},
}
_STARTS_CLEAR = {21, 25, 110, 143, 389, 587, 3306, 3389, 5222, 5432}
"""Ports on which a clear protocol turns to TLS in the middle (STARTTLS and its like)."""


def judge(row: Row) -> Judgement | None:
    """Weigh the form of one source's traffic to one port of one address."""
    if row["dst_in"] and not row["src_in"]:
        return None
    terms = _form(row) | _context(row)
    sure = confidence(PRIOR, terms)
    signs = sum(t.contribution >= 1.0 for t in terms.values())
    if sure < 0.5 or signs < 2:
        return None
    excused = any(t.contribution <= -1.0 for t in terms.values())
    severity = Severity.MEDIUM
    if sure >= 0.9 and signs >= 3 and not excused and "dynamic_name" in terms:
        severity = Severity.HIGH
    src, dst = cast(list[str], row["src_ips"])[0], cast(list[str], row["dst_ips"])[0]
    names, port = cast(list[str], row["dst_names"]), cast(list[int], row["dst_ports"])[0]
    services = cast(list[str], row["services"])
    kind = services[0] if services else "an unknown protocol"
    web, upload = {"tls", "http"} & set(services), "clear_upload" in terms
    odd_port = ("T1571",) if "unusual_port" in terms else ()
    return Judgement(
        title=f"{src} spoke {kind} with {names[0] if names else dst} port {port} in an unusual way:"
        f" {', '.join(n.replace('_', ' ') for n, t in terms.items() if t.contribution > 0)}",
        severity=severity,
        terms=terms,
        techniques=(
            ("T1048.003",) if upload else ("T1071.001", *odd_port) if web else ("T1095", *odd_port)
        ),
        facts={
            "flows": row["flows"],
            "bytes_out": row["bytes_out"],
            "bytes_in": row["bytes_in"],
            "longest_s": round(cast(float, row["longest_s"]), 3),
            "own_address_asked_at": row["lookup_service"],
        },
    )


def _form(row: Row) -> dict[str, Term]:
    services, port = set(cast(list[str], row["services"])), cast(list[int], row["dst_ports"])[0]
    terms: dict[str, Term] = {}
    if cast(int, row["hellos"]) and not row["named_hellos"] and not row["ech"]:
        terms["no_server_name"] = term(1.2, cast(int, row["hellos"]))
    for service in sorted(services & set(_PORTS)):
        if port not in _PORTS[service] | _STARTS_CLEAR:
            terms["unusual_port"] = term(1.5, f"{service} on {port}")
    offers, usual = row["offers"], row["usual"]
    if offers is not None and usual is not None and cast(int, row["usual_hellos"]) >= 3:
        old = str(offers) in ("SSLv3", "TLSv1.0", "TLSv1.1") and str(usual) > "TLSv1.1"
        if old and str(usual).startswith("TLS"):
            terms["older_tls_than_usual"] = term(1.0, f"{offers}, usually {usual}")
    if cast(int, row["bare"]):
        terms["requests_to_a_bare_address"] = term(1.0, cast(int, row["bare"]))
    if cast(int, row["lone_posts"]):
        terms["posts_from_no_page"] = term(1.0, cast(int, row["lone_posts"]))
    if cast(int, row["nameless"]):
        terms["no_user_agent"] = term(0.5, cast(int, row["nameless"]))
    return terms


def _context(row: Row) -> dict[str, Term]:
    services = set(cast(list[str], row["services"]))
    users, active = cast(int, row["users"]), cast(int, row["active"])
    terms: dict[str, Term] = {}
    if not row["dst_names"] and not row["dst_in"] and cast(float, row["named_share"]) >= 0.6:
        terms["no_name"] = term(1.2, "address never looked up")
    if row["known_kind"] == "dynamic_dns":
        terms["dynamic_name"] = term(2.0, str(row["known_note"]))
    elif row["known_kind"] is not None:
        terms["known_service"] = term(-2.5, f"{row['known_kind']}: {row['known_note']}")
    if services & {"ftp", "smtp"} and not row["dst_in"]:
        terms["clear_upload"] = term(1.5, ", ".join(sorted(services)))
    if row["lookup_service"] and row["known_kind"] in (None, "dynamic_dns") and terms:
        terms["asked_for_its_own_address"] = term(2.0, str(row["lookup_service"]))
    if users >= 3 and users > 0.25 * active:
        terms["many_users"] = term(-2.0, users)
    elif users == 1 and active >= PARAMS.min_peers:
        terms["only_user"] = term(ramp(active, PARAMS.min_peers - 2, 10, 1.0), active)
    if cast(int, row["nameless_peers"]) >= PARAMS.overlay_peers:
        terms["part_of_an_overlay"] = term(-2.5, cast(int, row["nameless_peers"]))
    if row["dst_in"]:
        terms["inside"] = term(-0.7, "the destination is internal")
    return terms


DETECTOR = Detector(
    title="Unusual channel",
    summary="A connection whose form is odd for this host in several independent ways.",
    blind_spots="Implants that speak TLS like a browser to a registered name; captures that"
    " began after the look-ups.",
    benign="Games, chat and voice programs, remote support, appliances, private network software.",
    look_next="Which program it is, when it first ran, what it fetched and what went out.",
    reads=("network_activity", "tls_activity", "http_activity"),
    techniques=("T1071.001",),
    partition_by="src_ip",
    params=PARAMS,
    minimum_sample="two independent signs",
    prior=PRIOR,
    sql=_SQL,
    judge=judge,
)
