"""Abuse reports in XARF: version 4 and 3 (JSON), and the ``key: value`` form of X-ARF 0.1 and 0.2.

Sources: https://xarf.org (version 4, core schema), the schemas of XARF 3, the X-ARF 0.2 draft.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from netcordon.ingest.letters.encoded import decoded
from netcordon.model.letter import Complaint

MOST_BYTES = 8 << 20
_MOST_SAMPLE, _MOST_ITEMS, _LONGEST = 64 << 10, 50, 2000
_FIELD = re.compile(r"([A-Za-z][A-Za-z0-9-]{1,40}):[ \t]*(.*)")
_TEXT_TYPES = ("text/", "message/", "application/json", "application/csv")


def xarf_json(content: bytes) -> Mapping[str, Any] | None:
    """A XARF report of version 3 or 4 as JSON, or ``None`` where it is none; never raises."""
    if len(content) > MOST_BYTES or content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] != b"{":
        return None
    try:
        said = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) and version_of(said) else None


def version_of(said: Mapping[str, Any]) -> int:
    """4 or 3; 0 where it is no such report."""
    if str(said.get("xarf_version", ""))[:2] == "4." and "source_identifier" in said:
        return 4
    reporter, report = said.get("ReporterInfo"), said.get("Report")
    return 3 if isinstance(reporter, dict) and isinstance(report, dict) else 0


def complaint_of(said: Mapping[str, Any]) -> Complaint:
    """What a report of version 3 or 4 says; a field of a wrong type says nothing."""
    return _of_4(said) if version_of(said) == 4 else _of_3(said)


def _of_4(said: Mapping[str, Any]) -> Complaint:
    who = _inner(said, "reporter")
    kind = " ".join(filter(None, (_text(said, "category"), _text(said, "type"))))
    return Complaint(
        format=f"XARF {_text(said, 'xarf_version')[:8]}",
        reference=_text(said, "report_id"),
        organisation=_text(who, "org"),
        contact=_text(who, "contact"),
        kind=kind.replace("_", " "),
        source=_text(said, "source_identifier"),
        source_port=_port(said.get("source_port")),
        destination=_text(said, "destination_ip"),
        destination_port=_port(said.get("destination_port")),
        protocol=_text(said, "protocol").lower(),
        first=_text(said, "first_seen") or _text(said, "timestamp"),
        last=_text(said, "last_seen"),
        urls=tuple(filter(None, (_text(said, "url"), _text(said, "c2_server")))),
        sample=_samples(
            said.get("evidence"), "content_type", "payload", _text(said, "description")
        ),
    )


def _of_3(said: Mapping[str, Any]) -> Complaint:
    who, report = _inner(said, "ReporterInfo"), _inner(said, "Report")
    kind = " ".join(filter(None, (_text(report, "ReportClass"), _text(report, "ReportType"))))
    contact = _text(who, "ReporterContactEmail") or _text(who, "ReporterOrgEmail")
    urls = [_text(report, name) for name in ("SourceUrl", "SourceUri", "Url")]
    return Complaint(
        format="XARF 3",
        reference=_text(report, "ReportID") or _text(report, "ReportId") or _text(said, "ReportID"),
        organisation=_text(who, "ReporterOrg"),
        contact=contact,
        kind=kind,
        source=_text(report, "SourceIp") or _text(report, "Source"),
        source_port=_port(report.get("SourcePort")),
        destination=_text(report, "DestinationIp"),
        destination_port=_port(report.get("DestinationPort")),
        protocol=_text(report, "Protocol").lower(),
        first=_text(report, "Date") or _text(report, "FirstSeen"),
        last=_text(report, "LastSeen"),
        urls=tuple(filter(None, urls)),
        sample=_samples(report.get("Samples"), "ContentType", "Payload", ""),
    )


def old_complaint(text: str) -> Complaint | None:
    """A report in X-ARF 0.1 or 0.2, whose fields stand a line each; ``None`` where it is none."""
    said: dict[str, str] = {}
    for line in text.splitlines()[:200]:
        if found := _FIELD.match(line.strip()[:_LONGEST]):
            said.setdefault(found[1].lower(), found[2].strip().strip("\"'"))
    if not {"report-type", "source", "category"} <= said.keys():
        return None
    return Complaint(
        format=f"X-ARF {said.get('version', '0')[:8]}",
        reference=said.get("report-id", ""),
        organisation=said.get("reported-by", ""),
        contact=said.get("reported-from", ""),
        kind=f"{said['category']} {said['report-type']}",
        source=said["source"],
        source_port=_port(said.get("source-port")),
        destination=said.get("destination", ""),
        destination_port=_port(said.get("port") or said.get("destination-port")),
        protocol=said.get("protocol", "").lower(),
        first=said.get("date", ""),
    )


def _samples(found: object, type_key: str, payload_key: str, told: str) -> str:
    """Text that goes with a report; other kinds of evidence stay unread."""
    out = [told] if told else []
    listed = found if isinstance(found, Sequence) and not isinstance(found, str | bytes) else ()
    for item in list(listed)[:_MOST_ITEMS]:
        if not isinstance(item, dict):
            continue
        media = str(item.get(type_key, "")).lower()
        payload = item.get(payload_key)
        if isinstance(payload, str) and (media.startswith(_TEXT_TYPES) or not media):
            is_plain = item.get("Base64Encoded") is False
            out.append(payload[:_MOST_SAMPLE] if is_plain else _unpacked(payload))
    return "\n".join(out)[:_MOST_SAMPLE]


def _unpacked(payload: str) -> str:
    try:
        content = base64.b64decode(payload[: _MOST_SAMPLE * 4 // 3 & ~3], validate=True)
    except (binascii.Error, ValueError):
        return payload[:_MOST_SAMPLE]  # written plainly, whatever it claims
    return decoded(content, "utf-8")


def _inner(said: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = said.get(key)
    return found if isinstance(found, dict) else {}


def _text(said: Mapping[str, Any], key: str) -> str:
    found = said.get(key)
    return found.strip()[:_LONGEST] if isinstance(found, str) else ""


def _port(value: object) -> int | None:
    text = str(value).strip()
    if isinstance(value, bool) or not re.fullmatch(r"[0-9]{1,5}", text):
        return None
    return int(text) if 0 < int(text) < 65_536 else None
