"""Firewalls and proxies that write JSON: Palo Alto, Zscaler, Netskope, Symantec, Olfeo, F5 XC.

The fields are those of the text forms, so most go to their readers. Sources: Strata Logging Service
"Log reference"; Zscaler "NSS Feed Output Format"; Netskope REST API v2, "Events"; Symantec WSS
"Access log formats"; Olfeo "Live logs"; F5 Distributed Cloud "Security event".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import unquote

from netcordon.ingest.messages.accounts import identity, present
from netcordon.ingest.messages.events import Event, port, whole
from netcordon.ingest.messages.extended import web_request
from netcordon.ingest.messages.flows import disposition, flow, protocol
from netcordon.ingest.messages.log import Found, Message, Reader
from netcordon.ingest.messages.readers import palo_alto
from netcordon.ingest.messages.readers.fields import read_fields
from netcordon.ingest.messages.requests import request
from netcordon.ingest.text.head import json_object

Told = dict[str, str]

_BEFORE = 64
_MOST_FIELDS, _MOST_ITEMS = 512, 64
_SEVERITIES = {"low": 2, "med": 3, "medium": 3, "high": 4, "critical": 5, "info": 1}


def _read(message: Message) -> Found:
    start = message.text.find("{", 0, _BEFORE)
    if start < 0 or not message.text.rstrip().endswith("}"):
        return None
    value = json_object(message.text[start:].encode(errors="replace"))
    return None if value is None else read_object(message, value)


def read_object(message: Message, value: Mapping[str, object]) -> Found:
    """Rows of one object; ``None`` where it is of none of these devices."""
    told = _flat(value)
    return next((read(message, told) for is_its, read in _DEVICES if is_its(told)), None)


def _flat(value: Mapping[str, object]) -> Told:
    """Fields as text, those of the event within (Zscaler) beside the others."""
    inner = value.get("event")
    told: Told = {}
    for source in (value, inner if isinstance(inner, Mapping) else {}):
        for name, one in list(source.items())[:_MOST_FIELDS]:
            if isinstance(one, list):
                told[name] = ",".join(_text(item) for item in one[:_MOST_ITEMS])
            elif not isinstance(one, Mapping):
                told[name] = _text(one)
    return told


def _text(value: object) -> str:
    if value is None or isinstance(value, Mapping | list):
        return ""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return text.encode(errors="replace").decode()


def _palo_alto(message: Message, told: Told) -> Found:
    return palo_alto.rows(message, palo_alto.named(told))


def _zscaler(message: Message, told: Told) -> Found:
    kind = told.get("sourcetype", "")
    if "tunnel" in kind or told.get("Recordtype", "").startswith("Tunnel"):
        return []
    if "requestmethod" in told:
        told |= {"http_status_code": told.get("status", ""), "protocol": "", "status": ""}
        told["useragent"] = unquote(told.get("useragent", ""))
    return read_fields(message, told, "web" if "requestmethod" in told else "", "zscaler")


def _netskope(message: Message, told: Told) -> Found:
    """The client's own address where it is told; else the one its network leaves by."""
    time = message.time(told.get("timestamp", ""))
    source, target = told.get("userip") or told.get("srcip", ""), told.get("dstip", "")
    whom = identity(time, "proxy", ip=source, user=told.get("user"), host_name=told.get("hostname"))
    if told.get("type") == "network":
        seconds = (whole(told.get("session_duration")) or 0) / 1000
        start = message.clock.microseconds(told.get("start_time", "")) or time
        ends = (source, port(told.get("srcport")), target or told.get("dsthost"),
                port(told.get("dstport")))  # fmt: skip
        found = flow(
            start=start, duration_s=seconds, ends=ends, protocol=protocol(told.get("ip_protocol")),
            outcome=disposition(told.get("action")),
            octets=(whole(told.get("client_bytes")), whole(told.get("server_bytes"))),
            packets=(whole(told.get("client_packets")), whole(told.get("server_packets"))),
        )  # fmt: skip
        return present(found, whom)
    if not source:
        return "an event without the address of its client"
    ends_of = (source, told.get("srcport"), target, told.get("dstport"))
    asked = request(
        time, url=told.get("url"), ends=ends_of, account=told.get("user"),
        agent=told.get("useragent"), referrer=told.get("referer"),
        sent=told.get("client_bytes"), received=told.get("server_bytes"),
    )  # fmt: skip
    return present(
        asked, whom, _file(time, told, source, target), _alert(time, told, source, target)
    )


def _file(time: int | None, told: Told, source: str, target: str) -> Event | None:
    activity = told.get("activity", "")
    if activity not in ("Upload", "Download") or told.get("object_type") != "File":
        return None
    digest = told.get("sha256", "").lower()
    return Event(
        "file_activity",
        {
            "time": time, "src_ip": source, "dst_ip": target, "service": "http",
            "is_upload": activity == "Upload", "file_name": told.get("object"),
            "origin": told.get("url"), "file_bytes": whole(told.get("file_size")),
            "declared_type": told.get("file_type") or None,
            "sha256": digest if len(digest) == 64 else None,
        },
    )  # fmt: skip


def _alert(time: int | None, told: Told, source: str, target: str) -> Event | None:
    if told.get("alert") != "yes":
        return None
    severity = told.get("severity_level") or told.get("severity", "")
    return Event(
        "detection_finding",
        {
            "time": time, "src_ip": source, "dst_ip": target,
            "dst_port": port(told.get("dstport")), "product": "netskope", "kind": "alert",
            "title": told.get("policy") or told.get("alert_name"),
            "category": told.get("alert_type") or told.get("type"), "severity": severity,
            "severity_id": _SEVERITIES.get(severity.lower()), "action": told.get("action"),
            "observable": told.get("url") or told.get("object"), "account": told.get("user"),
            "count": 1, "reporter": "netskope", "is_from_src": True,
        },
    )  # fmt: skip


def _symantec(message: Message, told: Told) -> Found:
    lower = {name.lower(): value for name, value in told.items() if value}
    time = message.clock.microseconds(f"{told.get('date', '')} {told.get('time', '')}", "Z")
    return [web_request(lower, time or message.time())]


def _olfeo(message: Message, told: Told) -> Found:
    time, source = message.time(told.get("timestamp", "")), told.get("src_ip", "")
    whom = identity(time, "proxy", ip=source, user=told.get("display_name"))
    if told.get("type") == "dns":
        answers = [part.split("\t")[-1] for part in told.get("dns_answer", "").split("\n") if part]
        name = told.get("domain", "").rstrip(".").lower()
        values = {
            "time": time, "src_ip": source, "dst_ip": told.get("dest_ip"), "dst_port": 53,
            "service": "dns", "query": name or ".", "is_response": bool(answers),
            "answers": answers or None,
        }  # fmt: skip
        return present(Event("dns_activity", {**values}), whom)
    asked = request(
        time, url=told.get("url"), host=told.get("domain"),
        ends=(source, told.get("src_port"), told.get("dest_ip"), None),
        method=told.get("http_method"), status=told.get("user_status_code"),
        sent=told.get("user_sent_bytes"), received=told.get("user_received_bytes"),
        account=told.get("display_name"),
    )  # fmt: skip
    return present(asked, whom)


def _f5(message: Message, told: Told) -> Found:
    time = message.time(told.get("@timestamp") or told.get("time", ""))
    source, target = told.get("src_ip", ""), told.get("dst_ip", "")
    if "req_path" not in told:
        return []  # how suspicious a visitor is, without a request
    found = request(
        time, url=told["req_path"], host=told.get("domain") or told.get("authority"),
        ends=(source, told.get("src_port"), target, told.get("dst_port")),
        method=told.get("method"), status=told.get("rsp_code"), sent=told.get("req_size"),
        received=told.get("rsp_size"), agent=told.get("user_agent"),
    )  # fmt: skip
    if "sec_event_type" not in told:
        return [found]
    raised = Event(
        "detection_finding",
        {
            "time": time, "src_ip": source, "dst_ip": target, "product": "f5_xc", "kind": "alert",
            "title": told.get("sec_event_name") or told["sec_event_type"],
            "category": told["sec_event_type"], "severity": told.get("severity"),
            "action": told.get("action"), "observable": told["req_path"][:512], "count": 1,
            "reporter": told.get("vh_name") or told.get("hostname"), "is_from_src": True,
        },
    )  # fmt: skip
    return [found, raised]


_ZSCALER = (
    {"ClientIP", "serverip", "requestmethod"}, {"clt_sip", "dns_req"}, {"csip", "cdip", "action"},
    {"Recordtype", "tunneltype"},
)  # fmt: skip
"""Fields that a feed of it has, for collectors take off what names it."""


def _has(*names: str) -> Callable[[Told], bool]:
    return lambda told: all(name in told for name in names)


_DEVICES: tuple[tuple[Callable[[Told], bool], Callable[[Message, Told], Found]], ...] = (
    (
        lambda told: "LogType" in told and bool(told.keys() & {"TimeGenerated", "EventTime"}),
        _palo_alto,
    ),
    (
        lambda told: "auditlogtype" not in told and (
            told.get("sourcetype", "").startswith("zscalernss")
            or told.get("vendor") == "Zscaler"
            or any(told.keys() >= names for names in _ZSCALER)
        ),
        _zscaler,
    ),
    (
        lambda told: "access_method" in told and "timestamp" in told
        and bool(told.keys() & {"traffic_type", "app_session_id"}),
        _netskope,
    ),
    (_has("c-ip", "cs-host"), _symantec),
    (_has("category_label", "user_status_code", "directory_name"), _olfeo),
    (_has("vh_name", "sec_event_type"), _f5),
    (_has("req_path", "rsp_code", "src_ip"), _f5),
)  # fmt: skip

JSON_DEVICES = Reader("json_devices", _read)
