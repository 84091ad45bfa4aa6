"""What a firewall's own inspection raised, as rows of ``detection_finding``."""

from __future__ import annotations

from netcordon.ingest.messages.events import Event, port, whole
from netcordon.ingest.messages.flows import protocol

_SEVERITIES = {
    "info": 1, "informational": 1, "low": 2, "medium": 3, "high": 4, "critical": 5,
}  # fmt: skip


def finding(
    fields: dict[str, str], time: int | None, source: str, target: str, title: str, device: str
) -> Event:
    """An alert of the device; names are FortiGate's, with and without their prefix in CEF."""

    def told(*names: str) -> str:
        return next((fields[n] for n in names if fields.get(n)), "")

    severity = told("severity", "FTNTFGTseverity", "crlevel", "FTNTFGTcrlevel").lower()
    return Event(
        "detection_finding",
        {
            "time": time,
            "src_ip": source,
            "src_port": port(told("srcport", "src_port", "spt")),
            "dst_ip": target,
            "dst_port": port(told("dstport", "dst_port", "dpt")),
            "protocol": protocol(told("proto", "protocol")),
            "product": "firewall",
            "kind": "alert",
            "rule_id": told("attackid", "FTNTFGTattackid", "virusid", "FTNTFGTvirusid"),
            "title": told("attack", "FTNTFGTattack", "virus", "FTNTFGTvirus", "threat") or title,
            "category": told("subtype", "FTNTFGTsubtype", "cat"),
            "severity": severity,
            "severity_id": _SEVERITIES.get(severity),
            "action": told("action", "act"),
            "message": told("msg"),
            "account": told("user", "duser", "suser"),
            "observable": told("url", "request", "hostname", "dhost", "filename", "fname"),
            "count": whole(told("count", "cnt")) or 1,
            "reporter": device,
            "is_from_src": True,
        },
    )
