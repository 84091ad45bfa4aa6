"""Hosts under control: their own addresses and accounts, and never those that they only claim."""

from __future__ import annotations

from dataclasses import replace

import pytest

from netcordon.model.incident import CardEntry
from netcordon.model.register import Zone
from netcordon.planning.taken import accounts, taken_hosts
from tests.cases import evidence
from tests.unit.planning.network import HOME, PC, PC2, channel, incident, register, taken

MINE, ROUTER = "02:00:00:00:00:05", "02:00:00:00:00:01"
GATEWAY, SIX, GATEWAY6 = "10.1.0.1", "fd00:1::5", "fd00:1::1"


def says(ip: str, mac: str, source: str) -> dict[str, object]:
    return {"ip": ip, "mac": mac, "source": source, "first_seen_time": 0, "last_seen_time": 1,
            "count": 1, "first_frame": 1}  # fmt: skip


def network():
    office, servers = register().zones
    both = Zone(name="office", networks=(*office.networks, "fd00:1::/64"))
    return replace(register(), zones=(both, servers))


def hosts(tmp_path, *said, victims=None):
    with evidence.engine(
        {"host_identity": list(said)}, tmp_path, home_nets=("10.0.0.0/8",)
    ) as engine:
        return taken_hosts(
            engine, [incident(channel(HOME, 443), victims=victims or (taken(),))], network()
        )


def test_the_address_of_the_other_family_is_known_by_the_card(tmp_path):
    (host,) = hosts(tmp_path, says(PC, MINE, "dhcp"), says(SIX, MINE, "mdns"))
    assert host.ips == (PC, SIX)


@pytest.mark.parametrize(
    "claimed",
    [
        [says(GATEWAY, MINE, "arp")],
        [says(GATEWAY, MINE, "dhcp")],
        [says(GATEWAY6, MINE, "arp")],
        [says(GATEWAY6, MINE, "mdns"), says(GATEWAY6, ROUTER, "mdns")],
        [says(GATEWAY, MINE, "arp"), says(GATEWAY, ROUTER, "arp"), says(PC2, MINE, "nbns")],
    ],
)
def test_what_an_attacker_claims_is_never_isolated_with_him(tmp_path, claimed):
    (host,) = hosts(tmp_path, says(PC, MINE, "dhcp"), *claimed)
    assert host.ips == (PC,)


def test_who_speaks_for_many_is_a_router(tmp_path):
    many = [says(f"fd00:1::{n:x}", MINE, "mdns") for n in range(16, 64)]
    (host,) = hosts(tmp_path, says(PC, MINE, "dhcp"), *many)
    assert host.ips == (PC,)


def test_link_local_addresses_and_those_of_others_are_left_out(tmp_path):
    (host,) = hosts(
        tmp_path, says(PC, MINE, "dhcp"), says("fe80::5", MINE, "mdns"),
        says("2001:db8:f::5", MINE, "mdns"),
    )  # fmt: skip
    assert host.others == ()


def test_accounts_are_those_that_worked_from_a_taken_host(tmp_path):
    (host,) = hosts(tmp_path, says(PC, MINE, "dhcp"))
    card = {
        "remote_accounts": CardEntry(values=(
            {"value": "alice", "domain": "CORP", "from": PC, "outcome": "success"},
            {"value": "alice", "domain": None, "from": PC, "outcome": "success"},
            {"value": "bob", "domain": None, "from": PC, "outcome": "failure"},
            {"value": "carol", "domain": None, "from": PC2, "outcome": "success"},
        ))
    }  # fmt: skip
    found = accounts([replace(incident(channel(HOME, 443)), card=card)], [host])
    assert found == ("CORP\\alice",)
