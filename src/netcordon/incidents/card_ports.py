"""Card, ports (I15b) and protocols (I15c), with protocols on ports that are not theirs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from netcordon.incidents.behind import REFS, Behind, evidence_of
from netcordon.incidents.card_entry import entries, span, total
from netcordon.incidents.queries import Queries, Row
from netcordon.incidents.scene import Scene
from netcordon.model.incident import CardEntry

MAX_PORTS_SHOWN = 100
"""Responder ports told one by one, by incident and evidence."""

_BELONGS = {
    21: "ftp", 22: "ssh", 23: "telnet", 25: "smtp tls", 53: "dns", 67: "dhcp", 69: "tftp",
    80: "http", 88: "kerberos", 110: "pop3 tls", 123: "ntp", 137: "nbns", 139: "netbios smb",
    143: "imap tls", 161: "snmp", 389: "ldap tls", 443: "tls quic", 445: "smb", 465: "smtp tls",
    514: "syslog", 587: "smtp tls", 636: "ldap tls", 853: "dns tls quic", 993: "imap tls",
    995: "pop3 tls", 1080: "socks", 1812: "radius", 1883: "mqtt", 3306: "mysql tls",
    3389: "rdp tls", 5060: "sip", 5353: "mdns", 5355: "llmnr", 5432: "postgresql tls",
    5900: "vnc", 8080: "http tls socks", 8443: "tls",
}  # fmt: skip
"""Port -> services, the first one being the port's own."""

REGISTERED = {port: frozenset(services.split()) for port, services in _BELONGS.items()}
"""Port -> services that belong there (IANA's registry, and usual practice under TLS)."""

_OWN_PORT = {services.split()[0]: port for port, services in sorted(_BELONGS.items(), reverse=True)}
"""Service -> the lowest port of its own."""

_PORTS = f"""
SELECT * FROM (
    SELECT incident, evidence_id, dst_port, protocol, count(DISTINCT dst_ip) AS ends,
           sum(packets_out)::BIGINT AS packets_out, sum(packets_in)::BIGINT AS packets_in,
           min(start_time) AS first_seen_time, max(end_time) AS last_seen_time, {REFS},
           row_number() OVER (
               PARTITION BY incident, evidence_id ORDER BY count(*) DESC, dst_port, protocol
           ) AS place,
           count(*) OVER (PARTITION BY incident, evidence_id) AS ports
    FROM flow WHERE protocol IN ('tcp', 'udp') AND NOT coalesce(is_fragment, false)
    GROUP BY incident, evidence_id, dst_port, protocol
) WHERE place <= {MAX_PORTS_SHOWN}
ORDER BY incident, total DESC, dst_port, protocol, evidence_id
"""

_SOURCE_PORTS = f"""
SELECT incident, evidence_id, src_ip, protocol, min(src_port) AS least, max(src_port) AS most,
       count(DISTINCT src_port) AS ports, {REFS}
FROM flow JOIN (SELECT unnest($doer_no) AS no, unnest($doer_ip) AS ip) d
  ON d.no = flow.incident AND d.ip = flow.src_ip
WHERE protocol IN ('tcp', 'udp') AND NOT coalesce(is_fragment, false)
GROUP BY incident, evidence_id, src_ip, protocol
ORDER BY incident, total DESC, src_ip, protocol, evidence_id
"""

_PROTOCOLS = f"""
SELECT incident, evidence_id, protocol, service,
       CASE WHEN protocol IN ('tcp', 'udp') AND service IS NOT NULL THEN dst_port END AS port,
       sum(ip_bytes_out)::BIGINT AS bytes_out, sum(ip_bytes_in)::BIGINT AS bytes_in,
       min(start_time) AS first_seen_time, max(end_time) AS last_seen_time, {REFS}
FROM flow
GROUP BY incident, evidence_id, protocol, service, port
ORDER BY incident, total DESC, protocol, service, port, evidence_id
"""

MANY_SENDERS = 20
"""Senders whose source ports are told, by incident."""


def ports(engine: Queries, flows: Behind, scenes: Sequence[Scene]) -> list[CardEntry]:
    """Responder ports with counts, and how each sender chooses its own ports."""
    doers = [
        (no, ip)
        for no, scene in enumerate(scenes)
        for ip in sorted({*scene.hostile, *scene.controlled})[:MANY_SENDERS]
    ]
    sent = flows.by_incident(
        engine,
        _SOURCE_PORTS,
        {"doer_no": [no for no, _ in doers], "doer_ip": [ip for _, ip in doers]},
    )
    lines: list[dict[tuple[str, str], list[Row]]] = [{} for _ in scenes]
    for row in sent:
        lines[row["incident"]].setdefault((row["src_ip"], row["protocol"]), []).append(row)
    extra = [[_source_ports(same) for same in by.values()] for by in lines]

    def value(same: Sequence[Row]) -> Mapping[str, object]:
        first = same[0]
        return {
            "value": first["dst_port"],
            "side": "dst",
            "protocol": first["protocol"],
            "flows": total(same, "total"),
            "ends": max(row["ends"] for row in same),
            "packets_out": total(same, "packets_out"),
            "packets_in": total(same, "packets_in"),
            "ports_in_all": max(row["ports"] for row in same),
            **span(same),
        }

    responders = entries(
        len(scenes),
        flows.by_incident(engine, _PORTS),
        lambda row: (row["dst_port"], row["protocol"]),
        value,
        reason="no TCP or UDP flow stands behind the findings of this incident",
    )
    return [
        CardEntry(values=(*entry.values, *own)) if entry.values else entry
        for entry, own in zip(responders, extra, strict=True)
    ]


def _source_ports(same: Sequence[Row]) -> Mapping[str, object]:
    least, most = min(r["least"] for r in same), max(r["most"] for r in same)
    fixed = least == most and total(same, "total") > 1
    return {
        "value": str(least) if least == most else f"{least}-{most}",
        "side": "src",
        "ip": same[0]["src_ip"],
        "protocol": same[0]["protocol"],
        "flows": total(same, "total"),
        "distinct": max(r["ports"] for r in same),
        "pattern": "one fixed port: crafted packets or a server's own port" if fixed else "varying",
        "evidence": evidence_of(same),
    }


def protocols(engine: Queries, flows: Behind, scenes: Sequence[Scene]) -> list[CardEntry]:
    """Transport and application protocols; a service on a port that is another's is a mismatch."""

    def value(same: Sequence[Row]) -> Mapping[str, object]:
        first = same[0]
        service, port = first["service"], first["port"]
        mismatch = mismatch_of(service, port)
        return {
            "value": f"{first['protocol']}/{service}" if service else first["protocol"],
            "port": port,
            "flows": total(same, "total"),
            "bytes_out": total(same, "bytes_out"),
            "bytes_in": total(same, "bytes_in"),
            **span(same),
            **({"mismatch": mismatch} if mismatch else {}),
        }

    return entries(
        len(scenes),
        flows.by_incident(engine, _PROTOCOLS),
        lambda row: (row["protocol"], row["service"], row["port"]),
        value,
    )


def mismatch_of(service: str | None, port: int | None) -> str | None:
    """What is odd about a service on a port, or ``None``."""
    if service is None or port is None:
        return None
    expected = REGISTERED.get(port)
    if expected is not None:
        if service in expected:
            return None
        return f"{service} on port {port}, which is for {' or '.join(sorted(expected))}"
    usual = _OWN_PORT.get(service)
    return f"{service} on port {port} instead of {usual}" if usual else None
