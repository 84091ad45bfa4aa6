"""What a reader needs to check a finding by hand: rows, contact times, a display filter."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping, Sequence
from typing import cast

from netcordon.model.document import SampleRows
from netcordon.model.finding import EvidenceRows, Finding
from netcordon.model.log_set import line_of
from netcordon.tables.engine import Engine

_SAMPLE = 8
_MAX_CONTACTS = 2000
_MAX_ENDS = 6
_TOGETHER_US = 2_000_000
"""Flows closer than this are one contact: retries and parallel connections of one call."""

_COLUMNS = {
    "network_activity": (
        "first_frame", "start_time", "src_ip", "src_port", "dst_ip", "dst_port", "protocol",
        "service", "conn_state", "packets_out", "packets_in", "payload_bytes_out",
        "payload_bytes_in", "duration_s",
    ),
    "dns_activity": (
        "frame", "time", "src_ip", "dst_ip", "query", "query_type", "rcode", "answers",
        "message_bytes",
    ),
    "http_activity": (
        "frame", "time", "src_ip", "dst_ip", "method", "host", "uri", "status_code", "user_agent",
        "response_body_bytes",
    ),
    "tls_activity": ("frame", "time", "src_ip", "dst_ip", "server_name", "version", "ja4"),
    "ssh_activity": ("frame", "time", "src_ip", "dst_ip", "client_banner", "server_banner"),
    "arp_activity": ("frame", "time", "operation", "sender_mac", "sender_ip", "target_ip"),
    "authentication": ("frame", "time", "src_ip", "dst_ip", "method", "account", "outcome"),
}  # fmt: skip

_CONTACTS = """
WITH flow AS (
    SELECT epoch_us(start_time) AS t, lag(epoch_us(start_time)) OVER (ORDER BY start_time) AS before
    FROM network_activity
    WHERE list_contains($src, src_ip) AND list_contains($dst, dst_ip)
      AND (len($ports) = 0 OR list_contains($ports, dst_port))
)
SELECT t FROM flow WHERE before IS NULL OR t - before >= $together_us ORDER BY t LIMIT $most
"""


def sample_rows(engine: Engine, finding: Finding) -> SampleRows | None:
    """Rows of the finding's first table that can be shown, values as text; else ``None``."""
    rows = next((r for r in finding.evidence_rows if r.table in _COLUMNS and r.frames), None)
    if rows is None:
        return None
    columns = _COLUMNS[rows.table]
    frame = columns[0]
    evidence, frames = engine.as_seen(rows.evidence_id, _spread_out(rows))
    found = engine.query(
        f"SELECT {', '.join(columns)} FROM {rows.table} "
        f"WHERE evidence_id = $evidence AND list_contains($frames, {frame}) "
        f"ORDER BY {frame} LIMIT {_SAMPLE}",
        {"evidence": evidence, "frames": frames},
    )
    return SampleRows(
        finding_id=finding.id,
        columns=columns,
        rows=tuple(
            (str(line_of(cast(int, row[frame]))), *(_text(row[c]) for c in columns[1:]))
            for row in found
        ),
        # Where all of it stands in logs, there are no packets to filter.
        display_filter=""
        if all(engine.log_sets.holds(r.evidence_id) for r in finding.evidence_rows)
        else display_filter(finding),
    )


def contact_times(engine: Engine, findings: Iterable[Finding]) -> dict[str, tuple[float, ...]]:
    """For each command-and-control finding, when contact was made (UTC seconds)."""
    times: dict[str, tuple[float, ...]] = {}
    for finding in findings:
        if not finding.detector.startswith("c2_") or not finding.dst_ips:
            continue
        parameters: Mapping[str, object] = {
            "src": list(finding.src_ips),
            "dst": list(finding.dst_ips),
            "ports": list(finding.dst_ports),
            "together_us": _TOGETHER_US,
            "most": _MAX_CONTACTS,
        }
        rows = engine.query(_CONTACTS, parameters)
        times[finding.id] = tuple(int(str(row["t"])) / 1e6 for row in rows)
    return times


def display_filter(finding: Finding) -> str:
    """A Wireshark display filter that shows the finding's packets (addresses and ports only)."""
    parts = [
        _any(f"{_family(ip)}.addr == {ip}" for ip in _valid(ips))
        for ips in (finding.src_ips, finding.dst_ips)
    ]
    if finding.protocol in ("tcp", "udp"):
        parts.append(_any(f"{finding.protocol}.port == {p}" for p in finding.dst_ports[:_MAX_ENDS]))
    elif finding.protocol in ("icmp", "arp"):
        parts.append(finding.protocol)
    return " && ".join(part for part in parts if part)


def _valid(ips: Sequence[str]) -> list[str]:
    found = []
    for ip in ips[:_MAX_ENDS]:
        try:
            found.append(str(ipaddress.ip_address(ip)))
        except ValueError:
            continue
    return found


def _family(ip: str) -> str:
    return "ipv6" if ":" in ip else "ip"


def _any(tests: Iterable[str]) -> str:
    listed = list(tests)
    return listed[0] if len(listed) == 1 else f"({' || '.join(listed)})" if listed else ""


def _spread_out(rows: EvidenceRows) -> list[int]:
    step = max(1, len(rows.frames) // _SAMPLE)
    return list(rows.frames[::step][:_SAMPLE])


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return ", ".join(_text(item) for item in value)
    if isinstance(value, float):
        return f"{value:.6g}"
    return str(value)
