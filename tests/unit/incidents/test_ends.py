"""Who works for the attacker in a finding."""

from __future__ import annotations

from netcordon.incidents.addresses import HomeNets
from netcordon.incidents.behaviour import Kind
from netcordon.incidents.common_ends import CommonEnds
from netcordon.incidents.ends import Ends, read_ends
from netcordon.model.finding import Finding
from tests.unit.incidents.traffic import HOME, find

PC, DNS, EVIL = "10.0.0.1", "10.0.0.53", "203.0.113.5"


def ends(*findings: Finding, resolvers: tuple[str, ...] = ()) -> list[Ends]:
    shared = CommonEnds(
        ips=frozenset(), domains=frozenset(), resolvers=frozenset(resolvers),
        maybe_resolvers=frozenset(), known={},
    )  # fmt: skip
    read = read_ends(findings, HomeNets(HOME), shared)
    return [read[f.id] for f in findings]


def tunnel(name: str, src: str, dst: str) -> Finding:
    return find(name, "c2_dns_tunnel", "T1071.004", (0, 1), src, dst, ports=[53],
                names=["a.tunnel.example"])  # fmt: skip


def test_a_caller_is_controlled_and_what_it_calls_is_hostile() -> None:
    (read,) = ends(find("f", "c2_beaconing", "T1071.001", (0, 1), PC, EVIL, names=[EVIL]))
    assert (read.controlled, read.hostile) == ({PC}, {EVIL})
    assert read.domains == frozenset(), "an address in the place of a name is no domain"


def test_a_stranger_that_pulls_data_is_hostile_and_the_giver_controlled() -> None:
    (read,) = ends(find("f", "exfil_volume", "T1048", (0, 1), EVIL, PC))
    assert (read.controlled, read.hostile) == ({PC}, {EVIL})


def test_a_resolver_carries_a_tunnel_and_is_no_end_of_it() -> None:
    read, relayed = ends(tunnel("f", PC, DNS), tunnel("g", DNS, EVIL), resolvers=(DNS,))
    assert (read.controlled, read.hostile, read.carriers) == ({PC}, set(), {DNS})
    assert read.domains == {"tunnel.example"}
    assert (relayed.controlled, relayed.hostile, relayed.carriers) == (set(), {EVIL}, {DNS})


def test_a_resolver_that_asks_for_nobody_known_is_suspect_itself() -> None:
    (read,) = ends(tunnel("g", DNS, EVIL), resolvers=(DNS,))
    assert read.controlled == {DNS}


def test_a_server_that_answers_the_tunnel_alone_is_its_end() -> None:
    (read,) = ends(tunnel("f", PC, EVIL))
    assert (read.hostile, read.carriers) == ({EVIL}, set())


def test_success_takes_a_target_and_a_scan_never_does() -> None:
    got, failed, scan = ends(
        find("a", "access_bruteforce", "T1110.001", (0, 1), EVIL, PC, succeeded=True),
        find("b", "access_bruteforce", "T1110.001", (0, 1), EVIL, PC, succeeded=False),
        find("c", "recon_scan", "T1046", (0, 1), EVIL, PC, succeeded=True),
    )
    assert (got.taken, failed.taken, failed.maybe_taken, scan.taken) == ({PC}, set(), set(), set())


def test_groups_are_nobody() -> None:
    (read,) = ends(find("f", "recon_scan", "T1046", (0, 1), PC, ["224.0.0.251", "10.0.0.9"]))
    assert read.targets == {"10.0.0.9"}


def test_a_tunnel_is_a_tunnel_whatever_technique_is_named_first() -> None:
    finding = find("f", "c2_icmp_tunnel", "T1095", (0, 1), PC, EVIL)
    (plain,) = ends(finding)
    assert plain.behaviour.kind is Kind.COMMAND
    object.__setattr__(finding, "techniques", ("T1095", "T1572"))
    (read,) = ends(finding)
    assert read.behaviour.kind is Kind.TUNNEL


def test_an_unknown_technique_is_read_by_the_detectors_name() -> None:
    (read,) = ends(find("f", "exfil_new_way", "T9999", (0, 1), PC, EVIL))
    assert read.behaviour.kind is Kind.EXFILTRATION
