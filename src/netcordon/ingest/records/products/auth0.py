"""Auth0: log events, streamed (within ``data``) or fetched ("Log event type codes")."""

from __future__ import annotations

from netcordon.ingest.messages.events import Value
from netcordon.ingest.records.product import Product, Shape, Sources, fixed
from netcordon.ingest.records.record import Record

_IN = frozenset(("s", "seacft", "seccft", "sepft", "sercft", "ssa", "slo_ok"))
_OUT = frozenset(
    ("f", "fp", "fu", "fc", "feacft", "feccft", "fepft", "fercft", "fsa", "pwd_leak", "limit_wc",
     "limit_mu", "limit_ui", "gd_auth_rejected", "gd_auth_failed", "mfar", "gd_auth_succeed",
     "gd_otp_rate_limit_exceed", "gd_recovery_failed", "gd_recovery_succeed")
)  # fmt: skip
_SECOND: dict[str, Value] = {
    "gd_auth_rejected": "denied", "gd_auth_failed": "failed", "mfar": "asked",
    "gd_otp_rate_limit_exceed": "failed", "gd_auth_succeed": "passed",
    "gd_recovery_failed": "failed", "gd_recovery_succeed": "passed",
}  # fmt: skip
_CHANGES: dict[str, Value] = {
    "ss": "account", "scp": "credential", "scpr": None, "sce": "credential", "gd_unenroll": "mfa",
    "gd_enrollment_complete": "credential", "gd_tenant_update": "mfa",
}  # fmt: skip


def _kind(record: Record) -> str:
    return record.lower("data.type", "type")


def _outcome(record: Record) -> Value:
    kind = _kind(record)
    if kind == "mfar":
        return None
    return "success" if kind in _IN or kind.endswith("succeed") else "failure"


def _change(record: Record) -> Value:
    path = record.lower("data.details.request.path", "details.request.path")
    if _kind(record) != "sapi":
        return _CHANGES.get(_kind(record))
    writes = record.lower("data.details.request.method", "details.request.method") != "get"
    known = (
        ("/guardian", "mfa"), ("/attack-protection", "mfa"), ("/roles", "role"),
        ("/permissions", "role"), ("/client-grants", "consent"), ("/log-streams", "logging"),
        ("/connections", "credential"), ("/clients", "credential"), ("/users", "account"),
        ("/device-credentials", "credential"), ("/tenants/settings", "mfa"),
        ("/actions/triggers", "mfa"),
    )  # fmt: skip
    return next((change for part, change in known if writes and part in path), None)


_SHARED: Sources = {
    "time": "data.date date time",
    "src_ip": "data.ip ip",
    "provider": fixed("auth0"),
    "account": "data.user_name user_name data.details.request.auth.user.email "
    "details.request.auth.user.email data.user_id user_id",
    "status_detail": "data.description description",
    "user_agent": "data.user_agent user_agent",
}
AUTH0 = Product(
    name="auth0",
    marks=lambda record: record.has("log_id") and record.text("data.type", "type") is not None
    and record.text("data.date", "date") is not None,
    shapes=(
        Shape(
            table="authentication",
            when=lambda record: _kind(record) in _IN | _OUT,
            columns={
                **_SHARED,
                "method": "data.strategy strategy data.connection connection",
                "service": "data.client_name client_name data.client_id",
                "domain": "data.hostname hostname tenant_name",
                "outcome": _outcome,
                "mfa": lambda record: _SECOND.get(_kind(record)),
                "src_country": "data.location_info.country_code location_info.country_code",
            },
        ),
        Shape(
            table="api_activity",
            columns={
                **_SHARED,
                "service": "data.details.request.channel details.request.channel",
                "operation": "data.description description data.type type",
                "object": "data.details.request.path details.request.path",
                "outcome": lambda record: (
                    "failure" if _kind(record).startswith("f") else "success"
                ),
                "change": _change,
                "tenant": "data.hostname hostname tenant_name",
            },
        ),
    ),
)  # fmt: skip
"""A login by its type code, or what else the log tells of."""

PRODUCTS = (AUTH0,)
