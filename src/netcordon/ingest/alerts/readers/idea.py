"""IDEA and IDMEFv2, the exchange formats of alerts: Slips, Warden's honeypots and others.

Sources: IDEA 0 (CESNET), draft-lehmann-idmefv2. A description names ends and numbers; what stays
the same without them is the rule.
"""

from __future__ import annotations

import re

from netcordon.ingest.alerts.record import Found, Record, RecordReader, is_address
from netcordon.ingest.alerts.rows import alert, severity_of
from netcordon.ingest.messages.events import Event

_VARYING = re.compile(
    r"(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{0,4}(?:/\d+)?|\b\d[\d.:/,-]*\b"
    r"|\b(?:[\w-]{1,63}\.){1,8}[A-Za-z]{2,24}\b"
)
_RULE_LETTERS = 96


def _read(record: Record) -> Found:
    if record.text("Format").startswith("IDEA"):
        return [_idea(record)]
    if record.has("Analyzer.Name") and (record.has("StartTime") or record.has("CreateTime")):
        return [_idmef(record)]
    return None


def _idmef(record: Record) -> Event:
    source, target = record.parts("Source"), record.parts("Target")
    description = record.text("Description")
    severity = record.text("Severity")
    is_sum = record.text("Status") == "Incident" or not description
    return alert(
        record, record.text("Analyzer.Name").lower(), record.time("StartTime", "CreateTime"),
        src_ip=_address(source, "IP"), src_port=_port(source), dst_ip=_address(target, "IP"),
        dst_port=_port(target), protocol=source[0].text("Protocol") if source else None,
        rule_id="incident" if is_sum else _rule(description),
        title="several alerts add up" if is_sum else _rule(description),
        category=record.text("Category", "Analyzer.Category"), severity=severity,
        severity_id=severity_of(severity), confidence=_share(record.number("Confidence")),
        message=description or record.text("Note"), reference=record.text("ID"),
        observable=_name(target) or _name(source), last_seen_time=record.time("EndTime"),
        reporter=record.text("Analyzer.IP"), is_from_src=None,
    )  # fmt: skip


def _idea(record: Record) -> Event:
    source, target, node = (record.parts(name) for name in ("Source", "Target", "Node"))
    tool = node[0].texts("SW") if node else []
    is_decoy = any("Honeypot" in kind for kind in (node[0].texts("Type") if node else []))
    category = ", ".join(record.texts("Category"))
    description = record.text("Description")
    threat = next((p.text("ThreatLevel", "Content") for p in record.parts("Attach")), "")
    return alert(
        record, (tool[0] if tool else "idea").split()[0].lower(),
        record.time("EventTime", "DetectTime", "CreateTime"),
        kind="honeypot" if is_decoy else "alert",
        src_ip=_address(source, "IP4", "IP6"), src_port=_port(source),
        dst_ip=_address(target, "IP4", "IP6"), dst_port=_port(target),
        protocol=source[0].text("Proto") if source else None,
        rule_id=category or _rule(description), title=_rule(description) or category,
        category=category, severity=threat, severity_id=severity_of(threat),
        confidence=_share(record.number("Confidence")), message=description,
        reference=record.text("ID"), observable=_name(target) or _name(source),
        count=record.whole("ConnCount", "FlowCount", "AttackCount") or 1,
        last_seen_time=record.time("CeaseTime"), reporter=node[0].text("Name") if node else None,
        is_from_src=None,
    )  # fmt: skip


def _rule(description: str) -> str:
    return " ".join(_VARYING.sub("*", description).split())[:_RULE_LETTERS]


def _address(ends: list[Record], *names: str) -> str | None:
    told = (text for end in ends for name in names for text in [end.text(name)])
    return next((text for text in told if is_address(text)), None)


def _port(ends: list[Record]) -> int | None:
    return ends[0].port("Port") if ends else None


def _name(ends: list[Record]) -> str:
    return next((text for end in ends if (text := end.text("Hostname", "URL"))), "")


def _share(value: float | None) -> float | None:
    return value if value is not None and 0 <= value <= 1 else None


IDEA = RecordReader("idea", _read)
