"""Canary tokens and Thinkst Canary: what their webhooks send when somebody touched a decoy.

Who opened a token is known by address only where the channel tells: over DNS it is a resolver's.
"""

from __future__ import annotations

from netcordon.ingest.alerts.record import Found, Record, RecordReader
from netcordon.ingest.alerts.rows import hit
from netcordon.ingest.messages.events import Event


def _read(record: Record) -> Found:
    if record.has("manage_url", "channel") or record.has("canarytoken", "src_ip"):
        return [_token(record)]
    kind = record.text("AlertType")
    if kind.startswith("Canary"):
        return [_console(record)] if record.has("Description") else []
    return None


def _token(record: Record) -> Event:
    channel = record.text("channel", "token_type")
    return hit(
        record, "canarytoken", record.time("time", "time_ymd", "time_of_hit"),
        src_ip=record.text("src_ip", "additional_data.src_ip", "additional_data.geo_info.ip"),
        service=channel.lower(), rule_id=record.text("token", "canarytoken") or channel,
        title="marked document or link opened", category="decoy", severity_id=4,
        message=record.text("memo"), observable=record.text("additional_data.referer"),
        reference=f"{record.text('token', 'canarytoken')} {record.text('time')}".strip(),
    )  # fmt: skip


def _console(record: Record) -> Event:
    is_token = record.text("AlertType") == "CanarytokenIncident"
    return hit(
        record, "canary", record.time("Timestamp"), src_ip=record.text("SourceIP"),
        dst_ip=record.text("CanaryIP"), dst_port=record.port("CanaryPort"),
        rule_id=record.text("IncidentHash", "IncidentKey", "Description"),
        title=record.text("Description"), category="decoy" if is_token else "honeypot",
        severity_id=4, message=record.text("Reminder", "Intro"),
        reporter=record.text("CanaryName"), reference=record.text("IncidentHash", "IncidentKey"),
    )  # fmt: skip


CANARIES = RecordReader("canaries", _read)
