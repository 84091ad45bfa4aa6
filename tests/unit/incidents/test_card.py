"""The card: targets, accounts, ports, headers."""

from __future__ import annotations

from pathlib import Path

import pytest

from netcordon.incidents.card_ports import mismatch_of
from netcordon.model.incident import CardEntry
from netcordon.model.severity import Severity
from tests.unit.incidents.traffic import Traffic, at, build, find

EVIL, PC = "203.0.113.5", "10.0.0.1"


def card(rows: Traffic, folder: Path, **more: object) -> dict[str, CardEntry]:
    arguments = {"ports": [22], "severity": Severity.HIGH} | more
    finding = find(
        "f", "access_bruteforce", "T1110.001", (0, 60), EVIL, [PC, "10.0.0.2", "10.0.0.3"],
        **arguments,  # type: ignore[arg-type]
    )  # fmt: skip
    (incident,) = build(rows, [finding], folder).incidents
    return dict(incident.card)


def test_targets_say_who_answered(tmp_path: Path) -> None:
    rows = Traffic()
    rows.flow(1, EVIL, PC, 22, state="SF")
    rows.flow(2, EVIL, "10.0.0.2", 22, state="REJ", packets=(1, 1), out=0, back=0, tcp_flags_in=20)
    rows.flow(3, EVIL, "10.0.0.3", 22, state="S0", packets=(1, 0), out=0)
    answers = {v["value"]: v["answer"] for v in card(rows, tmp_path)["targets"].values}
    assert answers == {
        PC: "open: it answered", "10.0.0.2": "closed: it refused", "10.0.0.3": "no answer"
    }  # fmt: skip


def test_a_half_open_scan_that_got_syn_ack_reached_its_target(tmp_path: Path) -> None:
    rows = Traffic()
    rows.flow(1, EVIL, PC, 22, state="RSTOS0", packets=(2, 1), out=0, back=0, tcp_flags_in=18)
    (target,) = card(rows, tmp_path)["targets"].values
    assert target["reached"] is True


def test_accounts_of_the_actor_are_listed_with_outcome(tmp_path: Path) -> None:
    rows = Traffic()
    rows.flow(1, EVIL, PC, 21, service="ftp")
    for n, outcome in enumerate(("failure", "failure", "success")):
        rows.put("authentication", at(n), src_ip=EVIL, dst_ip=PC, dst_port=21, method="ftp",
                 service="ftp", account="root", outcome=outcome)  # fmt: skip
    rows.put("authentication", at(1), src_ip="10.0.0.8", dst_ip=PC, account="bystander")
    values = card(rows, tmp_path, ports=[21], accounts=["root"])["remote_accounts"].values
    told = [(v["value"], v["outcome"], v["evidence"][0]["total"]) for v in values]  # type: ignore[index]
    assert told == [("root", "failure", 2), ("root", "success", 1)]


def test_without_flows_every_entry_says_why(tmp_path: Path) -> None:
    entries = card(Traffic(), tmp_path)
    assert entries["ttl"].not_assessed == "no packet of an actor was recorded with its IP header"
    assert all(e.values or e.not_assessed for e in entries.values())


def test_crafted_headers_show(tmp_path: Path) -> None:
    rows = Traffic()
    for n in range(3):
        rows.flow(n, EVIL, PC, 22, ttl_min_out=255, ip_id_pattern_out="zero", src_port=31337)
    entries = card(rows, tmp_path)
    (ttl,) = [v for v in entries["ttl"].values if v["ip"] == EVIL]
    assert (ttl["value"], ttl["initial_guess"], ttl["hops_guess"]) == (255, 255, 0)
    assert [v["value"] for v in entries["ip_id"].values if v["ip"] == EVIL] == ["zero"]
    (own,) = [v for v in entries["ports"].values if v["side"] == "src"]
    assert own["value"] == "31337"
    assert "fixed" in str(own["pattern"])


@pytest.mark.parametrize(
    ("service", "port", "expected"),
    [
        ("ssh", 443, "ssh on port 443, which is for quic or tls"),
        ("ssh", 2222, "ssh on port 2222 instead of 22"),
        ("tls", 443, None),
        ("tls", 9999, "tls on port 9999 instead of 443"),
        ("quic", 9999, None),
        (None, 443, None),
        ("http", 8080, None),
    ],
)
def test_mismatch(service: str | None, port: int, expected: str | None) -> None:
    assert mismatch_of(service, port) == expected


def test_a_flow_behind_two_findings_counts_once(tmp_path: Path) -> None:
    rows = Traffic()
    rows.flow(1, PC, EVIL, 443)
    one = find("f", "c2_beaconing", "T1071", (0, 5), PC, EVIL, ports=[443])
    two = find("g", "exfil_volume", "T1048", (0, 5), PC, EVIL)
    (incident,) = build(rows, [one, two], tmp_path).incidents
    assert [v["flows"] for v in incident.card["ports"].values if v["side"] == "dst"] == [1]


def test_many_targets_are_bounded_and_counted(tmp_path: Path) -> None:
    rows = Traffic()
    hosts = [f"10.1.{n // 250}.{n % 250 + 1}" for n in range(600)]
    for host in hosts:
        rows.flow(1, EVIL, host, 22, state="S0", packets=(1, 0), out=0)
    rows.flow(1, EVIL, hosts[-1], 22)
    finding = find("f", "recon_scan", "T1046", (0, 5), EVIL, hosts, ports=[22])
    (incident,) = build(rows, [finding], tmp_path).incidents
    targets = incident.card["targets"].values
    assert (len(targets), targets[0]["value"], targets[0]["targets_in_all"]) == (
        200, hosts[-1], 600
    )  # fmt: skip
    assert all(len(e["frames"]) <= 50 for v in targets for e in v["evidence"])  # type: ignore[attr-defined]
    assert [(c.dst, c.port) for c in incident.channels] == [(hosts[-1], 22)]
