"""Which findings belong together, and which must not."""

from __future__ import annotations

from collections.abc import Iterable

from netcordon.incidents.addresses import HomeNets
from netcordon.incidents.common_ends import CommonEnds
from netcordon.incidents.correlate import correlate
from netcordon.incidents.ends import read_ends
from netcordon.incidents.identity import Identities
from netcordon.model.finding import Finding
from netcordon.model.severity import Severity
from tests.unit.incidents.traffic import HOME, find

A, B, C = "10.0.0.1", "10.0.0.2", "10.0.0.3"
EVIL, OTHER = "203.0.113.5", "198.51.100.9"


def common(ips: Iterable[str] = (), domains: Iterable[str] = ()) -> CommonEnds:
    return CommonEnds(
        ips=frozenset(ips), domains=frozenset(domains), resolvers=frozenset(),
        maybe_resolvers=frozenset(), known={},
    )  # fmt: skip


class Network(Identities):
    """Hosts nobody named, some of them routers."""

    def __init__(self, routers: Iterable[str]) -> None:
        super().__init__({}, frozenset())
        self._routing = frozenset(routers)

    def routes(self, ip: str) -> bool:
        return ip in self._routing


def groups(
    *findings: Finding, shared: CommonEnds | None = None, routers: Iterable[str] = ()
) -> list[list[str]]:
    home, shared = HomeNets(HOME), shared or common()
    ends = read_ends(findings, home, shared)
    found = correlate(findings, ends, home=home, common=shared, identities=Network(routers))
    return [[f.id for f in group.findings] for group in found]


def beacon(name: str, src: str, dst: str, start: float = 0, **more: object) -> Finding:
    return find(name, "c2_beaconing", "T1071", (start, start + 9), src, dst, ports=[443], **more)  # type: ignore[arg-type]


def guess(
    name: str, src: str, dst: str, start: float, succeeded: bool | None = None, **more: object
) -> Finding:
    return find(name, "access_bruteforce", "T1110.001", (start, start + 1), src, dst, ports=[22],
                succeeded=succeeded, **more)  # type: ignore[arg-type]  # fmt: skip


def test_the_same_acting_host_joins() -> None:
    scan = find("scan", "recon_scan", "T1046", (20, 21), A, [B, C])
    assert groups(beacon("b", A, EVIL), scan) == [["b", "scan"]]


def test_a_host_that_is_only_scanned_and_then_beacons_is_another_matter() -> None:
    scan = find("scan", "recon_scan", "T1046", (0, 1), A, [B, C])
    assert groups(scan, beacon("b", B, EVIL, 5)) == [["scan"], ["b"]]


def test_the_same_end_of_the_attacker_joins() -> None:
    assert groups(beacon("one", A, EVIL), beacon("two", B, EVIL, 3)) == [["one", "two"]]


def test_the_same_domain_joins_and_a_known_one_does_not() -> None:
    one = beacon("one", A, EVIL, names=["x.bad.net"])
    two = beacon("two", B, OTHER, 3, names=["y.bad.net"])
    assert groups(one, two) == [["one", "two"]]
    assert groups(one, two, shared=common(domains=["bad.net"])) == [["one"], ["two"]]


def test_a_common_end_joins_nothing() -> None:
    assert groups(beacon("one", A, EVIL), beacon("two", B, EVIL, 3), shared=common(ips=[EVIL])) == [
        ["one"],
        ["two"],
    ]


def test_an_access_joins_what_the_accessed_host_does_afterwards_only() -> None:
    assert groups(guess("g", A, B, 10, True), beacon("b", B, EVIL, 20)) == [["g", "b"]]
    assert groups(guess("g", A, B, 50, True), beacon("b", B, EVIL, 20)) == [["b"], ["g"]]
    assert groups(guess("g", A, B, 10, False), beacon("b", B, EVIL, 20)) == [["g"], ["b"]]


def test_an_attempt_of_unknown_outcome_joins_from_inside_only() -> None:
    assert groups(guess("g", A, B, 10), beacon("b", B, EVIL, 20)) == [["g", "b"]]
    assert groups(guess("g", OTHER, B, 10), beacon("b", B, EVIL, 20)) == [["g"], ["b"]]
    assert groups(guess("g", OTHER, B, 10, True), beacon("b", B, EVIL, 20)) == [["g", "b"]]


def test_a_domain_controller_as_target_of_an_attempt_does_not_glue() -> None:
    dc = common(ips=[B])
    found = groups(guess("g", A, B, 10), beacon("b", B, EVIL, 20), shared=dc)
    assert found == [["g"], ["b"]]


def test_strangers_at_the_same_target_stay_apart() -> None:
    one, two = guess("one", EVIL, A, 0), guess("two", OTHER, A, 0)
    assert groups(one, two) == [["one"], ["two"]]


def test_floods_of_one_target_join_while_they_overlap() -> None:
    def flood(name: str, src: str, start: float) -> Finding:
        return find(name, "impact_flood", "T1498", (start, start + 5), src, A)

    found = groups(flood("one", EVIL, 0), flood("two", OTHER, 4), flood("later", "192.0.2.7", 60))
    assert found == [["one", "two"], ["later"]]


def test_a_command_server_inside_that_also_scans_is_one_actor() -> None:
    scan = find("scan", "recon_scan", "T1046", (20, 21), B, [C])
    assert groups(beacon("b", A, B), scan) == [["b", "scan"]]


def test_weak_findings_never_join_two_incidents() -> None:
    weak = beacon("weak", A, OTHER, 2, severity=Severity.LOW)
    assert groups(beacon("one", A, EVIL), beacon("two", B, OTHER), weak) == [["one"], ["two"]]


def test_invented_senders_of_a_flood_join_nothing() -> None:
    crowd = [f"198.51.100.{n}" for n in range(1, 80)]
    flood = find("flood", "impact_flood", "T1498", (0, 5), crowd, C)
    assert groups(flood, beacon("b", A, crowd[3])) == [["flood"], ["b"]]


def test_a_rhythm_inside_joins_nothing_and_stands_alone() -> None:
    polls = [
        beacon(f"poll{n}", C, host, -20, severity=Severity.MEDIUM) for n, host in enumerate([A, B])
    ]
    entry, upload = guess("g", A, B, 10, True), beacon("b", B, EVIL, 20)
    assert groups(*polls, entry, upload) == [["poll0", "poll1"], ["g", "b"]]


def test_a_rhythm_inside_that_begins_after_an_end_fell_belongs_to_it() -> None:
    relay = beacon("relay", C, B, 15, severity=Severity.MEDIUM)
    assert groups(guess("g", A, B, 10, True), beacon("b", B, EVIL, 20), relay) == [
        ["g", "relay", "b"]
    ]


def test_a_grave_rhythm_inside_carries_a_story() -> None:
    assert groups(beacon("x", A, B), guess("g", B, C, 5)) == [["x", "g"]]


def test_after_an_attempt_of_unknown_outcome_only_what_is_grave_joins() -> None:
    backup = find("out", "exfil_volume", "T1048", (20, 21), B, EVIL, severity=Severity.MEDIUM)
    assert groups(guess("g", A, B, 10), backup) == [["g"], ["out"]]
    assert groups(guess("g", A, B, 10, True), backup) == [["g", "out"]]


def test_what_a_host_did_before_it_was_entered_is_its_own_business() -> None:
    assert groups(beacon("b", B, EVIL, 8), guess("g", A, B, 10, True)) == [["b"], ["g"]]


def test_a_routers_scan_for_a_host_behind_it_is_no_incident_of_its_own() -> None:
    targets = [f"10.0.2.{n}" for n in range(1, 20)]
    scan = find("scan", "recon_scan", "T1046", (0, 9), B, targets)
    asked = find("asked", "recon_scan", "T1018", (1, 8), A, targets[:15], protocol="arp")
    later = find("later", "recon_scan", "T1018", (60, 61), A, targets, protocol="arp")
    assert groups(scan, asked, later, routers=[A]) == [["scan"], ["later"]]
    assert groups(scan, asked) == [["scan"], ["asked"]], "a host that is no router scans itself"


def test_a_router_joins_nothing_unless_it_puts_itself_in_between() -> None:
    scan = find("scan", "recon_scan", "T1018", (0, 1), A, [B, C])
    flow = find("flow", "exfil_volume", "T1048", (5, 6), A, EVIL)
    between = find("mitm", "l2_arp_spoof", "T1557.002", (2, 3), A, [B])
    assert groups(scan, flow, routers=[A]) == [["scan"], ["flow"]]
    assert groups(scan, between, flow, routers=[A]) == [["scan", "mitm", "flow"]]


def posts(name: str, src: str, dst: str, start: float = 0, **more: object) -> Finding:
    return find(name, "c2_http_checkin", "T1071.001", (start, start + 9), src, dst, ports=[443],
                **{"severity": Severity.MEDIUM, **more})  # type: ignore[arg-type]  # fmt: skip


def test_a_channel_inside_that_two_detectors_see_is_no_mere_rhythm() -> None:
    low = beacon("low", A, B, severity=Severity.LOW)
    steals = find("asks", "recon_directory", "T1087.002", (40, 41), A, C, severity=Severity.MEDIUM)
    assert groups(posts("p", A, B), low, steals) == [["p", "asks"]]
    assert groups(posts("p", A, B), steals) == [["p"], ["asks"]]
    apart = beacon("apart", A, B, 90, severity=Severity.LOW)
    assert groups(posts("p", A, B), apart, steals) == [["p"], ["asks"]], "not at the same time"
    elsewhere = beacon("other", C, B, severity=Severity.LOW)
    assert groups(posts("p", A, B), elsewhere, steals) == [["p"], ["asks"]], "of another host"


def test_a_host_that_takes_orders_right_after_an_attempt_was_entered() -> None:
    attempt = find("wmi", "lateral_wmi", "T1047", (5, 6), A, B, severity=Severity.MEDIUM)
    low = beacon("low", B, C, 7, severity=Severity.LOW)
    assert groups(attempt, posts("p", B, C, 7), low) == [["wmi", "p"]]
    before = beacon("low", B, C, 1, severity=Severity.LOW)
    assert groups(attempt, posts("p", B, C, 1), before) == [["p"], ["wmi"]]


def test_a_rhythm_of_a_host_that_acts_meanwhile_belongs_to_it() -> None:
    rhythm = beacon("r", A, B, 0, severity=Severity.MEDIUM)
    enters = guess("g", A, C, 5, True)
    assert groups(rhythm, enters) == [["r", "g"]]
    assert groups(rhythm, guess("g", A, C, 12, True)) == [["r", "g"]], "it was busy with it"
    assert groups(rhythm, guess("g", A, C, 30, True)) == [["r"], ["g"]], "it had ended"
    assert groups(rhythm, guess("g", C, A, 5)) == [["r"], ["g"]], "it was acted against"


def test_a_rhythm_towards_a_server_known_to_give_orders_is_the_same_intrusion() -> None:
    early = beacon("early", A, C, -20, severity=Severity.MEDIUM)
    shown = [posts("p", B, C), beacon("low", B, C, severity=Severity.LOW)]
    assert groups(early, *shown) == [["early", "p"]]
    assert groups(early, shown[0]) == [["early"], ["p"]]
