"""What administrators of Zscaler and Netskope did."""

from __future__ import annotations

from netcordon.ingest.messages.events import Value
from netcordon.ingest.records.product import Product, Shape, Sources, fixed, has, joined, word
from netcordon.ingest.records.record import Record

_OUTCOMES: dict[str, Value] = {"success": "success", "failure": "failure"}


def _path(*names: str) -> str:
    return " ".join(f"event.{name} {name}" for name in names)


def _is_login(record: Record) -> bool:
    return record.lower("event.action", "action") in ("sign_in", "login", "sign in")


def _change(record: Record) -> Value:
    action = record.lower("event.action", "action")
    where = record.lower("event.subcategory", "subcategory") + record.lower("category")
    if action == "delete" and ("log" in where or "nss" in where or "backup" in where):
        return "logging"
    if action in ("create", "update") and "administrator" in where:
        return "account" if action == "create" else "role"
    if "password" in where or "saml" in where or "identity" in where or "api_key" in where:
        return "credential"
    return None


_SHARED: Sources = {
    "time": _path("time"),
    "src_ip": _path("clientip"),
    "provider": fixed("zscaler"),
    "service": _path("category"),
    "account": _path("adminid"),
    "outcome": word(_path("result"), _OUTCOMES),
    "status_detail": _path("errorcode"),
}
ZSCALER = Product(
    name="zscaler_audit",
    marks=lambda record: (
        record.text("event.adminid", "adminid") is not None
        and record.text("event.auditlogtype", "auditlogtype", "event.action", "action") is not None
    ),
    zone="",
    shapes=(
        Shape(table="authentication", when=_is_login, columns=_SHARED),
        Shape(
            table="api_activity",
            columns={
                **_SHARED,
                "operation": lambda record: " ".join(
                    text
                    for name in ("action", "subcategory")
                    if (text := record.text(f"event.{name}", name))
                ),
                "object": _path("resource"),
                "change": _change,
            },
        ),
    ),
)
"""An entry of the admin audit log of Zscaler Internet Access."""

_NETSKOPE: tuple[tuple[str, str], ...] = (
    ("logged out because of successive login failures", "failure"),
    ("login failed", "failure"),
    ("login successful", "success"),
)


def _login(record: Record) -> Value:
    told = record.lower("audit_log_event")
    return next((outcome for words, outcome in _NETSKOPE if words in told), None)


NETSKOPE = Product(
    name="netskope_audit",
    marks=has("audit_log_event", "timestamp"),
    shapes=(
        Shape(
            table="authentication",
            when=lambda record: _login(record) is not None,
            columns={
                "time": "timestamp _insertion_epoch_timestamp",
                "src_ip": "supporting_data.data_values",
                "provider": fixed("netskope"),
                "service": fixed("admin console"),
                "account": "user ur_normalized",
                "outcome": _login,
                "status_detail": "audit_log_event",
            },
        ),
        Shape(
            table="api_activity",
            columns={
                "time": "timestamp _insertion_epoch_timestamp",
                "provider": fixed("netskope"),
                "service": "type",
                "operation": "audit_log_event",
                "account": "user ur_normalized",
                "object": joined(" ", "supporting_data.data_type", "supporting_data.data_values"),
                "tenant": "organization_unit",
            },
        ),
    ),
)
"""An entry of Netskope's admin audit log."""

PRODUCTS = (ZSCALER, NETSKOPE)
