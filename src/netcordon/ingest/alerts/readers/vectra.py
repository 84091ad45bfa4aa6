"""Vectra Detect and Respond UX: detections as their syslog and API write them.

Source: Vectra's syslog guide. Threat and certainty go from 0 to 99; a detection is written again
whenever it changes, under the same id.
"""

from __future__ import annotations

from netcordon.ingest.alerts.record import Found, Record, RecordReader
from netcordon.ingest.alerts.rows import alert
from netcordon.ingest.messages.events import Event

_THREATS = ((70, 4), (40, 3), (10, 2), (0, 1))
"""Least threat -> OCSF's severity."""


def _read(record: Record) -> Found:
    is_sent = record.has("headend_addr") or record.has("vectra_timestamp")
    if record.has("detection_id") and record.has("category"):
        return [_detection(record)]
    if record.text("category").upper() in ("HOST SCORING", "ACCOUNT SCORING"):
        return "a score of Vectra, no detection"
    if is_sent and record.has("campaign_id"):
        return "a campaign of Vectra"
    if is_sent and record.has("user", "message"):
        return "an audit of Vectra itself"
    return None


def _detection(record: Record) -> Event:
    threat, certainty = record.number("threat"), record.number("certainty")
    entity = record.text("entity_uid")
    account = record.text("account_uid", "src_account")
    source = record.text("host_ip", "src_ip", "detail.src_ip")
    if record.text("entity_type", "type") == "account":
        account = account or entity
    elif not source and entity.startswith("IP-"):
        source = entity.removeprefix("IP-")
    title = record.text("d_type_vname", "detection_type", "d_type")
    is_triaged = record.text("triaged") == "true"
    level = None if threat is None else next((s for least, s in _THREATS if threat >= least), 1)
    return alert(
        record, "vectra",
        record.time("Start", "detail.first_timestamp", "event_timestamp", "vectra_timestamp"),
        src_ip=source, dst_ip=record.text("dd_dst_ip", "detail.dst_ip"),
        dst_port=record.port("dd_dst_port", "detail.dst_port"),
        protocol=record.text("dd_proto", "detail.session.protocol"),
        rule_id=record.text("d_type", "detection_type"), title=title,
        category=record.text("category"), severity=record.text("threat"),
        # What the customer's own filter explains is kept, as context.
        severity_id=1 if is_triaged else level,
        confidence=None if certainty is None or not 0 < certainty <= 100 else certainty / 100,
        techniques=record.texts("mitre"), account=account,
        observable=record.text("dd_dst_dns", "detail.dst_dns", "detail.external_target.name"),
        message=record.text("reason", "detail.session.tunnel_type"),
        reference=record.text("detection_id"),
        last_seen_time=record.time("End", "detail.last_timestamp"),
        reporter=record.text("sensor", "headend_addr") or record.reporter,
    )  # fmt: skip


VECTRA = RecordReader("vectra", _read)
