"""Open Cybersecurity Schema Framework, 1.x: events by ``class_uid``, of any product.

Source: schema.ocsf.io. ``time`` is milliseconds; ``status_id`` 1 success, 2 failure.
"""

from __future__ import annotations

from netcordon.ingest.messages.events import Value
from netcordon.ingest.records.product import (
    Product,
    Shape,
    Source,
    Sources,
    Test,
    either,
    fixed,
    has,
    joined,
    said,
    word,
)
from netcordon.ingest.records.record import Record

_TIME = "time start_time metadata.original_time finding_info.created_time"
_STATUS: dict[str, Value] = {
    "1": "success",
    "2": "failure",
    "success": "success",
    "failure": "failure",
    "failed": "failure",
}
_CHANGES: dict[str, Value] = {
    "1": "account",
    "2": "account",
    "3": "credential",
    "4": "credential",
    "7": "role",
    "10": None,
    "11": "mfa",
}
"""``activity_id`` of account change (3001) -> what it gives or weakens."""
_PROVIDER = "metadata.product.name metadata.product.vendor_name metadata.log_provider"


def _class(*uids: str) -> Test:
    return lambda record: record.text("class_uid") in uids


def _provider(record: Record) -> Value:
    name = record.text(*_PROVIDER.split())
    return name.lower().replace(" ", "_")[:64] if name else "ocsf"


_ENDS: Sources = {
    "src_ip": "src_endpoint.ip device.ip",
    "src_port": "src_endpoint.port",
    "dst_ip": "dst_endpoint.ip",
    "dst_port": "dst_endpoint.port",
}


def _account(record: Record) -> Value:
    return record.text(
        "actor.user.email_addr", "actor.user.name", "actor.user.uid", "actor.session.issuer",
        "actor.invoked_by",
    )  # fmt: skip


def _answers(record: Record) -> Value:
    return [text for part in record.parts("answers") if (text := part.text("rdata"))][:32] or None


NETWORK = Shape(
    table="network_activity",
    when=lambda record: (
        record.text("class_uid") in ("4001", "4005", "4006", "4007", "4008")
        and record.has("src_endpoint.ip", "dst_endpoint.ip")
    ),
    columns={
        **_ENDS,
        "start_time": f"start_time {_TIME}",
        "end_time": "end_time",
        "protocol": "connection_info.protocol_name connection_info.protocol_num",
        "outcome": either("disposition", "action", "status"),
        "bytes_out": "traffic.bytes_out",
        "bytes_in": "traffic.bytes_in",
        "packets_out": "traffic.packets_out",
        "packets_in": "traffic.packets_in",
        "service": either(
            "app_name",
            word("class_uid", {"4005": "rdp", "4006": "smb", "4007": "ssh", "4008": "ftp"}),
        ),
    },
)
HTTP = Shape(
    table="http_activity",
    when=_class("4002"),
    columns={
        **_ENDS,
        "time": _TIME,
        "method": "http_request.http_method",
        "host": "http_request.url.hostname dst_endpoint.hostname",
        "uri": either(
            "http_request.url.url_string",
            joined("?", "http_request.url.path", "http_request.url.query_string"),
        ),
        "version": said("http_request.version"),
        "user_agent": "http_request.user_agent",
        "referrer": "http_request.referrer",
        "proxied_for": "http_request.x_forwarded_for",
        "account": _account,
        "status_code": "http_response.code http_status",
        "request_body_bytes": "http_request.length",
        "response_body_bytes": "http_response.length",
    },
)
DNS = Shape(
    table="dns_activity",
    when=lambda record: record.text("class_uid") == "4003" and record.has("query.hostname"),
    columns={
        **_ENDS,
        "time": _TIME,
        "protocol": lambda record: {"udp": "udp", "tcp": "tcp", "17": "udp", "6": "tcp"}.get(
            record.lower("connection_info.protocol_name", "connection_info.protocol_num")
        ),
        "service": fixed("dns"),
        "transaction_id": "query.packet_uid",
        "is_response": lambda record: record.has("rcode") or record.has("answers"),
        "query": lambda record: (record.text("query.hostname") or "").rstrip(".") or ".",
        "query_type": "query.type",
        "rcode": lambda record: (record.text("rcode") or "").upper() or None,
        "answers": _answers,
    },
)
DHCP = Shape(
    table="dhcp_activity",
    when=_class("4004"),
    columns={
        "time": _TIME,
        "message_type": word(
            "activity_id",
            {"1": "DISCOVER", "2": "OFFER", "3": "REQUEST", "4": "DECLINE", "5": "ACK", "6": "NAK",
             "7": "RELEASE", "8": "INFORM"},
        ),
        "client_mac": "src_endpoint.mac dst_endpoint.mac",
        "assigned_ip": "dst_endpoint.ip src_endpoint.ip",
        "server_ip": "relay.ip",
        "host_name": "src_endpoint.hostname dst_endpoint.hostname",
    },
)  # fmt: skip
LOGIN = Shape(
    table="authentication",
    when=_class("3002"),
    columns={
        **_ENDS,
        "time": _TIME,
        "provider": _provider,
        "method": "auth_protocol",
        "service": "service.name dst_endpoint.svc_name logon_type",
        "account": "user.email_addr user.name user.uid actor.user.name",
        "domain": "user.domain user.account.uid cloud.account.uid",
        "workstation": "src_endpoint.hostname src_endpoint.name",
        "outcome": word("status_id status", _STATUS),
        "status_detail": lambda record: (
            record.text("status_detail", "status_code") if record.text("status_id") == "2" else None
        ),
        "mfa": lambda record: (
            {"true": "passed", "false": "none"}.get(record.lower("is_mfa"))
            if record.text("status_id") == "1"
            else None
        ),
        "user_agent": "http_request.user_agent",
        "src_country": "src_endpoint.location.country",
    },
)
CALL = Shape(
    table="api_activity",
    when=_class("3001", "3003", "3004", "3005", "3006", "6003", "6001", "6002", "6005", "1001",
                "1003", "1005", "1006", "1007"),
    columns={
        **_ENDS,
        "time": _TIME,
        "provider": _provider,
        "service": "api.service.name class_name",
        "operation": "api.operation activity_name type_name",
        "account": _account,
        "object": "user.name group.name resources.name resources.uid entity.name "
        "privileges process.cmd_line file.path",
        "outcome": word("status_id status", _STATUS),
        "status_detail": "status_detail api.response.error api.response.error_message",
        "user_agent": "http_request.user_agent",
        "change": lambda record: (
            _CHANGES.get(record.text("activity_id") or "")
            if record.text("class_uid") == "3001"
            else {"3005": "role", "3006": "role"}.get(record.text("class_uid") or "")
            if record.text("activity_id") == "1"
            else None
        ),
        "tenant": "cloud.account.uid cloud.project_uid device.hostname",
        "src_country": "src_endpoint.location.country",
    },
)  # fmt: skip


def _severity(record: Record) -> Value:
    number = record.text("severity_id") or ""
    return min(int(number), 5) if number.isdecimal() and 0 < int(number[:3]) < 7 else None


def _techniques(record: Record) -> Value:
    """ATT&CK techniques that the finding names."""
    named = [
        text
        for path in ("finding_info.attacks", "attacks")
        for part in record.parts(path)
        if (text := part.text("sub_technique.uid", "technique.uid"))
    ]
    return sorted(set(named)) or None


def _first(*inner: str) -> Source:
    """A field of the evidence of a finding, or of the finding itself."""
    return said(" ".join(f"evidences.{path} {path}" for path in inner))


FINDING = Shape(
    table="detection_finding",
    when=_class("2001", "2002", "2003", "2004", "2005", "2006"),
    columns={
        "time": _TIME,
        "src_ip": _first("src_endpoint.ip"),
        "src_port": _first("src_endpoint.port"),
        "dst_ip": _first("dst_endpoint.ip"),
        "dst_port": _first("dst_endpoint.port"),
        "protocol": lambda record: record.lower(
            "evidences.connection_info.protocol_name", "connection_info.protocol_name"
        ) or None,
        "product": _provider,
        "kind": fixed("alert"),
        "rule_id": "finding_info.analytic.uid finding_info.analytic.name finding.uid "
        "finding_info.uid",
        "title": "finding_info.title finding.title message",
        "category": "finding_info.types finding.types class_name",
        "severity": "severity severity_id",
        "severity_id": _severity,
        "action": "disposition action",
        "message": "finding_info.desc finding.desc message",
        "account": _first("actor.user.name", "user.name"),
        "observable": "observables.value evidences.query.hostname evidences.file.path "
        "resources.uid",
        "count": either("count", fixed(1)),
        "reference": "finding_info.uid metadata.uid",
        "last_seen_time": "finding_info.last_seen_time end_time",
        "techniques": _techniques,
        "reporter": "device.hostname metadata.product.name",
    },
)  # fmt: skip

PRODUCTS = (
    Product(
        name="ocsf",
        marks=has("class_uid", "metadata"),
        shapes=(NETWORK, HTTP, DNS, DHCP, LOGIN, CALL, FINDING),
    ),
)
"""Any event of the schema that tells of traffic, logins, calls or findings."""
