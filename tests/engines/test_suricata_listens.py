"""Suricata itself reads captures with the user's rules; nothing it does leaves its folder."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from netcordon.errors import EvidenceError, UsageError
from netcordon.ingest.suricata import engine
from netcordon.ingest.suricata.rules import Rules
from netcordon.model.severity import Severity
from netcordon.settings import InvestigateSettings
from netcordon.tables.engine import Engine
from netcordon.tables.lake import Lake
from netcordon.workflow.investigate import Outcome, investigate
from netcordon.workflow.observer import Silent
from tests.traffic import Recording

pytestmark = pytest.mark.engines

PC, C2 = "10.1.2.3", "198.51.100.1"
RULES = """
alert tcp $HOME_NET any -> $EXTERNAL_NET any (msg:"ET MALWARE Example CnC Checkin"; \\
  flow:established,to_server; content:"checkin"; metadata: confidence High, \\
  signature_severity Critical, mitre_technique_id T1071; sid:9000001; rev:3;)
alert tcp any any -> any any (msg:"refused"; nosuchkeyword; sid:9000002;)
alert tcp any any -> any any (msg:"left out"; lua:evil.lua; sid:9000003;)
"""

OF_THE_HOUSE = """
alert dns any any -> any any (msg:"ET INFO Query for a name"; dns.query; content:"."; sid:1;)
alert tls any any -> any any (msg:"ET POLICY TLS to a service"; tls.sni; content:"."; \
  classtype:policy-violation; sid:2;)
alert http any any -> any any (msg:"ET INFO GET of a file"; http.method; content:"GET"; \
  classtype:trojan-activity; sid:3;)
alert icmp any any -> any any (msg:"GPL ICMP_INFO PING"; itype:8; classtype:misc-activity; sid:4;)
alert ip any any -> any any (msg:"ET CINS Poor Reputation IP group 7"; classtype:misc-attack; \
  threshold:type limit, track by_src, count 1, seconds 60; sid:5;)
"""
_BENIGN, _LARGEST = 3, 60_000


@pytest.fixture(scope="module")
def capture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    recording = Recording()
    for number in range(3):
        ask = b"GET /checkin HTTP/1.1\r\nHost: h.example\r\n\r\n"
        answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
        recording.session(PC, C2, 40_000 + number, 80, [(True, ask), (False, answer)])
    path = tmp_path_factory.mktemp("capture") / "a.pcap"
    path.write_bytes(recording.pcap())
    return path


def _investigate(capture: Path, rules: Path | None, workspace: Path) -> Outcome:
    settings = InvestigateSettings(workspace=workspace, suricata=True, rules=rules)
    moment = datetime(2026, 3, 2, tzinfo=UTC)
    return investigate([str(capture)], settings, clock=lambda: moment, observer=Silent())


def test_alerts_are_weighed_flows_are_not_doubled_and_all_inputs_are_told(
    capture: Path, tmp_path: Path, engine_program: Callable[[str], str]
) -> None:
    engine_program("suricata")
    rules = tmp_path / "own.rules"
    rules.write_text(RULES)
    first, again, second = (
        _investigate(capture, rules, tmp_path / name).document for name in ("one", "one", "two")
    )
    (finding,) = [f for f in first.findings if f.detector == "alert_elsewhere"]
    assert finding.title.startswith("suricata: ET MALWARE Example CnC Checkin, 10.1.2.3 to 198.51")
    assert (finding.facts["raised"], finding.techniques) == (3, ("T1071",))
    told = first.options["suricata"]
    assert not [said for said in first.not_seen if said.startswith("No signatures")]
    assert told.startswith(f"{engine.version()}; 2 rules, {rules} (1 refused by Suricata; 1 left")
    assert [item.kind for item in first.evidence] == ["pcap", "eve"]
    with Engine(Lake(tmp_path / "one" / "lake"), [item.id for item in first.evidence]) as tables:
        (flows,) = tables.query("SELECT count(*) AS n FROM network_activity")
    assert flows["n"] == 3
    # Used again, and made anew elsewhere, it is the same.
    for other in (again, second):
        assert [e.sha256 for e in other.evidence] == [e.sha256 for e in first.evidence]
        assert other.options == first.options
        assert other.findings == first.findings


def test_suricata_itself_refuses_what_reaches_outside(
    capture: Path, tmp_path: Path, engine_program: Callable[[str], str]
) -> None:
    engine_program("suricata")
    secret, state, private = tmp_path / "secret", tmp_path / "state", tmp_path / "private"
    secret.write_text("aGVsbG8=\n")
    private.mkdir()
    reaching = (
        f"dns.query; dataset:set,a, type string, state {state}",
        f"dns.query; dataset:isset,b, type string, load {secret}",
        f"dns.query; dataset:isset,c, type string, load ../{secret.name}",
        "lua:evil.lua",
    )
    text = "".join(
        f'alert dns any any -> any any (msg:"m"; {option}; sid:{number};)\n'
        for number, option in enumerate(reaching, 1)
    )
    rules = Rules(text=text.encode(), sha256="", count=4, left_out=0, origin="")
    ran = engine.run(capture, rules, private, ())
    assert (ran.loaded, ran.failed) == (0, 4)
    assert not state.exists()
    written = {path.name for path in private.rglob("*")}
    assert written <= {
        "eve.json", "own.rules", "suricata.yaml", "classification.config", "reference.config",
        "threshold.config", "suricata.log", "stats.log",
    }  # fmt: skip


def test_what_goes_wrong_has_a_code(
    capture: Path,
    tmp_path: Path,
    engine_program: Callable[[str], str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    engine_program("suricata")
    nothing = Rules(text=b"", sha256="", count=0, left_out=0, origin="")
    bad = tmp_path / "bad.pcap"
    bad.write_bytes(b"no capture")
    with pytest.raises(EvidenceError) as raised:
        engine.run(bad, nothing, tmp_path, (), most_seconds=1)
    assert (raised.value.code, raised.value.why) == ("NC-238", "it came to no end within 1 s")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(engine, "ELSEWHERE", str(tmp_path))
    with pytest.raises(UsageError) as missing:
        _investigate(capture, None, tmp_path / "none")
    assert missing.value.code == "NC-236"
    assert not (tmp_path / "none").exists()


@pytest.mark.corpus
def test_rules_of_the_house_make_nothing_grave_of_ordinary_traffic(
    corpus: Path, tmp_path: Path, engine_program: Callable[[str], str]
) -> None:
    engine_program("suricata")
    rules = tmp_path / "house.rules"
    rules.write_text(OF_THE_HOUSE)
    entries = json.loads((corpus / "MANIFEST.json").read_text())["entries"]
    chosen = [
        str(corpus / entry["path"])
        for entry in sorted(entries, key=lambda entry: (-entry["size"], entry["path"]))
        if entry["group"].startswith("benign_")
        and entry["size"] <= _LARGEST
        and entry["path"].endswith((".pcap", ".pcapng"))
    ][:_BENIGN]
    assert len(chosen) == _BENIGN
    settings = InvestigateSettings(workspace=tmp_path / "w", suricata=True, rules=rules)
    moment = datetime(2026, 3, 2, tzinfo=UTC)
    document = investigate(chosen, settings, clock=lambda: moment, observer=Silent()).document
    heard = [f for f in document.findings if f.detector == "alert_elsewhere"]
    assert heard
    assert all(f.severity.rank <= Severity.LOW.rank for f in heard)
