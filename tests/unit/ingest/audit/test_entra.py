"""Sign-ins and directory audits of Entra ID in the three shapes they are exported in."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest

from tests.unit.ingest.text.logs import read

SIGN_IN = {
    "createdDateTime": "2024-05-01T10:00:00Z", "userPrincipalName": "bob@example.org",
    "ipAddress": "192.0.2.5", "appDisplayName": "Portal", "clientAppUsed": "Browser",
    "authenticationRequirement": "multiFactorAuthentication",
    "location": {"countryOrRegion": "FR"}, "status": {"errorCode": 0},
}  # fmt: skip
DIAGNOSTIC = {
    "time": "2024-05-01T10:00:00Z", "category": "SignInLogs", "operationName": "Sign-in activity",
    "resultType": "0", "tenantId": "t", "properties": SIGN_IN,
}  # fmt: skip
ANALYTICS = {
    "TimeGenerated": "2024-05-01T10:00:00Z", "Category": "SignInLogs", "ResultType": "0",
    "OperationName": "Sign-in activity", "UserPrincipalName": "bob@example.org",
    "IPAddress": "192.0.2.5", "AppDisplayName": "Portal", "ClientAppUsed": "Browser",
    "AuthenticationRequirement": "multiFactorAuthentication", "Location": "FR",
}  # fmt: skip


def _rows(table: str, *events: Mapping[str, object]) -> list[dict[str, object]]:
    found = read(json.dumps({"value": list(events)}).encode())
    assert found.kind == "entra"
    assert found.adds_up
    return found.tables[table]


@pytest.mark.parametrize("event", [SIGN_IN, DIAGNOSTIC, ANALYTICS])
def test_each_shape_of_a_sign_in_says_the_same(event: Mapping[str, object]) -> None:
    (row,) = _rows("authentication", event)
    names = ("account", "src_ip", "service", "method", "outcome", "mfa", "src_country")
    assert [row[name] for name in names] == [
        "bob@example.org", "192.0.2.5", "Portal", "Browser", "success", "passed", "FR",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("code", "detail", "wanted"),
    [
        (50126, None, ("failure", None)),
        (50074, None, (None, "asked")),
        (50140, None, (None, None)),
        (500121, "MFA denied; user did not respond to mobile app notification",
         ("failure", "failed")),
        (500121, "MFA denied; user declined the authentication", ("failure", "denied")),
    ],
)  # fmt: skip
def test_what_a_code_says_of_the_outcome(
    code: int, detail: str | None, wanted: tuple[str | None, str | None]
) -> None:
    status = {"errorCode": code, "failureReason": "why", "additionalDetails": detail}
    (row,) = _rows("authentication", {**SIGN_IN, "status": status})
    assert (row["outcome"], row["mfa"]) == wanted
    assert row["status_detail"] == "why"


def test_each_shape_of_an_audit_says_who_gave_what_to_whom() -> None:
    who = {"user": {"userPrincipalName": "carla@example.org", "ipAddress": "192.0.2.6"}}
    audit = {
        "activityDateTime": "2024-05-01T10:00:00Z", "activityDisplayName": "Add member to role",
        "result": "success", "initiatedBy": who,
        "targetResources": [{"userPrincipalName": "eve@example.org", "displayName": None}],
    }  # fmt: skip
    analytics = {
        "TimeGenerated": "2024-05-01T10:00:00Z", "OperationName": "Add member to role",
        "Result": "success", "InitiatedBy": json.dumps(who),
        "TargetResources": json.dumps([{"displayName": "eve@example.org"}]),
    }  # fmt: skip
    diagnostic = {
        "time": "2024-05-01T10:00:00Z", "category": "AuditLogs", "properties": audit,
        "operationName": "Add member to role",
    }  # fmt: skip
    rows = _rows("api_activity", audit, analytics, diagnostic)
    for row in rows:
        assert (row["account"], row["object"]) == ("carla@example.org", "eve@example.org")
        assert (row["change"], row["outcome"]) == ("role", "success")
    assert [row["src_ip"] for row in rows] == ["192.0.2.6", None, "192.0.2.6"]
