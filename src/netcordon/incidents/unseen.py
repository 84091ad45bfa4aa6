"""What could not be read, seen or judged, in sentences: silence must be earned."""

from __future__ import annotations

from collections.abc import Sequence

from netcordon.incidents.behind import Behind
from netcordon.incidents.queries import Queries
from netcordon.model.evidence import CaptureQuality, Evidence
from netcordon.model.incident import Host
from netcordon.model.quantity import count_text

_COUNTS = """
SELECT (SELECT count(*) FROM tls_activity) AS tls,
       (SELECT count(*) FROM ssh_activity) AS ssh,
       (SELECT count(*) FROM network_activity WHERE service = 'quic') AS quic,
       (SELECT count(*) FROM tls_activity WHERE has_ech) AS ech,
       (SELECT count(*) FROM network_activity) AS flows,
       (SELECT count(*) FROM dns_activity WHERE service = 'dns') AS dns,
       (SELECT count(*) FROM host_identity) AS identities,
       (SELECT count(*) FROM detection_finding WHERE kind = 'alert') AS alerts
"""

_TWICE = """
SELECT count(*) AS flows FROM (
    SELECT incident FROM flow
    GROUP BY incident, src_ip, src_port, dst_ip, dst_port, protocol
    HAVING count(DISTINCT evidence_id) > 1
       AND max(start_time) - min(start_time) <= INTERVAL 2 SECOND
)
"""
"""The same ends and ports begun at the same time; the clocks of two sensors seldom agree better."""

NO_SIGNATURES = "No signatures were run: known exploits and malware are not named."

MAX_REASONS = 10
"""Reasons for refused rows told by piece of evidence."""


def not_seen(
    engine: Queries,
    evidence: Sequence[Evidence],
    quality: Sequence[CaptureQuality],
    hosts: Sequence[Host],
) -> tuple[str, ...]:
    """Sentences on the limits of this answer, the evidence's own defects first."""
    names = {item.id: item.path for item in evidence}
    said: list[str] = []
    for verdict in quality:
        where = names.get(verdict.evidence_id, verdict.evidence_id)
        said += [f"{where}: {d.what.rstrip('.')}. {d.consequence}" for d in verdict.defects]
    for item in evidence:
        refused = sorted(item.refused.items(), key=lambda pair: (-pair[1], pair[0]))
        said += [
            f"{item.path}: {count} rows were not decoded: {reason}."
            for reason, count in refused[:MAX_REASONS]
        ]
    (counts,) = engine.query(_COUNTS)
    if counts["tls"]:
        said.append(
            f"{count_text(counts['tls'], 'TLS session')}: what they carried is encrypted and not "
            "visible."
        )
    if counts["ech"]:
        said.append(f"{counts['ech']} of them hid the server's name (encrypted ClientHello).")
    if counts["quic"]:
        said.append(
            f"{count_text(counts['quic'], 'QUIC flow')}: what they carried is encrypted and not "
            "visible."
        )
    if counts["ssh"]:
        said.append(
            f"{count_text(counts['ssh'], 'SSH connection')}: accounts and commands are not visible."
        )
    if counts["flows"] and not counts["dns"]:
        said.append("No DNS was recorded: names of ends come from elsewhere or are missing.")
    if counts["flows"] and not counts["identities"]:
        said.append(
            "No host said its name (DHCP, NetBIOS, mDNS, Kerberos): hosts are addresses only."
        )
    if not counts["alerts"]:
        said.append(NO_SIGNATURES)
    said += [
        f"Who {host.ip} was is contradictory: {conflict}."
        for host in hosts
        for conflict in _conflicts(host)
    ][:MAX_REASONS]
    return tuple(dict.fromkeys(said))


def seen_twice(engine: Queries, flows: Behind) -> tuple[str, ...]:
    """Whether captures of several places recorded the same flows behind the incidents."""
    twice = sum(int(row["flows"]) for row in flows.by_incident(engine, _TWICE))
    if not twice:
        return ()
    many = "was" if twice == 1 else "were"
    return (
        f"{count_text(twice, 'flow')} behind the incidents {many} recorded by more than one "
        "capture: numbers of connections and volumes count them once for each.",
    )


def _conflicts(host: Host) -> Sequence[str]:
    value = host.facts.get("conflicts", ())
    return [str(v) for v in value] if isinstance(value, list) else ()
