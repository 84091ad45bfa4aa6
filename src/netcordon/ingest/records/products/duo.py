"""Duo Security: authentication, administrator, activity and telephony logs of its Admin API."""

from __future__ import annotations

from netcordon.ingest.messages.events import Value
from netcordon.ingest.records.product import Product, Shape, either, fixed
from netcordon.ingest.records.record import Record

_LOGINS = frozenset(
    (
        "admin_login",
        "admin_login_error",
        "admin_single_sign_on",
        "admin_2fa_error",
        "admin_login_success",
    )
)
_CHANGES = {
    "account": "user_create admin_create admin_activate user_restore",
    "credential": "phone_create phone_associate admin_reset_password user_adminapi_lockout "
    "hardtoken_associate webauthncredential_create integration_skey_view "
    "integration_create admin_single_sign_on_update",
    "role": "admin_update",
    "mfa": "bypass_create bypass_view user_bypass policy_delete policy_update phone_delete "
    "user_mark_bypass admin_factor_restrictions",
    "logging": "log_export_start_delete deregister_devices",
}  # fmt: skip
CHANGES: dict[str, Value] = {
    name: change for change, names in _CHANGES.items() for name in names.split()
}
"""Action -> what it gives or weakens."""
_RESULTS = {"success": "success", "denied": "failure", "deny": "failure", "failure": "failure",
            "error": "failure", "fraud": "failure"}  # fmt: skip
_DENIED = frozenset(("user_marked_fraud", "deny_unenrolled_user", "user_cancelled"))
_PUSHES = frozenset(("duo_push", "push", "phone_call", "phone", "verified_duo_push"))


def _is_authentication(record: Record) -> bool:
    return record.has("factor", "result") and (
        record.has("access_device") or record.lower("event_type") == "authentication"
    )


def _marks(record: Record) -> bool:
    return (
        _is_authentication(record)
        or record.lower("eventtype") in ("admin_log", "auth_log", "telephony_log", "activity_log")
        or record.has("action", "isotimestamp", "username")
        or record.has("telephony_id")
        or record.has("action.name", "activity_id", "actor")
    )


def _second(record: Record) -> Value:
    """The second factor: who refused a push knows why; who let it run out was not there."""
    result, reason = record.lower("result"), record.lower("reason")
    if result == "fraud" or reason in _DENIED:
        return "denied"
    if record.lower("factor") in ("", "not_available", "bypass_code", "remembered_device"):
        return "none" if "bypass" in reason or "allow" in reason else None
    return "passed" if result == "success" else "failed"


def _admin_outcome(record: Record) -> Value:
    return "failure" if record.lower("action").endswith("_error") else "success"


def _admin_second(record: Record) -> Value:
    if record.lower("action") == "admin_2fa_error":
        return "failed"
    return "passed" if record.has("description.factor") else None


PRODUCTS = (
    Product(
        name="duo",
        marks=_marks,
        shapes=(
            Shape(table="", columns={}, when=lambda record: record.has("telephony_id")),
            Shape(
                table="authentication",
                when=_is_authentication,
                columns={
                    "time": "isotimestamp timestamp",
                    "src_ip": "access_device.ip",
                    "provider": fixed("duo"),
                    "method": "factor",
                    "service": "application.name integration",
                    "account": "user.name username email",
                    "domain": "host",
                    "workstation": "access_device.hostname",
                    "outcome": lambda record: _RESULTS.get(record.lower("result")),
                    "status_detail": "reason",
                    "mfa": _second,
                    "user_agent": "access_device.browser",
                    "src_country": "access_device.location.country",
                },
            ),
            Shape(
                table="authentication",
                when=lambda record: record.lower("action") in _LOGINS,
                columns={
                    "time": "isotimestamp timestamp",
                    "src_ip": "description.ip_address",
                    "provider": fixed("duo"),
                    "method": "description.primary_auth_method description.factor",
                    "service": fixed("admin panel"),
                    "account": "username description.email",
                    "outcome": _admin_outcome,
                    "status_detail": "description.error",
                    "mfa": _admin_second,
                },
            ),
            Shape(
                table="api_activity",
                columns={
                    "time": "isotimestamp timestamp ts",
                    "src_ip": "description.ip_address access_device.ip",
                    "provider": fixed("duo"),
                    "service": either("eventtype", fixed("admin")),
                    "operation": "action.name action",
                    "account": "username actor.name",
                    "object": "object target.name",
                    "change": lambda record: CHANGES.get(record.lower("action.name", "action")),
                    "tenant": "host akey",
                },
            ),
        ),
    ),
)
"""Logins of people and administrators; all other actions of administrators."""
