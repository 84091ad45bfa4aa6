"""What people decided stands in every report, with who, why and until when."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from netcordon.reporting import markdown, render_json, terminal_summary
from tests.unit.reporting import documents


@pytest.fixture(scope="module")
def report() -> str:
    return markdown.render(documents.worked_document())


@pytest.mark.parametrize(
    "said",
    [
        "7.33", "FS-01 is worth 5 of 5", "payments, owner Mia Berg",
        "Allowed backup", "nightly backup", "expired, no longer applied",
        "seen on disk", "by force", "spreading fast", "every source was asked",
        "went back", "asked the proxy logs", "spoke to the owner", "worded 2 times",
        "closed as true by force", "it came back",
        "Block it at the border", "failed, verified", "12 packets after it", "passed",
        "open: a person's task", "leaves 1 way of the attacker open: way-9",
    ],
)  # fmt: skip
def test_the_report_says(report: str, said: str) -> None:
    assert said.lower() in report.replace("\\", "").lower()


def test_the_screen_names_who_set_something_aside() -> None:
    screen = terminal_summary(documents.worked_document())
    assert "1 finding: 1 by allow-0001 (Mia Berg)" in screen


def test_json_holds_all_of_it() -> None:
    got = json.loads(render_json(documents.worked_document()))
    assert got["priorities"][0]["factors"][0]["name"] == "impact"
    assert got["set_aside"][0]["finding"]["title"] == "Allowed backup"
    assert got["case"]["moves"][0]["missing"] == ["I0.scope: every source was asked"]
    assert got["judgements"][0]["ruling"] == "true"


def test_silence_is_not_earned_where_something_was_set_aside() -> None:
    document = documents.worked_document()
    silent = replace(document, severity=None, incidents=(), findings=())
    assert silent.headline()[0] == "nothing found, with reservations"
