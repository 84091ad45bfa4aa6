"""OneLogin: events by their number ("Event types")."""

from __future__ import annotations

from netcordon.ingest.messages.events import Value
from netcordon.ingest.records.product import Product, Shape, Sources, either, fixed, has
from netcordon.ingest.records.record import Record

_IN: dict[str, Value] = {
    "5": "success", "6": "failure", "8": "success", "9": "failure", "77": "failure",
    "901": "failure", "900": "success", "149": "failure", "141": "success", "148": "success",
}  # fmt: skip
_SECOND: dict[str, Value] = {"901": "failed", "900": "passed", "149": "failed"}
_CHANGES: dict[str, Value] = {
    "10": "account", "13": "account", "11": "credential", "24": "credential", "25": "credential",
    "104": "credential", "165": "credential", "61": "role", "72": "role", "1403": "role",
    "22": "mfa", "172": "mfa",
}  # fmt: skip
"""Numbers of events -> what they give or weaken."""


def _kind(record: Record) -> str:
    return record.lower("event_type_id")


_SHARED: Sources = {
    "time": "event_timestamp created_at p_event_time",
    "src_ip": "ipaddr",
    "provider": fixed("onelogin"),
    "account": "actor_user_name user_name actor_system",
    "status_detail": "error_description notes custom_message",
}
ONELOGIN = Product(
    name="onelogin",
    marks=has("event_type_id"),
    shapes=(
        Shape(
            table="authentication",
            when=lambda record: _kind(record) in _IN,
            columns={
                **_SHARED,
                "account": "user_name actor_user_name",
                "method": "otp_device_name risk_cookie_id",
                "service": "app_name",
                "domain": "account_id",
                "outcome": lambda record: _IN[_kind(record)],
                "mfa": lambda record: _SECOND.get(_kind(record)),
                "user_agent": "browser_fingerprint",
            },
        ),
        Shape(
            table="api_activity",
            columns={
                **_SHARED,
                "service": either("app_name", fixed("directory")),
                "operation": lambda record: f"event {_kind(record)}",
                "object": "user_name role_name group_name policy_name",
                "change": lambda record: _CHANGES.get(_kind(record)),
                "tenant": "account_id",
            },
        ),
    ),
)
"""An event of OneLogin, by its number."""

PRODUCTS = (ONELOGIN,)
