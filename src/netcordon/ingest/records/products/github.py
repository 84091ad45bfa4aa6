"""GitHub audit log events (of organisations and enterprises), exported or streamed."""

from __future__ import annotations

from netcordon.ingest.messages.events import Value
from netcordon.ingest.records.changes import by_name
from netcordon.ingest.records.product import Product, Shape, Sources, either, fixed
from netcordon.ingest.records.record import Record

_weakened = by_name(
    {
        "mfa": r"disable_two_factor two_factor.*disable disable_saml saml.*disable "
        r"oauth_app_restrictions.*dis disable_oauth_app_restrictions ip_allow_list.*disable "
        r"branch_protection.*(destroy|override) protected_branch\.(destroy|policy_override)",
        "logging": r"audit_log_streaming\.(destroy|update) audit_log.*disable "
        r"(secret_scanning|code_scanning|advanced_security|dependabot|push_protection)[a-z_]*"
        r"\.(disable|bypass) vulnerability_alerts?[a-z_]*\.disable",
        "credential": r"public_key\.create deploy_key\.create hook\.create actions_secret "
        r"personal_access_token\.(create|access_granted|request_created) oauth_access\.create "
        r"integration(_installation)?\.create self_hosted_runner ssh_certificate_authority\.create "
        r"external_identity\.update",
        "role": r"org\.(update_member|add_member|add_outside_collaborator) enterprise_team "
        r"team\.(promote_maintainer|add_member|add_repository) repo\.(add_member|update_member) "
        r"business\.(add_admin|update_member) role\.(create|update)",
        "account": r"user\.create org\.invite_member business\.invite_admin",
        "consent": r"oauth_authorization\.create integration_installation\.repositories_added "
        r"org_credential_authorization\.grant oauth_app_access_approved",
        "deletion": r"repo\.destroy org\.delete business\.delete packages\.package_deleted",
        "sharing": r"repo\.access repository_visibility_change public_repo "
        r"repo\.change_visibility",
    }
)
_LOGINS = {"user.login": "success", "user.failed_login": "failure", "org.sso_response": None,
           "business.sso_response": None, "user.two_factor_challenge_failure": "failure",
           "user.two_factor_challenge_success": "success"}  # fmt: skip


def _action(record: Record) -> str:
    return record.lower("action")


def _change(record: Record) -> Value:
    found = _weakened(_action(record))
    if found == "sharing":
        opened = record.lower("visibility", "public_repo")
        return found if opened in ("public", "true") else None
    return found


def _second(record: Record) -> Value:
    return {"failure": "failed", "success": "passed"}.get(
        _action(record).rpartition("_challenge_")[2]
    )


def _marks(record: Record) -> bool:
    about = record.text("org", "business", "repo", "user", "actor_id")
    when = record.text("@timestamp", "created_at")
    named = "." in _action(record)
    return named and about is not None and when is not None and record.has("actor")


_SHARED: Sources = {
    "time": "@timestamp created_at",
    "src_ip": "actor_ip",
    "provider": fixed("github"),
    "user_agent": "user_agent",
    "src_country": "actor_location.country_code",
}
PRODUCTS = (
    Product(
        name="github",
        marks=_marks,
        shapes=(
            Shape(
                table="authentication",
                when=lambda record: _action(record) in _LOGINS,
                columns={
                    **_SHARED,
                    "service": "action",
                    "account": "actor user",
                    "domain": "org business",
                    "outcome": lambda record: _LOGINS[_action(record)],
                    "mfa": _second,
                },
            ),
            Shape(
                table="api_activity",
                columns={
                    **_SHARED,
                    "service": lambda record: _action(record).partition(".")[0],
                    "operation": "action",
                    "account": "actor",
                    "object": either("repo repository", "user", "team", "name"),
                    "change": _change,
                    "tenant": "org business",
                },
            ),
        ),
    ),
)
"""Logins where GitHub tells of them; all else is ``api_activity``."""
