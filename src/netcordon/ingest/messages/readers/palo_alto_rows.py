"""Rows of each log type of PAN-OS, from fields under one set of names."""

from __future__ import annotations

import re
from collections.abc import Callable

from netcordon.ingest.messages.accounts import Outcome, call, identity, login, present, said
from netcordon.ingest.messages.events import Event, port, whole
from netcordon.ingest.messages.flows import disposition, flow, protocol
from netcordon.ingest.messages.log import Found, Message
from netcordon.ingest.messages.requests import request

Told = dict[str, str]

_SEVERITIES = {"informational": 1, "low": 2, "medium": 3, "high": 4, "critical": 5}
_STOPPED = re.compile(r"block|reset|drop|deny|sinkhole", re.IGNORECASE)
_QUOTED_USER = re.compile(
    r"(?:for user|authenticating user|[Uu]ser) ['\"]?(?P<user>[^'\"\s,]{1,128})"
)
_FROM = re.compile(r"(?:From: |from )['\"]?(?P<ip>\d{1,3}(?:\.\d{1,3}){3}|[0-9A-Fa-f:]{3,45})")
_REASON = re.compile(r"Reason: (?P<why>.{1,160}?)\.(?:\s|$)")
_SERVER = re.compile(r"[Ss]erver [Aa]ddress ['\"]?(?P<ip>[0-9A-Fa-f:.]{3,45})['\"]?")
_LOGIN_EVENTS = re.compile(r"(?:auth|login|prelogin|connected|register)$", re.IGNORECASE)
_BAD = re.compile(r"fail|denied|error|invalid|reject", re.IGNORECASE)


def _time(message: Message, told: Told) -> int | None:
    exact = told.get("TimeGenerated") or told.get("TimeReceived") or ""
    return message.time(exact, "UTC" if told.get("dtz") == "UTC" else "")


def _ends(told: Told) -> tuple[str | None, int | None, str | None, int | None]:
    return (
        told.get("SourceAddress"), port(told.get("SourcePort")),
        told.get("DestinationAddress"), port(told.get("DestinationPort")),
    )  # fmt: skip


def _traffic(message: Message, told: Told) -> Found:
    """Octets are those of IP; the session's id joins its start with its end."""
    written = _time(message, told)
    start = message.clock.microseconds(told.get("SessionStartTime", "")) or written
    subtype = told.get("Subtype", "").lower()
    outcome = "dropped" if subtype in ("drop", "deny") else disposition(told.get("Action"))
    if told.get("SessionEndReason") == "tcp-rst-from-server":
        outcome = "rejected"
    session = told.get("SessionID", "") or told.get("cn1", "")
    found = flow(
        start=start,
        duration_s=whole(told.get("SessionDuration") or told.get("cn3")),
        ends=_ends(told),
        protocol=protocol(told.get("Protocol")),
        outcome=outcome,
        octets=(whole(told.get("BytesSent")), whole(told.get("BytesReceived"))),
        packets=(whole(told.get("PacketsSent")), whole(told.get("PacketsReceived"))),
        service=_application(told.get("Application", "")),
        session=f"{told.get('DeviceSN', '')} {session}" if session else "",
        is_begin=subtype == "start",
    )
    return [found, *_user(written, told)]


def _user(time: int | None, told: Told) -> list[Event]:
    source, user = told.get("SourceAddress"), told.get("SourceUser")
    return present(identity(time, "firewall", ip=source, user=user) if user else None)


def _threat(message: Message, told: Told) -> Found:
    time, subtype = _time(message, told), told.get("Subtype", "").lower()
    severity, action = told.get("VendorSeverity", "").lower(), told.get("Action", "")
    is_raised = bool(_STOPPED.search(action)) or severity in ("medium", "high", "critical")
    users = _user(time, told)
    if subtype == "url":
        found = [_request(time, told), *users]
        return [*found, _finding(message, time, told)] if is_raised else found
    if subtype in ("file", "data"):
        found = [_file(time, told), *users]
        return [*found, _finding(message, time, told)] if is_raised else found
    return [_finding(message, time, told), *users]


def _request(time: int | None, told: Told) -> Event:
    ends = _ends(told)
    method = told.get("HTTPMethod", "")
    return request(
        time, url=told.get("FileName", "").strip('"'), method="" if method == "unknown" else method,
        ends=(ends[0], told.get("SourcePort"), ends[2], told.get("DestinationPort")),
        account=told.get("SourceUser"), agent=told.get("UserAgent"), referrer=told.get("Referer"),
        proxied_for=told.get("XForwardedFor"),
    )  # fmt: skip


def _file(time: int | None, told: Told) -> Event:
    ends = _ends(told)
    digest = told.get("FileHash", "").lower()
    return Event(
        "file_activity",
        {
            "time": time,
            "src_ip": ends[0], "src_port": ends[1], "dst_ip": ends[2], "dst_port": ends[3],
            "service": _application(told.get("Application", "")),
            "is_upload": not told.get("DirectionOfAttack", "").startswith("server"),
            "file_name": told.get("FileName", "").strip('"'),
            "sha256": digest if re.fullmatch(r"[0-9a-f]{64}", digest) else None,
        },
    )  # fmt: skip


def _finding(message: Message, time: int | None, told: Told) -> Event:
    source, source_port, target, target_port = _ends(told)
    title, _, number = told.get("ThreatID", "").partition("(")
    severity, subtype = told.get("VendorSeverity", ""), told.get("Subtype", "")
    if subtype == "url":
        title, number = f"URL of category {told.get('URLCategory', '')}", ""
    return Event(
        "detection_finding",
        {
            "time": time,
            "src_ip": source, "src_port": source_port,
            "dst_ip": target, "dst_port": target_port,
            "protocol": protocol(told.get("Protocol")),
            "service": _application(told.get("Application", "")),
            "product": "pan-os",
            "kind": "alert",
            "rule_id": number.rstrip(")") or told.get("ThreatID"),
            "title": title.strip() or subtype,
            "category": subtype,
            "severity": severity,
            "severity_id": _SEVERITIES.get(severity.lower()),
            "action": told.get("Action"),
            "observable": told.get("FileName"),
            "account": told.get("SourceUser"),
            "count": whole(told.get("RepeatCount")) or 1,
            "reporter": message.envelope.host or told.get("DeviceName") or told.get("DeviceSN"),
            "is_from_src": not told.get("DirectionOfAttack", "").startswith("server"),
        },
    )  # fmt: skip


def _decryption(message: Message, told: Told) -> Found:
    time = _time(message, told)
    name, ends = said(told.get("ServerNameIndication")), _ends(told)
    if name is None:
        return []  # the session's own line in the traffic log says the rest
    return [
        Event(
            "tls_activity",
            {
                "time": time, "src_ip": ends[0], "src_port": ends[1], "dst_ip": ends[2],
                "dst_port": ends[3], "server_name": name,
                "version": told.get("TLSVersion", "").replace("TLS", "TLSv", 1) or None,
                "certificate_issuer": said(told.get("IssuerCommonName")),
                "certificate_subject": said(told.get("CommonName")), "protocol": "tcp",
            },
        )
    ]  # fmt: skip


def _globalprotect(message: Message, told: Told) -> Found:
    time, name = _time(message, told), told.get("EventIDValue", "")
    status, user = told.get("EventStatus", ""), told.get("SourceUser")
    failed = bool(_BAD.search(status))
    held = said(told.get("PrivateIPv4")) or said(told.get("PrivateIPv6"))
    device, system = told.get("EndpointDeviceName"), told.get("EndpointOSType")
    whom = identity(time, "vpn", ip=held, user=user, host_name=device, os_hint=system)
    if not failed and ("logout" in name or not _LOGIN_EVENTS.search(name)):
        return present(whom if held and user else None)
    return present(
        login(
            message, "globalprotect", "failure" if failed else "success", time=time, service="vpn",
            source=said(told.get("PublicIPv4")) or told.get("PublicIPv6"), account=user,
            method=told.get("AuthMethod"), workstation=device,
            why=(told.get("Reason") or told.get("ConnectionError")) if failed else None,
            country=told.get("SourceRegion"),
        ),
        whom if held and user else None,
    )  # fmt: skip


def _userid(message: Message, told: Told) -> Found:
    if told.get("Subtype", "").lower() != "login":
        return []
    return _user(_time(message, told), told)


def _hipmatch(message: Message, told: Told) -> Found:
    found = identity(
        _time(message, told), "vpn", ip=told.get("SourceAddress"), user=told.get("SourceUser"),
        host_name=told.get("EndpointDeviceName"), os_hint=told.get("EndpointOSType"),
    )  # fmt: skip
    return present(found)


def _system(message: Message, told: Told) -> Found:
    text = told.get("EventDescription", "")
    is_auth = told.get("Subtype", "").startswith("auth") or " logged in via " in text
    if not is_auth:
        return []
    user, place, why = _QUOTED_USER.search(text), _FROM.search(text), _REASON.search(text)
    server = _SERVER.search(text)
    if user is None:
        return []
    failed = "fail" in text.lower() or "invalid" in text.lower()
    outcome: Outcome = "failure" if failed else "success"
    return [
        login(
            message, "pan-os", outcome, time=_time(message, told),
            service="admin" if " logged in via " in text else "vpn",
            source=place["ip"] if place else None, account=user["user"],
            target=server["ip"] if server else None, why=why["why"] if why and failed else None,
        )
    ]  # fmt: skip


def _authentication(message: Message, told: Told) -> Found:
    words = f"{told.get('EventName', '')} {told.get('EventDescription', '')}"
    failed = bool(_BAD.search(words)) or "timeout" in words.lower()
    if not failed and "succe" not in words.lower():
        return []
    return [
        login(
            message, "pan-os", "failure" if failed else "success", time=_time(message, told),
            service="portal", source=told.get("SourceAddress"), account=told.get("SourceUser"),
            method=told.get("AuthMethod"), why=told.get("EventDescription") if failed else None,
        )
    ]  # fmt: skip


def _config(message: Message, told: Told) -> Found:
    path, done = told.get("ConfigurationPath", ""), told.get("EventResult", "")
    return [
        call(
            message, "pan-os", told.get("EventCommand") or "change", time=_time(message, told),
            service=told.get("EventSource"), source=told.get("SourceAddress"),
            account=told.get("SourceUser"), object_=path,
            outcome="failure" if _BAD.search(done) else "success",
            change="account" if "mgt-config users" in path else None,
        )
    ]  # fmt: skip


def _dns(message: Message, told: Told) -> Found:
    name = told.get("DomainName") or told.get("QueryName") or ""
    if not name:
        return "a lookup without its name"
    answers = [part for part in told.get("DNSResponse", "").split(",") if part][:32]
    return [
        Event(
            "dns_activity",
            {
                "time": _time(message, told), "src_ip": told.get("SourceAddress"),
                "dst_ip": told.get("DNSResolverIP"), "dst_port": 53, "service": "dns",
                "query": name.lower().rstrip(".") or ".", "is_response": bool(answers),
                "query_type": told.get("RecordType", "").upper() or None,
                "answers": answers or None,
            },
        )
    ]  # fmt: skip


def _application(text: str) -> str | None:
    names = {"ssl": "tls", "web-browsing": "http", "dns-base": "dns", "ms-ds-smb": "smb"}
    unknown = ("", "not-applicable", "incomplete", "insufficient-data")
    if text in unknown or text.startswith("unknown"):
        return None
    return names.get(text, text)


LOGS: dict[str, Callable[[Message, Told], Found]] = {
    "TRAFFIC": _traffic, "THREAT": _threat, "DECRYPTION": _decryption,
    "GLOBALPROTECT": _globalprotect, "USERID": _userid, "HIPMATCH": _hipmatch, "SYSTEM": _system,
    "AUTHENTICATION": _authentication, "CONFIG": _config, "DNS": _dns,
}  # fmt: skip
