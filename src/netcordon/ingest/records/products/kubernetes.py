"""Kubernetes audit events (``audit.k8s.io``), as EKS, AKS, GKE and others hand them on."""

from __future__ import annotations

from netcordon.ingest.messages.events import Value
from netcordon.ingest.records.product import Product, Shape, either, fixed, joined
from netcordon.ingest.records.record import Record

_WRITES = frozenset(("create", "update", "patch"))
_GIVES = {
    "clusterrolebindings": "role", "rolebindings": "role", "clusterroles": "role", "roles": "role",
    "certificatesigningrequests": "credential", "validatingwebhookconfigurations": "logging",
    "mutatingwebhookconfigurations": "logging",
}  # fmt: skip


def _marks(record: Record) -> bool:
    return record.lower("apiVersion").startswith("audit.k8s.io") or (
        record.has("auditID", "verb", "requestURI")
        or record.has("objectRef.resource", "verb", "user")
    )


def _change(record: Record) -> Value:
    verb, kind = record.lower("verb"), record.lower("objectRef.resource")
    inner = record.lower("objectRef.subresource")
    if kind == "secrets" and verb in ("get", "list", "watch"):
        return "secret"
    if kind == "serviceaccounts" and verb == "create":
        return "credential" if inner == "token" else "account"
    return _GIVES.get(kind) if verb in _WRITES else None


def _outcome(record: Record) -> Value:
    code = record.text("responseStatus.code")
    if code is None or not code.isdecimal():
        decision = record.lower("annotations.authorization.k8s.io/decision")
        return {"allow": "success", "forbid": "failure"}.get(decision)
    return "success" if int(code) < 400 else "failure"


def _operation(record: Record) -> Value:
    """The verb with what it is done to: a resource and its part, or a path without its query."""
    parts = (record.text("objectRef.resource"), record.text("objectRef.subresource"))
    kind = "/".join(part for part in parts if part)
    path = (record.text("requestURI") or "").partition("?")[0]
    return f"{record.text('verb') or ''} {kind or path}".strip() or None


PRODUCTS = (
    Product(
        name="kubernetes",
        marks=_marks,
        shapes=(
            Shape(
                table="api_activity",
                columns={
                    "time": "requestReceivedTimestamp stageTimestamp timestamp",
                    "src_ip": "sourceIPs",
                    "provider": fixed("kubernetes"),
                    "service": either("objectRef.apiGroup", fixed("core")),
                    "operation": _operation,
                    "account": "user.username",
                    "object": joined("/", "objectRef.namespace", "objectRef.name"),
                    "outcome": _outcome,
                    "status_detail": "responseStatus.reason responseStatus.message",
                    "user_agent": "userAgent",
                    "change": _change,
                    "tenant": "cluster objectRef.namespace",
                },
            ),
        ),
    ),
)
"""A call of the API server, at any stage."""
