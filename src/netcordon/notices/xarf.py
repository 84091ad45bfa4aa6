"""Abuse reports in XARF version 4 (https://xarf.org): what one says, and what is wrong with it.

A report is about one source: what an address did, when, from which port, with the log lines that
show it. ``faults`` checks the rules of the core schema and of the types that are written here.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import ipaddress
import re
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from netcordon.model.abuse import AbuseMatter

VERSION = "4.0.0"

_OF_TECHNIQUES = (
    ("connection", "ddos", ("T1498", "T1499")),
    ("connection", "login_attack", ("T1110", "T1078")),
    ("connection", "vulnerability_scan", ("T1190", "T1595.002")),
    ("connection", "port_scan", ("T1046", "T1595", "T1018")),
)
"""What somebody outside does to us, gravest first."""
_OF_ROLES = {
    "command_server": ("infrastructure", "botnet"),
    "tunnel_endpoint": ("infrastructure", "botnet"),
    "staging_server": ("content", "malware"),
    "exfil_destination": ("infrastructure", "compromised_server"),
}
"""What somebody outside is to a host of ours that calls him."""
_FIELDS = {
    ("connection", "ddos"): ("protocol", "first_seen"),
    ("connection", "login_attack"): ("protocol", "first_seen"),
    ("connection", "port_scan"): ("protocol", "first_seen"),
    ("connection", "vulnerability_scan"): ("protocol", "first_seen", "scan_type"),
    ("infrastructure", "botnet"): ("compromise_evidence",),
    ("infrastructure", "compromised_server"): ("compromise_method",),
    ("content", "malware"): ("url",),
}
_CORE = ("xarf_version", "report_id", "timestamp", "reporter", "sender", "source_identifier",
         "category", "type")  # fmt: skip
_PROTOCOLS = ("tcp", "udp", "icmp", "sctp")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z\Z")
_MAIL = re.compile(r"[^@\s<>\",;:]+@[a-z0-9-]+(\.[a-z0-9-]+)+\Z", re.IGNORECASE)
_HOST = re.compile(r"(?!-)[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})+\Z", re.IGNORECASE)
_MOST_DESCRIBED, _MOST_EVIDENCE = 1_000, 50


def kind_of(matter: AbuseMatter) -> tuple[str, str]:
    """Category and type."""
    if matter.attacks_us:
        for category, type_, techniques in _OF_TECHNIQUES:
            if any(t.startswith(techniques) for t in matter.techniques):
                return category, type_
    kind = _OF_ROLES.get(matter.role, ("infrastructure", "botnet"))
    return (
        ("infrastructure", "botnet") if kind == ("content", "malware") and not matter.url else kind
    )


def report(matter: AbuseMatter, *, org: str, mail: str, time: datetime) -> dict[str, Any]:
    """The report, ready for JSON.

    Args:
        matter: what the source did.
        org: who reports.
        mail: where answers go; its domain is the reporter's.
        time: of the report.
    """
    category, type_ = kind_of(matter)
    own = {"org": org, "contact": mail, "domain": mail.rpartition("@")[2].lower()}
    lines = "\n".join((matter.heading, *matter.lines)) + "\n"
    payload = lines.encode()
    first, last = _stamp(matter.first_seen), _stamp(matter.last_seen)
    said: dict[str, Any] = {
        "xarf_version": VERSION,
        "report_id": _identifier(matter, org, time),
        "timestamp": _stamp(time),
        "reporter": own,
        "sender": own,
        "source_identifier": matter.source,
        "category": category,
        "type": type_,
        "evidence_source": "flow_analysis",
        "description": matter.description[:_MOST_DESCRIBED],
        "confidence": round(matter.confidence, 2),
        "evidence": [
            {
                "content_type": "text/plain",
                "description": "Connections as recorded, times in UTC",
                "payload": base64.b64encode(payload).decode("ascii"),
                "hash": f"sha256:{hashlib.sha256(payload).hexdigest()}",
                "size": len(payload),
            }
        ],
    }
    if matter.source_port:
        said["source_port"] = matter.source_port
    if category == "connection":
        said |= {"protocol": matter.protocol, "first_seen": first, "last_seen": last}
        if matter.destination_port:
            said["destination_port"] = matter.destination_port
        if matter.destination_ip:
            said["destination_ip"] = matter.destination_ip
        if type_ == "vulnerability_scan":
            said["scan_type"] = "web_vuln_scan"
    elif type_ == "botnet":
        said["compromise_evidence"] = matter.description[:_MOST_DESCRIBED]
        if matter.name:
            said["c2_server"] = matter.name
    elif type_ == "compromised_server":
        said["compromise_method"] = "unknown"
    else:
        said["url"] = matter.url
    return said


def faults(said: Mapping[str, Any]) -> list[str]:
    """What is wrong with a report, one sentence each; empty when it is sound."""
    out = [f"{field} is missing" for field in _CORE if field not in said]
    if out:
        return out
    kind = (said["category"], said["type"])
    if kind not in _FIELDS:
        return [f"category {said['category']!r} has no type {said['type']!r} here"]
    out += [f"{field} is missing" for field in _FIELDS[kind] if not said.get(field)]
    if not re.match(r"4\.\d+\.\d+\Z", str(said["xarf_version"])):
        out.append("xarf_version is not of version 4")
    try:
        uuid.UUID(str(said["report_id"]))
    except ValueError:
        out.append("report_id is no UUID")
    for field in ("timestamp", "first_seen", "last_seen"):
        if field in said and not _TIME.match(str(said[field])):
            out.append(f"{field} is no time in UTC")
    for who in ("reporter", "sender"):
        out += _contact_faults(who, said[who])
    is_address = _is_address(str(said["source_identifier"]))
    if not is_address and not _HOST.match(str(said["source_identifier"])):
        out.append("source_identifier is neither an address nor a name")
    if kind[0] == "connection":
        if is_address and "source_port" not in said:
            out.append("source_port is missing; providers behind shared addresses need it")
        if said.get("protocol") not in _PROTOCOLS:
            out.append(f"protocol is none of {', '.join(_PROTOCOLS)}")
    for port in ("source_port", "destination_port"):
        if port in said and not (isinstance(said[port], int) and 1 <= said[port] <= 65_535):
            out.append(f"{port} is no port")
    if "url" in said and not (
        urlsplit(str(said["url"])).scheme and urlsplit(str(said["url"])).netloc
    ):
        out.append("url is none")
    if not 0 <= said.get("confidence", 0) <= 1:
        out.append("confidence is not between 0 and 1")
    if len(said.get("description", "")) > _MOST_DESCRIBED:
        out.append(f"description is longer than {_MOST_DESCRIBED:,} characters")
    return out + _evidence_faults(said.get("evidence", []))


def _contact_faults(who: str, said: object) -> list[str]:
    if not isinstance(said, Mapping) or set(said) != {"org", "contact", "domain"}:
        return [f"{who} has not exactly org, contact and domain"]
    out = []
    if not said["org"] or len(said["org"]) > 200:
        out.append(f"{who}.org is empty or too long")
    if not _MAIL.match(str(said["contact"])):
        out.append(f"{who}.contact is no mail address")
    if not _HOST.match(str(said["domain"])):
        out.append(f"{who}.domain is no domain")
    return out


def _evidence_faults(items: object) -> list[str]:
    if not isinstance(items, Sequence) or len(items) > _MOST_EVIDENCE:
        return [f"evidence is no list, or longer than {_MOST_EVIDENCE}"]
    out = []
    for number, item in enumerate(items, 1):
        try:
            payload = base64.b64decode(str(item["payload"]), validate=True)
        except (KeyError, TypeError, binascii.Error):
            out.append(f"evidence {number} has no payload in base 64")
            continue
        if item.get("hash") != f"sha256:{hashlib.sha256(payload).hexdigest()}":
            out.append(f"evidence {number} is not what its hash says")
        if item.get("size") != len(payload):
            out.append(f"evidence {number} is not of the size it says")
    return out


def _identifier(matter: AbuseMatter, org: str, time: datetime) -> str:
    text = "\n".join((org, matter.source, _stamp(time), *matter.lines))
    return str(uuid.UUID(bytes=hashlib.sha256(text.encode()).digest()[:16], version=4))


def _stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
