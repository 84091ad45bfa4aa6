"""How data leaving and odd channels are weighed."""

from __future__ import annotations

from functools import partial

import pytest

from netcordon.model.severity import Severity
from tests.unit.plugins.detectors.judging import judged

GIVEN: dict[str, object] = {
    "src_ips": ["10.0.0.5"],
    "dst_ips": ["203.0.113.9"],
    "dst_names": [],
    "dst_ports": [443],
    "protocol": "tcp",
    "way": "pushed",
    "gave": 2_400_000,
    "took": 9_000,
    "ratio": 0.99,
    "flows": 1,
    "large_flows": 1,
    "days": 1,
    "giver_in": True,
    "taker_in": False,
    "services": ["tls"],
    "givers": 1,
    "peers": 12,
    "peer_z": 7.0,
    "sessions": 1,
    "size_spread": 0.0,
    "least_idle_s": None,
    "own_days": 1,
    "own_z": 0.0,
    "named_share": 0.0,
    "known_kind": None,
    "known_note": None,
}
FORM: dict[str, object] = {
    "src_ips": ["10.0.0.5"],
    "dst_ips": ["203.0.113.9"],
    "dst_names": [],
    "dst_ports": [4782],
    "flows": 2,
    "src_in": True,
    "dst_in": False,
    "bytes_out": 900,
    "bytes_in": 900,
    "longest_s": 60.0,
    "services": ["tls"],
    "hellos": 2,
    "named_hellos": 0,
    "ech": False,
    "requests": 0,
    "lone_posts": 0,
    "bare": 0,
    "nameless": 0,
    "offers": "TLSv1.2",
    "usual": "TLSv1.3",
    "usual_hellos": 9,
    "named_share": 0.9,
    "nameless_peers": 1,
    "users": 1,
    "active": 3,
    "known_kind": None,
    "known_note": None,
    "lookup_service": None,
}
given = partial(judged, "exfil_volume", GIVEN)
form = partial(judged, "c2_unusual_channel", FORM)


def test_more_than_the_others_to_a_place_of_its_own_is_high() -> None:
    found = given()
    assert found is not None
    assert found.severity is Severity.HIGH
    assert found.facts["baseline"] == "no baseline"


def test_without_peers_and_history_nothing_is_high() -> None:
    found = given(peers=1, peer_z=0.0, gave=900_000_000, named_share=0.9)
    assert found is not None
    assert found.severity is Severity.MEDIUM


@pytest.mark.parametrize(
    "excuse",
    [
        {"givers": 10},
        {"taker_in": True},
        {"days": 9, "large_flows": 9},
        {"sessions": 5, "size_spread": 0.05, "least_idle_s": 3600.0},
        {"known_kind": "sync", "known_note": "files", "dst_names": ["a.example"]},
    ],
)
def test_excuses_are_shown_and_keep_it_below_high(excuse: dict[str, object]) -> None:
    found = given(**excuse)
    assert found is not None
    assert found.severity.rank < Severity.HIGH.rank
    assert any(t.contribution <= -1 for t in found.terms.values())


def test_own_history_takes_from_what_is_usual_for_the_host() -> None:
    found = given(own_days=9, own_z=0.1)
    assert found is not None
    assert found.terms["more_than_before_z"].contribution == -1.0


def test_a_timetable_excuses_more_the_longer_it_lasts_and_parts_of_one_upload_not_at_all() -> None:
    def share(**changes: object) -> float:
        found = given(**changes)
        assert found is not None
        excuse = found.terms.get("alike_sessions_far_apart")
        return excuse.contribution if excuse else 0.0

    far = {"size_spread": 0.02, "least_idle_s": 900.0}
    assert 0.0 > share(sessions=2, **far) > share(sessions=4, **far) >= -1.5
    assert share(sessions=9, size_spread=0.02, least_idle_s=1.0) == 0.0
    assert share(sessions=9, size_spread=0.8, least_idle_s=900.0) == 0.0
    assert share(sessions=1, size_spread=0.0, least_idle_s=None) == 0.0


def test_several_signs_make_an_odd_channel_and_one_does_not() -> None:
    found = form()
    assert found is not None
    assert found.severity is Severity.MEDIUM
    assert {"no_server_name", "unusual_port", "no_name"} <= set(found.terms)
    assert form(dst_ports=[443], named_share=0.0) is None


def test_a_dynamic_name_with_further_signs_is_high() -> None:
    found = form(
        dst_names=["otter.duckdns.org"],
        known_kind="dynamic_dns",
        known_note="taken by all",
        lookup_service="ipify.org",
    )
    assert found is not None
    assert found.severity is Severity.HIGH


def test_answering_a_stranger_is_not_a_channel_of_ours() -> None:
    assert form(src_in=False, dst_in=True) is None


def test_overlays_are_not_channels() -> None:
    assert form(nameless_peers=40) is None


def test_tls_older_than_the_hosts_own_habit_counts() -> None:
    found = form(offers="TLSv1.0")
    assert found is not None
    assert found.terms["older_tls_than_usual"].contribution == 1.0
