"""Another server of the same implant is a candidate: fingerprint and rhythm together, by few."""

from __future__ import annotations

from pathlib import Path

from netcordon.incidents.second_servers import FEW, MIN_CALLS
from tests.unit.incidents.traffic import Traffic, at, build, find

PC, OTHER, EVIL, SECOND = "10.0.0.1", "10.0.0.2", "203.0.113.5", "198.51.100.7"
RARE = "t12d000300_aaaaaaaaaaaa_bbbbbbbbbbbb"


def hellos(
    rows: Traffic, src: str, dst: str, every_s: float, *, times: int = 12, ja4: str = RARE
) -> None:
    for n in range(times):
        moment = at(60 + n * every_s / 60)
        rows.put("tls_activity", moment, src_ip=src, dst_ip=dst, dst_port=8443, ja4=ja4)


def candidates(rows: Traffic, folder: Path) -> list[tuple[str, str]]:
    finding = find("f", "c2_beaconing", "T1071", (60, 90), PC, EVIL, ports=[443])
    (incident,) = build(rows, [finding], folder).incidents
    return [(e.ip, e.relation) for e in incident.scope if "another server" in e.relation]


def test_the_same_fingerprint_and_rhythm_elsewhere_is_a_candidate(tmp_path: Path) -> None:
    rows = Traffic()
    hellos(rows, PC, EVIL, 22)
    hellos(rows, OTHER, SECOND, 24)
    ((ip, relation),) = candidates(rows, tmp_path)
    assert ip == OTHER
    assert f"called {SECOND} port 8443" in relation
    assert RARE in relation
    assert "about every 24 s" in relation


def test_another_rhythm_or_another_fingerprint_is_none(tmp_path: Path) -> None:
    rows = Traffic()
    hellos(rows, PC, EVIL, 22)
    hellos(rows, OTHER, SECOND, 60)
    hellos(rows, OTHER, "198.51.100.8", 22, ja4="t13d1516h2_aaaaaaaaaaaa_bbbbbbbbbbbb")
    assert candidates(rows, tmp_path) == []


def test_too_few_calls_have_no_rhythm(tmp_path: Path) -> None:
    rows = Traffic()
    hellos(rows, PC, EVIL, 22)
    hellos(rows, OTHER, SECOND, 22, times=MIN_CALLS - 1)
    assert candidates(rows, tmp_path) == []


def test_what_many_show_is_a_library(tmp_path: Path) -> None:
    rows = Traffic()
    hellos(rows, PC, EVIL, 22)
    for n in range(FEW + 1):
        hellos(rows, f"10.0.0.{20 + n}", SECOND, 22)
    assert candidates(rows, tmp_path) == []


def test_what_is_shown_to_many_places_is_a_library(tmp_path: Path) -> None:
    rows = Traffic()
    hellos(rows, PC, EVIL, 22)
    for n in range(FEW + 1):
        hellos(rows, OTHER, f"198.51.100.{20 + n}", 22)
    assert candidates(rows, tmp_path) == []
