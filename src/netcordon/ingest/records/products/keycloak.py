"""Keycloak: events of users and of administrators ("Auditing and events")."""

from __future__ import annotations

from netcordon.ingest.messages.events import Value
from netcordon.ingest.records.product import Product, Shape, Sources, fixed, word
from netcordon.ingest.records.record import Record

_LOGINS = frozenset(
    (
        "login", "login_error", "client_login", "client_login_error", "code_to_token_error",
        "identity_provider_login", "identity_provider_login_error", "impersonate",
    )
)  # fmt: skip
_CHANGES: dict[str, Value] = {
    "update_password": "credential", "update_totp": "credential", "remove_totp": "mfa",
    "register": "account", "grant_consent": "consent", "remove_credential": "mfa",
}  # fmt: skip
_SHARED: Sources = {
    "time": "time",
    "src_ip": "ipAddress authDetails.ipAddress",
    "provider": fixed("keycloak"),
    "account": "details.username userId authDetails.username authDetails.userId",
    "outcome": lambda record: "failure" if record.has("error") else "success",
    "status_detail": "error",
}


def _marks(record: Record) -> bool:
    return record.has("realmId") and (
        record.has("type", "ipAddress") or record.has("operationType", "authDetails")
    )


PRODUCTS = (
    Product(
        name="keycloak",
        marks=_marks,
        shapes=(
            Shape(
                table="authentication",
                when=lambda record: record.lower("type") in _LOGINS,
                columns={
                    **_SHARED,
                    "method": "details.auth_method details.grant_type",
                    "service": "clientId",
                    "domain": "realmName realmId",
                },
            ),
            Shape(
                table="api_activity",
                columns={
                    **_SHARED,
                    "service": "clientId resourceType",
                    "operation": "type operationType",
                    "object": "resourcePath",
                    "change": word("type", _CHANGES),
                    "tenant": "realmName realmId",
                },
            ),
        ),
    ),
)
"""A login, or a change of an account."""
