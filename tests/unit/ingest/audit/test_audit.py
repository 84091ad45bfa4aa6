"""Audit logs of clouds: each record is a login or a call, in the words of the tables."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest

from tests.unit.ingest.text.logs import Read, read

Event = Mapping[str, object]


def _read(*events: Event) -> Read:
    found = read(b"".join(json.dumps(event).encode() + b"\n" for event in events))
    assert found.adds_up
    return found


def _aws(name: str, **more: object) -> dict[str, object]:
    identity = {
        "type": "AssumedRole", "accountId": "1",
        "arn": "arn:aws:sts::1:assumed-role/admins/carla",
    }  # fmt: skip
    return {
        "eventTime": "2024-05-01T10:00:00Z", "eventSource": "iam.amazonaws.com",
        "eventName": name, "sourceIPAddress": "192.0.2.7", "userAgent": "cli",
        "userIdentity": identity, "recipientAccountId": "1", **more,
    }  # fmt: skip


def test_cloudtrail_calls_say_who_what_and_whom() -> None:
    found = _read(
        _aws("CreateAccessKey", requestParameters={"userName": "bob"}),
        _aws("AttachUserPolicy", errorCode="AccessDenied", requestParameters=None),
        _aws("ListUsers", sourceIPAddress="ec2.amazonaws.com", requestParameters={"name": [1]}),
    )
    assert found.kind == "aws"
    made, refused, listed = found.tables["api_activity"]
    assert (made["account"], made["object"], made["change"]) == (
        "admins/carla", "bob", "credential",
    )  # fmt: skip
    assert (made["src_ip"], made["outcome"], made["frame"]) == ("192.0.2.7", "success", 1)
    assert (refused["outcome"], refused["status_detail"], refused["change"]) == (
        "failure", "AccessDenied", "role",
    )  # fmt: skip
    assert (listed["src_ip"], listed["object"], listed["change"]) == (None, None, None)


@pytest.mark.parametrize(
    ("answer", "error", "mfa", "wanted"),
    [
        ("Success", None, "Yes", ("success", "passed")),
        ("Success", None, "No", ("success", "none")),
        ("Failure", "Failed authentication", "No", ("failure", "none")),
        (None, "No username found in supplied account", None, ("failure", None)),
    ],
)
def test_a_console_login(
    answer: str | None, error: str | None, mfa: str | None, wanted: tuple[str, str | None]
) -> None:
    event = _aws(
        "ConsoleLogin", errorMessage=error, responseElements={"ConsoleLogin": answer},
        additionalEventData={"MFAUsed": mfa},
        userIdentity={"type": "IAMUser", "userName": "bob", "accountId": "1"},
    )  # fmt: skip
    row = _read(event).only("authentication")
    assert (row["outcome"], row["mfa"]) == wanted
    assert (row["account"], row["provider"], row["status_detail"]) == ("bob", "aws", error)


def test_records_of_a_file_of_cloudtrail_are_numbered() -> None:
    document = {"Records": [_aws("ListUsers"), {"eventName": "x"}, _aws("StopLogging")]}
    found = read(json.dumps(document, indent=1).encode())
    assert [row["frame"] for row in found.tables["api_activity"]] == [1, 3]
    assert found.result.refused == {"no time": 1}
    assert found.adds_up


def _office(operation: str, **more: object) -> dict[str, object]:
    return {
        "CreationTime": "2024-05-01T10:00:00", "Operation": operation, "Workload": "Exchange",
        "UserId": "bob@example.org", "ResultStatus": "Succeeded", **more,
    }  # fmt: skip


def test_microsoft365_logins_and_what_they_failed_for() -> None:
    agent = [{"Name": "UserAgent", "Value": "Firefox"}, {"Name": "RequestType", "Value": "Login"}]
    found = _read(
        _office("UserLoggedIn", ClientIP="192.0.2.1:4711", ExtendedProperties=agent),
        _office("UserLoginFailed", ClientIP="[2001:db8::1]:55", LogonError="InvalidPassword"),
        _office("UserLoginFailed", ActorIpAddress="2001:db8::2",
                LogonError="UserStrongAuthClientAuthNRequiredInterrupt"),
        _office("UserLoginFailed", ResultStatus="Failed", LogonError="UserDeclinedAuthentication"),
    )  # fmt: skip
    assert found.kind == "microsoft365"
    rows = found.tables["authentication"]
    assert [row["outcome"] for row in rows] == ["success", "failure", None, "failure"]
    assert [row["mfa"] for row in rows] == [None, None, "asked", "denied"]
    assert [row["src_ip"] for row in rows] == ["192.0.2.1", "2001:db8::1", "2001:db8::2", None]
    assert (rows[0]["user_agent"], rows[0]["method"]) == ("Firefox", "Login")


def test_microsoft365_changes_and_mail_that_is_forwarded() -> None:
    address = {"Name": "ForwardingSmtpAddress", "Value": "smtp:x@example.net"}
    found = _read(
        _office("Add member to role.", Workload="AzureActiveDirectory"),
        _office("Update application – Certificates and secrets management "),
        _office("Set-Mailbox", Parameters=[{"Name": "Identity", "Value": "bob"}, address]),
        _office("Set-Mailbox", Parameters=[{"Name": "ForwardingSmtpAddress", "Value": ""}]),
        _office("MailItemsAccessed"),
    )
    changes = [row["change"] for row in found.tables["api_activity"]]
    assert changes == ["role", "credential", "forwarding", None, None]


def test_microsoft365_events_within_the_records_of_a_search() -> None:
    records = [
        {"RecordType": 15, "Operations": "UserLoggedIn",
         "AuditData": json.dumps(_office("UserLoggedIn", ClientIP="192.0.2.1"))},
        {"RecordType": 15, "AuditData": "{broken"},
    ]  # fmt: skip
    for data in (json.dumps(records, indent=2), "\n".join(map(json.dumps, records))):
        found = read(data.encode())
        assert found.only("authentication")["src_ip"] == "192.0.2.1"
        assert found.result.refused == {"not a JSON object": 1}
        assert found.adds_up


def _okta(kind: str, result: str, **more: object) -> dict[str, object]:
    return {
        "published": "2024-05-01T10:00:00.123Z", "eventType": kind,
        "actor": {"alternateId": "bob@example.org"}, "outcome": {"result": result},
        "client": {"ipAddress": "192.0.2.9", "geographicalContext": {"country": "France"}},
        **more,
    }  # fmt: skip


def test_okta() -> None:
    found = _read(
        _okta("user.session.start", "FAILURE"),
        _okta("user.authentication.auth_via_mfa", "SUCCESS"),
        _okta("user.mfa.okta_verify.deny_push", "SUCCESS"),
        _okta("user.account.privilege.grant", "SUCCESS",
              target=[{"type": "User", "alternateId": "eve@example.org"}]),
        _okta("policy.evaluate_sign_on", "CHALLENGE", target=None),
    )  # fmt: skip
    assert found.kind == "okta"
    logins = found.tables["authentication"]
    assert [(row["outcome"], row["mfa"]) for row in logins] == [
        ("failure", None), ("success", "passed"), ("failure", "denied"),
    ]  # fmt: skip
    assert {row["src_country"] for row in logins} == {"France"}
    granted, asked = found.tables["api_activity"]
    assert (granted["object"], granted["change"]) == ("eve@example.org", "role")
    assert (asked["outcome"], asked["change"]) == (None, None)
