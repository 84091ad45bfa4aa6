"""Okta's System Log (LogEvent object of its API, and its catalogue of event types)."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from netcordon.ingest.audit.event import Audit, Told
from netcordon.ingest.text.columns import Columns
from netcordon.ingest.text.shaping import first, where_told, words

_TEXT = pa.string()
_PATHS = (
    "published eventType displayMessage severity actor.alternateId actor.displayName actor.id "
    "client.ipAddress client.userAgent.rawUserAgent client.geographicalContext.country "
    "outcome.result outcome.reason debugContext.debugData.factor "
    "authenticationContext.credentialType authenticationContext.externalSessionId"
)
_TARGET = pa.list_(pa.struct([("type", _TEXT), ("alternateId", _TEXT), ("displayName", _TEXT)]))
_LOGINS = pa.array(
    [
        "user.session.start", "user.authentication.sso", "user.authentication.auth_via_mfa",
        "user.authentication.verify", "user.authentication.auth_via_social",
        "user.authentication.auth_via_IDP", "user.authentication.auth_via_radius",
        "user.authentication.auth", "user.mfa.okta_verify.deny_push",
        "user.mfa.attempt_bypass",
    ]
)  # fmt: skip
_PUSH_DENIED = "user.mfa.okta_verify.deny_push"
_SECOND_FACTOR = pa.array(["user.authentication.auth_via_mfa", _PUSH_DENIED])

_CHANGES = {
    "account": "user.lifecycle.create user.lifecycle.activate user.lifecycle.reactivate",
    "credential": "system.api_token.create user.mfa.factor.activate user.account.reset_password "
    "user.account.update_password system.idp.lifecycle.create system.idp.lifecycle.update "
    "app.oauth2.client.lifecycle.create app.oauth2.credentials.lifecycle.create "
    "user.mfa.factor.update system.agent.ad.create",
    "role": "user.account.privilege.grant group.privilege.grant "
    "app.oauth2.admin.consent.grant_success iam.resourceset.bindings.add",
    "mfa": "user.mfa.factor.deactivate user.mfa.factor.reset_all system.mfa.factor.deactivate "
    "policy.rule.deactivate policy.rule.delete policy.lifecycle.deactivate "
    "policy.lifecycle.delete application.policy.sign_on.rule.delete zone.delete zone.deactivate",
    "consent": "app.oauth2.as.consent.grant",
    "logging": "system.log_stream.lifecycle.deactivate system.log_stream.lifecycle.delete",
}
CHANGES = {name: change for change, names in _CHANGES.items() for name in names.split()}
"""Event type -> what it gives or weakens."""

_RESULTS = {"success": "success", "allow": "success", "failure": "failure", "deny": "failure"}


def _shared(log: Columns) -> dict[str, object]:
    return {
        "account": where_told(log.text("actor.alternateId", "actor.displayName", "actor.id")),
        "outcome": words(log.lower("outcome.result"), _RESULTS, keep=False),
        "status_detail": log.text("outcome.reason"),
        "user_agent": log.text("client.userAgent.rawUserAgent"),
        "src_country": log.text("client.geographicalContext.country"),
    }


def _login(log: Columns) -> Told:
    kind, shared = log.text("eventType"), _shared(log)
    result = pa.array(shared["outcome"])
    is_second = pc.is_in(kind, _SECOND_FACTOR)
    passed = pc.if_else(pc.equal(result, "success"), "passed", "failed")
    denied = pc.equal(kind, _PUSH_DENIED)
    mfa = pc.if_else(is_second, passed, pa.scalar(None, _TEXT))
    challenged = pc.fill_null(pc.equal(log.lower("outcome.result"), "challenge"), False)
    mfa = pc.if_else(denied, "denied", pc.if_else(challenged, "asked", mfa))
    return {
        **shared,
        "outcome": pc.if_else(denied, "failure", result),
        "method": log.text("debugContext.debugData.factor", "authenticationContext.credentialType"),
        "service": kind,
        "mfa": mfa,
    }


def _call(log: Columns) -> Told:
    target = first(log.raw("target"))
    named = pa.nulls(len(log), _TEXT)
    if pa.types.is_struct(target.type):
        named = pc.coalesce(
            pc.struct_field(target, "alternateId"), pc.struct_field(target, "displayName")
        )
    return {
        **_shared(log),
        "service": pc.replace_substring_regex(log.text("eventType"), r"\..*$", ""),
        "operation": log.text("eventType"),
        "object": named,
        "change": words(log.text("eventType"), CHANGES, keep=False),
    }


OKTA = Audit(
    provider="okta",
    fields={**dict.fromkeys(_PATHS.split(), _TEXT), "target": _TARGET},
    time=("published",),
    name=("eventType",),
    client=("client.ipAddress",),
    is_login=lambda log: pc.is_in(log.text("eventType"), _LOGINS),
    login=_login,
    call=_call,
)
"""How the System Log is read."""
