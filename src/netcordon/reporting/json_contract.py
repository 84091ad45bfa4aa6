r"""The report for other programs: one JSON object whose keys are stable.

Values are as observed, neither shortened nor defanged. The text is ASCII (everything else is a
``\u`` escape), so it is as safe on a terminal as in a file. Times are RFC 3339 in UTC. Numbers
that JSON cannot hold (NaN, infinities) become ``null``.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from datetime import datetime

from netcordon.errors import NetcordonError
from netcordon.model.casework import SetAside
from netcordon.model.document import Document
from netcordon.model.evidence import CaptureQuality, Evidence
from netcordon.model.finding import Finding
from netcordon.model.incident import CARD_KEYS, Channel, Host, Incident, Indicator, Party
from netcordon.model.quantity import rfc3339
from netcordon.reporting.casework_json import (
    allowance_object,
    attribution_object,
    case_object,
    judgement_object,
    priority_object,
)  # fmt: skip

Json = dict[str, object]

_LISTS = (
    "evidence", "capture_quality", "incidents", "findings", "indicators", "hosts", "not_seen",
)  # fmt: skip


def render_json(document: Document) -> str:
    """The whole document as text, ending in a line feed."""
    return _dump(as_object(document))


def render_failure(error: NetcordonError, version: str) -> str:
    """The same object after a failure: nothing but ``error`` and the version is filled."""
    empty: Json = {key: [] for key in _LISTS}
    return _dump({"version": version, **empty, "report_path": None, "error": error.as_dict()})


def as_object(document: Document) -> Json:
    """The document as JSON-able values, keys in the order of the contract."""
    return {
        "version": document.version,
        "generated_time": rfc3339(document.generated_time),
        "tlp": document.tlp.value,
        "verdict": document.verdict,
        "severity": document.severity,
        "first_time": _time(document.first_time),
        "last_time": _time(document.last_time),
        "home_nets": list(document.home_nets),
        "home_nets_inferred": document.home_nets_inferred,
        "options": dict(sorted(document.options.items())),
        "evidence": [_evidence(e) for e in document.evidence],
        "capture_quality": [_quality(q) for q in document.capture_quality],
        "incidents": [_incident(i) for i in document.incidents],
        "findings": [_finding(f, _logs(document)) for f in document.findings],
        "indicators": [_indicator(i) for i in document.indicators],
        "hosts": [_host(h) for h in document.hosts],
        "not_seen": list(document.not_seen),
        "priorities": [priority_object(p) for p in document.priorities],
        "attributions": [attribution_object(a) for a in document.attributions],
        "set_aside": [_set_aside(s, _logs(document)) for s in document.set_aside],
        "allowances": [allowance_object(a) for a in document.allowances],
        "judgements": [judgement_object(j) for _, j in sorted(document.judgements.items())],
        "case": case_object(document.case) if document.case else None,
        "crisis": list(document.crisis),
        "report_path": document.report_path,
        "error": None,
    }


def _dump(value: Json) -> str:
    return json.dumps(value, ensure_ascii=True, allow_nan=False, indent=1) + "\n"


def plain(value: object) -> object:
    """Any value of an open mapping as something JSON can hold; sets are sorted."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, datetime):
        return rfc3339(value)
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, set | frozenset):
        return sorted((plain(v) for v in value), key=str)
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    return str(value)


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else rfc3339(moment)


def _evidence(e: Evidence) -> Json:
    return {
        "id": e.id,
        "path": e.path,
        "sha256": e.sha256,
        "kind": e.kind,
        "bytes": e.bytes,
        "records": e.records,
        **({"mapping_sha256": e.facts["mapping_sha256"]} if "mapping_sha256" in e.facts else {}),
        "refused": dict(e.refused),
        "first_time": _time(e.first_time),
        "last_time": _time(e.last_time),
        "warnings": [
            {"code": w.code, "what": w.what, "count": w.count, "frame": w.frame} for w in e.warnings
        ],
    }


def _quality(q: CaptureQuality) -> Json:
    return {
        "evidence_id": q.evidence_id,
        "grade": q.grade.value,
        "summary": q.summary,
        "defects": [
            {
                "name": d.name,
                "share": plain(d.share),
                "what": d.what,
                "consequence": d.consequence,
            }
            for d in q.defects
        ],
    }


def _logs(document: Document) -> frozenset[str]:
    """Evidence whose rows are numbered by lines."""
    return frozenset(e.id for e in document.evidence if e.facts.get("is_log"))


def _finding(f: Finding, logs: frozenset[str]) -> Json:
    return {
        "id": f.id,
        "detector": f.detector,
        "title": f.title,
        "severity": f.severity.value,
        "confidence": plain(f.confidence),
        "src_ips": list(f.src_ips),
        "dst_ips": list(f.dst_ips),
        "dst_names": list(f.dst_names),
        "dst_ports": list(f.dst_ports),
        "protocol": f.protocol,
        "accounts": list(f.accounts),
        "techniques": list(f.techniques),
        "first_seen_time": rfc3339(f.first_seen_time),
        "last_seen_time": rfc3339(f.last_seen_time),
        "succeeded": f.succeeded,
        "terms": {
            name: {"contribution": plain(t.contribution), "value": plain(t.value)}
            for name, t in f.terms.items()
        },
        "facts": plain(f.facts),
        "evidence_rows": [
            {
                "evidence_id": r.evidence_id,
                "table": r.table,
                "frames": [] if r.evidence_id in logs else list(r.frames),
                "lines": list(r.frames) if r.evidence_id in logs else [],
                "total": r.total,
            }
            for r in f.evidence_rows
        ],
        "sql": f.sql,
        "parameters": plain(f.parameters),
    }


def _set_aside(s: SetAside, logs: frozenset[str]) -> Json:
    return {
        "by": s.by,
        "label": s.label,
        "who": s.who,
        "reason": s.reason,
        "until": rfc3339(s.until),
        "finding": _finding(s.finding, logs),
    }


def _incident(i: Incident) -> Json:
    return {
        "id": i.id,
        "title": i.title,
        "summary": i.summary,
        "severity": i.severity.value,
        "confidence": plain(i.confidence),
        "first_seen_time": rfc3339(i.first_seen_time),
        "last_seen_time": rfc3339(i.last_seen_time),
        "actors": [_party(p) for p in i.actors],
        "victims": [_party(p) for p in i.victims],
        "pivots": list(i.pivots),
        "channels": [_channel(c) for c in i.channels],
        "techniques": list(i.techniques),
        "kill_chain": list(i.kill_chain),
        "card": {key: _card_entry(i, key) for key in CARD_KEYS},
        "story": [
            {
                "time": rfc3339(s.time),
                "end_time": rfc3339(s.end_time),
                "tactic": s.tactic,
                "text": s.text,
                "actor_ip": s.actor_ip,
                "target_ips": list(s.target_ips),
                "severity": s.severity.value,
                "finding_id": s.finding_id,
            }
            for s in i.story
        ],
        "scope": [
            {
                "ip": s.ip,
                "name": s.name,
                "relation": s.relation,
                "count": s.count,
                "first_seen_time": rfc3339(s.first_seen_time),
                "last_seen_time": rfc3339(s.last_seen_time),
            }
            for s in i.scope
        ],
        "first_actions": list(i.first_actions),
        "finding_ids": list(i.finding_ids),
    }


def _party(p: Party) -> Json:
    return {
        "ip": p.ip,
        "mac": p.mac,
        "name": p.name,
        "user": p.user,
        "role": p.role,
        "why": p.why,
        "internal": p.internal,
    }


def _channel(c: Channel) -> Json:
    return {
        "src": c.src,
        "dst": c.dst,
        "dst_name": c.dst_name,
        "port": c.port,
        "protocol": c.protocol,
        "purpose": c.purpose,
        "first_seen_time": rfc3339(c.first_seen_time),
        "last_seen_time": rfc3339(c.last_seen_time),
        "finding_ids": list(c.finding_ids),
    }


def _card_entry(incident: Incident, key: str) -> Json:
    entry = incident.card.get(key)
    if entry is None or not entry.values:
        return {"not_assessed": (entry.not_assessed if entry else None) or "no reason was recorded"}
    return {"values": [plain(value) for value in entry.values]}


def _indicator(i: Indicator) -> Json:
    return {
        "type": i.type,
        "value": i.value,
        "role": i.role,
        "confidence": plain(i.confidence),
        "first_seen_time": rfc3339(i.first_seen_time),
        "last_seen_time": rfc3339(i.last_seen_time),
        "finding_ids": list(i.finding_ids),
        "caution": i.caution,
    }


def _host(h: Host) -> Json:
    return {
        "ip": h.ip,
        "mac": h.mac,
        "names": list(h.names),
        "users": list(h.users),
        "os_hint": h.os_hint,
        "internal": h.internal,
        "sources": list(h.sources),
        "first_seen_time": rfc3339(h.first_seen_time),
        "last_seen_time": rfc3339(h.last_seen_time),
        "facts": plain(h.facts),
    }
