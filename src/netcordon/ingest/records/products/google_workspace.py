"""Google Workspace: activities of the Reports API (``admin#reports#activity``).

One activity holds several events. The sources are the reference of the API ("Activities") and its
lists of events of login, token, admin, drive, user_accounts and rules.
"""

from __future__ import annotations

from netcordon.ingest.messages.events import Value
from netcordon.ingest.records.product import Product, Shape, either, fixed, has, said
from netcordon.ingest.records.record import Record

_LOGINS = frozenset(
    ("login_success", "login_failure", "login_challenge", "login_verification", "reauth_failure")
)
_CHANGES = {
    "account": "create_user undelete_user unsuspend_user add_recovery_email",
    "credential": "change_password change_recovery_email change_recovery_phone "
    "password_edit recovery_email_edit recovery_phone_edit add_application "
    "generate_certificate toggle_new_app_features add_privilege "
    "authorize_api_client_access create_saml_application sso_profile_added sso_settings_added "
    "change_sso_settings enable_sso toggle_sso_enabled inbound_sso_profile_created",
    "role": "assign_role grant_admin_privilege grant_delegated_admin_privileges "
    "add_group_member create_role change_user_access update_role",
    "mfa": "2sv_disable disable_2sv enforce_strong_authentication unenroll_user_from_strong_auth "
    "unenroll_user_from_titanium revoke_3lo_device_tokens generate_2sv_scratch_codes "
    "allow_strong_authentication turn_off_2_step_verification titanium_unenroll "
    "change_two_step_verification_enrollment_period_duration "
    "allow_service_for_oauth2_access change_allowed_two_step_verification_methods",
    "consent": "authorize add_trusted_domains add_to_trusted_oauth2_apps request",
    "forwarding": "email_forwarding_out_of_domain create_gmail_setting change_gmail_setting "
    "delete_gmail_setting",
    "sharing": "change_user_access change_document_visibility change_document_access_scope "
    "shared_drive_settings_change",
    "logging": "delete_alert alert_center_delete alert_center_batch_delete_alerts "
    "change_data_localization_for_russia delete_rule system_defined_rule_updated",
}  # fmt: skip
CHANGES: dict[str, Value] = {
    name: change for change, names in _CHANGES.items() for name in names.split()
}
"""Name of an event in lower case -> what it gives or weakens."""


def _name(record: Record) -> str:
    return record.lower("name", "events.name")


def _is_login(record: Record) -> bool:
    return _application(record) in ("login", "saml") and _name(record) in _LOGINS


def _application(record: Record) -> str:
    return record.lower("id.applicationName")


def _outcome(record: Record) -> Value:
    name = _name(record)
    if name == "login_success":
        return "success"
    if name in ("login_failure", "reauth_failure"):
        return "failure"
    told = record.lower("parameters[login_challenge_status]")
    if "incorrect" in told or "fail" in told:
        return "failure"
    return None


def _second(record: Record) -> Value:
    """What became of the second factor, where a challenge is told of."""
    if _name(record) not in ("login_challenge", "login_verification"):
        return None
    told = record.lower("parameters[login_challenge_status]")
    if "pass" in told:
        return "passed"
    return "failed" if "incorrect" in told or "fail" in told else "asked"


def _change(record: Record) -> Value:
    name = _name(record)
    change = CHANGES.get(name)
    if name in ("authorize", "request"):
        return "consent" if _application(record) == "token" and name == "authorize" else None
    if change == "sharing":
        opened = record.lower("parameters[visibility]", "parameters[new_value]")
        return change if opened.startswith(("people_with", "public", "shared_ext")) else None
    return change


WORKSPACE = Product(
    name="google_workspace",
    marks=has("id.applicationName", "actor"),
    each="events",
    shapes=(
        Shape(
            table="authentication",
            when=_is_login,
            columns={
                "time": "id.time",
                "src_ip": "ipAddress",
                "provider": fixed("google_workspace"),
                "method": "parameters[login_type] parameters[login_challenge_method]",
                "service": said("id.applicationName"),
                "account": either("actor.email", "parameters[affected_email_address]"),
                "domain": "ownerDomain id.customerId",
                "outcome": _outcome,
                "status_detail": "parameters[login_failure_type]",
                "mfa": _second,
            },
        ),
        Shape(
            table="api_activity",
            when=has("name"),
            columns={
                "time": "id.time",
                "src_ip": "ipAddress parameters[ip_address]",
                "provider": fixed("google_workspace"),
                "service": "id.applicationName",
                "operation": "name",
                "account": "actor.email parameters[identifier] actor.key actor.profileId",
                "object": "parameters[USER_EMAIL] parameters[target_user] parameters[GROUP_EMAIL] "
                "parameters[doc_title] parameters[app_name] parameters[client_id] "
                "parameters[SETTING_NAME] parameters[APPLICATION_NAME] "
                "parameters[affected_email_address] parameters[DOMAIN_NAME] "
                "parameters[ORG_UNIT_NAME] parameters[ROLE_NAME]",
                "user_agent": "parameters[user_agent]",
                "change": _change,
                "tenant": "ownerDomain id.customerId",
            },
        ),
    ),
)
"""Logins are ``authentication``; all else is ``api_activity``."""

PRODUCTS = (WORKSPACE,)
