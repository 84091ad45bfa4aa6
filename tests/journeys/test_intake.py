"""Reports of people, on one small workspace: taken in, hunted, joined, answered, closed."""

from __future__ import annotations

import email
import email.policy
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from netcordon.interfaces.cli.main import cli
from tests.journeys.in_process import run
from tests.unit.intake.letters import ARF, PROGRAM, USER, XARF_4, mail

_FLOW = (
    "<4>Nov 21 21:{:02}:00 gate kernel: ACCEPT IN=eth1 OUT=eth0 SRC=198.18.5.20 DST=203.0.113.9 "
    "LEN=60 TTL=63 PROTO=TCP SPT=49822 DPT=22 WINDOW=64240 RES=0x00 SYN URGP=0"
)


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with one log in it, in which our host contacts an outside one."""
    root = tmp_path_factory.mktemp("intake")
    (root / "fw.log").write_text("\n".join(_FLOW.format(m) for m in range(20, 40)) + "\n")
    (root / "user.eml").write_bytes(USER)
    (root / "arf.eml").write_bytes(ARF)
    (root / "x.json").write_text(json.dumps(XARF_4))
    done = run(root / "ws", "investigate", str(root / "fw.log"), "--home-net", "198.18.0.0/16")
    assert done["_status"] in (0, 1)
    with (root / "ws" / "netcordon.toml").open("a") as file:
        file.write('[intake]\ndomains = ["corp.example"]\nmail_servers = ["mx.corp.example"]\n')
    return root


def test_a_complaint_is_hunted_joined_answered_and_closed(case: Path) -> None:
    ws = case / "ws"
    taken = run(ws, "intake", "add", str(case / "x.json"))
    assert taken["_status"] == 1, "our host is in the evidence"
    (one,) = taken["reports"]
    assert one["id"] == "intake-0001"
    assert one["report"]["concerns_us"]
    (hit,) = [h for h in one["hunted"]["hits"] if not h["is_ours"]]
    assert (hit["value"], hit["hosts"], hit["rows"]) == ("203.0.113.9", ["198.18.5.20"], 20)
    shown = CliRunner().invoke(cli, ["intake", "show", "1", "-w", str(ws)]).output
    assert "your 198.18.5.20 contacted 203[.]0[.]113[.]9: 20 rows" in " ".join(shown.split())

    again = {**XARF_4, "timestamp": "2026-11-22T09:00:00Z", "url": "http://new.example/x"}
    (case / "again.json").write_text(json.dumps(again))
    (joined,) = run(ws, "intake", "add", str(case / "again.json"))["reports"]
    assert joined["id"] == "intake-0001"
    assert len(joined["again"]) == 1
    assert "http://new.example/x" in str(joined["report"]["observables"])
    other = {**XARF_4, "reporter": {"org": "Other", "contact": "a@other.example"}}
    (case / "other.json").write_text(json.dumps(other))
    (third,) = run(ws, "intake", "add", str(case / "other.json"))["reports"]
    assert third["id"] == "intake-0002", "the same number of another reporter is another matter"

    answer = case / "answer.eml"
    drafted = run(ws, "intake", "reply", "1", "--lang", "de", "-o", str(answer))["reply"]
    sent = email.message_from_bytes(answer.read_bytes(), policy=email.policy.default)
    assert sent["To"] == "cert@cert.example"
    assert sent["Subject"].strip().startswith("[TLP:GREEN] Ihre Meldung 550e8400")
    text = sent.get_content()
    assert "203[.]0[.]113[.]9" in text
    assert "203.0.113.9" not in text
    assert text.startswith("TLP:GREEN")
    assert any("Who reported is not sure" in why for why in drafted["warnings"])

    cased = run(ws, "case", "list")["cases"][0]["id"]
    assert run(ws, "intake", "link", "1", "--case", cased)["case_id"] == cased
    assert run(ws, "intake", "link", "1", "--incident", "inc-x")["error"]["code"] == "NC-513"
    assert run(ws, "intake", "close", "1", "--outcome", "host cleaned")["outcome"] == "host cleaned"
    closed = run(ws, "intake", "reply", "1", "--lang", "fr")["reply"]["text"]
    assert "host cleaned" in closed
    assert run(ws, "intake", "show", "99")["error"]["code"] == "NC-512"
    assert run(ws, "intake", "add", str(case / "fw.log"))["error"]["code"] == "NC-510"


def test_a_users_mail_is_not_opened_until_somebody_asks(case: Path) -> None:
    ws = case / "ws"
    (one,) = run(ws, "intake", "add", str(case / "user.eml"))["reports"]
    assert one["report"]["reporter"]["support"] == "vouched"
    shown = CliRunner().invoke(cli, ["intake", "show", one["id"], "-w", str(ws)]).output
    assert "hxxp[:]//dl[.]evil[.]example/tool[.]exe" in shown
    assert "http://" not in shown.partition("Text  ")[0]
    assert "not opened" in " ".join(shown.split())
    out = case / "attached"
    (digest,) = run(ws, "intake", "attachments", one["id"], "-o", str(out))["sha256"]
    (written,) = out.iterdir()
    assert (written.name, written.read_bytes()) == (digest, PROGRAM)
    assert written.stat().st_mode & 0o777 == 0o600
    (case / "user.eml").write_bytes(USER + b"x")
    refused = run(ws, "intake", "attachments", one["id"], "-o", str(case / "b"))
    assert refused["error"]["code"] == "NC-514"


def test_network_staff_and_late_answers_are_counted_by_channel(case: Path) -> None:
    ws = case / "ws"
    (one,) = run(
        ws, "intake", "form", "--channel", "staff", "--reporter", "B. Kup", "--what",
        "many errors, traffic to 203.0.113[.]9 from user svc-web", "--when", "2026-11-21 22:30",
        "--zone", "Europe/Paris", "--device", "core-sw1", "--interface", "Gi1/0/7", "--counter",
        "ifInErrors 12 to 48211", "--due", "2026-01-01",
    )["reports"]  # fmt: skip
    assert one["report"]["seen"] == [
        {"text": "2026-11-21 22:30:00", "time": "2026-11-21T21:30:00.000000Z",
         "zone": "Europe/Paris", "assumed": ""}
    ]  # fmt: skip
    assert one["hunted"]["hits"][0]["value"] == "203.0.113.9"
    listed = run(ws, "intake", "list", "--overdue")
    assert listed["_status"] == 1
    assert one["id"] in {late["id"] for late in listed["reports"]}
    counts = run(ws, "intake", "stats")["channels"]["staff"]
    assert counts == {"reports": 1, "open": 1, "overdue": 1, "with_hits": 1, "repeated": 0}
    unsaid = run(ws, "intake", "form", "--channel", "user", "--reporter", " ", "--what", "x")
    assert unsaid["error"]["code"] == "NC-801"
    plain = CliRunner().invoke(cli, ["intake", "form", "-w", str(ws)])
    assert (plain.exit_code, "--channel is missing" in plain.output) == (2, True)


def test_hostile_senders_do_not_reach_headers_or_the_terminal(case: Path) -> None:
    ws, path = case / "ws", case / "hostile.eml"
    path.write_bytes(
        mail("x\x1b]0;owned\x07 \u202e", sender='"\x1b[31mCEO" <a"b@c.example>',
             subject="Ref: 12\x1b[2J =?utf-8?q?a=0D=0ABcc:_x=40y.example?=")
    )  # fmt: skip
    shown = CliRunner().invoke(cli, ["intake", "add", str(path), "-w", str(ws)]).output
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    number = next(line.split()[0] for line in shown.splitlines() if line.startswith("intake-"))
    answer = case / "hostile-answer.eml"
    run(ws, "intake", "reply", number, "-o", str(answer))
    sent = email.message_from_bytes(answer.read_bytes(), policy=email.policy.default)
    assert sent["Bcc"] is None
    assert sent["To"] == "undisclosed-recipients:;"


def test_a_log_that_nobody_knows_is_proposed_tried_and_ingested(case: Path) -> None:
    ws, log, mapping = case / "ws", case / "odd.csv", case / "odd.toml"
    lines = [f"21.11.2026 22:{m:02}:00;10.9.9.{m};203.0.113.9;443;tcp" for m in range(10, 40)]
    log.write_text("\n".join(["Zeit;Quelle;Ziel;Zielport;proto", *lines, "broken"]) + "\n")
    made = run(ws, "map", "propose", str(log), "--name", "odd", "-o", str(mapping))
    assert (made["_status"], made["proposal"]["table"]) == (0, "network_activity")
    assert run(ws, "map", "check", str(mapping))["mapping"]["name"] == "odd"
    dry = run(ws, "ingest", "--map", str(mapping), "--dry-run", str(log))
    assert (dry["_status"], dry["tried"][0]["records"]) == (3, 31)
    assert dry["tried"][0]["rows"][0]["src_ip"] == "10.9.9.10"
    count = ("sql", "SELECT count(*) AS n FROM network_activity WHERE src_ip LIKE '10.9.9.%'",
             "--format", "csv")  # fmt: skip
    runner = CliRunner()
    assert runner.invoke(cli, [*count, "-w", str(ws)]).output.split() == ["n", "0"]
    done = run(ws, "ingest", "--map", str(mapping), str(log))["ingested"]
    assert (done[0]["is_new"], done[0]["evidence"]["kind"]) == (True, "mapped:odd")
    digest = run(ws, "map", "check", str(mapping))["mapping"]["sha256"]
    assert done[0]["evidence"]["facts"]["mapping_sha256"] == digest
    assert runner.invoke(cli, [*count, "-w", str(ws)]).output.split() == ["n", "30"]
    again = run(ws, "ingest", "--map", str(mapping), str(log))["ingested"]
    assert not again[0]["is_new"]
    assert run(ws, "ingest", "--map", str(case / "fw.log"), str(log))["error"]["code"] == "NC-520"
    assert run(ws, "map", "propose", str(case / "user.eml"))["error"]["code"] == "NC-522"
    assert run(ws, "map", "propose", str(log), "--table", "x")["error"]["code"] == "NC-521"
    assert runner.invoke(cli, ["verify", "-w", str(ws)], standalone_mode=False).return_value == 0
    seen = run(ws, "investigate")
    assert digest in {e.get("mapping_sha256") for e in seen["evidence"]}
    report = Path(seen["report_path"]).with_suffix(".md").read_text()
    assert f"mapping odd: `{digest}`" in report, "the mapping is one of the inputs"


def test_letters_among_the_evidence_are_findings_and_reports(case: Path) -> None:
    folder = case / "handed-in"
    folder.mkdir()
    (folder / "arf.eml").write_bytes(ARF)
    (folder / "note.eml").write_bytes(mail("10.9.9.9 is odd", sender="x@corp.example"))
    before = {one["id"] for one in run(case / "ws", "intake", "list")["reports"]}
    seen = run(case / "ws", "investigate", str(folder))
    kinds = {Path(e["path"]).name: e["kind"] for e in seen["evidence"]}
    assert kinds == {"arf.eml": "mail", "note.eml": "mail"}
    (finding,) = [f for f in seen["findings"] if f["src_ips"] == ["198.18.5.20"]]
    assert "mail abuse" in finding["title"]
    reports = run(case / "ws", "intake", "list")["reports"]
    added = [one for one in reports if one["id"] not in before]
    assert [one["report"]["evidence_id"] for one in added] == [e["id"] for e in seen["evidence"]]
    assert added[0]["hunted"]["hits"][0]["value"] == "198.18.5.20"
    assert run(case / "ws", "investigate", str(folder))["findings"] == seen["findings"]
    assert run(case / "ws", "intake", "list")["reports"] == reports, "nothing is added twice"


def test_an_expert_gets_one_page_with_nothing_above_the_marking(case: Path) -> None:
    ws, page = case / "ws", case / "help.md"
    (case / "red.eml").write_bytes(
        mail("for your eyes", subject="TLP:RED hush", sender="c@d.example")
    )
    (red,) = run(ws, "intake", "add", str(case / "red.eml"))["reports"]
    cased = run(ws, "case", "list")["cases"][0]["id"]
    run(ws, "intake", "link", red["id"], "--case", cased)
    asked = run(ws, "case", "ask", "Is `this` known?", "--to", "CERT", "-o", str(page))["asked"]
    text = page.read_text()
    assert asked["page"]["tlp"] == "TLP:AMBER"
    assert text.startswith("**TLP:AMBER**")
    assert text.count("203.0.113.9:22") == 10, "the ten largest flows"
    assert all(sha in text for _, _, sha in asked["page"]["hashes"])
    assert "hush" not in text
    assert "1 report of people" in text
    low = run(ws, "case", "ask", "And this?", "--to", "CERT", "--tlp", "green")["asked"]
    assert low["page"]["tlp"] == "TLP:GREEN"
    assert cased in low["text"]
    assert "203.0.113.9" not in low["text"]
    assert asked["page"]["hashes"][0][2] in low["text"]
    full = run(ws, "case", "ask", "All of it?", "--to", "CERT", "--tlp", "red")["asked"]
    assert (full["page"]["tlp"], "hush" in full["text"]) == ("TLP:RED", True)
    done = run(ws, "case", "answered", "help-0001", "It is known.")
    assert done["answer"] == "It is known."
    listed = run(ws, "case", "asked")
    assert [one["answer"] for one in listed["asked"]] == ["It is known.", "", ""]
    assert listed["_status"] == 0
    late = run(ws, "case", "ask", "x", "--to", "y", "--due", "2020-01-01")
    assert late["error"]["code"] == "NC-530"
    assert run(ws, "case", "answered", "help-9", "x")["error"]["code"] == "NC-531"
