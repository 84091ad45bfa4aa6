"""Home networks, inferred from what only the local link can know."""

from __future__ import annotations

from pathlib import Path

from netcordon.detection.home_nets import infer_home_nets
from tests.unit.incidents.traffic import Traffic, at

ROUTER, HOST, SECOND = "02:aa:00:00:00:01", "02:bb:00:00:00:01", "02:bb:00:00:00:02"


def inferred(rows: Traffic, folder: Path) -> tuple[str, ...]:
    with rows.engine(folder, ()) as engine:
        return infer_home_nets(engine)


def test_private_ranges_that_take_part_are_home(tmp_path: Path) -> None:
    rows = Traffic()
    rows.flow(1, "192.168.7.2", "203.0.113.5", 443)
    rows.flow(2, "10.1.1.1", "192.168.7.2", 445)
    rows.flow(3, "fe80::1", "ff02::fb", 5353, protocol="udp")
    assert inferred(rows, tmp_path) == ("10.0.0.0/8", "192.168.0.0/16", "fe80::/10")


def test_a_global_ipv6_address_on_the_card_of_a_private_host_is_home(tmp_path: Path) -> None:
    rows = Traffic()
    macs = {"src_mac": HOST, "dst_mac": ROUTER}
    rows.flow(1, "192.168.7.2", "203.0.113.5", 443, **macs)
    rows.flow(2, "2001:db8:7::2", "2001:4860:4860::8888", 443, **macs)
    rows.flow(3, "192.168.7.2", "198.51.100.9", 443, **macs)
    rows.flow(4, "192.168.7.2", "192.0.2.9", 443, **macs)
    assert inferred(rows, tmp_path) == ("192.168.0.0/16", "2001:db8:7::/64")


def test_public_hosts_beside_a_router_are_home(tmp_path: Path) -> None:
    rows = Traffic()
    for n in range(1, 9):
        rows.flow(n, f"198.{n}.1.1", "141.20.5.7", 22, src_mac=ROUTER, dst_mac=HOST)
        rows.flow(n, "141.20.6.7", f"52.{n}.1.1", 443, src_mac=SECOND, dst_mac=ROUTER)
    assert inferred(rows, tmp_path) == ("141.20.5.0/24", "141.20.6.0/24")


def test_arp_and_leases_show_public_home(tmp_path: Path) -> None:
    rows = Traffic()
    rows.flow(1, "141.20.5.7", "52.1.1.1", 443)
    rows.put("arp_activity", at(1), sender_ip="141.20.5.1", target_ip="141.20.5.7")
    rows.put("arp_activity", at(2), sender_ip="52.9.9.9", target_ip="141.20.5.7")
    rows.put("dhcp_activity", at(3), message_type="ACK", assigned_ip="130.1.2.3")
    rows.put("dhcp_activity", at(4), message_type="ACK", assigned_ip="nonsense")
    assert inferred(rows, tmp_path) == ("130.1.2.0/24", "141.20.5.0/24")


def test_without_ethernet_home_is_where_the_flows_meet(tmp_path: Path) -> None:
    rows = Traffic()
    for n in range(1, 20):
        rows.flow(n, f"198.{n}.1.1", "141.20.5.7", 80)
    assert inferred(rows, tmp_path) == ("141.20.5.0/24",)


def test_two_strangers_home_is_who_began(tmp_path: Path) -> None:
    rows = Traffic()
    rows.flow(1, "141.20.5.7", "52.1.1.1", 443)
    assert inferred(rows, tmp_path) == ("141.20.5.0/24",)


def test_private_bystanders_do_not_hide_public_hosts(tmp_path: Path) -> None:
    rows = Traffic()
    rows.flow(0, "192.168.1.9", "192.168.1.1", 53, protocol="udp")
    for n in range(1, 20):
        rows.flow(n, f"198.{n}.1.1", "141.20.5.7", 80)
    assert inferred(rows, tmp_path) == ("141.20.5.0/24", "192.168.0.0/16")


def test_private_addresses_that_never_answer_a_scan_are_not_home(tmp_path: Path) -> None:
    rows = Traffic()
    for n in range(1, 20):
        rows.flow(
            n, "192.168.2.16", f"{10 if n % 3 == 0 else 20}.{n}.1.1", 23, state="S0", packets=(1, 0)
        )
    assert inferred(rows, tmp_path) == ("192.168.0.0/16",)


def test_a_flooded_private_host_that_never_answers_is_home(tmp_path: Path) -> None:
    rows = Traffic()
    for n in range(1, 20):
        rows.flow(n, f"198.{n}.1.1", "10.10.10.10", 80, state="S0", packets=(1, 0))
    assert inferred(rows, tmp_path) == ("10.0.0.0/8",)


def test_no_traffic_no_home(tmp_path: Path) -> None:
    assert inferred(Traffic(), tmp_path) == ()


def test_private_hosts_that_act_in_logs_without_flows_are_home(tmp_path: Path) -> None:
    rows = Traffic()
    rows.put("detection_finding", at(1), src_ip="203.0.113.9", dst_ip="172.17.0.2", kind="alert")
    rows.put("detection_finding", at(2), src_ip="10.9.9.9", dst_ip="203.0.113.5", kind="alert")
    rows.put("authentication", at(3), src_ip="192.168.3.3")
    assert inferred(rows, tmp_path) == ("10.0.0.0/8", "192.168.0.0/16")
