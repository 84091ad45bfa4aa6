"""What a hunt sees in rows made by hand, beside what it must not see."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from netcordon.hunting.canonical import guessed, of_type
from netcordon.hunting.sweep import sweep
from netcordon.model.hunt import HuntResult, Trace, Wanted, WantedType
from netcordon.tables.engine import Engine
from tests.unit.incidents.traffic import Traffic, at

EVIL, PC, RESOLVER = "198.51.100.7", "10.0.0.5", "10.0.0.2"
JA4, JA3 = "t13d1516h2_8daaf6152771_b186095e22b6", "ab" * 16

Hunt = Callable[..., HuntResult]


def traffic() -> Traffic:
    rows = Traffic()
    rows.is_called(PC, host_name="PC-1", user="alice", mac="02:00:00:00:00:05")
    rows.flow(1, PC, EVIL, 443, uid="C1")
    rows.flow(2, EVIL, "10.0.0.9", 22, uid="C2")
    rows.flow(3, PC, "198.51.100.99", 80, uid="C3")
    rows.flow(4, PC, "2001:db8:7::1", 443, uid="C4")
    rows.flow(5, "10.0.0.6", "203.0.113.1", 8080, uid="C5")
    ends = {"src_ip": PC, "dst_ip": EVIL, "src_port": 1, "dst_port": 443, "uid": "C1"}
    rows.put(
        "tls_activity",
        at(1),
        **ends,
        server_name="CDN.evil.example",
        ja4=JA4,
        ja3=JA3,
        certificate_sha256="cd" * 32,
        certificate_names=["*.evil.example", "other.example"],
    )
    rows.dns(1, PC, RESOLVER, "notevil.example")
    rows.dns(1, PC, RESOLVER, "evil.example.net")
    rows.dns(6, PC, RESOLVER, "deep.Evil.example", is_response=True, ra=True,
             answers=["alias.other.example", "203.0.113.50", "203.0.113.51"],
             answer_types=["CNAME", "A", "A"])  # fmt: skip
    rows.http(3, PC, "198.51.100.99", "/a/b.exe?x=1", host="Web.example:80", uid="C3",
              user_agent="Evil Agent/1.0 %", account="CORP\\bob")  # fmt: skip
    rows.http(3, PC, "198.51.100.99", "http://web.example/c", host="proxy.example", uid="C3")
    rows.put("file_activity", at(3), src_ip=PC, dst_ip="198.51.100.99", uid="C3", service="http",
             sha256="ef" * 32)  # fmt: skip
    for domain in ("CORP.EXAMPLE", "OTHER", None):
        rows.put("authentication", at(7), src_ip="10.0.0.8", dst_ip=RESOLVER, account="Svc-1",
                 domain=domain, method="ntlm")  # fmt: skip
    rows.put("application_activity", at(8), src_ip=PC, dst_ip=RESOLVER, service="smtp",
             operation="MESSAGE",
             detail='{"from": "Bob <bob@evil.example>", "to": ["a@b.example"]}')  # fmt: skip
    rows.put("arp_activity", at(9), operation="reply", sender_ip="10.0.0.77", target_ip=PC)
    return rows


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    with traffic().engine(tmp_path) as opened:
        yield opened


@pytest.fixture
def hunt(engine: Engine) -> Hunt:
    def run(*texts: str, forced: str | None = None) -> HuntResult:
        wanted = [
            Wanted(parts=of_type(WantedType(forced), t) if forced else guessed(t), given=t)
            for t in texts
        ]
        return sweep(engine, wanted, ["ev-1"])

    return run


def places(trace: Trace) -> set[tuple[str, str, int]]:
    return {(f"{s.table}.{s.column}", s.way, s.rows) for s in trace.sightings}


def test_an_address_with_direction_and_the_hosts_that_touched_it(hunt: Hunt) -> None:
    (trace,) = hunt(EVIL).traces
    assert places(trace) == {
        ("network_activity.dst_ip", "out", 1), ("network_activity.src_ip", "in", 1),
    }  # fmt: skip
    hosts = {host.ip: host for host in trace.hosts}
    assert (hosts[PC].name, hosts[PC].user, hosts[PC].ways) == ("PC-1", "alice", ("out",))
    assert hosts["10.0.0.9"].ways == ("in",)
    assert trace.first_seen_time == at(1)
    assert {(e.table, e.evidence_id) for e in trace.examples} == {("network_activity", "ev-1")}


def test_an_address_of_logs_that_hold_no_flow(tmp_path: Path) -> None:
    rows = Traffic()
    rows.put("authentication", at(1), src_ip=EVIL, account="root", provider="sshd")
    rows.put("http_activity", at(2), src_ip=PC, dst_ip=EVIL, host="a.example", uid="X")
    rows.put("detection_finding", at(3), src_ip=EVIL, dst_ip=PC, title="alert")
    rows.put("api_activity", at(4), src_ip="203.0.113.1", operation="CreateUser")
    for text in (EVIL, "198.51.100.0/24"):
        with rows.engine(tmp_path / text.replace("/", "-")) as opened:
            wanted = [Wanted(parts=guessed(text), given=text)]
            (trace,) = sweep(opened, wanted, ["ev-1"]).traces
        assert places(trace) == {
            ("authentication.src_ip", "own", 1), ("http_activity.dst_ip", "out", 1),
            ("detection_finding.src_ip", "in", 1),
        }  # fmt: skip
        assert {host.ip for host in trace.hosts} == {EVIL, PC}


def test_what_was_only_told_or_said(hunt: Hunt) -> None:
    found = hunt("203.0.113.51", "10.0.0.77", "198.51.100.8")
    assert [places(trace) for trace in found.traces] == [
        {("dns_activity.answers", "told", 1)}, {("arp_activity.sender_ip", "own", 1)},
    ]  # fmt: skip
    assert [one.value for one in found.nothing] == ["198.51.100.8"]


def test_prefixes_hold_what_they_hold_and_nothing_beside(hunt: Hunt) -> None:
    found = hunt("198.51.100.0/26", "198.51.100.64/26", "198.51.100.0/24", "2001:db8::/32",
                 "203.0.113.48/30", "203.0.114.0/24", "2001:db8:8::/48")  # fmt: skip
    rows = {trace.wanted.value: trace.rows for trace in found.traces}
    assert rows == {
        "198.51.100.0/26": 2, "198.51.100.64/26": 1, "198.51.100.0/24": 3, "2001:db8::/32": 1,
        "203.0.113.48/30": 2,
    }  # fmt: skip
    told = next(t for t in found.traces if t.wanted.value == "203.0.113.48/30")
    assert (told.sightings[0].seen_as, told.sightings[0].values) == ("203.0.113.50", 2)


def test_a_domain_is_seen_with_the_names_below_it_and_no_lookalike(hunt: Hunt) -> None:
    (trace,) = hunt("evil.example").traces
    assert places(trace) == {
        ("dns_activity.query", "out", 1), ("tls_activity.server_name", "out", 1),
        ("tls_activity.certificate_names", "told", 1),
    }  # fmt: skip
    cname, silent = hunt("other.example").traces, hunt("vil.example", "example.net.org").traces
    assert ("dns_activity.answers", "told", 1) in places(cname[0])
    assert not silent
    assert hunt("example", forced="domain").traces[0].rows >= 5


def test_a_url_whole_and_by_its_host_alone(hunt: Hunt) -> None:
    whole, other, secure = hunt(
        "hxxp://web[.]example/a/b.exe", "http://web.example/zzz", "https://cdn.evil.example/x"
    ).traces
    assert [s.is_exact for s in whole.sightings] == [True, False]
    assert whole.sightings[0].seen_as == "http://web.example/a/b.exe?x=1"
    assert not any(s.is_exact for s in other.sightings)
    assert places(secure) == {("tls_activity.server_name", "out", 1)}
    assert hunt("http://web.example/c").traces[0].sightings[0].is_exact, "as a proxy is asked"
    assert not hunt("http://web.example/a/b.exe?x=2").traces[0].sightings[0].is_exact
    assert not hunt("http://eb.example/a/b.exe").traces


def test_fingerprints_hashes_and_agents(hunt: Hunt) -> None:
    found = hunt(JA4, JA3, "cd" * 32, "ef" * 32).traces
    found += hunt("evil agent/1.0 %", forced="user-agent").traces
    seen = {t.wanted.value: places(t) for t in found}
    assert seen == {
        JA4: {("tls_activity.ja4", "out", 1)},
        JA3: {("tls_activity.ja3", "out", 1)},
        "cd" * 32: {("tls_activity.certificate_sha256", "told", 1)},
        "ef" * 32: {("file_activity.sha256", "out", 1)},
        "evil agent/1.0 %": {("http_activity.user_agent", "out", 1)},
    }
    assert not hunt("evil agent/1.0 x", forced="user-agent").traces


def test_accounts_agree_in_their_domain_where_both_say_one(hunt: Hunt) -> None:
    texts = ("svc-1", "CORP\\svc-1", "svc-1@corp.example", "bob", "other\\SVC-1")
    rows = {text: hunt(text, forced="account").traces[0].rows for text in texts}
    assert rows == {
        "svc-1": 3, "CORP\\svc-1": 2, "svc-1@corp.example": 2, "bob": 1, "other\\SVC-1": 2,
    }  # fmt: skip
    assert not hunt("THIRD\\bob", forced="account").traces


def test_mail_addresses_inside_messages(hunt: Hunt) -> None:
    first, second = hunt("bob@evil.example", "a@b.example").traces
    assert places(first) == places(second) == {("application_activity.detail", "told", 1)}
    assert not hunt("ob@evil.example").traces


def test_all_parts_of_a_pattern_must_be_of_one_flow(hunt: Hunt, engine: Engine) -> None:
    def pattern(*parts: str) -> Wanted:
        return Wanted(parts=tuple(a for p in parts for a in guessed(p)), given="x")

    wanted = [
        pattern(f"{EVIL}:443"), pattern(f"{EVIL}:22"), pattern(f"{EVIL}:80"),
        pattern(EVIL, JA4), pattern("198.51.100.99", JA4), pattern("ef" * 32, "web.example"),
    ]  # fmt: skip
    found = sweep(engine, wanted, ["ev-1"])
    assert [t.wanted for t in found.traces] == [wanted[0], wanted[1], wanted[3], wanted[5]]
    assert places(found.traces[0]) == {("network_activity.all parts", "out", 1)}
    assert found.traces[1].hosts[0].ip == EVIL


def test_hostile_values_are_data(hunt: Hunt) -> None:
    hostile = ["'; DROP TABLE network_activity; --", "%", "_", "\\", "x" * 8000]
    for text in hostile:
        assert not hunt(text, forced="user-agent").traces
        assert not hunt(text, forced="account").traces
    assert hunt(EVIL).traces


def test_what_could_not_be_seen_is_said(hunt: Hunt, tmp_path: Path) -> None:
    said = " ".join(hunt("evil.example", "https://e.example/", "ab" * 20).not_visible)
    assert "URLs and user agents inside are encrypted" in said
    assert "SHA-1" in said
    flows = Traffic()
    flows.flow(1, PC, EVIL, 443)
    with flows.engine(tmp_path / "flows") as engine:
        wanted = [Wanted(parts=guessed(t), given=t) for t in ("evil.example", JA4, "curl/8.1")]
        found = sweep(engine, wanted, ["ev-1"])
    assert not found.traces
    assert {s.table: s.rows for s in found.searched}["network_activity"] == 1
    said = " ".join(found.not_visible)
    for word in ("No DNS message", "no name in TLS", "no JA3 and no JA4", "No HTTP request"):
        assert word in said


def test_cautions(hunt: Hunt) -> None:
    found = hunt(PC, "203.0.113.1")
    assert "private address" in (found.traces[0].caution or "")
    assert found.traces[1].caution is None
