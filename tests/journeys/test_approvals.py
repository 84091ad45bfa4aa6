"""Who may say yes to a plan, from registration to a file that others check by hand."""

from __future__ import annotations

import json
import re
import shutil
import stat
import subprocess
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netcordon.casefile.plans import record_plan, record_rehearsal
from netcordon.casefile.workspace import open_workspace
from netcordon.errors import UsageError
from netcordon.interfaces.cli.options import now
from netcordon.model.plan import Plan
from netcordon.model.rehearsal import Rehearsal
from netcordon.reporting.plan_text import plan_json
from netcordon.workflow.approvals_file import check
from tests.journeys.in_process import run
from tests.unit.enforcement.council import REGISTER, plan_for

Run = Callable[..., dict[str, Any]]
DOCS = Path(__file__).parents[2] / "docs" / "approvals.md"


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a workspace ``ws`` that knows four people, and their keys."""
    folder = tmp_path_factory.mktemp("approvals")
    with open_workspace(folder / "ws", create=True, clock=now) as opened:
        opened.cases.open_new("Beacon at night")
    (folder / "pass").write_text("open sesame\nnot this line\n")

    def add(name: str, *more: str, passphrase: str = "") -> None:
        made = run(
            folder / "ws", "person", "add", name, "--user", name.lower(), *more,
            "--key-out", str(folder / f"{name.lower()}.pem"), passphrase=passphrase,
        )  # fmt: skip
        assert made["person"]["name"] == name

    add("Ida", "--role", "it", "--no-passphrase")
    paul = ("--role", "business", "--line", "payments", "--vouched-by", str(folder / "ida.pem"))
    add("Paul", *paul, passphrase=str(folder / "pass"))
    add("Sara", "--role", "business", "--line", "sales", "--no-passphrase")
    add("Otto", "--role", "it", "--role", "business", "--line", "payments", "--no-passphrase")
    return folder


@pytest.fixture
def room(prepared: Path, tmp_path: Path) -> Path:
    """A copy of it with a plan that touches payments, rehearsed."""
    shutil.copytree(prepared, tmp_path / "room")
    _record(tmp_path / "room" / "ws", plan_for("payments"))
    return tmp_path / "room"


def _record(workspace: Path, plan: Plan, *, passed: bool = True) -> None:
    with open_workspace(workspace, create=False, clock=now) as opened:
        record_plan(opened.journal, plan, REGISTER)
        record_rehearsal(
            opened.journal,
            Rehearsal(
                plan_id=plan.id, plan_hash=plan.hash, time=now(), evidence_ids=(), flows=1,
                commands=(), missed=(), engines=(), passed=passed, reasons=(),
            ),
        )  # fmt: skip


@pytest.fixture
def contain(room: Path) -> Run:
    """``netcordon contain …`` in it; ``by`` names who signs."""

    def say(verb: str, *arguments: str, by: str = "") -> dict[str, Any]:
        key = ("--key", str(room / f"{by}.pem")) if by else ()
        plan = (plan_for("payments").id,) if verb in ("approve", "refuse") else ()
        return run(
            room / "ws", "contain", verb, *plan, *arguments, *key, passphrase=str(room / "pass")
        )

    return say


def test_two_sides_two_people_and_their_names_are_told(contain: Run, room: Path) -> None:
    first = contain("approve", "--as", "it", by="ida")
    assert (first["_status"], first["reasons"]) == (
        1, ["the business line payments has not approved"],
    )  # fmt: skip
    second = contain("approve", "--as", "business", by="paul")
    assert second["_status"] == 0
    assert second["grant"]["names"] == ["Ida", "Paul"]
    withdrawn = contain("withdraw", "--reason", "the batch runs late", by="paul")
    assert "Paul took it back: the batch runs late" in withdrawn["reasons"][0]
    assert contain("withdraw", "--reason", "again", by="paul")["error"]["code"] == "NC-836"
    assert contain("approve", "--as", "business", by="paul")["_status"] == 0
    refused = contain("refuse", "--as", "it", "--reason", "not tonight", by="otto")
    assert refused["reasons"] == ["Otto, IT, refuses it: not tonight"]
    assert run(room / "ws", "verify")["_status"] == 0


def test_the_same_person_in_both_roles_is_refused(contain: Run) -> None:
    contain("approve", "--as", "it", by="otto")
    both = contain("approve", "--as", "business", by="otto")
    assert both["reasons"] == ["IT and business must be two people; both are Otto"]


def test_an_approver_of_another_line_is_refused_in_words(contain: Run) -> None:
    for line in ((), ("--line", "payments")):
        refused = contain("approve", "--as", "business", *line, by="sara")["error"]
        assert refused["code"] == "NC-835"
        assert refused["why"].startswith("Sara answers for sales")
        assert "payments" in refused["why"]
    other = contain("approve", "--as", "business", "--line", "sales", by="sara")["error"]
    assert other["why"] == "the plan does not touch sales; it touches payments"
    assert contain("approve", "--as", "it", by="sara")["error"]["code"] == "NC-835"


def test_the_author_is_refused(contain: Run, room: Path) -> None:
    run(
        room / "ws", "person", "add", "Mel", "--role", "it", "--user", "mallory",
        "--no-passphrase", "--key-out", str(room / "mel.pem"),
    )  # fmt: skip
    refused = contain("approve", "--as", "it", by="mel")["error"]
    assert refused["why"] == "Mel made this plan as mallory; an author does not approve"


def test_an_edited_plan_is_another_plan_and_nobody_approved_it(contain: Run, room: Path) -> None:
    contain("approve", "--as", "it", by="ida")
    assert contain("approve", "--as", "business", by="paul")["_status"] == 0
    _record(room / "ws", plan_for("payments", kind="address"))
    edited = contain("approvals", plan_for("payments", kind="address").id)
    assert edited["_status"] == 1
    assert edited["reasons"][0] == "IT has not approved"


def test_without_a_rehearsal_that_passed_it_takes_a_reason(contain: Run, room: Path) -> None:
    _record(room / "ws", plan_for("payments"), passed=False)
    refused = contain("approve", "--as", "it", by="ida")["error"]
    assert (refused["code"], refused["why"][:26]) == ("NC-835", "its rehearsal did not pass")
    contain("approve", "--as", "it", "--override", "it spreads", by="ida")
    done = contain("approve", "--as", "business", "--override", "accepted", by="paul")
    assert done["grant"]["overrides"] == [
        "Ida agreed without a rehearsal that passed: it spreads",
        "Paul agreed without a rehearsal that passed: accepted",
    ]


def test_keys_are_their_owners_and_people_are_told_apart(room: Path) -> None:
    mode = stat.S_IMODE((room / "paul.pem").stat().st_mode)
    assert mode == 0o600
    assert b"ENCRYPTED" in (room / "paul.pem").read_bytes()

    def add(*more: str) -> dict[str, Any]:
        return run(room / "ws", "person", "add", *more, "--role", "it", "--no-passphrase",
                    "--key-out", str(room / "new.pem"))["error"]  # fmt: skip

    assert "Ida is registered already" in add("IDA ")["why"]
    assert "works under the account ida" in add("Ina", "--user", "ida")["why"]
    assert add("Ida\u200b")["why"] == "it holds what cannot be seen: Ida\u200b"  # escaped once
    assert add("x" * 300)["code"] == "NC-801"
    assert not (room / "new.pem").exists()
    taken = run(room / "ws", "person", "add", "Ina", "--role", "it", "--no-passphrase",
                 "--key-out", str(room / "ida.pem"))["error"]  # fmt: skip
    assert taken["code"] == "NC-701"
    people = run(room / "ws", "person", "list")["people"]
    assert [p["name"] for p in people] == ["Ida", "Paul", "Sara", "Otto"]
    assert [p["first"] for p in people] == [True, False, False, False]
    assert people[1]["vouched_by"] == people[0]["id"]


def test_a_revoked_key_is_refused_with_the_reason(contain: Run, room: Path) -> None:
    assert run(room / "ws", "person", "revoke", "Ida")["error"]["code"] == "NC-801"
    run(room / "ws", "person", "revoke", "Ida", "--reason", "left us")
    refused = contain("approve", "--as", "it", by="ida")["error"]
    assert (refused["code"], refused["why"][-7:]) == ("NC-833", "left us")
    again = run(room / "ws", "person", "revoke", "Ida", "--reason", "twice")["error"]
    assert again["why"] == "Ida was revoked: left us"


@pytest.fixture(scope="module")
def exported(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of an approved plan, and the plan's own."""
    folder = tmp_path_factory.mktemp("exported")
    shutil.copytree(prepared / "ws", folder / "ws")
    plan = plan_for("payments")
    _record(folder / "ws", plan)
    for role, name in (("it", "ida"), ("business", "paul")):
        run(folder / "ws", "contain", "approve", plan.id, "--as", role, "--key",
             str(prepared / f"{name}.pem"), passphrase=str(prepared / "pass"))  # fmt: skip
    run(folder / "ws", "contain", "approvals", "--export", str(folder / "a.json"))
    (folder / "plan.json").write_text(plan_json(plan, None))
    return folder


def test_the_file_is_checked_where_there_is_no_workspace(exported: Path, tmp_path: Path) -> None:
    arguments = ("contain", "approvals", "--check", str(exported / "a.json"), "--plan")
    done = run(tmp_path / "none", *arguments, str(exported / "plan.json"))
    assert (done["_status"], done["holds"], done["approved"], done["compared"]) == (
        0, True, True, True,
    )  # fmt: skip
    assert [p["name"] for p in done["people"]] == ["Ida", "Paul"]
    edited = (exported / "plan.json").read_text().replace("Block it", "Block all")
    (tmp_path / "edited.json").write_text(edited)
    changed = run(tmp_path / "none", *arguments, str(tmp_path / "edited.json"))
    assert (changed["_status"], changed["holds"]) == (1, False)
    assert "was changed" in changed["faults"][0]
    (tmp_path / "other.json").write_text(plan_json(plan_for("payments", kind="pair"), None))
    other = run(tmp_path / "none", *arguments, str(tmp_path / "other.json"))
    assert "they spoke of" in other["faults"][0]


@settings(max_examples=150)
@given(st.data())
def test_a_flipped_bit_anywhere_in_the_file_is_found(
    exported: Path, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    raw = bytearray((exported / "a.json").read_bytes())
    at = data.draw(st.integers(0, len(raw) - 1))
    raw[at] ^= 1 << data.draw(st.integers(0, 7))
    path = tmp_path_factory.getbasetemp() / "flipped.json"
    path.write_bytes(raw)
    with suppress(UsageError):  # NC-837: it is no JSON any more
        assert check(path, None).faults


@settings(max_examples=60)
@given(st.data())
def test_entries_in_another_order_are_found(
    exported: Path, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    document = json.loads((exported / "a.json").read_text())
    order = data.draw(st.permutations(range(len(document["entries"]))))
    document["entries"] = [document["entries"][n] for n in order]
    path = tmp_path_factory.getbasetemp() / "shuffled.json"
    path.write_text(json.dumps(document))
    assert bool(check(path, None).faults) == (order != sorted(order))


def test_a_file_made_consistent_again_has_no_signatures(exported: Path, tmp_path: Path) -> None:
    """Whoever changes a statement and all that is derived from it lacks the key."""
    from netcordon.workflow.approvals_file import _document, _parsed, _text

    told = (exported / "a.json").read_text().replace("payments", "paymenta")
    subject, entries = _parsed(json.loads(told))
    (tmp_path / "forged.json").write_text(_text(_document(subject, entries)))
    forged = check(tmp_path / "forged.json", None)
    assert any("signature does not hold" in fault for fault in forged.faults)
    assert forged.open_until is None


@pytest.mark.engines
def test_openssl_agrees_by_the_commands_of_the_documentation(
    exported: Path, tmp_path: Path, engine_program
) -> None:
    engine_program("openssl")
    shutil.copy(exported / "a.json", tmp_path / "approvals.json")
    (script,) = re.findall(r"```sh\n(.*?)```", DOCS.read_text(), re.DOTALL)
    done = subprocess.run(["sh", "-ec", script], cwd=tmp_path, capture_output=True, text=True)
    assert "Signature Verified Successfully" in done.stdout, done.stderr
    word = json.loads((tmp_path / "approvals.json").read_text())["words"][0]
    people = json.loads((tmp_path / "approvals.json").read_text())["people"]
    (mark,) = (p["fingerprint"] for p in people if p["public_key"] == word["public_key"])
    assert mark in done.stdout
    last = script[script.index("openssl pkeyutl") :]
    forged = word["statement"].replace('"role":"it"', '"role":"IT"')
    (tmp_path / "statement").write_text(forged)
    again = subprocess.run(["sh", "-ec", last], cwd=tmp_path, capture_output=True, text=True)
    assert again.returncode != 0


@pytest.mark.engines
def test_a_yes_is_signed_on_another_machine(room: Path, contain: Run, engine_program) -> None:
    engine_program("openssl")
    plan, statement, signature = plan_for("payments").id, room / "statement", room / "signature"

    def asked(*arguments: str) -> dict[str, Any]:
        return run(room / "ws", "contain", "ask", plan, *arguments, "-o", str(statement))

    assert asked("--person", "Nobody", "--as", "it")["error"]["code"] == "NC-834"
    assert asked("--person", "Sara", "--as", "business")["error"]["code"] == "NC-835"
    assert not statement.exists()
    asked("--person", "Ida", "--as", "it")

    def sign_with(name: str) -> None:
        done = subprocess.run(
            ["openssl", "pkeyutl", "-sign", "-inkey", str(room / f"{name}.pem"), "-rawin", "-in",
             str(statement), "-out", str(signature)], capture_output=True, text=True,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr

    told = ("contain", "answer", str(statement), str(signature))
    sign_with("sara")
    assert "not that of the person" in run(room / "ws", *told)["error"]["why"]
    sign_with("ida")
    assert run(room / "ws", *told)["reasons"] == ["the business line payments has not approved"]
    assert contain("approve", "--as", "business", by="paul")["grant"]["names"] == ["Ida", "Paul"]
    contain("withdraw", "--reason", "no", by="ida")
    assert "Ida took it back" in run(room / "ws", *told)["error"]["why"]
    statement.write_text(statement.read_text().replace('"role":"it"', '"role":"business"'))
    assert run(room / "ws", *told)["error"]["code"] == "NC-835"
    assert [w["counts"] for w in contain("approvals")["words"]] == [False, True]
