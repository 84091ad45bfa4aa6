"""The remediation process: written from a plan, validated by others, every change named."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from netcordon.casefile.plans import record_plan
from netcordon.casefile.workspace import open_workspace
from netcordon.interfaces.cli.options import now
from netcordon.model.command import Command, Probe, Target, Verb
from netcordon.model.plan import Gap, Measure, Plan, Rules
from netcordon.model.process import Process
from netcordon.planning.hashing import sealed
from netcordon.planning.process import digest_of, process_of
from netcordon.planning.reading import built
from netcordon.workflow.remedy import check_process
from tests.journeys.in_process import run
from tests.unit.enforcement.council import REGISTER, plan_for

HOSTILE = "msr <script>|`x`\u202e"


def _plan() -> Plan:
    block = Command(
        id="cmd-1", verb=Verb.DENY, target=Target(outside="203.0.113.7/32"), point="edge-fw",
        boundary="edge", duration_s=3600,
    )  # fmt: skip
    probe = Probe(src="10.1.0.5", dst="203.0.113.7", port=443, protocol="tcp", must_work=False,
                  why="way-1")  # fmt: skip
    first = replace(
        plan_for("payments").measures[0], commands=(block,), negative_probes=(probe,),
        owner="network team",
    )  # fmt: skip
    second = Measure(
        id="msr-2", kind="disable_account", title=HOSTILE, d3fend="", react="", duration_s=3600,
        instructions=("write down its state", "disable it"), undo_instructions=("enable it",),
        after=("msr-1",), owner="identity team",
    )  # fmt: skip
    bare = plan_for("payments")
    rules = Rules(point="edge-fw", actuator="nftables", do="add x\n", undo="delete x\n",
                  command_ids=("cmd-1",), refused={"cmd-9": "it does not see names"})  # fmt: skip
    gap = Gap(way_id="way-2", boundary="edge", reason="nothing sees it")
    return sealed(
        replace(bare, measures=(first, second), rules=(rules,), gaps=(gap,), notes=("a note",))
    )


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace ``ws`` with a plan, a validator's key, the process, and the process signed."""
    folder = tmp_path_factory.mktemp("remedy")
    with open_workspace(folder / "ws", create=True, clock=now) as opened:
        opened.cases.open_new("Beacon at night")
        record_plan(opened.journal, _plan(), REGISTER)
    run(folder / "elsewhere", "person", "add", "R. Roe", "--role", "external", "--no-passphrase",
        "--key-out", str(folder / "roe.pem"))  # fmt: skip
    written = run(folder / "ws", "contain", "remedy", "-o", str(folder / "process.json"))
    assert written["sha256"] == digest_of(process_of(_plan()))
    signed = run(
        folder / "none", "contain", "remedy", "--check", str(folder / "process.json"), "--sign",
        str(folder / "roe.pem"), "--name", "R. Roe, CERT X", "-o", str(folder / "signed.json"),
    )  # fmt: skip
    assert signed["valid"] is True
    return folder


def _leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, dict | list):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield from _leaves(value[key], (*path, key))
    else:
        yield path


def test_the_process_says_everything_that_is_needed(room: Path) -> None:
    process = process_of(_plan())
    one, two = process.steps
    assert one.do[0] == "cmd-1 on edge-fw at edge: deny 203.0.113.7"
    assert one.undo[0].startswith("netcordon contain undo ")
    assert "must fail: 10.1.0.5 to 203.0.113.7 tcp/443 (way-1)" in one.success
    assert (one.owner, one.agree, two.after, two.do[0]) == (
        "network team", ("payments",), (1,), "write down its state",
    )  # fmt: skip
    assert process.still_open == ("way-2 at edge: nothing sees it",)
    assert "cmd-9 is refused by edge-fw: it does not see names" in process.notes


def test_it_is_a_document_that_nobody_can_break_out_of(room: Path) -> None:
    run(room / "ws", "contain", "remedy", "-o", str(room / "process.md"))
    text = (room / "process.md").read_text()
    assert digest_of(process_of(_plan())) in text
    assert "    delete x" in text
    assert "<script>" not in text
    assert "\u202e" not in text
    again = run(room / "ws", "contain", "remedy", "-o", str(room / "process.md"))
    assert again["error"]["code"] == "NC-701"


def test_nobody_signed_is_not_valid(room: Path) -> None:
    done = run(room / "none", "contain", "remedy", "--check", str(room / "process.json"))
    assert (done["_status"], done["valid"], done["faults"]) == (1, False, [])


def test_a_change_of_any_value_after_the_signature_is_named(room: Path, tmp_path: Path) -> None:
    """Also when whoever changed it made the file's own hash anew."""
    document = json.loads((room / "signed.json").read_text())
    seen = set()
    for path in _leaves(document["process"]):
        changed = copy.deepcopy(document)
        place = changed["process"]
        for key in path[:-1]:
            place = place[key]
        value = place[path[-1]]
        place[path[-1]] = value + 1 if isinstance(value, int) else _other(value, path)
        changed["sha256"] = digest_of(built(Process, changed["process"]))
        file = tmp_path / "changed.json"
        file.write_text(json.dumps(changed))
        found = check_process(file, tmp_path / "none", record=False, clock=now)
        assert not found.is_valid, path
        (validator,) = found.validators
        assert all("after R. Roe, CERT X signed" in fault for fault in validator.faults), path
        seen |= {fault.split(" (")[0].split(" was ")[0] for fault in validator.faults}
    assert seen >= {
        "the head", "step 1", "step 2", "what stays open", "what shows that it is done",
        "the rules of edge-fw",
    }  # fmt: skip


def _other(value: str, path: tuple[Any, ...]) -> str:
    return "2027-01-01T00:00:00.000000Z" if path == ("created_time",) else value + "x"


@pytest.mark.parametrize("cut", ["step", "swap", "signature"])
def test_steps_taken_out_or_swapped_are_named(room: Path, tmp_path: Path, cut: str) -> None:
    document = json.loads((room / "signed.json").read_text())
    steps = document["process"]["steps"]
    if cut == "step":
        steps.pop()
    elif cut == "swap":
        steps[0]["number"], steps[1]["number"] = 2, 1
        steps.reverse()
    else:
        signature = document["sign_offs"][0]["signature"]
        document["sign_offs"][0]["signature"] = signature[:10] + "AAAA" + signature[14:]
    (tmp_path / "cut.json").write_text(json.dumps(document))
    found = check_process(tmp_path / "cut.json", tmp_path / "none", record=False, clock=now)
    said = " ".join(fault for validator in found.validators for fault in validator.faults)
    named = {"step": "step 2 was taken out", "swap": "step 1 (", "signature": "does not hold"}
    assert named[cut] in said
    assert not found.is_valid


def test_it_is_put_on_record_where_the_plan_is(room: Path) -> None:
    none = run(room / "ws", "contain", "remedy", "--check", str(room / "process.json"), "--record")
    assert none["error"]["code"] == "NC-837"
    done = run(room / "ws", "contain", "remedy", "--check", str(room / "signed.json"), "--record")
    assert (done["valid"], done["compared"]) == (True, True)
    assert done["validators"][0]["known_as"] is None
    (shown,) = run(room / "ws", "contain", "approvals")["validations"]
    assert shown["name"] == "R. Roe, CERT X"


def test_a_plan_made_anew_is_another_process(room: Path, tmp_path: Path) -> None:
    document = json.loads((room / "signed.json").read_text())
    document["process"]["steps"][0]["owner"] = "somebody else"
    (tmp_path / "other.json").write_text(json.dumps(document))
    found = check_process(tmp_path / "other.json", room / "ws", record=False, clock=now)
    assert found.compared
    assert any("step 1" in fault and "compared with plan-" in fault for fault in found.faults)
