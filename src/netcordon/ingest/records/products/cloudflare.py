"""Cloudflare Logpush: firewall events, HTTP requests, DNS of its gateway, access, audit.

Source: Cloudflare "Logpush datasets".
"""

from __future__ import annotations

from netcordon.ingest.messages.events import Value
from netcordon.ingest.records.product import (
    Product,
    Shape,
    either,
    fixed,
    has,
    joined,
    listed,
    word,
)
from netcordon.ingest.records.record import Record

_ACTIONS = {
    "block": "blocked", "drop": "blocked", "connectionclose": "blocked", "allow": "allowed",
    "skip": "allowed", "log": "allowed", "bypass": "allowed", "challenge": "challenged",
    "managed_challenge": "challenged", "jschallenge": "challenged",
    "managedchallenge": "challenged", "simulate": "allowed",
}  # fmt: skip


def _uri(record: Record) -> Value:
    path = record.text("ClientRequestPath", "ClientRequestURI")
    query = record.text("ClientRequestQuery")
    return f"{path}{query if query.startswith('?') else '?' + query}" if path and query else path


def _version(record: Record) -> Value:
    return (record.text("ClientRequestProtocol") or "").rpartition("/")[2] or None


FIREWALL = Product(
    name="cloudflare",
    marks=has("ClientIP", "Action", "RuleID"),
    shapes=(
        Shape(
            table="detection_finding",
            columns={
                "time": "Datetime",
                "src_ip": "ClientIP",
                "service": fixed("http"),
                "product": fixed("cloudflare"),
                "kind": fixed("alert"),
                "rule_id": "RuleID",
                "title": either("Description", joined(" ", "Source", "Action", "RuleID")),
                "category": "Source",
                "action": word("Action", _ACTIONS, keep=True),
                "message": joined(" ", "ClientRequestMethod", "ClientRequestPath"),
                "observable": "ClientRequestHost ClientRequestPath",
                "count": fixed(1),
                "reference": "RayID",
                "reporter": "EdgeColoCode",
            },
        ),
    ),
)
"""A request that a rule of the firewall acted on."""

REQUESTS = Product(
    name="cloudflare_http",
    marks=has("ClientIP", "ClientRequestMethod", "ClientRequestHost"),
    shapes=(
        Shape(
            table="http_activity",
            columns={
                "time": "EdgeStartTimestamp Datetime",
                "src_ip": "ClientIP",
                "src_port": "ClientSrcPort",
                "dst_ip": "OriginIP",
                "method": "ClientRequestMethod",
                "host": "ClientRequestHost",
                "uri": _uri,
                "version": _version,
                "user_agent": "ClientRequestUserAgent",
                "referrer": "ClientRequestReferer",
                "status_code": "EdgeResponseStatus",
                "request_body_bytes": "ClientRequestBytes",
                "response_body_bytes": "EdgeResponseBodyBytes EdgeResponseBytes",
                "response_content_type": "EdgeResponseContentType",
                "response_time": "EdgeEndTimestamp",
            },
        ),
    ),
)
"""A request through Cloudflare."""

GATEWAY = Product(
    name="cloudflare_gateway",
    marks=has("QueryName", "SrcIP"),
    shapes=(
        Shape(
            table="dns_activity",
            columns={
                "time": "Datetime",
                "src_ip": "SrcIP",
                "src_port": "SrcPort",
                "dst_ip": "DstIP",
                "dst_port": "DstPort",
                "protocol": lambda record: {"udp": "udp", "tcp": "tcp"}.get(
                    record.lower("Protocol")
                ),
                "service": fixed("dns"),
                "is_response": lambda record: record.has("RCode"),
                "query": "QueryName",
                "query_type": "QueryTypeName",
                "answers": listed("ResolvedIPs"),
            },
        ),
    ),
)
"""A lookup that Cloudflare's gateway resolved."""

ACCESS = Product(
    name="cloudflare_access",
    marks=has("AppDomain", "Allowed", "IPAddress"),
    shapes=(
        Shape(
            table="authentication",
            columns={
                "time": "CreatedAt",
                "src_ip": "IPAddress",
                "provider": fixed("cloudflare_access"),
                "method": "Connection",
                "service": "AppDomain",
                "account": "Email",
                "outcome": word("Allowed", {"true": "success", "false": "failure"}),
                "src_country": "Country",
            },
        ),
    ),
)
"""A login through Cloudflare Access."""

AUDIT = Product(
    name="cloudflare_audit",
    marks=has("ActionType", "ActorIP"),
    shapes=(
        Shape(
            table="api_activity",
            columns={
                "time": "When",
                "src_ip": "ActorIP",
                "provider": fixed("cloudflare"),
                "service": "ResourceType",
                "operation": "ActionType",
                "account": "ActorEmail ActorID",
                "object": "ResourceID",
                "outcome": word("ActionResult", {"true": "success", "false": "failure"}),
                "change": word(
                    "ActionType",
                    {
                        "token_create": "credential", "api_key_created": "credential",
                        "member_add": "account", "add_member": "account", "tfa_disabled": "mfa",
                    },
                ),
                "tenant": "OwnerID",
            },
        ),
    ),
)  # fmt: skip
"""What an administrator of Cloudflare did."""

PRODUCTS = (FIREWALL, REQUESTS, GATEWAY, ACCESS, AUDIT)
