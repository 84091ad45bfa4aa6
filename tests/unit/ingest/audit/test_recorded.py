"""Recorded audit logs: what is read of each, and why the rest is not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.unit.ingest.text.logs import read

pytestmark = [
    pytest.mark.corpus,
    pytest.mark.skipif("NETCORDON_CORPUS" not in os.environ, reason="NETCORDON_CORPUS is not set"),
]

# An event of CloudTrail Insights has no eventName of its own.
_RECORDED = {
    "cloud_idp/aws_aws_cloudtrail.log": ("aws", 1, 5, {"no name of an event": 1}),
    "cloud_idp/office_365_o365.log": ("microsoft365", 4, 33, {}),
    "cloud_idp/okta_okta_system_logs.log": ("okta", 0, 1, {}),
    "cloud_idp/azure_azure_ad.log": ("entra", 4, 9, {}),
    "cloud_idp/microsoft_microsoft_entraid_graphapi.log": ("entra", 1, 39, {}),
    "cloud_attack_otrf/AADAuditEvents.json": ("entra", 0, 4, {}),
    "cloud_attack_otrf/OfficeActivityEvents.json": ("microsoft365", 0, 1, {}),
    "cloud_attack_o365_invictus/unified_audit_log.jsonl": ("microsoft365", 283, 4643, {}),
    "cloud_attack_aws_stratus/aws.initial-access.console-login-without-mfa.json": ("aws", 1, 0, {}),
    "cloud_attack_aws_stratus/aws.persistence.iam-create-admin-user.json": ("aws", 0, 3, {}),
}


@pytest.mark.parametrize("path", _RECORDED)
def test_each_record_is_a_login_or_a_call(path: str) -> None:
    kind, logins, calls, refused = _RECORDED[path]
    found = read((Path(os.environ["NETCORDON_CORPUS"]) / path).read_bytes())
    counts = {table: len(rows) for table, rows in found.tables.items()}
    assert found.kind == kind
    assert (counts.get("authentication", 0), counts.get("api_activity", 0)) == (logins, calls)
    assert found.result.refused == refused
    assert found.adds_up
