"""Gatewatcher AIONIQ (GCenter): alerts of its engines, in its older flat form and in ECS.

Its scale is Suricata's: 1 is the gravest. Metadata of protocols come in the same stream; they are
no alerts.
"""

from __future__ import annotations

from netcordon.ingest.alerts.record import Found, Record, RecordReader
from netcordon.ingest.alerts.rows import alert
from netcordon.ingest.messages.events import Event

_SEVERITIES = {0: 1, 1: 4, 2: 3, 3: 2, 4: 1}
_HARMLESS = ("no threat detected", "clean")
_ENGINES = {
    "codebreaker": "shellcode or PowerShell", "shellcode": "shellcode", "powershell": "PowerShell",
    "malcore": "malware in a file", "beacon_detect": "beacon", "dga_detect": "generated domain",
    "ransomware_detect": "ransomware", "active_cti": "threat intelligence",
    "retrohunt": "threat intelligence in the past", "sigflow_alert": "signature",
}  # fmt: skip
"""Module -> what its alerts are about."""


def _read(record: Record) -> Found:
    if record.text("observer.vendor").lower() == "gatewatcher":
        if record.text("event.kind") != "alert" and not record.has("malcore"):
            return "metadata of Gatewatcher, no alert"
        return [_ecs(record)]
    if record.has("gcenter") and record.has("type") and record.has("severity"):
        if record.text("type") == "suricata" and not record.has("alert.signature"):
            return "metadata of Gatewatcher, no alert"
        return [_flat(record)]
    return None


def _level(record: Record, number: int | None) -> int | None:
    state = record.text("malcore.state", "state").lower()
    return 1 if state in _HARMLESS else _SEVERITIES.get(-1 if number is None else number)


def _ecs(record: Record) -> Event:
    module = record.text("event.module") or ("malcore" if record.has("malcore") else "alert")
    signature = record.text("sigflow.signature", "rule.name", "alert.signature")
    threat = record.text("malcore.detail_threat_found", "malcore.state")
    what = _ENGINES.get(module, module)
    sure = record.number("ransomware.malicious_behavior_confidence")
    return alert(
        record, "gatewatcher",
        record.time("event.start", "network.timestamp", "@timestamp", "event.created"),
        src_ip=record.text("source.ip"), src_port=record.port("source.port"),
        dst_ip=record.text("destination.ip"), dst_port=record.port("destination.port"),
        protocol=record.text("network.transport"), service=record.text("network.protocol"),
        rule_id=record.text("sigflow.signature_id", "rule.id") or module,
        title=signature or what, severity=record.text("event.severity"),
        category=record.text("sigflow.category", "rule.category") or what,
        severity_id=_level(record, record.whole("event.severity")),
        action=record.text("sigflow.action"), message=threat,
        observable=record.text(
            "dns.query.rrname", "url.domain", "tls.client.server_name", "file.name"
        ),
        confidence=sure / 100 if sure is not None and 0 <= sure <= 100 else None,
        last_seen_time=record.time("event.end"), reference=record.text("event.id"),
        reporter=record.text("observer.gcap.hostname", "observer.hostname"),
        is_from_src=None if module == "sigflow_alert" else True,
    )  # fmt: skip


def _flat(record: Record) -> Event:
    module = record.text("type")
    signature, threat = record.text("alert.signature"), record.text("detail_threat_found")
    what = _ENGINES.get(module, module)
    return alert(
        record, "gatewatcher", record.time("timestamp_detected", "timestamp", "@timestamp"),
        src_ip=record.text("src_ip"), src_port=record.port("src_port"),
        dst_ip=record.text("dest_ip"), dst_port=record.port("dest_port"),
        protocol=record.text("proto"), service=record.text("app_proto"),
        rule_id=record.text("alert.signature_id") or module, title=signature or what,
        category=record.text("alert.category") or what, severity=record.text("severity"),
        severity_id=_level(record, record.whole("severity")),
        action=record.text("alert.action"), message=threat,
        observable=record.text("domain_name", "http.hostname", "fileinfo.filename", "SHA256"),
        reference=record.text("uuid"), reporter=record.text("gcap", "host"),
        is_from_src=None if signature else True,
    )  # fmt: skip


GATEWATCHER = RecordReader("gatewatcher", _read)
