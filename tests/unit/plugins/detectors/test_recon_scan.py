"""How a source that passed the sequential test is weighed."""

from __future__ import annotations

from functools import partial

from netcordon.model.severity import Severity
from tests.unit.plugins.detectors.judging import judged

ROW: dict[str, object] = {
    "src_ips": ["10.0.0.5"],
    "dst_ips": [f"10.2.0.{n}" for n in range(40)],
    "dst_ports": [445],
    "kinds": ["addresses"],
    "targets": 40,
    "silent": 38,
    "stealthy": 0,
    "answering": ["10.2.0.1:445"],
    "walk_nats": 50.0,
    "src_internal": True,
    "port_share": 1.0,
    "traced": 0,
    "tries_per_target": 1.0,
    "answers_recorded": True,
    "relayed": 0,
    "forwarded": 0,
}
judge = partial(judged, "recon_scan", ROW)


def test_a_wide_scan_from_inside_is_high_and_lists_what_answered() -> None:
    found = judge()
    assert found is not None
    assert found.severity is Severity.HIGH
    assert found.facts["answering"] == ("10.2.0.1:445",)
    assert found.techniques == ("T1046",)


def test_from_outside_it_is_medium_and_active_scanning() -> None:
    found = judge(src_internal=False)
    assert found is not None
    assert found.severity is Severity.MEDIUM
    assert "T1595" in (found.techniques or ())


def test_peers_on_many_ports_are_an_overlay() -> None:
    found = judge(port_share=0.1)
    assert found is not None
    assert found.terms["share_of_contacts_on_these_ports"].contribution == -3.5
    assert found.severity.rank <= Severity.MEDIUM.rank


def test_asking_the_same_servers_again_is_no_scan() -> None:
    found = judge(tries_per_target=8.0, targets=12, silent=12, walk_nats=16.0)
    assert found is not None
    assert found.severity.rank <= Severity.LOW.rank


def test_many_targets_are_not_excused_by_retries() -> None:
    found = judge(tries_per_target=3.0, targets=1000, silent=985, walk_nats=1300.0)
    assert found is not None
    assert found.severity is Severity.HIGH


def test_silence_proves_less_where_nobody_is_answered() -> None:
    found = judge(answers_recorded=False)
    assert found is not None
    assert found.severity is Severity.MEDIUM


def test_traceroute_is_low() -> None:
    found = judge(kinds=["ports"], dst_ips=["10.2.0.1"], traced=40)
    assert found is not None
    assert found.severity.rank <= Severity.MEDIUM.rank
    assert found.terms["traceroute_ports"].contribution < -3


def test_impossible_flags_convince_below_the_sequential_test() -> None:
    found = judge(kinds=["crafted"], targets=3, silent=3, stealthy=3, walk_nats=4.2)
    assert found is not None
    assert found.severity is Severity.MEDIUM
    assert found.terms["sequential_test_nats"].contribution == 0.0


def test_a_router_that_delivers_a_scan_is_no_scanner_and_the_title_says_so() -> None:
    for signs in ({"relayed": 39, "targets": 40}, {"forwarded": 5}):
        found = judge(kinds=["arp"], dst_ports=[], **signs)
        assert found is not None
        assert found.severity.rank <= Severity.LOW.rank
        assert "on behalf of others, as a router does" in found.title


def test_a_router_that_scans_by_other_means_is_a_scanner() -> None:
    found = judge(kinds=["addresses", "arp"], relayed=39, forwarded=5)
    assert found is not None
    assert found.severity is Severity.HIGH
    assert "forwards_for_hosts_beyond" not in found.terms


def test_a_sweep_some_of_whose_targets_were_called_by_chance_stays_a_sweep() -> None:
    found = judge(kinds=["arp"], dst_ports=[], relayed=6)
    assert found is not None
    assert found.severity is Severity.HIGH
