"""A strategic host is hit: the banner stands, measures of C9 wait for the CISO, reports are due."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from netcordon.casefile.plans import record_plan, record_rehearsal
from netcordon.casefile.workspace import open_workspace
from netcordon.interfaces.cli.options import now
from netcordon.model.plan import Plan
from netcordon.model.rehearsal import Rehearsal
from netcordon.planning.hashing import register_hash, sealed
from tests.journeys.in_process import run as run_here
from tests.traffic import Recording, client_hello
from tests.unit.enforcement.council import plan_for

HIT = "192.168.7.20"
CONFIG = f"""
[crisis]
posture = "discreet"
[[asset]]
address = "{HIT}"
value = 5
owner = "A. Diaz"
tags = ["strategic"]
"""


@pytest.fixture
def capture(tmp_path: Path) -> Path:
    """A host that calls a place by a timer."""
    recording = Recording()
    for n in range(60):
        recording.now_us += (30 + (n * 7919) % 13 - 6) * 1_000_000
        turns = [(True, client_hello(b"cdn.bad-place.example")),
                 (False, b"\x17\x03\x03\x00\x20" + bytes(32))]  # fmt: skip
        recording.session(HIT, "203.0.113.66", 50_000 + n, 443, turns)
    path = tmp_path / "one.pcap"
    path.write_bytes(recording.pcap())
    return path


def _plan(workspace: Path) -> Plan:
    """A plan of a strategic measure, made with what is declared, and rehearsed."""
    with open_workspace(workspace, create=False, clock=now) as opened:
        register = opened.config.register
        case = opened.cases.cases()[-1]
        bare = plan_for("payments", kind="quarantine", register=register)
        plan = sealed(Plan(**{**vars(bare), "case_id": case.id}))
        assert plan.register_hash == register_hash(register)
        record_plan(opened.journal, plan, register)
        record_rehearsal(
            opened.journal,
            Rehearsal(
                plan_id=plan.id, plan_hash=plan.hash, time=now(), evidence_ids=(), flows=1,
                commands=(), missed=(), engines=(), passed=True, reasons=(),
            ),
        )  # fmt: skip
    return plan


def test_the_ciso_decides_before_strategic_measures(
    cli: Callable[..., Any],
    investigate: Callable[..., Any],
    capture: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> dict[str, Any]:
        return run_here(tmp_path / "case", *arguments)

    people = {
        "carla": ("--role", "ciso", "--contact", "+33 6 12 34 56 78"), "ida": ("--role", "it"),
        "paul": ("--role", "business", "--line", "payments"),
    }  # fmt: skip
    for name, more in people.items():
        run("person", "add", name, *more, "--user", name, "--no-passphrase", "--key-out",
            f"{name}.pem")  # fmt: skip
    (tmp_path / "case" / "netcordon.toml").write_text(CONFIG)
    first = investigate(capture)
    assert any(HIT in text and "strategic" in text for text in first["crisis"])
    page = Path(first["report_path"]).read_text()
    assert "LOCKED until the CISO decides" in page
    assert b"CRISIS    STRATEGIC: 192.168.7.20" in cli("case", "show", "-w", "case").stdout

    plan = _plan(tmp_path / "case")
    run("contain", "approve", plan.id, "--as", "it", "--key", "ida.pem")
    waits = run("contain", "approve", plan.id, "--as", "business", "--key", "paul.pem")
    assert waits["_status"] == 1
    assert waits["reasons"] == [
        "waits for the crisis cell: quarantine; 192.168.7.20 is declared strategic: "
        "192.168.7.20/32 (owner A. Diaz); no decision by the CISO is recorded "
        "(netcordon crisis decide)"
    ]
    enforced = run("contain", "enforce", plan.id)
    assert (enforced["error"]["code"], "crisis cell" in enforced["error"]["why"]) == (
        "NC-840",
        True,
    )

    declared = run("crisis", "declare", "--reason", "the till is hit", "--member", "Dana", "legal",
                   "+33 1")  # fmt: skip
    assert (declared["_status"], declared["posture"], declared["tlp"]) == (
        1, "discreet", "TLP:AMBER+STRICT",
    )  # fmt: skip
    assert "quarantine" in declared["locked"]
    no = run("crisis", "stand-down", "--reason", "x", "--key", "ida.pem")["error"]
    assert (no["code"], no["why"]) == ("NC-838", "ida is not the CISO")
    run("crisis", "decide", "keep quiet <b>&", "--key", "ida.pem")
    assert run("contain", "approvals")["_status"] == 1
    decided = run("crisis", "decide", "isolate at dawn", "--key", "carla.pem")
    assert (decided["_status"], decided["locked"]) == (0, [])
    assert run("contain", "approvals")["grant"]["names"] == ["ida", "paul"]

    run("case", "assign", "Mia")
    run("case", "phase", "C", "--force", "--reason", "a test")
    gate = {c["id"]: c["met_by"] for c in run("case", "phase")["conditions"]}
    assert gate["C5.owners"] == "payments: paul"
    written = run("crisis", "sitrep", "-o", "sitrep.md")
    text = (tmp_path / "sitrep.md").read_text()
    assert text.startswith("**TLP:AMBER+STRICT**")
    assert hashlib.sha256(text.encode()).hexdigest() == written["sha256"]
    for said in ("isolate at dawn", "DISCREET", "Dana, legal: +33 1", "carla, CISO: +33 6 12",
                 "approved by ida, paul until", HIT, "keep quiet &lt;b&gt;&amp;"):  # fmt: skip
        assert said in text, said
    shown = run("crisis", "show")
    assert [s["sha256"] for s in shown["sitreps"]] == [written["sha256"]]
    assert run("crisis", "sitrep", "-o", "sitrep.md")["error"]["code"] == "NC-701"

    third = investigate()
    assert (first["tlp"], third["tlp"]) == ("TLP:AMBER", "TLP:AMBER+STRICT")
    again = Path(third["report_path"]).read_text()
    for said in ("isolate at dawn", "CRISIS since", plan.id, "ida", "paul", "business (payments)"):
        assert said in again, said
    assert cli("verify", "-w", "case").returncode == 0
