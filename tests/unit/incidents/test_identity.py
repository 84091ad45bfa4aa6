"""Who an address was at a time."""

from __future__ import annotations

from pathlib import Path

from netcordon.incidents.addresses import HomeNets
from netcordon.incidents.identity import Identities, read_identities
from tests.unit.incidents.traffic import HOME, Traffic, at, micros

PC, MAC, OTHER_MAC, ROUTER = (
    "10.0.0.7",
    "02:00:00:00:00:07",
    "02:00:00:00:00:99",
    "02:ff:00:00:00:01",
)


def read(rows: Traffic, folder: Path, *ips: str) -> Identities:
    with rows.engine(folder) as engine:
        return read_identities(engine, ips or (PC,), HomeNets(HOME))


def test_a_lease_that_moved_names_the_host_of_that_time(tmp_path: Path) -> None:
    rows = Traffic()
    rows.is_called(PC, 0, mac=MAC, host_name="PC-1", last_seen_time=micros(at(60)))
    rows.is_called(PC, 100, mac=OTHER_MAC, host_name="PC-2", last_seen_time=micros(at(200)))
    known = read(rows, tmp_path)
    early, late = known.who(PC, at(10), at(20)), known.who(PC, at(150), at(160))
    assert (early.name, early.mac) == ("PC-1", MAC)
    assert (late.name, late.mac) == ("PC-2", OTHER_MAC)
    assert known.key(PC, at(10), at(20)) != known.key(PC, at(150), at(160))
    assert known.who(PC, at(70), at(80)).name == "PC-1", "the last one known before"


def test_one_host_that_changed_its_address_keeps_its_key(tmp_path: Path) -> None:
    rows = Traffic()
    rows.is_called(PC, 0, mac=MAC)
    rows.is_called("10.0.0.8", 0, mac=MAC)
    known = read(rows, tmp_path, PC, "10.0.0.8")
    assert known.key(PC, at(1), at(2)) == known.key("10.0.0.8", at(1), at(2)) == MAC


def test_a_routers_card_is_nobodys(tmp_path: Path) -> None:
    rows = Traffic()
    rows.flow(1, PC, "203.0.113.5", 443, src_mac=ROUTER, dst_mac="02:aa:00:00:00:01")
    rows.flow(2, "198.51.100.1", "10.0.0.9", 443, src_mac=ROUTER, dst_mac=MAC)
    known = read(rows, tmp_path, PC, "10.0.0.9")
    assert known.who(PC, at(0), at(5)).mac is None
    assert known.who("10.0.0.9", at(0), at(5)).mac == MAC
    assert ROUTER in known.routers


def test_a_second_claim_by_arp_is_told_and_does_not_win(tmp_path: Path) -> None:
    rows = Traffic()
    rows.is_called(PC, 0, mac=MAC, source="arp")
    rows.is_called(PC, 5, mac=OTHER_MAC, source="arp", count=9000)
    who = read(rows, tmp_path).who(PC, at(6), at(7))
    assert who.mac == MAC
    assert who.conflicts == (f"{PC} is also claimed by {OTHER_MAC}",)


def test_users_are_people_not_machine_accounts(tmp_path: Path) -> None:
    rows = Traffic()
    rows.is_called(PC, 0, source="kerberos", user="PC-1$")
    rows.is_called(PC, 1, source="ntlm", user="alice")
    assert read(rows, tmp_path).who(PC, at(2), at(3)).user == "alice"


def test_dns_names_servers_by_the_answers_they_got(tmp_path: Path) -> None:
    rows = Traffic()
    rows.dns(1, PC, "10.0.0.53", "files.corp.example", is_response=True, answers=["10.0.0.20"])
    rows.put("tls_activity", at(2), src_ip=PC, dst_ip="203.0.113.5", server_name="evil.example")
    known = read(rows, tmp_path, "10.0.0.20", "203.0.113.5")
    assert known.who("10.0.0.20", at(3), at(4)).name == "files.corp.example"
    assert known.who("203.0.113.5", at(3), at(4)).name == "evil.example"


def test_an_unknown_address_is_itself(tmp_path: Path) -> None:
    who = read(Traffic(), tmp_path).who(PC, at(0), at(1))
    assert (who.text(), who.mac, who.name, who.user) == (PC, None, None, None)


def test_a_router_says_itself_that_it_is_one(tmp_path: Path) -> None:
    gateway = "10.0.0.254"
    rows = Traffic()
    rows.is_called(gateway, source="arp", mac=ROUTER)
    rows.is_called(PC, source="arp", mac=MAC)
    rows.flow(0, "0.0.0.0", "255.255.255.255", 67, protocol="udp", packets=(1, 0), src_mac=MAC)
    rows.flow(1, PC, "192.0.2.80", 443, src_mac=MAC, dst_mac=ROUTER)
    rows.flow(2, "10.0.9.9", "10.0.0.8", 443, src_mac=ROUTER, dst_mac=OTHER_MAC)
    known = read(rows, tmp_path, PC, gateway, "10.0.9.9")
    assert [ip for ip in (PC, gateway, "10.0.9.9") if known.routes(ip)] == [gateway]


def test_who_answers_arp_for_many_is_no_router_by_that(tmp_path: Path) -> None:
    rows = Traffic()
    for n in range(1, 7):
        rows.is_called(f"10.0.0.{n}", source="arp", mac=ROUTER)
        rows.flow(1, f"10.0.0.{n}", "192.0.2.80", 443, src_mac=ROUTER)
    assert not read(rows, tmp_path, "10.0.0.1").routes("10.0.0.1")
