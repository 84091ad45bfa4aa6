"""Elastic Common Schema: events of Beats and Elastic Agent, by ``event.category``.

Nested or with dotted names, as the file output, Logstash or a search writes them. Events of Windows
have a reader of their own (``ingest.windows_events``).
"""

from __future__ import annotations

from netcordon.ingest.messages.events import Value
from netcordon.ingest.records.product import (
    Product,
    Shape,
    Sources,
    either,
    fixed,
    joined,
    listed,
    word,
)
from netcordon.ingest.records.record import Record

_OUTCOMES: dict[str, Value] = {"success": "success", "failure": "failure"}
_LEVELS = {"informational": 1, "info": 1, "low": 2, "medium": 3, "high": 4, "critical": 5}
_ENDS: dict[str, str] = {
    "src_ip": "source.ip client.ip source.address client.address",
    "src_port": "source.port client.port",
    "dst_ip": "destination.ip server.ip destination.address server.address",
    "dst_port": "destination.port server.port",
}
_ACCOUNT = "user.email user.name source.user.name client.user.name user.id"
_PROTOCOLS = {"ipv6-icmp": "icmp6", "icmpv6": "icmp6"}
_NAMES: dict[str, Value] = {
    "user-created": "account",
    "added-user-account": "account",
    "added-user-to-group": "role",
    "added-member-to-group": "role",
    "modified-user-account": None,
    "changed-password": "credential",
    "reset-password": "credential",
    "audit-log-cleared": "logging",
    "log-cleared": "logging",
}


def _category(record: Record) -> frozenset[str]:
    return frozenset(text.lower() for text in record.texts("event.category"))


def _is_dns(record: Record) -> bool:
    return record.has("dns.question.name")


def _is_web(record: Record) -> bool:
    asked = record.has("http.request.method") or record.has("http.response.status_code")
    named = record.has("url.full") or record.has("url.original") or record.has("url.path")
    return asked and (named or "web" in _category(record))


def _is_finding(record: Record) -> bool:
    alerts = _category(record) & {"intrusion_detection", "threat", "malware"}
    return bool(alerts) or record.lower("event.kind") == "alert"


def _is_login(record: Record) -> bool:
    return "authentication" in _category(record) and record.has("user")


def _has_ends(record: Record) -> bool:
    return bool(record.text(*_ENDS["src_ip"].split()) and record.text(*_ENDS["dst_ip"].split()))


def _provider(record: Record) -> Value:
    name = record.text("event.module", "observer.product", "event.provider", "event.dataset")
    return name.lower()[:64] if name else "ecs"


def _uid(record: Record) -> Value:
    return record.text("flow.id", "network.community_id") if record.has("flow.id") else None


def _severity(record: Record) -> Value:
    return _LEVELS.get(record.lower("log.level", "kibana.alert.severity", "rule.severity"))


def _transport(record: Record) -> Value:
    name = record.lower("network.transport", "network.iana_number", "transport")
    return _PROTOCOLS.get(name, name) or None


def _duration(record: Record) -> Value:
    """``event.duration`` is nanoseconds."""
    text = record.text("event.duration") or ""
    return int(text) / 1e9 if text.isascii() and text.isdecimal() and len(text) < 19 else None


def _answers(record: Record) -> Value:
    found = [text for part in record.parts("dns.answers") if (text := part.text("data"))]
    return found[:32] or record.texts("dns.resolved_ip") or None


_SHARED: Sources = {"time": "@timestamp event.created", **_ENDS}
FINDING = Shape(
    table="detection_finding",
    when=_is_finding,
    columns={
        **_SHARED,
        "protocol": _transport,
        "service": "network.protocol",
        "product": _provider,
        "kind": fixed("alert"),
        "rule_id": "rule.id rule.uuid suricata.eve.alert.signature_id event.code",
        "title": "rule.name rule.description kibana.alert.rule.name message event.action",
        "category": "rule.category threat.tactic.name event.category",
        "severity": "event.severity log.level kibana.alert.severity",
        "severity_id": _severity,
        "action": word(
            "event.action event.outcome",
            {
                "denied": "blocked",
                "blocked": "blocked",
                "drop": "blocked",
                "dropped": "blocked",
                "allowed": "allowed",
                "detected": "allowed",
            },
        ),
        "message": "event.reason message",
        "account": _ACCOUNT,
        "observable": "threat.indicator.ip url.full url.domain dns.question.name file.hash.sha256 "
        "file.name host.name",
        "count": fixed(1),
        "reference": "event.id kibana.alert.uuid",
        "techniques": listed("threat.technique.id"),
        "reporter": "observer.name observer.hostname host.name agent.name",
    },
)
LOGIN = Shape(
    table="authentication",
    when=_is_login,
    columns={
        **_SHARED,
        "provider": _provider,
        "method": "system.auth.ssh.method event.provider "
        "okta.authentication_context.credential_type",
        "service": "process.name service.name event.action event.dataset",
        "account": _ACCOUNT,
        "domain": "user.domain organization.id",
        "workstation": "source.domain host.name host.hostname",
        "outcome": word("event.outcome", _OUTCOMES),
        "status_detail": lambda record: (
            record.text("event.reason", "error.message")
            if record.lower("event.outcome") == "failure"
            else None
        ),
        "user_agent": "user_agent.original",
        "src_country": "source.geo.country_iso_code source.geo.country_name",
    },
)
DNS = Shape(
    table="dns_activity",
    when=_is_dns,
    columns={
        **_SHARED,
        "protocol": _transport,
        "service": fixed("dns"),
        "transaction_id": "dns.id",
        "is_response": lambda record: (
            record.lower("dns.type") == "answer" or record.has("dns.response_code")
        ),
        "rcode": "dns.response_code",
        "query": lambda record: (record.text("dns.question.name") or "").rstrip(".") or ".",
        "query_type": "dns.question.type",
        "answers": _answers,
    },
)
WEB = Shape(
    table="http_activity",
    when=_is_web,
    columns={
        **_SHARED,
        "method": lambda record: (record.text("http.request.method") or "").upper() or None,
        "host": "url.domain destination.domain server.domain",
        "uri": "url.full url.original url.path",
        "version": "http.version",
        "user_agent": "user_agent.original",
        "referrer": "http.request.referrer",
        "proxied_for": "network.forwarded_ip",
        "account": "user.name",
        "request_content_type": "http.request.mime_type",
        "request_body_bytes": "http.request.body.bytes http.request.bytes",
        "status_code": "http.response.status_code",
        "response_content_type": "http.response.mime_type",
        "response_body_bytes": "http.response.body.bytes http.response.bytes",
    },
)
FLOW = Shape(
    table="network_activity",
    when=_has_ends,
    columns={
        **_ENDS,
        "uid": _uid,
        "start_time": "event.start @timestamp",
        "end_time": "event.end",
        "duration_s": _duration,
        "protocol": _transport,
        "service": "network.protocol network.application",
        "outcome": either(
            word("event.type", {"denied": "deny", "allowed": "allow"}), "event.action event.outcome"
        ),
        "bytes_out": "source.bytes client.bytes",
        "bytes_in": "destination.bytes server.bytes",
        "packets_out": "source.packets client.packets",
        "packets_in": "destination.packets server.packets",
    },
)
CALL = Shape(
    table="api_activity",
    columns={
        **_SHARED,
        "provider": _provider,
        "service": "event.dataset service.name event.provider",
        "operation": "event.action event.code process.name",
        "account": _ACCOUNT,
        "object": either("user.target.name", "group.name", "file.path", "process.command_line",
                         joined("/", "kubernetes.namespace", "kubernetes.pod.name"), "resource.id"),
        "outcome": word("event.outcome", _OUTCOMES),
        "status_detail": "event.reason error.message",
        "user_agent": "user_agent.original",
        "change": word("event.action", _NAMES),
        "tenant": "cloud.account.id organization.id host.name",
        "src_country": "source.geo.country_iso_code source.geo.country_name",
    },
    when=lambda record: record.text("event.action", "event.code", "process.name") is not None,
)  # fmt: skip


def _marks(record: Record) -> bool:
    about = record.has("event.category") or record.has("event.kind") or record.has("event.dataset")
    carried = record.has("ecs.version") or record.has("agent.type") or record.has("event.module")
    return record.has("@timestamp") and (about or carried) and not record.has("winlog")


PRODUCTS = (
    Product(name="ecs", marks=_marks, shapes=(FINDING, LOGIN, DNS, WEB, FLOW, CALL)),
)  # fmt: skip
"""An event of the schema; a connection only where nothing more is said of it."""
