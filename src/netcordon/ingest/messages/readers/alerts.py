"""What a firewall's own inspection raised, as rows of ``detection_finding``."""

from __future__ import annotations

from netcordon.ingest.messages.events import Event, port, whole
from netcordon.ingest.messages.flows import protocol
from netcordon.ingest.messages.readers.synonyms import told

_SEVERITIES = {
    "info": 1, "informational": 1, "information": 1, "notice": 1, "low": 2, "minor": 2,
    "warning": 3, "medium": 3, "moderate": 3, "major": 4, "high": 4, "severe": 4, "substantial": 4,
    "critical": 5, "emergency": 5, "alert": 4, "very-high": 5,
}  # fmt: skip
_TITLES = (
    "attack", "virus", "virusname", "virus_name", "signature_msg", "signature_name", "threatname",
    "threat_name", "threat", "protection_name", "malware_family", "attack-name", "attack_name",
    "attack_type", "ipscat", "spycat", "main_type",
)  # fmt: skip
"""Fields that only a finding has, the most telling first."""
_NO_THREAT = frozenset(("", "N/A", "None", "none", "-", "NA", "unknown", "clean", "0"))
_RULES = (
    "attackid", "virusid", "signature_id", "sid", "attack-id", "protection_id", "alarmid", "sig_id",
)  # fmt: skip


def is_finding(fields: dict[str, str]) -> bool:
    """Whether the device raised something, by the fields that only findings have."""
    if fields.get("logtype") == "alarm":  # Stormshield
        return True
    return any(fields.get(name, "") not in _NO_THREAT for name in _TITLES)


def finding(
    fields: dict[str, str], time: int | None, source: str, target: str, title: str, device: str
) -> Event:
    """An alert of the device, by any vendor's names.

    Args:
        fields: by the names the vendor gives them.
        time: of the message.
        source: address it came from; empty where unknown.
        target: address it went to.
        title: of the event, where no field names what was found.
        device: that raised it.
    """

    def any_of(*names: str) -> str:
        return next((fields[n] for n in names if fields.get(n, "") not in _NO_THREAT), "")

    severity = any_of("severity", "crlevel", "threat_level", "threat-severity", "priority", "level")
    named = any_of(*_TITLES)
    return Event(
        "detection_finding",
        {
            "time": time,
            "src_ip": source,
            "src_port": port(told(fields, "src_port")),
            "dst_ip": target,
            "dst_port": port(told(fields, "dst_port")),
            "protocol": protocol(told(fields, "protocol").partition("/")[0]),
            "product": "firewall",
            "kind": "alert",
            "rule_id": any_of(*_RULES),
            "title": named or any_of("msg", "message") or title,
            "category": any_of("subtype", "sub_type", "cat", "class", "log_component"),
            "severity": severity,
            "severity_id": _SEVERITIES.get(severity.lower()),
            "action": told(fields, "action"),
            "message": any_of("msg", "message"),
            "account": told(fields, "user"),
            "observable": any_of("url", "request", "hostname", "dhost", "filename", "fname"),
            "count": whole(any_of("count", "cnt", "repeat")) or 1,
            "reporter": device,
            "is_from_src": True,
        },
    )
