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
    "named_share": 0.9, "timer_places": 1, "client": None,
    "client_hosts": None, "client_sites": None, "widest_client_sites": 0,
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
        {"timer_places": 4, "spread": 0.0002},
        {"client": "t13", "client_hosts": 6, "client_sites": 9, "spread": 0.0004},
    ],
)
def test_an_excuse_keeps_it_below_high_and_is_shown(excuse: dict[str, object]) -> None:
    found = judge(**excuse)
    assert found is not None
    assert found.severity.rank < Severity.HIGH.rank
    assert any(t.contribution < 0 for t in found.terms.values())


def test_jitter_rarity_and_a_program_for_one_place_are_high_without_any_single_proof() -> None:
    pair = {"callers": 2, "active": 18, "dst_names": ["a.example"]}
    rare = {"client": "t12", "client_hosts": 2, "client_sites": 1, "widest_client_sites": 9}
    assert severity(**pair, **rare) is Severity.HIGH
    assert severity(**pair, **rare, spread=0.0004) is Severity.MEDIUM
    assert severity(**pair, **rare | {"client_sites": 2}) is Severity.MEDIUM


def test_a_program_for_one_place_means_nothing_where_no_program_has_many() -> None:
    found = judge(client="t12", client_hosts=1, client_sites=1, widest_client_sites=3)
    assert found is not None
    assert "client_of_this_place_only" not in found.terms


def test_a_borrowed_fingerprint_excuses_a_sleep_less_than_a_clock() -> None:
    usual = {"client": "t13", "client_hosts": 6, "client_sites": 9}
    sleeps, clock = judge(**usual, spread=0.2), judge(**usual, spread=0.0004)
    assert sleeps is not None
    assert clock is not None
    assert sleeps.terms["usual_client"].contribution == -0.5
    assert clock.terms["usual_client"].contribution == -2.5
    assert (sleeps.severity, clock.severity) == (Severity.HIGH, Severity.MEDIUM)
    assert clock.terms["usual_client"].value == "seen from 6 hosts toward 9 sites"


def test_two_homes_with_one_timer_are_no_poller() -> None:
    found = judge(timer_places=2, spread=0.0)
    assert found is not None
    assert "one_timer_many_places" not in found.terms


def test_callers_of_one_place_are_told_together_and_so_are_places_of_one_poller() -> None:
    one, other = judge(src_ips=["10.0.0.5"]), judge(src_ips=["10.0.0.6"])
    assert one is not None
    assert other is not None
    assert one.together is not None
    assert other.together is not None
    assert one.together.key == other.together.key
    assert one.together.title(("10.0.0.5", "10.0.0.6"), ("203.0.113.9",)) == (
        "2 sources called 203.0.113.9 by a timer, about every 25 s"
    )
    poller = judge(timer_places=3, spread=0.0, dst_ips=["10.0.0.8"])
    assert poller is not None
    assert poller.together is not None
    assert poller.together.title(("10.0.0.5",), ("10.0.0.8", "10.0.0.9")) == (
        "10.0.0.5 polled 2 places, each every 25 s"
    )


def test_the_title_has_numbers_that_read() -> None:
    found = judge(calls=1200, period_s=3600.0, spread=0.0004, dst_names=["a.example"])
    assert found is not None
    assert (
        found.title == "10.0.0.5 called a.example 1,200 times, every 1 h, give or take under 0.1 %"
    )


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


def test_a_log_that_names_no_port_is_no_unusual_port() -> None:
    found = judge(service="http", dst_ports=[])
    assert found is not None
    assert "unusual_port" not in found.terms
