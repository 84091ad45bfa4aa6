"""Microsoft Entra ID: sign-ins and directory audits.

Three shapes of the same fields: Microsoft Graph (``signIn``, ``directoryAudit``), diagnostic
settings (the same within ``properties``) and Log Analytics (the same with capitals).
"""

from __future__ import annotations

from itertools import chain

import pyarrow as pa
import pyarrow.compute as pc

from netcordon.ingest.audit.event import Audit, Told
from netcordon.ingest.audit.microsoft import change
from netcordon.ingest.text.columns import Columns
from netcordon.ingest.text.shaping import first, where_told, words

_TEXT = pa.string()
_TARGET = pa.list_(pa.struct([("displayName", _TEXT), ("userPrincipalName", _TEXT), ("id", _TEXT)]))
_INNER = (
    "createdDateTime activityDateTime activityDisplayName userPrincipalName ipAddress userAgent "
    "appDisplayName clientAppUsed authenticationRequirement result resultReason loggedByService "
    "status.errorCode status.failureReason status.additionalDetails location.countryOrRegion "
    "initiatedBy.user.userPrincipalName initiatedBy.user.ipAddress initiatedBy.user.displayName "
    "initiatedBy.app.displayName"
)
_OUTER = (
    "time category operationName resultType resultDescription callerIpAddress tenantId "
    "TimeGenerated CreatedDateTime Category OperationName ActivityDisplayName ResultType "
    "ResultDescription IPAddress UserPrincipalName AppDisplayName ClientAppUsed UserAgent Location "
    "AuthenticationRequirement Result ResultReason LoggedByService InitiatedBy TargetResources "
    "TenantId AADTenantId"
)
_ASKED = ("50072", "50074", "50076", "50079", "50158")
"""AADSTS errors of a sign-in that stops to ask for the second factor; the password was right."""
_INTERRUPTED = pa.array([*_ASKED, "50097", "50125", "50140", "50144", "65001", "16000", "16001"])
"""AADSTS errors that ask for something more and refuse nothing."""
_UPN = r'"userPrincipalName" ?: ?"(?P<name>[^"]{1,256})"'
_DISPLAYED = r'"displayName" ?: ?"(?P<name>[^"]{1,256})"'


def _field(log: Columns, *names: str) -> pa.Array:
    """A field by its names within a record or its ``properties``."""
    paths = chain.from_iterable((name, f"properties.{name}") for name in names)
    return where_told(log.text(*paths))


def _is_login(log: Columns) -> pa.Array:
    category = pc.utf8_lower(log.text("category", "Category"))
    by_category = pc.match_substring(category, "signinlogs")
    named = pc.is_valid(log.text("properties.createdDateTime", "createdDateTime"))
    has_status = pc.is_valid(
        log.text(
            "properties.status.errorCode", "status.errorCode", "clientAppUsed", "ClientAppUsed"
        )
    )
    return pc.or_(pc.fill_null(by_category, False), pc.and_(named, has_status))


def _mfa(log: Columns, code: pa.Array) -> pa.Array:
    nothing = pa.scalar(None, _TEXT)
    detail = pc.utf8_lower(_field(log, "status.additionalDetails", "resultDescription"))
    declined = pc.match_substring_regex(detail, "user declined|reported fraud|fraud code")
    needed = pc.utf8_lower(_field(log, "authenticationRequirement", "AuthenticationRequirement"))
    passed = pc.equal(code, "0")
    by_need = pc.if_else(
        pc.equal(needed, "multifactorauthentication"),
        "passed",
        pc.if_else(pc.equal(needed, "singlefactorauthentication"), "none", nothing),
    )
    told = pc.if_else(pc.fill_null(passed, False), by_need, nothing)
    asked = pc.fill_null(pc.is_in(code, pa.array(_ASKED)), False)
    told = pc.if_else(asked, "asked", told)
    told = pc.if_else(pc.fill_null(pc.equal(code, "500121"), False), "failed", told)
    return pc.if_else(pc.fill_null(declined, False), "denied", told)


def _login(log: Columns) -> Told:
    code = _field(log, "status.errorCode", "resultType", "ResultType")
    told = pc.if_else(pc.equal(code, "0"), "success", "failure")
    interrupted = pc.fill_null(pc.is_in(code, _INTERRUPTED), False)
    return {
        "method": _field(log, "clientAppUsed", "ClientAppUsed"),
        "service": _field(log, "appDisplayName", "AppDisplayName"),
        "account": _field(log, "userPrincipalName", "UserPrincipalName"),
        "domain": _tenant(log),
        "outcome": pc.if_else(interrupted, pa.scalar(None, _TEXT), told),
        "status_detail": pc.if_else(
            pc.equal(code, "0"),
            pa.scalar(None, _TEXT),
            pc.coalesce(
                _field(log, "status.failureReason", "resultDescription", "ResultDescription"), code
            ),
        ),
        "mfa": _mfa(log, code),
        "user_agent": _field(log, "userAgent", "UserAgent"),
        "src_country": _field(log, "location.countryOrRegion", "Location"),
    }


def _tenant(log: Columns) -> pa.Array:
    return where_told(log.text("tenantId", "AADTenantId", "TenantId"))


def _call(log: Columns) -> Told:
    operation = _field(
        log, "activityDisplayName", "ActivityDisplayName", "operationName", "OperationName"
    )
    outcomes = {"success": "success", "failure": "failure", "timeout": "failure"}
    initiator = pc.extract_regex(log.text("InitiatedBy"), _UPN).field(0)
    inner = pc.extract_regex(log.text("TargetResources"), _DISPLAYED).field(0)
    return {
        "service": _field(log, "loggedByService", "LoggedByService", "category", "Category"),
        "operation": operation,
        "account": pc.coalesce(
            _field(log, "initiatedBy.user.userPrincipalName", "initiatedBy.user.displayName"),
            _field(log, "initiatedBy.app.displayName"),
            where_told(initiator),
            _field(log, "userPrincipalName", "UserPrincipalName"),
            where_told(log.text("properties.userId", "properties.appId")),
        ),
        "object": pc.coalesce(
            _target(log, "targetResources"),
            _target(log, "properties.targetResources"),
            where_told(inner),
            where_told(log.text("properties.requestUri")),
        ),
        "outcome": words(pc.utf8_lower(_field(log, "result", "Result")), outcomes, keep=False),
        "status_detail": _field(log, "resultReason", "ResultReason"),
        "user_agent": _field(log, "userAgent", "UserAgent"),
        "change": change(operation),
        "tenant": _tenant(log),
    }  # fmt: skip


def _target(log: Columns, name: str) -> pa.Array:
    one = first(log.raw(name))
    if not pa.types.is_struct(one.type):
        return pa.nulls(len(log), _TEXT)
    return pc.coalesce(
        where_told(pc.struct_field(one, "userPrincipalName")),
        where_told(pc.struct_field(one, "displayName")),
        pc.struct_field(one, "id"),
    )


ENTRA = Audit(
    provider="entra",
    fields={
        **dict.fromkeys(_OUTER.split(), _TEXT),
        **dict.fromkeys(_INNER.split(), _TEXT),
        **{f"properties.{path}": _TEXT for path in _INNER.split()},
        **dict.fromkeys(("properties.userId", "properties.appId", "properties.requestUri"), _TEXT),
        "targetResources": _TARGET,
        "properties.targetResources": _TARGET,
    },
    time=(
        "createdDateTime", "activityDateTime", "properties.createdDateTime",
        "properties.activityDateTime", "time", "CreatedDateTime", "TimeGenerated",
    ),
    name=(
        "activityDisplayName", "properties.activityDisplayName", "operationName", "OperationName",
        "userPrincipalName", "UserPrincipalName", "Category",
    ),
    client=(
        "ipAddress", "properties.ipAddress", "initiatedBy.user.ipAddress",
        "properties.initiatedBy.user.ipAddress", "IPAddress", "callerIpAddress",
    ),
    is_login=_is_login,
    login=_login,
    call=_call,
)  # fmt: skip
"""How sign-ins and directory audits are read."""
