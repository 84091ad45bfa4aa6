"""JumpCloud: events of its Directory Insights."""

from __future__ import annotations

from netcordon.ingest.messages.events import Value
from netcordon.ingest.records.product import Product, Shape, Sources, fixed, has, word
from netcordon.ingest.records.record import Record

_OUTCOMES: dict[str, Value] = {"true": "success", "false": "failure"}
_CHANGES: dict[str, Value] = {
    "user_create": "account", "admin_create": "account", "user_password_set": "credential",
    "admin_password_reset_request": "credential", "admin_update": "role", "mfa_disable": "mfa",
}  # fmt: skip
_SHARED: Sources = {
    "time": "timestamp",
    "src_ip": "client_ip src_ip",
    "provider": fixed("jumpcloud"),
    "outcome": word("success", _OUTCOMES),
    "status_detail": "error_message",
    "user_agent": "useragent.name",
    "src_country": "geoip.country_code",
}


def _is_login(record: Record) -> bool:
    return record.lower("event_type").endswith(("login_attempt", "_auth", "_login"))


PRODUCTS = (
    Product(
        name="jumpcloud",
        marks=has("event_type", "initiated_by", "organization"),
        shapes=(
            Shape(
                table="authentication",
                when=_is_login,
                columns={
                    **_SHARED,
                    "method": "auth_method mfa_meta.type",
                    "service": "application.name service event_type",
                    "account": "initiated_by.username initiated_by.email username",
                    "mfa": word("mfa", {"true": "passed"}),
                },
            ),
            Shape(
                table="api_activity",
                columns={
                    **_SHARED,
                    "service": "service",
                    "operation": "event_type",
                    "account": "initiated_by.username initiated_by.email initiated_by.id",
                    "object": "resource.username resource.email resource.name resource.id",
                    "change": word("event_type", _CHANGES),
                    "tenant": "organization",
                },
            ),
        ),
    ),
)
"""A login, or what was changed in the directory."""
