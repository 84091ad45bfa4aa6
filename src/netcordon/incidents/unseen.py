"""What could not be read, seen or judged, in sentences: silence must be earned."""

from __future__ import annotations

from collections.abc import Sequence

from netcordon.incidents.queries import Queries
from netcordon.model.evidence import CaptureQuality, Evidence
from netcordon.model.incident import Host

_COUNTS = """
SELECT (SELECT count(*) FROM tls_activity) AS tls,
       (SELECT count(*) FROM ssh_activity) AS ssh,
       (SELECT count(*) FROM network_activity WHERE service = 'quic') AS quic,
       (SELECT count(*) FROM tls_activity WHERE has_ech) AS ech,
       (SELECT count(*) FROM network_activity) AS flows,
       (SELECT count(*) FROM dns_activity WHERE service = 'dns') AS dns,
       (SELECT count(*) FROM host_identity) AS identities
"""

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
        said += [f"{where}: {d.what}. {d.consequence}" for d in verdict.defects]
    for item in evidence:
        refused = sorted(item.refused.items(), key=lambda pair: (-pair[1], pair[0]))
        said += [
            f"{item.path}: {count} rows were not decoded: {reason}."
            for reason, count in refused[:MAX_REASONS]
        ]
    (counts,) = engine.query(_COUNTS)
    if counts["tls"]:
        said.append(
            f"{counts['tls']} TLS sessions: what they carried is encrypted and not visible."
        )
    if counts["ech"]:
        said.append(f"{counts['ech']} of them hid the server's name (encrypted ClientHello).")
    if counts["quic"]:
        said.append(f"{counts['quic']} QUIC flows: what they carried is encrypted and not visible.")
    if counts["ssh"]:
        said.append(f"{counts['ssh']} SSH connections: accounts and commands are not visible.")
    if counts["flows"] and not counts["dns"]:
        said.append("No DNS was recorded: names of ends come from elsewhere or are missing.")
    if counts["flows"] and not counts["identities"]:
        said.append(
            "No host said its name (DHCP, NetBIOS, mDNS, Kerberos): hosts are addresses only."
        )
    said.append("No signatures were run: known exploits and malware are not named.")
    said += [
        f"Who {host.ip} was is contradictory: {conflict}."
        for host in hosts
        for conflict in _conflicts(host)
    ][:MAX_REASONS]
    return tuple(dict.fromkeys(said))


def _conflicts(host: Host) -> Sequence[str]:
    value = host.facts.get("conflicts", ())
    return [str(v) for v in value] if isinstance(value, list) else ()
