"""Recorded events of clouds and identity providers beside what another parser makes of them."""

from __future__ import annotations

import json
import os
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from tests.unit.ingest.text.logs import read

pytestmark = [
    pytest.mark.corpus,
    pytest.mark.skipif("NETCORDON_CORPUS" not in os.environ, reason="NETCORDON_CORPUS is not set"),
]

_THEIRS = {
    "time": ("@timestamp",),
    "src_ip": ("source.ip",),
    "dst_ip": ("destination.ip",),
    "account": ("user.name", "user.email", "user.id", "user.full_name"),
    "outcome": ("event.outcome",),
    "operation": ("event.action", "action.name"),
    "user_agent": ("user_agent.original",),
    "method": ("http.request.method",),
    "status_code": ("http.response.status_code",),
}
"""Our column -> where the other parser says the same."""

_DIFFERENT = {
    "aws_aws_cloudtrail": {
        # They give the number of the AWS account; we give who in it called.
        "account": 5,
        # An event of CloudTrail Insights has no name of its own.
        "no row": 1,
    },
    # An instance that connects outwards is our source; theirs is always the actor.
    "aws_aws_guardduty": {"src_ip": 1, "dst_ip": 1},
    "azure_azure_ad": {
        # When it happened, not when it was written down.
        "time": 5,
        # A sign-in that stops to ask for the second factor has not failed.
        "outcome": 1,
        # Of a risk that was detected, not of the call.
        "user_agent": 2,
    },
    # A text message or a call that was paid for: no table.
    "duo_duo_security": {"no row": 2},
    "google_cloud_google_report": {
        # Two name the device's user, not the caller; one is a guest, whom only an id names.
        "account": 3,
        # All events of one activity; we make a row of each.
        "operation": 2,
        # What carries no word for its outcome has none.
        "outcome": 2,
    },
    # The first name that is told; theirs is an id, or the last.
    "microsoft_microsoft_entraid_graphapi": {"account": 21, "user_agent": 1},
    "office_365_o365": {
        # What carries no ResultStatus has no outcome; they say success.
        "outcome": 17,
        # UserId as it stands; they cut it, or take the name of a person concerned.
        "account": 6,
        # The operation as it stands, with its stop; theirs is shortened.
        "operation": 4,
        "src_ip": 1,
    },
    "aws_aws_waf": {},
    "azure_azure_activity_logs": {},
    "google_cloud_google_cloud_audit": {},
    "okta_okta_system_logs": {},
}
"""Log -> column -> how many values differ, each for the reason beside it."""


@pytest.mark.parametrize("name", _DIFFERENT)
def test_values_agree_with_another_parser(name: str) -> None:
    path = Path(os.environ["NETCORDON_CORPUS"]) / "cloud_idp" / f"{name}.expected.jsonl"
    events = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    found = read(f"[{','.join(event['message'] for event in events)}]".encode())
    assert found.adds_up
    rows = defaultdict(list)
    for table, made in found.tables.items():
        for row in made if table not in ("log_source", "ingest_warning") else ():
            rows[row["frame"]].append(row)
    different: Counter[str] = Counter()
    compared = 0
    for number, event in enumerate(events, 1):
        if not rows[number]:
            different["no row"] += 1
            continue
        row = rows[number][0]
        for column in _THEIRS.keys() & row.keys():
            theirs = [text for path in _THEIRS[column] if (text := _get(event["expected"], path))]
            compared += bool(theirs)
            if theirs and _plain(column, row[column]) not in [_plain(column, t) for t in theirs]:
                different[column] += 1
    assert dict(different) == _DIFFERENT[name]
    assert compared >= len(events)


def _plain(column: str, value: object) -> str:
    text = str(value)
    return text.replace(" ", "T")[:19] if column == "time" else text.lower()


def _get(value: object, path: str) -> object:
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value
