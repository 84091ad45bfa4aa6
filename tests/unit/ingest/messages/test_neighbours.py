"""Tables of neighbours, as the commands of several systems print them."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.unit.ingest.messages.lines import read_messages

_MAC = "02:00:00:00:0a:09"
TABLES = {
    "linux": "pc9.lan (10.1.0.9) at 02:00:00:00:0a:09 [ether] on eth0\n"
    "? (10.1.0.7) at <incomplete> on eth0",
    "macos": "pc9.lan (10.1.0.9) at 2:0:0:0:a:9 on en0 ifscope [ethernet]",
    "windows": "\nInterface: 10.1.0.5 --- 0x3\n  Internet Address      Physical Address      Type\n"
    "  10.1.0.9              02-00-00-00-0a-09     dynamic\n"
    "  224.0.0.22            01-00-5e-00-00-16     static",
    "arp -n": "Address                  HWtype  HWaddress           Flags Mask            Iface\n"
    "10.1.0.9                 ether   02:00:00:00:0a:09   C                     eth0",
    "ip neigh": "10.1.0.9 dev eth0 lladdr 02:00:00:00:0a:09 REACHABLE\n10.1.0.8 dev eth0  FAILED",
    "ios": "Protocol  Address          Age (min)  Hardware Addr   Type   Interface\n"
    "Internet  10.1.0.9               12   0200.0000.0a09  ARPA   Vlan10",
    "nx-os": "10.1.0.9        00:01:02  0200.0000.0a09  Vlan10",
    "asa": "\tinside 10.1.0.9 0200.0000.0a09 120",
    "junos": "MAC Address       Address         Name                      Interface     Flags\n"
    "02:00:00:00:0a:09 10.1.0.9        pc9.lan                   ge-0/0/0.0    none",
    "pan-os": "ethernet1/1         10.1.0.9        02:00:00:00:0a:09 ethernet1/1  c      1754",
    "fortios": "Address           Age(min)   Hardware Addr      Interface\n"
    "10.1.0.9          1          02:00:00:00:0a:09  port1",
}


@pytest.mark.parametrize("name", sorted(TABLES))
def test_a_table_says_who_has_which_address(name: str) -> None:
    found = read_messages(*TABLES[name].split("\n"))
    assert found.kind == "syslog:neighbours"
    row = found.only("host_identity")
    assert (row["ip"], row["mac"], row["source"]) == ("10.1.0.9", _MAC, "arp")
    named = {"linux", "macos", "junos"}
    assert row["host_name"] == ("pc9.lan" if name in named else None)
    assert row["first_seen_time"] == datetime(2024, 5, 6, 12, 53, 20), "when the file was written"
    assert [w.code for w in found.result.warnings] == ["NC-230"]
    assert not found.result.refused


def test_six_is_read_too() -> None:
    found = read_messages("2001:db8::9 dev eth0 lladdr 02:00:00:00:0a:09 router STALE")
    assert found.only("host_identity")["ip"] == "2001:db8::9"
