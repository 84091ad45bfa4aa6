"""Who is told what: providers of the demonstration's attacker, on one investigated workspace."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from netcordon.casefile import compartments
from netcordon.casefile.workspace import effective_user, open_workspace
from netcordon.notices.xarf import faults
from tests.journeys.conftest import COMMAND

DEMO = Path(__file__).parents[2] / "lab/demo/demo.pcapng.gz"
OURS = ("10.20.", "PC-042", "j.ortega", "brightwater", "APP-01", "svc-deploy")
Run = Callable[..., subprocess.CompletedProcess[bytes]]


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Runs commands on the demonstration, investigated once."""
    root = tmp_path_factory.mktemp("parties")

    def run(*arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [*COMMAND, *arguments, "-w", "ws"], input=stdin, capture_output=True, cwd=root,
            timeout=240, check=False, env={**os.environ, "COLUMNS": "100"},
        )  # fmt: skip

    assert run("investigate", str(DEMO), "--json").returncode == 1
    run.root = root  # type: ignore[attr-defined]
    return run


def test_reports_to_providers_show_connections_and_nothing_of_ours(case: Run) -> None:
    contacts = b"203.0.113.0/24,abuse@hoster.example,whois,2026-01-01\n"
    made = case("abuse", "draft", "--mail", "abuse@corp.example", "--org", "Corp",
                "--contacts", "/dev/stdin", "--json", stdin=contacts)  # fmt: skip
    assert made.returncode == 0, made.stderr
    drafts = json.loads(made.stdout)["drafts"]
    assert len(drafts) >= 3
    for draft in drafts:
        report = json.loads(draft["xarf"])
        assert faults(report) == []
        assert draft["contact"]["mail"] == "abuse@hoster.example"
        assert report["source_port"] in (80, 443)
        whole = draft["text"] + draft["xarf"] + draft["subject"]
        assert not [word for word in OURS if word in whole]
        assert "our-host-1:" in draft["text"]
        assert "2026-11-21 21:" in draft["text"]
    own = case("abuse", "draft", drafts[0]["source"], "--mail", "a@corp.example", "--org", "Corp",
               "--publish", "10.20.1.0/24")  # fmt: skip
    assert own.returncode == 1, "no contact is known"
    assert b"10.20.1.142:" in own.stdout
    unknown = case("abuse", "draft", "192.0.2.1", "--mail", "a@corp.example", "--org", "Corp")
    assert (unknown.returncode, b"NC-932" in unknown.stderr) == (2, True)
    nobody = case("abuse", "draft", "--mail", "a@corp.example")
    assert (nobody.returncode, b"NC-930" in nobody.stderr) == (2, True)

    assert case("abuse", "sent", drafts[0]["id"], "--reference", "T-77").returncode == 0
    listed = json.loads(case("abuse", "list", "--json").stdout)["reports"]
    assert [r["reference"] for r in listed if r["sent"]] == ["T-77"]
    items = json.loads(case("abuse", "package", "--json").stdout)["package"]
    state = {item["name"]: item["state"] for item in items}
    assert state["Evidence"] == state["Narrative and timeline"] == "there"
    assert state["Contact"] == "missing"
    assert state["Names of suspects inside"] == "left out"


def test_a_restricted_case_is_not_there_for_others_and_waits_for_a_request(case: Run) -> None:
    listed = json.loads(case("case", "list", "--json").stdout)["cases"]
    secret = listed[0]["id"] if "id" in listed[0] else listed[0]["case_id"]
    made = case("case", "restrict", secret, "--reader", "somebody-else", "--suspect", "J. Ortega",
                "--reason", "an insider")  # fmt: skip
    assert b"You are none of them" in made.stdout
    said = []
    for wanted in (secret, "NC-1999-0042"):
        shown = case("case", "show", wanted)
        said.append((shown.returncode, shown.stderr.replace(wanted.encode(), b"X"), shown.stdout))
    assert said[0] == said[1]
    assert json.loads(case("case", "list", "--json").stdout)["cases"] == []
    count = case("sql", "SELECT count(*) AS n FROM network_activity", "--format", "csv")
    assert count.stdout.split() == [b"n", b"0"]
    assert b"NC-405" in case("hunt", "203.0.113.201").stderr
    assert case("case", "access", secret).returncode == 4

    root = case.root  # type: ignore[attr-defined]
    now = datetime(2026, 12, 1, tzinfo=UTC)
    with open_workspace(root / "ws", create=False, clock=lambda: now, beside=True) as opened:
        one = compartments.compartments(opened.journal)[secret]
        assert [a.account for a in one.attempts] == [effective_user()] * 2
        assert one.attempts[0].time.year >= 2026
        me = [effective_user()]
        compartments.restrict(opened.journal, secret, me, one.suspects, one.reason)

    assert case("case", "access", secret).returncode == 1
    for step in (["contain", "plan"], ["notice", "draft", "--audience", "admins"]):
        assert b"NC-941" in case(*step).stderr
    assert (
        case("case", "request", secret, "--from", "HR", "--reference", "letter 7").returncode == 0
    )
    people = b"name,account\nJ. Ortega,jo\nA. Diaz,ad\n"
    told = case("notice", "draft", "--audience", "admins", "--people", "/dev/stdin", "--json",
                stdin=people)  # fmt: skip
    recipients = json.loads(told.stdout)["notice"]["recipients"]
    assert [person["name"] for person in recipients] == ["A. Diaz"]
    assert case("case", "release", secret, "--reason", "done").returncode == 0
    assert b"NC-940" in case("case", "access", secret).stderr
