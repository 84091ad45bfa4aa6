"""How a rhythm is weighed."""

from __future__ import annotations

import math
from functools import partial

import pytest

from netcordon.model.severity import Severity
from tests.unit.plugins.detectors.judging import detector, judged

ROW: dict[str, object] = {
    "src_ips": ["10.0.0.5"], "dst_ips": ["203.0.113.9"], "dst_names": [], "dst_ports": [443],
    "protocol": "tcp", "service": "tls", "kind": "address", "calls": 61, "gaps": 60, "n": 60,
    "period_s": 25.0, "spread": 0.15, "near": 0.95, "k": 30.0, "z": -12.0, "p": 1e-30, "q": 1e-28,
    "cover": 1.0, "kept": 1.0, "tests": 100, "whole_r": 0.1, "dead_s": 1.0, "ob": [620, 624, 628],
    "ib": 1400.0, "answered": 1.0, "referred": 0.0, "dst_internal": False, "sockets": 61,
    "callers": 1, "active": 12, "presence": 1.0, "known_kind": None, "known_note": None,
    "named_share": 0.9,
}  # fmt: skip
judge = partial(judged, "c2_beaconing", ROW)


def severity(**changes: object) -> Severity:
    found = judge(**changes)
    assert found is not None
    return found.severity


def test_a_rhythm_nobody_shares_to_a_nameless_place_is_high() -> None:
    assert severity() is Severity.HIGH


def test_timing_alone_is_never_high() -> None:
    assert severity(callers=1, active=2, dst_names=["a.example"]) is Severity.MEDIUM


@pytest.mark.parametrize(
    "excuse",
    [
        {"callers": 12},
        {"known_kind": "update", "known_note": "updates", "dst_names": ["x.example"]},
        {"service": "ntp", "dst_ports": [123]},
        {"ib": 4e6},
        {"answered": 0.0, "n": 30},
        {"sockets": 1, "protocol": "udp"},
    ],
)
def test_an_excuse_keeps_it_below_high_and_is_shown(excuse: dict[str, object]) -> None:
    found = judge(**excuse)
    assert found is not None
    assert found.severity.rank < Severity.HIGH.rank
    assert any(t.contribution < 0 for t in found.terms.values())


def test_absence_of_a_name_counts_only_where_names_are_seen() -> None:
    found = judge(named_share=0.2)
    assert found is not None
    assert "no_name" not in found.terms


def test_dead_address_called_for_ever_weighs_more_than_a_short_outage() -> None:
    short, ever = judge(answered=0.0, n=30), judge(answered=0.0, n=2000)
    assert short is not None
    assert ever is not None
    assert short.terms["unanswered"].contribution == -1.0
    assert ever.terms["unanswered"].contribution == 0.0


def test_few_calls_with_a_name_and_company_are_low() -> None:
    changes = {"n": 9, "calls": 10, "q": 1e-5, "callers": 5, "dst_names": ["a.example"]}
    assert severity(**changes).rank <= Severity.LOW.rank


def test_false_discovery_is_benjamini_hochberg_over_all_pairs_tested() -> None:
    refine = detector("c2_beaconing").refine
    assert refine is not None
    rows = [{"k": 5.0, "z": z, "n": 20, "whole_r": 0.0, "tests": 1000} for z in (-7.0, -6.0, -3.0)]
    kept = refine(rows)
    assert [r["z"] for r in kept] == [-7.0, -6.0]
    p = [math.erfc(7 / math.sqrt(2)), math.erfc(6 / math.sqrt(2))]  # doubled: two looks
    assert kept[0]["q"] == pytest.approx(p[0] * 1000 / 1)
    assert kept[1]["q"] == pytest.approx(p[1] * 1000 / 2)


def test_whole_second_gaps_speak_where_the_shape_does_not() -> None:
    refine = detector("c2_beaconing").refine
    assert refine is not None
    row = {"k": 1.0, "z": 0.3, "n": 85, "whole_r": 0.75, "tests": 10}
    assert refine([row])
    assert not refine([{**row, "whole_r": 0.2}])
