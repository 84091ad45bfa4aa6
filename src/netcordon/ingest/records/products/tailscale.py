"""Tailscale: the audit log of its configuration, and flows between its nodes.

Sources: Tailscale "Configuration audit logging" and "Network flow logs".
"""

from __future__ import annotations

from netcordon.ingest.messages.events import Value
from netcordon.ingest.records.product import Product, Shape, Source, either, fixed, has, joined
from netcordon.ingest.records.record import Record

_WEAKENED = ("machine_approval", "device_approval", "mfa", "key_expiry", "magic_dns", "acl")


def _text(record: Record, name: str) -> str:
    return record.lower(f"event.{name}", name)


def _change(record: Record) -> Value:
    action, kind, what = (
        _text(record, "action"), _text(record, "target.type"), _text(record, "target.property"),
    )  # fmt: skip
    if kind in ("api_key", "auth_key", "oauth_client") and action == "create":
        return "credential"
    if "log" in what and action in ("disable", "delete"):
        return "logging"
    if kind == "webhook_endpoint" or what == "acl":
        return "role" if what == "acl" else None
    if action == "disable" and any(part in what for part in _WEAKENED):
        return "mfa"
    if "role" in what:
        return "role"
    return "account" if kind == "user" and action in ("create", "invite", "approve") else None


AUDIT = Product(
    name="tailscale",
    marks=lambda record: (
        record.has("eventGroupID") or record.has("event.eventGroupID")
    ) and record.text("event.action", "action") is not None,
    shapes=(
        Shape(
            table="api_activity",
            columns={
                "time": "fields.recorded eventTime time recorded",
                "provider": fixed("tailscale"),
                "service": "event.origin origin",
                "operation": either(
                    joined(" ", "event.action", "event.target.property"),
                    joined(" ", "action", "target.property"),
                ),
                "account": "event.actor.loginName actor.loginName event.actor.displayName",
                "object": "event.target.name target.name event.target.id target.id",
                "outcome": lambda record: (
                    "failure" if record.text("event.error", "error") else "success"
                ),
                "change": _change,
                "tenant": "tailnetId",
            },
        ),
    ),
)  # fmt: skip
"""What administrators changed; the log names no address."""


def _end(path: str, part: int) -> Source:
    def read(record: Record) -> Value:
        text = record.text(path) or ""
        host, _, port = text.rpartition(":")
        return (host.strip("[]"), port)[part] or None

    return read


FLOWS = Product(
    name="tailscale_flows",
    marks=lambda record: record.has("nodeId", "start", "end")
    and (record.has("virtualTraffic") or record.has("subnetTraffic") or record.has("exitTraffic")),
    each="virtualTraffic",
    shapes=(
        Shape(
            table="network_activity",
            when=has("src", "dst"),
            columns={
                "start_time": "start",
                "end_time": "end",
                "src_ip": _end("src", 0),
                "src_port": _end("src", 1),
                "dst_ip": _end("dst", 0),
                "dst_port": _end("dst", 1),
                "protocol": "proto",
                "bytes_out": "txBytes",
                "bytes_in": "rxBytes",
                "packets_out": "txPkts",
                "packets_in": "rxPkts",
            },
        ),
    ),
)  # fmt: skip
"""Traffic between two nodes, as one of them counts it."""

PRODUCTS = (AUDIT, FLOWS)
