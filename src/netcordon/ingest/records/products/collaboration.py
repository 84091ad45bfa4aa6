"""Programs that people work together with: Zoom, Slack, Atlassian, Salesforce.

Sources: Zoom API ("operation logs", "sign in / sign out activities"), Slack "Audit logs API",
Atlassian "Organizations events API", Salesforce "LoginHistory".
"""

from __future__ import annotations

from netcordon.ingest.messages.events import Value
from netcordon.ingest.records.changes import by_name
from netcordon.ingest.records.product import Product, Shape, Sources, fixed, has, joined
from netcordon.ingest.records.record import Record

_zoom_change = by_name(
    {
        "mfa": r"(two-factor|2fa|sign-in.method|passcode|security.option).*(to.off|from.on)",
        "role": r"\brole\b.*(owner|admin) change.user.type",
        "sharing": r"(external.contacts|automatic.sign.out|record).*:.from.off.to.on",
        "credential": r"allow.users.to.sign.in.with.*:.from.off.to.on api.key sso",
        "account": r"^add.user\b",
    }
)
ZOOM = Product(
    name="zoom",
    marks=lambda record: record.has("category_type", "action", "operator")
    or record.has("client_type", "ip_address", "type", "email"),
    shapes=(
        Shape(
            table="authentication",
            when=lambda record: record.lower("type") == "sign in",
            columns={
                "time": "time",
                "src_ip": "ip_address",
                "provider": fixed("zoom"),
                "service": "client_type",
                "account": "email",
                "outcome": fixed("success"),
                "user_agent": "version",
            },
        ),
        Shape(table="", columns={}, when=lambda record: record.lower("type") == "sign out"),
        Shape(
            table="api_activity",
            columns={
                "time": "time",
                "provider": fixed("zoom"),
                "service": "category_type",
                "operation": joined(" ", "action", "category_type"),
                "account": "operator",
                "object": "operation_detail",
                "change": lambda record: _zoom_change(record.text("operation_detail") or ""),
            },
        ),
    ),
)  # fmt: skip
"""A sign-in, or what an administrator changed."""

_SLACK: dict[str, Value] = {
    "user_created": "account", "guest_created": "account", "role_change_to_owner": "role",
    "role_change_to_admin": "role", "owner_transferred": "role", "app_installed": "consent",
    "app_approved": "consent", "app_scopes_expanded": "consent", "public_channel_created": None,
    "pref.two_factor_auth_changed": "mfa", "pref.sso_setting_changed": "mfa",
    "pref.allow_message_deletion": None, "user_email_updated": "credential",
    "user_password_reset": "credential", "external_shared_channel_connected": "sharing",
    "file_public_link_created": "sharing", "legacy_token_created": "credential",
    "pref.ent_required_browser": None, "audit_logs_disabled": "logging",
}  # fmt: skip
_SLACK_LOGINS = {"user_login": "success", "user_login_failed": "failure"}
_SLACK_SHARED: Sources = {
    "time": "date_create",
    "src_ip": "context.ip_address",
    "provider": fixed("slack"),
    "account": "actor.user.email actor.user.name actor.user.id",
    "user_agent": "context.ua",
}
SLACK = Product(
    name="slack",
    marks=has("date_create", "action", "actor"),
    shapes=(
        Shape(
            table="authentication",
            when=lambda record: record.lower("action") in _SLACK_LOGINS,
            columns={
                **_SLACK_SHARED,
                "service": "context.app.name context.location.name",
                "domain": "context.location.domain",
                "outcome": lambda record: _SLACK_LOGINS[record.lower("action")],
            },
        ),
        Shape(
            table="api_activity",
            columns={
                **_SLACK_SHARED,
                "service": "entity.type",
                "operation": "action",
                "object": "entity.user.email entity.user.name entity.channel.name entity.app.name "
                "entity.file.name entity.workspace.name",
                "change": lambda record: _SLACK.get(record.lower("action")),
                "tenant": "context.location.domain context.location.name",
            },
        ),
    ),
)
"""An event of Slack's audit log."""

ATLASSIAN = Product(
    name="atlassian",
    marks=has("attributes.action", "attributes.actor"),
    shapes=(
        Shape(
            table="api_activity",
            columns={
                "time": "attributes.time",
                "src_ip": "attributes.location.ip",
                "provider": fixed("atlassian"),
                "service": "attributes.container.type type",
                "operation": "attributes.action",
                "account": "attributes.actor.email attributes.actor.name attributes.actor.id",
                "object": "attributes.context.attributes.accountEmail attributes.container.id",
                "change": lambda record: {
                    "api_token_created": "credential", "user_added": "account",
                    "user_granted_role": "role", "user_role_changed": "role",
                }.get(record.lower("attributes.action")),
            },
        ),
    ),
)  # fmt: skip
"""An event of an Atlassian organisation."""


def _salesforce_outcome(record: Record) -> Value:
    status = record.lower("Status", "LOGIN_STATUS")
    return "success" if status in ("success", "login_no_error") else "failure" if status else None


SALESFORCE = Product(
    name="salesforce",
    marks=lambda record: record.has("LoginTime", "SourceIp", "Status"),
    shapes=(
        Shape(
            table="authentication",
            columns={
                "time": "LoginTime",
                "src_ip": "SourceIp",
                "provider": fixed("salesforce"),
                "method": "LoginType",
                "service": "Application",
                "account": "Username UserId",
                "outcome": _salesforce_outcome,
                "status_detail": lambda record: (
                    record.text("Status") if _salesforce_outcome(record) == "failure" else None
                ),
                "user_agent": "Browser",
                "src_country": "CountryIso",
            },
        ),
    ),
)
"""A login of Salesforce's login history."""

PRODUCTS = (ZOOM, SLACK, ATLASSIAN, SALESFORCE)
