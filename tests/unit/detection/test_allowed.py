"""An allowance covers what it names and nothing else, and what it covers is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from netcordon.detection.allowed import set_aside
from netcordon.model.casework import Allowance, Suppression
from netcordon.model.finding import Finding
from netcordon.model.severity import Severity
from tests.cases import evidence
from tests.cases.evidence import flows, write

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def _finding(src=("10.0.0.5",), dst=("203.0.113.9",), names=(), detector="c2_beaconing", ports=()):
    first = datetime(2026, 1, 1, tzinfo=UTC)
    return Finding(
        id="f-1", detector=detector, title="x", severity=Severity.HIGH, confidence=0.9,
        src_ips=src, dst_ips=dst, dst_names=names, dst_ports=ports, protocol="tcp", accounts=(),
        techniques=(), first_seen_time=first, last_seen_time=first + timedelta(days=400), terms={},
    )  # fmt: skip


def _allow(what, value, detector=""):
    return Allowance(
        id="allow-0001", what=what, value=value, owner="Mia", reason="known", author="ana",
        time=NOW, expires=NOW + timedelta(days=1), detector=detector,
    )  # fmt: skip


@pytest.fixture
def engine(tmp_path):
    """One host, two places; only the connections to the first were opened by the known program."""
    known, other = "t13d1516h2_8daaf6152771_b186095e22b6", "t13d1516h2_8daaf6152771_000000000000"
    rows = [
        *flows("10.0.0.5", "203.0.113.9", 443, range(0, 30, 10)),
        *flows("10.0.0.5", "203.0.113.8", 443, range(100, 130, 10)),
    ]
    for number, row in enumerate(rows):
        row["uid"] = f"C{number}"
        row["payload_bytes_out"] = 100
    hellos = [
        {"uid": r["uid"], "time": r["start_time"], "src_ip": r["src_ip"], "dst_ip": r["dst_ip"],
         "ja4": other if r["uid"] == "C4" else known}
        for r in rows
    ]  # fmt: skip
    pages = [
        {"uid": r["uid"], "time": r["start_time"], "src_ip": r["src_ip"], "dst_ip": r["dst_ip"],
         "user_agent": f"Patcher/1.{n}" if n < 3 else "Mozilla/5.0"}
        for n, r in enumerate(rows)
    ]  # fmt: skip
    write(tmp_path / "csv", "network_activity", rows)
    write(tmp_path / "csv", "tls_activity", hellos)
    write(tmp_path / "csv", "http_activity", pages)
    opened = evidence.engine(evidence.read(tmp_path / "csv"), tmp_path / "lake")
    opened.set_home_nets(["10.0.0.0/8"])
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("allowance", "finding", "covered"),
    [
        (_allow("address", "10.0.0.5"), _finding(), True),
        (_allow("address", "10.0.0.5"), _finding(src=("10.0.0.5", "10.0.0.6")), False),
        (_allow("address", "10.0.0.5"), _finding(src=("203.0.113.9",), dst=("10.0.0.5",)), False),
        (_allow("address", "203.0.113.9"), _finding(), True),
        (_allow("address", "203.0.113.9"), _finding(dst=("203.0.113.9", "192.0.2.1")), False),
        (_allow("address", "203.0.113.9"), _finding(dst=()), False),
        (_allow("prefix", "10.0.0.0/24"), _finding(src=("10.0.0.5", "10.0.0.6")), True),
        (_allow("prefix", "203.0.113.0/24"), _finding(), True),
        (_allow("prefix", "203.0.113.0/24"), _finding(src=("x",), dst=("not an address",)), False),
        (_allow("name", "example.org"), _finding(names=("A.Example.org.",)), True),
        (_allow("name", "example.org"), _finding(names=("example.org.evil.test",)), False),
        (_allow("name", "example.org"), _finding(names=("badexample.org",)), False),
        (_allow("name", "example.org"), _finding(names=("a.example.org", "evil.test")), False),
        (_allow("name", "example.org"), _finding(), False),
        (_allow("name", "fs-01"), _finding(names=("a.fs-01",)), False),
        (_allow("detector", "c2_beaconing"), _finding(), True),
        (_allow("detector", "recon_scan"), _finding(), False),
        (_allow("address", "10.0.0.5", "recon_scan"), _finding(), False),
        (_allow("address", "10.0.0.5", "recon_scan"), _finding(detector="recon_scan"), True),
        (_allow("pair", "10.0.0.5,203.0.113.0/24"), _finding(), True),
        (_allow("pair", "10.0.0.5,203.0.113.8"), _finding(), False),
        (_allow("pair", "10.0.0.5,example.org"), _finding(names=("b.example.org",)), True),
        (_allow("ja4", "t13d1516h2_8daaf6152771_b186095e22b6"), _finding(), True),
        (
            _allow("ja4", "t13d1516h2_8daaf6152771_b186095e22b6"),
            _finding(dst=("203.0.113.8",)),
            False,
        ),
        (_allow("ja4", "t13d1516h2_8daaf6152771_ffffffffffff"), _finding(), False),
        (_allow("user-agent", "Patcher/1.*"), _finding(), True),
        (_allow("user-agent", "Patcher/1."), _finding(), False),
        (_allow("user-agent", "Patcher/1.*"), _finding(dst=("203.0.113.8",)), False),
    ],
)
def test_what_an_allowance_covers(engine, allowance, finding, covered):
    kept, aside = set_aside(engine, [finding], [allowance], {}, NOW)
    assert bool(aside) is covered
    assert bool(kept) is not covered
    if covered:
        assert (aside[0].finding, aside[0].by, aside[0].who) == (finding, "allow-0001", "Mia")


def test_what_has_expired_counts_again(engine):
    allowance = _allow("address", "10.0.0.5")
    kept, aside = set_aside(engine, [_finding()], [allowance], {}, allowance.expires)
    assert (len(kept), len(aside)) == (1, 0)
    removed = replace(allowance, removed="moved")
    assert len(set_aside(engine, [_finding()], [removed], {}, NOW)[0]) == 1


def test_a_suppressed_finding_comes_back(engine):
    until = NOW + timedelta(days=1)
    told = {"f-1": Suppression(finding_id="f-1", until=until, reason="x", author="ana", time=NOW)}
    kept, aside = set_aside(engine, [_finding()], [], told, NOW)
    assert (len(kept), aside[0].by, aside[0].until) == (0, "suppression", until)
    assert len(set_aside(engine, [_finding()], [], told, until)[0]) == 1
